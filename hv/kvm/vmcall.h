/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A hypercall instruction: registers in, registers out
 *
 * In: a vCPU at VMCALL or VMMCALL, in its own thread. Out: what KVM is to do
 * next. Owns nothing; how it is done says vmcall.c.
 */
#ifndef HVE_KVM_VMCALL_H
#define HVE_KVM_VMCALL_H

#include <linux/types.h>

struct hve_vcpu;

/* As kvm_emulate_hypercall() returns */
int hve_vmcall(struct hve_vcpu *vcpu);
/* The end of it, for the call that is in vcpu->call */
int hve_vmcall_finish(struct hve_vcpu *vcpu, u64 result);

#endif /* HVE_KVM_VMCALL_H */
