// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The clocks of Windows
 *
 * In: what CPUID offers. Out: frequencies without calibrating, the reference TSC
 * page read by its protocol, or the counter where the page says so; time that
 * never runs backwards from one vCPU to the next; a frequency that changes while
 * the guest runs. Windows reads the counter, with an exit each time, unless the
 * page is served together with hypercalls and VP index (Documentation/windows.md).
 */
#include "windows.h"

#define ROUNDS		100u
#define SLACK		10l		/* of 100 ns, between page and counter */
#define INVARIANT	(1u << 8)

u64 clock_now(void)
{
	u64 time;

	if (!hv_serves(HVE_BIT(TIME)))
		return rdtsc() * 10000 / param->tsc_khz;
	return windows.tsc && hv_page_time(windows.tsc, &time) ? time :
	       rdmsr(MSR_time_ref_count);
}

static void start_page(void)
{
	u64 value, first, time;
	void *page = alloc_pages(1);

	if (!uses(HVE_BIT(TIME)))
		return;
	first = rdmsr(MSR_time_ref_count);
	ok(rdmsr(MSR_time_ref_count) > first, "the reference counter runs");
	value = rdmsr(MSR_reference_tsc);
	ok(!(value & TLFS_MSR_ENABLE), "the TSC page is off");
	value = (value & (PAGE_SIZE - 1)) | (u64)page | TLFS_MSR_ENABLE;
	wrmsr(MSR_reference_tsc, value);
	ok(rdmsr(MSR_reference_tsc) == value, "it is enabled at 0x%lx", (u64)page);
	windows.tsc = page;
	if (hv_page_time(windows.tsc, &time))
		ok(time > first && time <= rdmsr(MSR_time_ref_count) + SLACK,
		   "its time is the counter's (sequence %u)", windows.tsc->sequence);
	else
		diag("it says that the counter is to be read instead");
}

static void start_frequencies(void)
{
	u64 tsc, apic;

	if (!uses(HVE_BIT(FREQUENCIES)))
		return;
	tsc = rdmsr(MSR_tsc_frequency);
	apic = rdmsr(MSR_apic_frequency);
	ok(tsc / 1000 == param->tsc_khz, "TSC frequency: %lu Hz", tsc);
	ok(apic >= 1000000, "APIC frequency: %lu Hz", apic);
}

static bool told_invariant(void)
{
	u32 reg[4];

	cpuid(0x80000007, 0, reg);
	return reg[HVE_EDX] & INVARIANT;
}

static void start_invariant(void)
{
	if (!uses(HVE_BIT(INVTSC)))
		return;
	ok(!rdmsr(MSR_tsc_invariant_control) && !told_invariant(),
	   "nobody asked for an invariant TSC, and none is told");
	wrmsr(MSR_tsc_invariant_control, 1);
	ok(rdmsr(MSR_tsc_invariant_control) == 1 && told_invariant(),
	   "asked for, told");
}

/* The frequencies before whatever waits; inferred. */
void start_clock(void)
{
	start_frequencies();
	start_invariant();
	start_page();
}

static volatile u64 latest;
static volatile u32 back, apart, slow;

static void watch(void *arg)
{
	u64 start = clock_now(), ran = 0, time, before, after;
	u32 i;

	(void)arg;
	if (uses(HVE_BIT(RUNTIME)))
		ran = rdmsr(MSR_vp_runtime);
	for (i = 0; i < ROUNDS; i++) {
		before = latest;
		barrier();
		time = clock_now();
		back += time < before;
		__atomic_compare_exchange_n(&latest, &before, time, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		before = rdmsr(MSR_time_ref_count);
		time = clock_now();
		after = rdmsr(MSR_time_ref_count);
		apart += (long)(before - time) > SLACK ||
			 (long)(time - after) > SLACK;
	}
	if (!hv_serves(HVE_BIT(RUNTIME)))
		return;
	after = rdmsr(MSR_vp_runtime);
	/* Since it began, and a hundredth more: two clocks measure. */
	slow += after < ran || after - ran > (clock_now() - start) * 101 / 100 + MS;
}

void watch_clock(void)
{
	if (!uses(HVE_BIT(TIME)))
		return;
	latest = back = apart = slow = 0;
	start_each_other(watch, NULL);
	watch(NULL);
	wait_each_other();
	ok(!back, "time on %u vCPUs never runs backwards", param->nr_vcpus);
	ok(!apart, "page and counter agree");
	ok(!slow, "run time is not ahead of time");
}

static void set_frequency(u64 khz)
{
	u32 i, before = irq_count(0, VEC_REENLIGHTENED);

	for (i = param->nr_vcpus; i-- > 0;)
		if (vmm_call(TEST_OP_SET_TSC_KHZ, i, khz, 0))
			die("the VMM cannot set %lu kHz", khz);
	/* Any access: the news are for a vCPU on its way in. */
	rdmsr(MSR_reenlightenment_control);
	irq_window();
	ok(irq_count(0, VEC_REENLIGHTENED) == before + 1,
	   "one interrupt tells of %lu kHz", khz);
	ok(rdmsr(MSR_tsc_emulation_status) == TLFS_TSC_EMULATION_IN_PROGRESS,
	   "the old frequency is said to be emulated");
	ok(rdmsr(MSR_tsc_frequency) == khz * 1000, "the new one is there");
	wrmsr(MSR_tsc_emulation_status, 0);
	ok(!rdmsr(MSR_tsc_emulation_status), "and emulation ends");
}

/*
 * With Hyper-V's role in the guest: the interrupt first, then emulation, so that
 * nothing is missed (TLFS, "Compatibility with Live Migration").
 */
void change_frequency(void)
{
	const u64 control = TLFS_REENLIGHTENMENT_ENABLE | VEC_REENLIGHTENED;
	u64 before;

	if (!uses(HVE_BIT(REENLIGHTENMENT)))
		return;
	park_others();
	ok(!rdmsr(MSR_reenlightenment_control) && !rdmsr(MSR_tsc_emulation_control) &&
	   !rdmsr(MSR_tsc_emulation_status), "nobody asked to hear of frequencies");
	wrmsr(MSR_reenlightenment_control, control);
	wrmsr(MSR_tsc_emulation_control, 1);
	ok(rdmsr(MSR_reenlightenment_control) == control &&
	   rdmsr(MSR_tsc_emulation_control) == 1, "asked");
	before = clock_now();
	set_frequency(param->tsc_khz + 1);
	set_frequency(param->tsc_khz);
	ok(clock_now() > before && clock_now() - before < 100 * TLFS_TICKS_PER_SECOND,
	   "and time went on");
	watch_clock();
}
