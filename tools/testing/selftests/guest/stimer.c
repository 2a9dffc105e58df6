// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: synthetic timers
 *
 * In: stimer, with or without stimer-direct, one vCPU or more. Out: a timer never
 * comes early, comes at all, also to a halted vCPU; one-shot, periodic, lazy,
 * auto-enable; counts at the edges of 64 bits; what may not be enabled is not;
 * every timer of every vCPU at once.
 */
#include "hv.h"

#define VECTOR		0x60u		/* timer n has VECTOR + n */
#define US		10ul		/* in reference time */
#define MS		(1000 * US)
#define LONG		(5000 * MS)	/* what no host is late by */
#define DIRECT(n)	(TLFS_STIMER_DIRECT |				\
			 (u64)(VECTOR + (n)) << TLFS_STIMER_VECTOR_SHIFT)
#define BY_SINT(n)	(((u64)(n) + 1) << TLFS_STIMER_SINT_SHIFT)

static bool direct;
static struct tlfs_message *pages[TEST_MAX_VCPUS];

static u64 now(void)
{
	return rdmsr(MSR_time_ref_count);
}

static u64 mode(u32 n)
{
	return direct ? DIRECT(n) : BY_SINT(n);
}

static void set(u32 n, u64 config, u64 count)
{
	wrmsr(MSR_stimer + 2 * n, 0);
	wrmsr(MSR_stimer + 2 * n + 1, count);
	wrmsr(MSR_stimer + 2 * n, config);
}

static u64 config_of(u32 n)
{
	return rdmsr(MSR_stimer + 2 * n);
}

static u32 taken(u32 n)
{
	return irq_count(this_cpu()->index, VECTOR + n);
}

static void on_irq(struct regs *regs)
{
	struct tlfs_message *page = pages[this_cpu()->index];
	u32 n = regs->vector - VECTOR;

	if (!direct)
		hv_empty_slot(&page[n + 1]);
	irq_eoi();
}

static void prepare(void *arg)
{
	u32 n, index = this_cpu()->index;

	(void)arg;
	x2apic_enable();
	wrmsr(MSR_simp, (u64)pages[index] | TLFS_MSR_ENABLE);
	for (n = 0; n < TLFS_STIMER_COUNT; n++)
		wrmsr(MSR_sint + n + 1, VECTOR + n);
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
}

static bool wait_for(u32 n, u32 count)
{
	u64 end = now() + LONG;

	while (taken(n) < count && now() < end)
		irq_window();
	return taken(n) >= count;
}

static void test_one_shot(u32 n)
{
	u32 before = taken(n), early = 0;
	u64 at = now() + 3 * MS, config;

	set(n, mode(n) | TLFS_STIMER_ENABLED, at);
	config = config_of(n);
	/* On a busy machine it may have come already. */
	ok(config & TLFS_STIMER_ENABLED || now() >= at, "timer %u: enabled", n);
	do {
		irq_window();
		early += taken(n) != before && now() < at;
	} while (taken(n) == before && now() < at + LONG);
	ok(taken(n) == before + 1 && !early, "timer %u: comes once, and not early", n);
	ok(!(config_of(n) & TLFS_STIMER_ENABLED), "timer %u: is disabled then", n);
	set(n, mode(n) | TLFS_STIMER_ENABLED, 1);
	irq_window();
	ok(taken(n) == before + 2, "timer %u: a time in the past comes at once", n);
	set(n, mode(n) | TLFS_STIMER_ENABLED, now() + 2 * MS);
	irq_halt();
	ok(taken(n) == before + 3, "timer %u: wakes a halted vCPU", n);
}

static void test_stopped(void)
{
	u32 before = taken(0);

	/* Far enough away to be there in time on a kernel full of checkers */
	set(0, mode(0) | TLFS_STIMER_ENABLED, now() + 100 * MS);
	wrmsr(MSR_stimer + 1, 0);
	ok(!(config_of(0) & TLFS_STIMER_ENABLED), "count 0 disables");
	set(1, mode(1) | TLFS_STIMER_ENABLED, now() + 100 * MS);
	wrmsr(MSR_stimer + 2, mode(1));
	pause_us(150000);
	irq_window();
	ok(taken(0) == before, "and nothing comes of it, nor of a disabled one");
}

static void test_auto_enable(void)
{
	u32 before = taken(0);

	wrmsr(MSR_stimer, mode(0) | TLFS_STIMER_AUTO_ENABLE);
	ok(!(config_of(0) & TLFS_STIMER_ENABLED), "auto-enable waits for the count");
	wrmsr(MSR_stimer + 1, now() + MS);
	ok(wait_for(0, before + 1), "which starts it");
	ok(config_of(0) == (mode(0) | TLFS_STIMER_AUTO_ENABLE), "and can do so again");
	wrmsr(MSR_stimer + 1, now() + MS);
	ok(wait_for(0, before + 2), "and does");
}

static void test_refused(void)
{
	u32 bit, n = 0;

	for (bit = 0; bit < 64; bit++)
		if (TLFS_STIMER_RSVDZ >> bit & 1 &&
		    wrmsr_safe(MSR_stimer, mode(0) | 1ul << bit) != VEC_GP)
			n++;
	ok(!n, "reserved bits are #GP (%u are not)", n);
	set(0, TLFS_STIMER_ENABLED, now() + MS);
	ok(!(config_of(0) & TLFS_STIMER_ENABLED), "SINT 0 cannot be enabled");
	if (!direct) {
		ok(hv_serves(HVE_BIT(STIMER_DIRECT)) ||
		   wrmsr_safe(MSR_stimer, DIRECT(0)) == VEC_GP,
		   "direct mode that is not served is #GP");
		return;
	}
	set(0, TLFS_STIMER_DIRECT | 15 << TLFS_STIMER_VECTOR_SHIFT |
	    TLFS_STIMER_ENABLED, now() + MS);
	ok(!(config_of(0) & TLFS_STIMER_ENABLED), "nor can vector 15");
}

static void test_edges(void)
{
	static const u64 counts[] = { ~0ul, 1ul << 63, ~0ul >> 1, 1ul << 62 };
	u32 before = taken(0), i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		set(0, mode(0) | TLFS_STIMER_ENABLED, counts[i]);
		set(1, mode(1) | TLFS_STIMER_ENABLED | TLFS_STIMER_PERIODIC, counts[i]);
		pause_us(3000);
		irq_window();
	}
	ok(taken(0) == before && config_of(0) & TLFS_STIMER_ENABLED,
	   "counts far away do not come");
	set(1, 0, 0);
	set(0, mode(0) | TLFS_STIMER_ENABLED | TLFS_STIMER_PERIODIC, 1);
	ok(wait_for(0, before + 100), "the shortest period comes, and the host lives");
	set(0, 0, 0);
	irq_window();
	irq_window();
}

/* For @ticks of time with interrupts open: how many came */
static u32 came(u32 n, u64 ticks)
{
	u32 before = taken(n);
	u64 end = now() + ticks;

	while (now() < end)
		irq_window();
	return taken(n) - before;
}

static void test_periodic(void)
{
	const u64 period = 10 * MS, on = TLFS_STIMER_ENABLED | TLFS_STIMER_PERIODIC;
	u64 begin = now(), passed;
	u32 n, lazy;

	set(0, mode(0) | on, period);
	n = came(0, 20 * period);
	passed = (now() - begin) / period;
	ok(n && n <= passed, "periodic: %u of %lu periods", n, passed);
	ok(config_of(0) & TLFS_STIMER_ENABLED, "periodic: stays enabled");
	set(1, mode(1) | on | TLFS_STIMER_LAZY, period);
	begin = now();
	while (now() < begin + 5 * period)
		cpu_relax();
	/* Lazy ones leave out what they missed, others catch up. */
	n = taken(0);
	begin = now();
	lazy = came(1, 16 * period);
	n = taken(0) - n;
	passed = (now() - begin) / period;
	ok(n > lazy, "after 5 periods with interrupts off: %u, lazy %u", n, lazy);
	/* One in its slot, one that waits for it, and a period begun. */
	ok(lazy <= passed + 3, "lazy: what was missed is left out");
	pause_us(5 * period / US);
	begin = now();
	n = taken(0);
	lazy = came(1, 16 * period);
	n = taken(0) - n;
	ok(n > lazy, "after 5 periods that it did not run: %u, lazy %u", n, lazy);
	set(0, 0, 0);
	set(1, 0, 0);
	came(1, 2 * MS);
	ok(!came(0, 3 * period) && !came(1, MS), "none comes of a stopped one");
}

/* The vCPU stays out of the guest for a while, and its timers fire there. */
static void move_tsc(u64 by)
{
	if (vmm_call(TEST_OP_MOVE_TSC, by, 50000, 0))
		die("the VMM cannot write the TSC");
}

static void test_tsc_moves(void)
{
	u64 half, at;
	u32 before;

	set(0, mode(0) | TLFS_STIMER_ENABLED | TLFS_STIMER_PERIODIC, 10 * MS);
	move_tsc(1ul << 40);
	ok(wait_for(0, taken(0) + 3), "a periodic one goes on when the TSC jumps");
	set(0, 0, 0);
	irq_window();
	before = taken(0);
	/* Back by less than the reference time is old: not beyond its beginning */
	at = now() + 20 * MS;
	half = at / 2;
	set(0, mode(0) | TLFS_STIMER_ENABLED, at);
	move_tsc(-(half / US * param->tsc_khz / 1000));
	ok(wait_for(0, before + 1) && now() - at < half / 2,
	   "one is not late when the TSC jumps back (%lu us)", (now() - at) / US);
}

static volatile u32 missing;

static void all_timers(void *arg)
{
	u32 n, round;

	(void)arg;
	for (round = 0; round < 5; round++) {
		u32 before[TLFS_STIMER_COUNT];

		for (n = 0; n < TLFS_STIMER_COUNT; n++) {
			before[n] = taken(n);
			set(n, mode(n) | TLFS_STIMER_ENABLED, now() + MS + n);
		}
		for (n = 0; n < TLFS_STIMER_COUNT; n++)
			if (!wait_for(n, before[n] + 1))
				__atomic_add_fetch(&missing, 1, __ATOMIC_SEQ_CST);
	}
}

static void test_mode(bool with_direct)
{
	direct = with_direct;
	diag("%s mode", direct ? "direct" : "message");
	test_one_shot(0);
	test_one_shot(3);
	test_stopped();
	test_auto_enable();
	test_refused();
	test_edges();
	test_periodic();
	test_tsc_moves();
	start_each_other(all_timers, NULL);
	all_timers(NULL);
	wait_each_other();
	ok(!missing, "all timers of %u vCPUs at once", param->nr_vcpus);
}

void test_main(void)
{
	u32 i;

	hv_setup();
	for (i = 0; i < param->nr_vcpus; i++)
		pages[i] = alloc_pages(1);
	for (i = 0; i < TLFS_STIMER_COUNT; i++)
		irq_handler(VECTOR + i, on_irq);
	prepare(NULL);
	on_each_other(prepare, NULL);
	test_mode(false);
	if (hv_serves(HVE_BIT(STIMER_DIRECT)))
		test_mode(true);
}
