// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A guest that keeps everything busy; no test of its own
 *
 * In: --arg: milliseconds; any features, any number of vCPUs. Out: passes when
 * nothing it did was refused. Every vCPU does whatever is served, in turn:
 * clock, page moves, IPIs, flushes, spin notices. Used while other things happen.
 */
#include "hv.h"
#include "../busy.h"

#define VECTOR	0x48u

static volatile u64 end = ~0ul;
static volatile u32 refused;
static u8 *pages;

static u64 now(void)
{
	return rdtsc() / (param->tsc_khz ? param->tsc_khz : 1);
}

static void expect(u64 result)
{
	if (hv_status(result))
		__atomic_add_fetch(&refused, 1, __ATOMIC_SEQ_CST);
}

static void step(u32 index, u32 round)
{
	u64 flush[3] = { 0, TLFS_FLUSH_ALL_PROCESSORS |
			 TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES, 0 };
	u64 ipi[2] = { VECTOR, ~0ul };

	rdmsr(MSR_vp_index);
	if (hv_serves(HVE_BIT(TIME)))
		rdmsr(MSR_time_ref_count);
	if (hv_serves(HVE_BIT(TIME)) && !index)
		wrmsr(MSR_reference_tsc, (u64)(pages + PAGE_SIZE * (round & 1)) |
		      TLFS_MSR_ENABLE);
	if (hv_serves(HVE_BIT(TLBFLUSH)))
		expect(hv_call_input(CODE_flush_space, false, flush, 3));
	if (hv_serves(HVE_BIT(IPI)))
		expect(hv_call_input(CODE_send_ipi, true, ipi, 2));
	if (hv_serves(HVE_BIT(SPINLOCKS)))
		expect(hv_call(CODE_long_spin_wait | TLFS_HYPERCALL_FAST, 1, 0));
	if (hv_serves(HVE_BIT(VAPIC)))
		wrmsr(MSR_vp_assist_page, (u64)(pages + PAGE_SIZE * (2 + index)) |
		      (round & 1));
	irq_window();
}

static void work(void *arg)
{
	u32 round;

	(void)arg;
	for (round = 0; now() < end; round++)
		step(this_cpu()->index, round);
}

void test_main(void)
{
	pages = alloc_pages(2 + param->nr_vcpus);
	hv_setup();
	/* Which may take long, with many of them on a slow host */
	start_each_other(work, NULL);
	end = now() + param->arg;
	param->scratch[BUSY_WORKS] = 1;
	work(NULL);
	wait_each_other();
	ok(!refused, "busy for %lu ms, %u calls refused", param->arg, refused);
}
