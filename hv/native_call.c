// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: hypercalls
 *
 * In: a vCPU at a call whose CPUID has our interface, its registers in vcpu->call.
 * Out: a result value; or #UD; or the call goes to the VMM: messages, events that
 * have no eventfd, extended calls and those of a debugger. Who may call and what
 * is checked first follow KVM, as VMMs expect; the calls that the module does are
 * hypercall.c's. State is the vCPU's own; takes no lock.
 */
#include "hypercall.h"
#include "native.h"

/* "Hypercall Interface", Extended Hypercall Interface: 64 behind the first */
#define EXTENDED_FIRST		0x8001u
#define EXTENDED_LAST		(EXTENDED_FIRST + 64)

enum {
#define HVE_CALL(name, id, code, ...)	CODE_##name = (code),
#include <hve/enlightenments.def>
};

/* HvCallSignalEvent's input in one word */
#define EVENT_FLAG		0x0000ffff00000000ull

static bool is_extended(u16 code)
{
	return code >= EXTENDED_FIRST && code <= EXTENDED_LAST;
}

static bool is_debugging(u16 code)
{
	return code >= CODE_post_debug_data &&
	       code <= CODE_reset_debug_session;
}

/* Row of the call, or -1 */
static int row_of(u16 code)
{
	switch (code) {
#define HVE_CALL(name, id, number, ...)	case number: return HVE_CALL_##name;
#include <hve/enlightenments.def>
	default:
		return -1;
	}
}

/* Calls that nobody knows are not denied: they do not exist. */
static bool may_call(const struct hve_vcpu *vcpu, u16 code, int row)
{
	const struct hve_native_vcpu *native = vcpu->native;

	if (is_debugging(code))
		return !native->enforce || !hve_native_syndbg_enabled(vcpu) ||
		       native->leaf[3].reg[HVE_EBX] & TLFS_DEBUGGING;
	if (is_extended(code))
		row = HVE_CALL_ext_capabilities;
	if (row < 0 || !hve_vm_has(vcpu->vm, hve_calls[row].feature))
		return true;
	return native->calls & 1ull << row;
}

/* Input in registers that the guest was not offered */
static bool is_undefined(const struct hve_vcpu *vcpu,
			 const struct hve_hcall *call, int row)
{
	const struct hve_native_vcpu *native = vcpu->native;

	return call->fast && row >= 0 && hve_calls[row].fast == HVE_XMM &&
	       native->enforce && !(native->leaf[3].reg[HVE_EDX] &
				    TLFS_XMM_INPUT);
}

static bool is_plain(const struct hve_hcall *call)
{
	return !call->reps && !call->rep_start && !call->var_qwords;
}

/* Whether the eventfd of the connection, if there is one, was signalled */
static enum hve_native_result signal_event(struct hve_vcpu *vcpu,
					   const struct hve_hcall *call,
					   u64 *result)
{
	u64 in = call->regs[0];

	if (!call->fast) {
		*result = TLFS_STATUS_INVALID_ALIGNMENT;
		if (in & 7 || hve_kvm_read(vcpu->vm->kvm, in, &in, sizeof(in)))
			return HVE_NATIVE_DONE;
	}
	if (in & ~(EVENT_FLAG | KVM_HYPERV_CONN_ID_MASK) && !(in & EVENT_FLAG)) {
		*result = TLFS_STATUS_INVALID_HYPERCALL_INPUT;
		return HVE_NATIVE_DONE;
	}
	*result = TLFS_STATUS_SUCCESS;
	if (!(in & EVENT_FLAG) && hve_native_signal(vcpu->vm, in))
		return HVE_NATIVE_DONE;
	/* The VMM may know it; it is told where the input is, not what. */
	return HVE_NATIVE_EXIT;
}

static enum hve_native_result communicate(struct hve_vcpu *vcpu,
					  const struct hve_hcall *call, int row,
					  u64 *result)
{
	vcpu->calls[row]++;
	*result = TLFS_STATUS_INVALID_HYPERCALL_INPUT;
	if (!is_plain(call))
		return HVE_NATIVE_DONE;
	if (row == HVE_CALL_signal_event &&
	    signal_event(vcpu, call, result) == HVE_NATIVE_DONE)
		return HVE_NATIVE_DONE;
	if (READ_ONCE(vcpu->native->synic))
		return HVE_NATIVE_EXIT;
	*result = TLFS_STATUS_INVALID_HYPERCALL_INPUT;
	return HVE_NATIVE_DONE;
}

static enum hve_native_result debug(struct hve_vcpu *vcpu,
				    const struct hve_hcall *call, u64 *result)
{
	if (call->fast && call->code != CODE_reset_debug_session)
		*result = TLFS_STATUS_INVALID_PARAMETER;
	else if (!hve_native_syndbg_enabled(vcpu))
		*result = TLFS_STATUS_INVALID_HYPERCALL_CODE;
	else if (!hve_native_syndbg_calls(vcpu))
		*result = TLFS_STATUS_OPERATION_DENIED;
	else
		return HVE_NATIVE_EXIT;
	return HVE_NATIVE_DONE;
}

static enum hve_native_result dispatch(struct hve_vcpu *vcpu, u64 control,
				       struct hve_hcall *call, int row,
				       u64 *result)
{
	if (row == HVE_CALL_post_message || row == HVE_CALL_signal_event)
		return communicate(vcpu, call, row, result);
	if (is_debugging(call->code))
		return debug(vcpu, call, result);
	if (is_extended(call->code)) {
		*result = TLFS_STATUS_INVALID_PARAMETER;
		return call->fast ? HVE_NATIVE_DONE : HVE_NATIVE_EXIT;
	}
	if (row >= 0 && !(vcpu->native->calls & 1ull << row)) {
		*result = TLFS_STATUS_INVALID_HYPERCALL_CODE;
		return HVE_NATIVE_DONE;
	}
	return hve_hypercall(vcpu, control, result) ? HVE_NATIVE_DONE :
						      HVE_NATIVE_UNDEFINED;
}

enum hve_native_result hve_native_call(struct hve_vcpu *vcpu, u64 control,
				       u64 *result)
{
	struct hve_hcall *call = &vcpu->call;
	int row;

	hve_hcall_decode(control, call);
	row = row_of(call->code);
	if (!may_call(vcpu, call->code, row)) {
		vcpu->events[HVE_EV_CALL_FAILED]++;
		*result = TLFS_STATUS_ACCESS_DENIED;
		return HVE_NATIVE_DONE;
	}
	if (control & (TLFS_HYPERCALL_RSVDZ | TLFS_HYPERCALL_NESTED)) {
		vcpu->events[HVE_EV_CALL_FAILED]++;
		*result = TLFS_STATUS_INVALID_HYPERCALL_INPUT;
		return HVE_NATIVE_DONE;
	}
	if (is_undefined(vcpu, call, row))
		return HVE_NATIVE_UNDEFINED;
	return dispatch(vcpu, control, call, row, result);
}
