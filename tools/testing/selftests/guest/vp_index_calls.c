// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the call that finds VP indices by APIC id, and output as such
 *
 * In: vp-index-calls, any number of vCPUs, whose APIC ids are their indices here;
 * with xmm-input and xmm-output fast calls too. Out: lists in any order, parts of
 * a list, ids that nobody has, other partitions and levels; output stays inside
 * its place; a fast call changes only the registers that have output.
 */
#include "hv.h"

#define CODE		CODE_get_vp_index
#define FILL		0xa5a5a5a5a5a5a5a5ul
#define LIST		2u		/* the list follows two qwords */
#define MOST		509u		/* elements behind them in a page */
#define NOBODY		0xfffffffful

static u64 in[PAGE_SIZE / 8];

static void begin(void)
{
	u32 i;

	memset(in, 0, sizeof(in));
	in[0] = TLFS_PARTITION_SELF;
	for (i = 0; i < PAGE_SIZE / 8; i++)
		((u64 *)hv_output())[i] = FILL;
}

static u64 call(u64 control, u32 count)
{
	return hv_call_input(CODE | control, false, in, LIST + count);
}

static void test_list(void)
{
	u64 *out = hv_output(), result;
	u32 i, n = param->nr_vcpus, bad = 0;

	begin();
	for (i = 0; i < n; i++)
		in[LIST + i] = n - 1 - i;
	result = call(REP(n), n);
	for (i = 0; i < n; i++)
		bad += out[i] != n - 1 - i;
	ok(!hv_status(result) && hv_reps(result) == n && !bad,
	   "%u ids, last one first: status %u, %u reps, %u wrong", n,
	   hv_status(result), hv_reps(result), bad);
	ok(out[n] == FILL, "nothing behind the list is written");
	begin();
	result = call(REP(MOST), MOST);
	ok(!hv_status(result) && hv_reps(result) == MOST && !out[MOST - 1] &&
	   out[MOST] == FILL, "the longest list");
}

static void test_parts(void)
{
	u64 *out = hv_output(), result;

	begin();
	in[LIST] = NOBODY;
	result = call(REP(3) | REP_START(1), 3);
	ok(!hv_status(result) && hv_reps(result) == 3 && out[0] == FILL &&
	   !out[1] && !out[2], "from rep 1 on: %u reps", hv_reps(result));
	begin();
	in[LIST + 2] = NOBODY;
	result = call(REP(4), 4);
	ok(hv_status(result) == TLFS_STATUS_INVALID_PARAMETER &&
	   hv_reps(result) == 2 && !out[1] && out[2] == FILL,
	   "an id that nobody has: status 5 (got %u), %u reps",
	   hv_status(result), hv_reps(result));
	begin();
	in[LIST] = param->nr_vcpus;
	result = call(REP(1), 1);
	ok(hv_status(result) == TLFS_STATUS_INVALID_PARAMETER && !hv_reps(result),
	   "the first one beyond");
}

static void test_fields(void)
{
	u32 status, vtl, bad = 0;

	begin();
	in[0] = 1;
	status = hv_status(call(REP(1), 1));
	ok(status == TLFS_STATUS_INVALID_PARTITION_ID,
	   "another partition: status 13 (got %u)", status);
	begin();
	for (vtl = 0; vtl < 256; vtl++) {
		in[1] = vtl;
		status = hv_status(call(REP(1), 1));
		bad += status != (hv_vtl_is_0(vtl) ? 0 :
				  TLFS_STATUS_INVALID_PARAMETER);
	}
	ok(!bad, "VTL 0, named or not, is the only one");
	in[1] = ~0xfful;
	ok(!hv_status(call(REP(1), 1)), "padding is ignored");
}

static void test_fast(void)
{
	u64 block[14], result;
	u32 i, bad = 0;

	for (i = 0; i < 14; i++)
		block[i] = FILL;
	block[0] = TLFS_PARTITION_SELF;
	block[1] = 0;
	block[2] = param->nr_vcpus - 1;
	result = hv_call_out(CODE | REP(1), block);
	if (!hv_serves(HVE_BIT(XMM_INPUT) | HVE_BIT(XMM_OUTPUT))) {
		ok(result == (HV_FAULT | VEC_UD), "fast: #UD (got 0x%lx)", result);
		return;
	}
	/* 24 bytes of input end inside XMM0, so output starts with XMM1. */
	ok(!hv_status(result) && block[4] == param->nr_vcpus - 1,
	   "fast: status %u, 0x%lx in XMM1", hv_status(result), block[4]);
	for (i = 0; i < 14; i++)
		bad += i > 2 && i != 4 && block[i] != FILL;
	ok(!bad && block[0] == TLFS_PARTITION_SELF && !block[1] &&
	   block[2] == param->nr_vcpus - 1, "no other register changes");
	for (i = 2; i < 14; i++)
		block[i] = 0;
	result = hv_call_out(CODE | REP(6), block);
	ok(!hv_status(result), "six elements fill the registers (got 0x%lx)", result);
	result = hv_call_out(CODE | REP(7), block);
	ok(hv_status(result) == TLFS_STATUS_INVALID_HYPERCALL_INPUT,
	   "seven do not fit: status 3 (got 0x%lx)", result);
}

/* Output in registers is for 64-bit callers. */
static void test_compat(void)
{
	struct regs32 regs = { .eax = CODE | (u32)TLFS_HYPERCALL_FAST, .edx = 1 };

	this_cpu()->fault = NO_FAULT;
	run_compat(&regs);
	ok(this_cpu()->fault == VEC_UD, "fast from 32-bit code: #UD");
	begin();
	memcpy(hv_input(), in, PAGE_SIZE);
	regs = (struct regs32){ .eax = CODE, .edx = 1,
				.ecx = (u32)(u64)hv_input(),
				.esi = (u32)(u64)hv_output() };
	run_compat(&regs);
	ok(!(regs.eax & 0xffff) && regs.edx == 1 && !*(u64 *)hv_output(),
	   "slow from there: output where EDI:ESI says");
}

void test_main(void)
{
	hv_setup();
	if (!hv_serves(HVE_BIT(VP_INDEX_CALLS))) {
		begin();
		ok(hv_status(call(REP(1), 1)) == TLFS_STATUS_ACCESS_DENIED,
		   "off: access denied");
		return;
	}
	test_list();
	test_parts();
	test_fields();
	test_fast();
	test_compat();
}
