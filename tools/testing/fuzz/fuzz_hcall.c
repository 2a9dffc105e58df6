// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: hypercalls are decoded and checked
 *
 * In: a control word, an address, which row, what the VM was offered. Out: what
 * is accepted fits the registers or one page, by arithmetic of its own.
 */
#include "fuzz.h"
#include "hv/hcall.h"

static uint64_t input_size(const struct hve_call_info *row, uint64_t control)
{
	return row->header + (control >> 17 & 0x3ff) * 8 +
	       (control >> 32 & 0xfff) * row->element;
}

static void check_accepted(const struct hve_call_info *row, uint64_t control,
			   const struct hve_hcall *call)
{
	uint64_t size = input_size(row, control);

	must(!(control & 0xf000f000f8000000));
	must(call->reps_done == 0 && !call->wrote);
	if (row->kind == HVE_REP)
		must(call->rep_start < call->reps && call->reps <= 4095);
	else
		must(!call->reps && !call->rep_start);
	if (!row->variable)
		must(!call->var_qwords);
	if (call->fast)
		must(size <= (row->fast == HVE_XMM ? 112 : 16));
	else if (size)
		must(call->input % 8 == 0 && call->input % 4096 + size <= 4096);
}

static void check_output(const struct hve_call_info *row, uint64_t control,
			 struct hve_hcall *call, bool xmm_output)
{
	uint64_t size = row->output + (uint64_t)call->reps * row->output_element;

	if (hve_hcall_check_output(row, call, xmm_output) != HVE_OK)
		return;
	if (call->fast) {
		must(xmm_output && call->long_mode);
		must(call->output_at >= input_size(row, control));
		must(call->output_at + size <= 112);
	} else {
		must(call->regs[1] % 8 == 0);
		must(call->regs[1] % 4096 + size <= 4096);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes from = { data, size };
	const struct hve_call_info *row =
		&hve_calls[take_number(&from, 1) % HVE_NR_CALLS];
	uint64_t control = take_number(&from, 8);
	uint8_t offered = take_number(&from, 1);
	struct hve_hcall call = { .long_mode = offered & 4 };
	enum hve_verdict verdict;

	take(&from, call.regs, 16);
	call.input = call.regs[0];
	hve_hcall_decode(control, &call);
	verdict = hve_hcall_check(row, control, &call, offered & 1);
	must(verdict == HVE_OK || verdict == HVE_BAD_INPUT ||
	     verdict == HVE_BAD_ALIGNMENT || verdict == HVE_UNDEFINED);
	if (verdict == HVE_UNDEFINED)
		must(call.fast && row->fast == HVE_XMM && !(offered & 1));
	if (verdict != HVE_OK)
		return 0;
	check_accepted(row, control, &call);
	check_output(row, control, &call, offered & 2);
	return 0;
}
