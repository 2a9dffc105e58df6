/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Native mode, inside hv/kvm/
 *
 * In: ioctls of a VMM and exits towards it. Out: what the hooks of native_entry.c
 * and the exits of native_exit.c have between them. Owns nothing.
 */
#ifndef HVE_KVM_NATIVE_H
#define HVE_KVM_NATIVE_H

#include <linux/kvm_host.h>
#include "../native.h"

/* Returned by the functions below for what is none of theirs */
#define HVE_NOT_OURS	(-ENOIOCTLCMD)

/* native.c. @vcpu: NULL, of /dev/kvm */
long hve_native_get_leaves(struct kvm_vcpu *vcpu, unsigned long arg);
long hve_native_vcpu_ioctl(struct hve_vcpu *vcpu, unsigned int ioctl,
			   unsigned long arg);
long hve_native_set_eventfd(struct hve_vm *vm, unsigned long arg);
/* After KVM wrote its own list, with that result */
long hve_native_extend_list(unsigned long arg, u32 room, long err);
int hve_native_make_route(struct hve_vm *vm,
			  struct kvm_kernel_irq_routing_entry *to,
			  const struct kvm_irq_routing_entry *from);

/* native_exit.c: instead of the exit that ended KVM_RUN */
void hve_native_exit(struct hve_vcpu *vcpu);
/* At a hypercall: as kvm_emulate_hypercall() returns */
int hve_native_exit_call(struct hve_vcpu *vcpu, u64 control);

#endif /* HVE_KVM_NATIVE_H */
