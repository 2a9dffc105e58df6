// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: what a guest is told of memory that is zero
 *
 * In: ext-calls; --arg 1 when the VMM's memory is such that nothing may be
 * claimed. Out: every range that is reported lies in memory and reads as zeros;
 * what was touched before the call, by the guest or by the call's own output, is
 * in none; the largest comes first. Off: the calls get a status, nothing else.
 */
#include "hv.h"

#define CAPABILITIES	CODE_ext_capabilities
#define ZEROED		CODE_ext_zeroed_memory
#define FILL		0x5aul

static struct tlfs_zeroed_memory *out;

static u64 ask(void *to)
{
	memset(to, FILL, PAGE_SIZE);
	/* No input: its address may be anything. */
	return hv_call(ZEROED, 3, (u64)to);
}

static void test_capabilities(void)
{
	u64 *to = hv_output(), block[14] = { 0 }, result;
	u32 i, bad = 0;

	to[0] = to[1] = ~0ul;
	result = hv_call(CAPABILITIES, 3, (u64)to);
	ok(!hv_status(result) && to[0] == TLFS_EXT_BOOT_ZEROED_MEMORY && !~to[1],
	   "capabilities: status %u, 0x%lx", hv_status(result), to[0]);
	for (i = 0; i < 14; i++)
		block[i] = ~0ul;
	result = hv_call_out(CAPABILITIES, block);
	if (!hv_serves(HVE_BIT(XMM_OUTPUT))) {
		ok(result == (HV_FAULT | VEC_UD), "fast: #UD (got 0x%lx)", result);
		return;
	}
	for (i = 1; i < 14; i++)
		bad += block[i] != ~0ul;
	ok(!hv_status(result) && block[0] == TLFS_EXT_BOOT_ZEROED_MEMORY && !bad,
	   "fast: 0x%lx in RDX, %u others changed", block[0], bad);
	ok(hv_status(hv_call_out(ZEROED, block)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_INPUT, "ranges do not fit registers");
}

static bool is_zero(u64 page)
{
	const volatile u64 *at = (u64 *)(page * PAGE_SIZE);
	u32 i;

	for (i = 0; i < PAGE_SIZE / 8; i++)
		if (at[i])
			return false;
	return true;
}

/* The range with @page, counted from 1 */
static u32 range_of(const struct tlfs_zeroed_memory *from, u64 page)
{
	u32 i;

	for (i = 0; i < from->count; i++)
		if (page - from->range[i].first < from->range[i].count)
			return i + 1;
	return 0;
}

static u64 test_shape(void)
{
	u64 pages = 0, memory = param->memory / PAGE_SIZE;
	u32 i, bad = 0;

	for (i = 0; i < out->count; i++) {
		const struct tlfs_zeroed_range *range = &out->range[i];

		pages += range->count;
		bad += !range->count || range->first >= memory ||
		       range->count > memory - range->first;
		bad += i && range->count > range[-1].count;
	}
	ok(!bad, "%lu ranges, each of them in memory, the largest first",
	   (u64)out->count);
	for (bad = 0; i < TLFS_ZEROED_RANGES; i++)
		bad += out->range[i].first || out->range[i].count;
	ok(!bad, "entries behind them are zero");
	return pages;
}

static void test_zero(void)
{
	u64 page, bad = 0;
	u32 i;

	for (i = 0; i < out->count; i++)
		for (page = 0; page < out->range[i].count; page++)
			bad += !is_zero(out->range[i].first + page);
	ok(!bad, "all of it reads as zeros (%lu pages do not)", bad);
}

static void test_touched(void)
{
	u64 middle = out->range[0].first + out->range[0].count / 2;
	struct tlfs_zeroed_memory *other;

	*(volatile u64 *)(middle * PAGE_SIZE) = FILL;
	ok(!hv_status(ask(out)), "asked again");
	ok(!range_of(out, middle), "a page that was written to is in no range");
	ok(!range_of(out, GPA_IMAGE / PAGE_SIZE) &&
	   !range_of(out, (u64)out / PAGE_SIZE) &&
	   !range_of(out, (u64)hv_page / PAGE_SIZE), "nor is what is in use");
	if (!out->count)
		return;
	/* Into memory that it would report: not zero any more then */
	other = (void *)((out->range[0].first + 1) * PAGE_SIZE);
	ok(!hv_status(hv_call(ZEROED, 0, (u64)other)) &&
	   !range_of(other, (u64)other / PAGE_SIZE),
	   "output into such memory: its own page is in no range");
}

void test_main(void)
{
	u64 pages;

	hv_setup();
	out = alloc_pages(1);
	if (!hv_serves(HVE_BIT(EXT_CALLS))) {
		ok(hv_status(ask(out)) == TLFS_STATUS_ACCESS_DENIED &&
		   hv_status(hv_call(CAPABILITIES, 3, (u64)out)) ==
		   TLFS_STATUS_ACCESS_DENIED, "off: access denied");
		ok(is_filled(out, FILL), "and nothing is written");
		return;
	}
	test_capabilities();
	ok(!hv_status(ask(out)), "ranges: asked");
	pages = test_shape();
	if (param->arg) {
		ok(!pages, "memory that is shared: nothing is claimed");
		return;
	}
	ok(pages > param->memory / PAGE_SIZE / 4, "%lu of %lu pages are claimed",
	   pages, param->memory / PAGE_SIZE);
	if (!out->count)
		return;
	test_touched();
	ok(!hv_status(ask(out)), "asked once more");
	test_zero();
}
