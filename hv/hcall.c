// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A hypercall, decoded
 *
 * In: what the guest has in registers. Out: see hcall.h. Every count that comes
 * out is bounded: reps by 4095, the variable header by 1023, and all input
 * together by the registers or by one page; so is all output. Pure; owns no state, takes no lock.
 */
#include "hcall.h"

void hve_hcall_decode(__u64 control, struct hve_hcall *call)
{
	call->code = control & TLFS_HYPERCALL_CODE;
	call->fast = control & TLFS_HYPERCALL_FAST;
	call->var_qwords = control >> TLFS_HYPERCALL_VARHEAD_SHIFT &
			   TLFS_HYPERCALL_VARHEAD_MASK;
	call->reps = control >> TLFS_HYPERCALL_REP_COUNT_SHIFT &
		     TLFS_HYPERCALL_REP_MASK;
	call->rep_start = control >> TLFS_HYPERCALL_REP_START_SHIFT &
			  TLFS_HYPERCALL_REP_MASK;
	call->reps_done = 0;
	call->wrote = false;
}

static bool counts_fit(const struct hve_call_info *row,
		       const struct hve_hcall *call)
{
	if (row->kind == HVE_SIMPLE)
		return !call->reps && !call->rep_start;
	return call->rep_start < call->reps;
}

static __u32 input_bytes(const struct hve_call_info *row,
			 const struct hve_hcall *call)
{
	return row->header + call->var_qwords * 8u +
	       call->reps * (__u32)row->element;
}

static bool fits_page(__u64 gpa, __u32 bytes)
{
	return !(gpa & 7) && (gpa & (TLFS_PAGE_SIZE - 1)) + bytes <= TLFS_PAGE_SIZE;
}

enum hve_verdict hve_hcall_check(const struct hve_call_info *row,
				 __u64 control, const struct hve_hcall *call,
				 bool xmm_input)
{
	__u32 bytes = input_bytes(row, call);

	/* Bit 31 asks the hypervisor below; there is none to ask. */
	if (control & (TLFS_HYPERCALL_RSVDZ | TLFS_HYPERCALL_NESTED))
		return HVE_BAD_INPUT;
	if (!counts_fit(row, call) || (call->var_qwords && !row->variable))
		return HVE_BAD_INPUT;
	if (call->fast && row->fast == HVE_XMM) {
		if (!xmm_input)
			return HVE_UNDEFINED;
		return bytes <= HVE_FAST_XMM_BYTES ? HVE_OK : HVE_BAD_INPUT;
	}
	if (call->fast)
		return bytes <= HVE_FAST_GPR_BYTES ? HVE_OK : HVE_BAD_INPUT;
	/* Where there is no input its address means nothing. */
	return fits_page(call->input, bytes) || !bytes ? HVE_OK :
	       HVE_BAD_ALIGNMENT;
}

enum hve_verdict hve_hcall_check_output(const struct hve_call_info *row,
					struct hve_hcall *call, bool xmm_output)
{
	__u32 bytes = row->output + call->reps * (__u32)row->output_element;

	if (!call->fast)
		return fits_page(call->regs[1], bytes) ? HVE_OK :
		       HVE_BAD_ALIGNMENT;
	if (!xmm_output || !call->long_mode)
		return HVE_UNDEFINED;
	/* Registers that hold input are not written, not even half of an XMM. */
	call->output_at = (input_bytes(row, call) + 15) & ~15u;
	return call->output_at + bytes <= HVE_FAST_XMM_BYTES ? HVE_OK :
	       HVE_BAD_INPUT;
}
