// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: reference counter and reference TSC page
 *
 * In: the time feature, 1 or more vCPUs; --arg 1: also write TSCs. Out: the
 * counter rises and has the right rate; the page agrees with it, at once, over
 * time and on each vCPU, or says with sequence 0 that it does not; time seen on
 * one vCPU is never before time seen on another; pages come back. The comment
 * says whether the page was ever valid.
 */
#include "hv.h"

#define PATTERN		0x3c
#define ROUNDS		200u
#define SLACK		10l		/* of 100 ns, between page and counter */
#define MSR_TSC		0x10

static volatile struct tlfs_reference_tsc_page *page;
static volatile u32 valid, invalid, wrong;
static volatile long worst;

static u64 now(void)
{
	u64 time;

	return hv_page_time(page, &time) ? time : rdmsr(MSR_time_ref_count);
}

/* The page's time must lie between two readings of the counter */
static void compare_once(void)
{
	u64 before = rdmsr(MSR_time_ref_count), time, after;
	long off = 0;

	if (!hv_page_time(page, &time)) {
		__atomic_add_fetch(&invalid, 1, __ATOMIC_SEQ_CST);
		return;
	}
	after = rdmsr(MSR_time_ref_count);
	__atomic_add_fetch(&valid, 1, __ATOMIC_SEQ_CST);
	if ((long)(before - time) > SLACK)
		off = before - time;
	else if ((long)(time - after) > SLACK)
		off = time - after;
	if (off) {
		__atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST);
		worst = off;
	}
}

static void compare(void *arg)
{
	u32 i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		compare_once();
}

static void report(const char *what)
{
	ok(!wrong, "%s: %u readings of the page agree, %u wrong (by %ld00 ns), %u without page",
	   what, valid - wrong, wrong, worst, invalid);
	valid = invalid = wrong = 0;
	worst = 0;
}

static void test_counter(void)
{
	u64 last = rdmsr(MSR_time_ref_count), time, tsc, hz;
	u32 i, back = 0;

	for (i = 0; i < ROUNDS; i++) {
		time = rdmsr(MSR_time_ref_count);
		back += time <= last;
		last = time;
	}
	ok(!back, "the counter rises with each reading (%u did not)", back);
	ok(wrmsr_safe(MSR_time_ref_count, 0) == VEC_GP, "writing it is #GP");
	for (i = 0; i < 3; i++) {
		last = rdmsr(MSR_time_ref_count);
		tsc = rdtsc();
		pause_us(50000);
		time = rdmsr(MSR_time_ref_count);
		tsc = rdtsc() - tsc;
		hz = (time - last) * param->tsc_khz / (tsc / 1000);
		if (hz > 9700000 && hz < 10300000)
			break;
	}
	ok(i < 3, "it runs at %lu Hz by the TSC", hz);
}

struct relay {
	volatile u32 turn;
	volatile u64 last;
	volatile u32 back;
};

static void relay_part(struct relay *r, u32 me, u32 of)
{
	u32 i, spins = 0;

	for (i = 0; i < ROUNDS; i++) {
		u64 time;

		while (r->turn % of != me) {
			cpu_relax();
			if (++spins % 1000 == 0)
				yield();
		}
		barrier();
		time = now();
		r->back += (long)(time - r->last) < 0;
		r->last = time;
		barrier();
		r->turn++;
	}
}

static struct relay relay;

static void relay_other(void *arg)
{
	(void)arg;
	relay_part(&relay, 1, 2);
}

static void test_relay(const char *when)
{
	if (param->nr_vcpus < 2)
		return;
	memset(&relay, 0, sizeof(relay));
	relay.last = now();
	on_cpu(1, relay_other, NULL);
	relay_part(&relay, 0, 2);
	wait_cpu(1);
	ok(!relay.back, "%s: time handed between two vCPUs never goes back (%u)",
	   when, relay.back);
}

static void test_page(void)
{
	u32 i, first;

	first = page->sequence;
	diag("sequence %u, scale 0x%lx, offset %ld", first, (u64)page->scale,
	     (long)page->offset);
	ok(first != 0xffffffff, "the sequence is not the old invalid one");
	compare(NULL);
	report("one vCPU");
	for (i = 0; i < 10; i++) {
		pause_us(20000);
		compare_once();
	}
	report("over 200 ms");
	start_each_other(compare, NULL);
	compare(NULL);
	wait_each_other();
	report("all vCPUs at once");
	test_relay("undisturbed");
}

static void both(const char *what)
{
	compare(NULL);
	on_each_other(compare, NULL);
	report(what);
	test_relay(what);
}

static void shift_tsc(void *arg)
{
	wrmsr(MSR_TSC, rdtsc() + (u64)arg);
}

static void shift_from_outside(u32 index, u64 by)
{
	if (vmm_call(TEST_OP_SET_MSR, index, MSR_TSC, rdtsc() + by))
		die("the VMM cannot write the TSC");
}

static void test_written(void)
{
	u64 second = param->tsc_khz * 1000, ref = rdmsr(MSR_time_ref_count);
	u32 i;

	shift_tsc((void *)(3000 * second));
	both("TSC of vCPU 0 written by the guest");
	on_each_other(shift_tsc, (void *)(3000 * second));
	both("all TSCs written by the guest");
	shift_from_outside(0, 9000 * second);
	both("TSC of vCPU 0 written by the VMM");
	for (i = 1; i < param->nr_vcpus; i++)
		shift_from_outside(i, 0);
	both("all TSCs written by the VMM");
	ok(rdmsr(MSR_time_ref_count) - ref < 100 * TLFS_TICKS_PER_SECOND,
	   "the counter did not jump with the TSC (%lu s)",
	   (rdmsr(MSR_time_ref_count) - ref) / (u64)TLFS_TICKS_PER_SECOND);
	diag("afterwards the sequence is %u", page->sequence);
}

static void test_move(void)
{
	u8 *first = alloc_pages(1), *second = alloc_pages(1);

	memset(first, PATTERN, PAGE_SIZE);
	memset(second, PATTERN, PAGE_SIZE);
	wrmsr(MSR_reference_tsc, (u64)first | TLFS_MSR_ENABLE);
	ok(rdmsr(MSR_reference_tsc) == ((u64)first | TLFS_MSR_ENABLE), "enabled");
	page = (void *)first;
	ok(!is_filled(first, PATTERN), "the page is there");
	wrmsr(MSR_reference_tsc, (u64)second | TLFS_MSR_ENABLE);
	page = (void *)second;
	ok(is_filled(first, PATTERN), "moved: what RAM held is back");
	ok(!is_filled(second, PATTERN), "moved: the new page is there");
	wrmsr(MSR_reference_tsc, (u64)second);
	ok(is_filled(second, PATTERN), "disabled: what RAM held is back");
	wrmsr(MSR_reference_tsc, (u64)first | TLFS_MSR_ENABLE);
	page = (void *)first;
}

void test_main(void)
{
	test_counter();
	test_move();
	test_page();
	if (param->arg)
		test_written();
	wrmsr(MSR_reference_tsc, 0);
	pause_us(20000);
	ok(is_filled((void *)page, PATTERN), "disabled: no update afterwards");
}
