/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A hypercall instruction: registers in, registers out
 *
 * In: a vCPU at VMCALL or VMMCALL, in its own thread. Out: what KVM is to do
 * next. Owns nothing; how it is done says vmcall.c.
 */
#ifndef HVE_KVM_VMCALL_H
#define HVE_KVM_VMCALL_H

struct hve_vcpu;

/* As kvm_emulate_hypercall() returns */
int hve_vmcall(struct hve_vcpu *vcpu);

#endif /* HVE_KVM_VMCALL_H */
