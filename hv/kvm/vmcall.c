// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A hypercall instruction: registers in, registers out
 *
 * In: a vCPU at VMCALL or VMMCALL. Out: hv/hypercall.c did the call, the result
 * is in the registers that the TLFS names for the caller's mode, and the
 * instruction is skipped; or #UD: not at CPL 0, in real mode, or a way of
 * passing input that was not offered. General purpose registers but RSP are
 * always at hand after an exit. State is the vCPU's own; no lock. Source: TLFS,
 * "Hypercall Interface", Legal Hypercall Environments, Register Conventions.
 */
#include "calls.h"
#include "native.h"
#include "vmcall.h"

static bool may_call(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.cr0 & X86_CR0_PE && !static_call(hve_get_cpl)(vcpu);
}

static bool is_long_mode(struct kvm_vcpu *vcpu)
{
	int db, l;

	if (!(vcpu->arch.efer & EFER_LMA))
		return false;
	static_call(hve_get_cs_db_l_bits)(vcpu, &db, &l);
	return l;
}

/* A 32-bit caller has each 64-bit value in a pair of registers. */
static u64 pair(const unsigned long *regs, int high, int low)
{
	return (u64)regs[high] << 32 | (u32)regs[low];
}

static int undefined(struct kvm_vcpu *vcpu)
{
	static_call(hve_kvm_queue_exception)(vcpu, UD_VECTOR);
	return 1;
}

/* The input value; its parameters are in @call then. */
static u64 load(struct kvm_vcpu *vcpu, struct hve_hcall *call)
{
	const unsigned long *regs = vcpu->arch.regs;
	u64 *input = call->regs;

	call->long_mode = is_long_mode(vcpu);
	if (call->long_mode) {
		input[0] = regs[VCPU_REGS_RDX];
		input[1] = regs[VCPU_REGS_R8];
		return regs[VCPU_REGS_RCX];
	}
	input[0] = pair(regs, VCPU_REGS_RBX, VCPU_REGS_RCX);
	input[1] = pair(regs, VCPU_REGS_RDI, VCPU_REGS_RSI);
	return pair(regs, VCPU_REGS_RDX, VCPU_REGS_RAX);
}

int hve_vmcall_finish(struct hve_vcpu *hve_vcpu, u64 result)
{
	const struct hve_hcall *call = &hve_vcpu->call;
	struct kvm_vcpu *vcpu = hve_vcpu->kvm;
	unsigned long *regs = vcpu->arch.regs;

	if (call->long_mode) {
		regs[VCPU_REGS_RAX] = result;
		if (unlikely(call->wrote)) {
			regs[VCPU_REGS_RDX] = call->regs[0];
			regs[VCPU_REGS_R8] = call->regs[1];
		}
	} else {
		regs[VCPU_REGS_RDX] = result >> 32;
		regs[VCPU_REGS_RAX] = (u32)result;
	}
	return static_call(hve_kvm_skip_emulated_instruction)(vcpu);
}

int hve_vmcall(struct hve_vcpu *hve_vcpu)
{
	struct kvm_vcpu *vcpu = hve_vcpu->kvm;
	u64 control, result;

	if (!may_call(vcpu))
		return undefined(vcpu);
	control = load(vcpu, &hve_vcpu->call);
	if (unlikely(hve_vcpu->native)) {
		switch (hve_native_call(hve_vcpu, control, &result)) {
		case HVE_NATIVE_EXIT:
			return hve_native_exit_call(hve_vcpu, control);
		case HVE_NATIVE_UNDEFINED:
			return undefined(vcpu);
		case HVE_NATIVE_DONE:
			break;
		}
	} else if (!hve_hypercall(hve_vcpu, control, &result)) {
		return undefined(vcpu);
	}
	return hve_vmcall_finish(hve_vcpu, result);
}
