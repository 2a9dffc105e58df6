/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A VM goes on in another one
 *
 * In: nothing. Out: what vm_copy.c offers, and one vCPU's state of KVM's own.
 * The caller owns the states.
 */
#ifndef TEST_VM_COPY_H
#define TEST_VM_COPY_H

#include "vm.h"

struct cpu_state {
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	struct kvm_fpu fpu;
	struct kvm_lapic_state lapic;
	struct kvm_vcpu_events events;
	struct kvm_mp_state mp;
	unsigned long msrs[2];
};

/* When every vCPU is parked; none may be kicked after it */
void vm_stop(struct vm *vm);
void vm_read_apics(struct vm *vm, struct cpu_state *states);
void vm_read_cpus(struct vm *vm, struct cpu_state *states);
void vm_write_cpus(struct vm *vm, struct cpu_state *states);
void vm_copy_memory(struct vm *to, const struct vm *from);

#endif /* TEST_VM_COPY_H */
