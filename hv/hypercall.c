// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Hypercalls
 *
 * In: a vCPU that executed VMCALL or VMMCALL after its guest identified itself,
 * its registers as the TLFS names them. Out: the result value, or #UD where the
 * TLFS wants that. Checks privilege, control word and sizes once, for
 * every call; handlers see a call that fits its row. The one place where a
 * verdict becomes an HV_STATUS. State is the vCPU's own; no lock.
 */
#include "hypercall.h"
#include "trace.h"
#include "vpset.h"

static const u16 status_of[HVE_NR_VERDICTS] = {
	[HVE_OK] = TLFS_STATUS_SUCCESS,
	[HVE_DENIED] = TLFS_STATUS_ACCESS_DENIED,
	[HVE_UNKNOWN] = TLFS_STATUS_INVALID_HYPERCALL_CODE,
	[HVE_BAD_INPUT] = TLFS_STATUS_INVALID_HYPERCALL_INPUT,
	[HVE_BAD_ALIGNMENT] = TLFS_STATUS_INVALID_ALIGNMENT,
	[HVE_BAD_PARAMETER] = TLFS_STATUS_INVALID_PARAMETER,
	[HVE_NO_MEMORY] = TLFS_STATUS_INSUFFICIENT_MEMORY,
	[HVE_BAD_CONNECTION] = TLFS_STATUS_INVALID_CONNECTION_ID,
	[HVE_NO_BUFFERS] = TLFS_STATUS_INSUFFICIENT_BUFFERS,
	[HVE_BAD_PARTITION] = TLFS_STATUS_INVALID_PARTITION_ID,
};

enum hve_verdict hve_targets_set(struct hve_vcpu *vcpu,
				 const struct hve_hcall *call,
				 const struct tlfs_vp_set *set, u32 header,
				 struct hve_targets *targets)
{
	enum hve_verdict verdict;
	u32 nr, words;

	hve_targets_mask(vcpu, set->format == TLFS_VP_SET_ALL, 0, targets);
	if (targets->all)
		return HVE_OK;
	if (set->format != TLFS_VP_SET_SPARSE)
		return HVE_BAD_PARAMETER;
	nr = hve_vpset_banks(set->valid_bank_mask);
	if (nr != call->var_qwords)
		return HVE_BAD_INPUT;
	/* In place: first side by side, then each where it belongs. */
	vcpu->target_words = max(nr, 1u);
	verdict = hve_hcall_input(vcpu, call, header, vcpu->targets,
				  nr * sizeof(*vcpu->targets));
	if (verdict != HVE_OK)
		return verdict;
	words = hve_vpset_spread(set->valid_bank_mask, vcpu->targets);
	vcpu->target_words = max(words, 1u);
	/* VPs beyond those that can exist are named in vain. */
	targets->words = min_t(u32, words, BITS_TO_LONGS(vcpu->vm->nr_slots));
	if (unlikely(vcpu->vm->native))
		hve_native_translate(vcpu, targets);
	return HVE_OK;
}

static enum hve_verdict check(struct hve_vcpu *vcpu, enum hve_call_row number,
			      u64 control, struct hve_hcall *call)
{
	const struct hve_call_info *row = &hve_calls[number];
	bool xmm = hve_vm_has(vcpu->vm, HVE_F_XMM_INPUT);
	enum hve_verdict verdict;

	vcpu->calls[number]++;
	if (!hve_vm_has(vcpu->vm, row->feature))
		return HVE_DENIED;
	verdict = hve_hcall_check(row, control, call, xmm);
	if (verdict == HVE_OK && call->fast && row->fast == HVE_XMM)
		hve_kvm_read_xmm(vcpu->kvm, &call->regs[2]);
	return verdict;
}

/* Of a row with output; the registers that it may go to are read first. */
static enum hve_verdict check_output(struct hve_vcpu *vcpu,
				     enum hve_call_row number, u64 control,
				     struct hve_hcall *call)
{
	const struct hve_call_info *row = &hve_calls[number];
	enum hve_verdict verdict = check(vcpu, number, control, call);

	if (verdict != HVE_OK)
		return verdict;
	verdict = hve_hcall_check_output(row, call,
					 hve_vm_has(vcpu->vm, HVE_F_XMM_OUTPUT));
	if (verdict == HVE_OK && call->fast && row->fast != HVE_XMM)
		hve_kvm_read_xmm(vcpu->kvm, &call->regs[2]);
	return verdict;
}

enum hve_verdict hve_hcall_output(struct hve_vcpu *vcpu, struct hve_hcall *call,
				  u32 offset, const void *from, u32 len)
{
	if (!call->fast)
		return hve_kvm_write(vcpu->vm->kvm, call->regs[1] + offset, from,
				     len) ? HVE_BAD_ALIGNMENT : HVE_OK;
	offset += call->output_at;
	if (offset + len > sizeof(call->regs))
		return HVE_BAD_INPUT;
	memcpy((u8 *)call->regs + offset, from, len);
	call->wrote = true;
	return HVE_OK;
}

static enum hve_verdict dispatch(struct hve_vcpu *vcpu, u64 control,
				 struct hve_hcall *call)
{
	enum hve_verdict verdict;

	switch (call->code) {
#define HVE_CALL(name, id, number, ...)					\
	case number:							\
		verdict = check(vcpu, HVE_CALL_##name, control, call);	\
		return verdict != HVE_OK ? verdict :			\
		       hve_do_##name(vcpu, call);
#define HVE_CALL_OUT(name, id, number, ...)				\
	case number:							\
		verdict = check_output(vcpu, HVE_CALL_##name, control, call); \
		return verdict != HVE_OK ? verdict :			\
		       hve_do_##name(vcpu, call);
#include <hve/enlightenments.def>
	default:
		return HVE_UNKNOWN;
	}
}

bool hve_hypercall(struct hve_vcpu *vcpu, u64 control, u64 *result)
{
	struct hve_hcall *call = &vcpu->call;
	enum hve_verdict verdict;

	hve_hcall_decode(control, call);
	call->input = call->regs[0];
	verdict = dispatch(vcpu, control, call);
	if (verdict == HVE_UNDEFINED)
		return false;
	if (unlikely(verdict != HVE_OK))
		vcpu->events[HVE_EV_CALL_FAILED]++;
	if (unlikely(call->wrote))
		hve_kvm_write_xmm(vcpu->kvm, &call->regs[2]);
	*result = status_of[verdict] |
		  (u64)call->reps_done << TLFS_RESULT_REPS_SHIFT;
	trace_hve_hypercall(vcpu->vm->id, vcpu->index, control, call->input,
			    *result);
	return true;
}
