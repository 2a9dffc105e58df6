// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the MSR that sleeps until an interrupt
 *
 * In: guest-idle; 1 vCPU or more. Out: a read is 0 and returns at once while an
 * interrupt is pending; a masked interrupt ends it, be it a timer's, another
 * vCPU's, or one that waits for its priority; without any it sleeps and does not
 * burn CPU; the interrupt is there afterwards, and once. A thousand waits in the
 * way of a lock's waiter: a wake-up that is lost would take the safety net's time.
 */
#include "hv.h"

#define VECTOR		0x51u
#define TIMER		0x52u
#define HIGH		0x61u
#define ROUNDS		1000u
#define SELF		(1ul << 18)
#define LVT_TIMER	0x832
#define TIMER_COUNT	0x838
#define TIMER_DIVIDE	0x83e
#define DIVIDE_BY_1	0xb
#define APIC_MHZ	1000ul		/* as KVM has it */
/* Far below the safety net's sum, far above what the emulator needs */
#define ROUNDS_MS	8000ul

static u64 us_since(u64 tsc)
{
	return (rdtsc() - tsc) * 1000 / param->tsc_khz;
}

static void send(u32 index, u32 vector)
{
	wrmsr(X2APIC_ICR, (u64)index << 32 | vector);
}

static void test_pending(void)
{
	u64 start = rdtsc();
	u32 i, bad = 0;

	wrmsr(X2APIC_ICR, SELF | VECTOR);
	for (i = 0; i < 10; i++)
		bad += rdmsr(MSR_guest_idle) != 0;
	ok(!bad, "the value is 0");
	ok(us_since(start) < 100000, "returns at once while one is pending");
	ok(!irq_count(0, VECTOR), "and does not take it");
	irq_window();
	ok(irq_count(0, VECTOR) == 1, "it is taken later, once");
}

/* Sleeps until @vector is requested; the reads that took */
static u32 idle_until(volatile u32 *flag)
{
	u32 reads = 0;

	while (!*flag && reads < 1000) {
		rdmsr(MSR_guest_idle);
		reads++;
	}
	return reads;
}

static u64 irr(u32 vector)
{
	return rdmsr(0x820 + vector / 32) >> vector % 32 & 1;
}

static void test_timer(void)
{
	u64 start = rdtsc(), us;
	u32 reads = 0;

	wrmsr(TIMER_DIVIDE, DIVIDE_BY_1);
	wrmsr(LVT_TIMER, TIMER);
	wrmsr(TIMER_COUNT, 5000 * APIC_MHZ);
	while (!irr(TIMER) && reads++ < 1000)
		rdmsr(MSR_guest_idle);
	us = us_since(start);
	ok(irr(TIMER) && reads < 20, "the APIC's timer ends it (%u reads)", reads);
	ok(us >= 4900, "and not before its time (%lu us)", us);
	irq_window();
	ok(irq_count(0, TIMER) == 1, "its interrupt is taken once");
	if (!hv_serves(HVE_BIT(STIMER_DIRECT)))
		return;
	wrmsr(MSR_stimer + 1, rdmsr(MSR_time_ref_count) + 50000);
	wrmsr(MSR_stimer, TLFS_STIMER_DIRECT | TLFS_STIMER_ENABLED |
	      TIMER << TLFS_STIMER_VECTOR_SHIFT);
	for (reads = 0; !irr(TIMER) && reads < 1000; reads++)
		rdmsr(MSR_guest_idle);
	ok(irr(TIMER) && reads < 20, "a synthetic timer ends it (%u reads)", reads);
	irq_window();
}

static void test_sleeps(void)
{
	u64 start, ran, us;
	u32 reads = 0;

	if (!hv_serves(HVE_BIT(RUNTIME)))
		return;
	start = rdtsc();
	ran = rdmsr(MSR_vp_runtime);
	while (us_since(start) < 300000) {
		rdmsr(MSR_guest_idle);
		reads++;
	}
	us = us_since(start);
	ran = (rdmsr(MSR_vp_runtime) - ran) / 10;
	ok(ran < us / 2, "nothing comes: of %lu us it ran %lu", us, ran);
	diag("%u reads returned in vain", reads);
}

/* In service, it keeps out all of its class and below, VECTOR among them. */
static void in_service(struct regs *regs)
{
	u64 start, us, least = ~0ul;
	u32 i;

	(void)regs;
	wrmsr(X2APIC_ICR, SELF | VECTOR);
	/* An emulated host may lose some time in one of them, not in each. */
	for (i = 0; i < 5; i++) {
		start = rdtsc();
		rdmsr(MSR_guest_idle);
		us = us_since(start);
		if (us < least)
			least = us;
	}
	ok(least < 10000, "one of lower priority ends it, too (%lu us)", least);
	irq_eoi();
}

static void test_priority(void)
{
	u32 before = irq_count(0, VECTOR);

	irq_handler(HIGH, in_service);
	wrmsr(X2APIC_ICR, SELF | HIGH);
	irq_window();
	irq_window();
	ok(irq_count(0, HIGH) == 1 && irq_count(0, VECTOR) == before + 1,
	   "and both are taken once");
}

static volatile u32 waiting, go;

static void wait_masked(void *arg)
{
	volatile u32 *reads = arg;

	waiting = 1;
	*reads = idle_until(&go);
	irq_window();
}

static void test_other(void)
{
	u32 reads = 0;

	on_cpu(1, wait_masked, &reads);
	while (!waiting)
		yield();
	pause_us(5000);
	go = 1;
	send(1, VECTOR);
	wait_cpu(1);
	ok(irq_count(1, VECTOR) == 1, "another vCPU's interrupt ends it, and is taken");
	ok(reads < 100, "after %u reads", reads);
}

static volatile u32 turn;

/* As the waiter of a lock does: look, sleep, and only then take interrupts */
static void ping_pong(void *arg)
{
	u32 me = this_cpu()->index, i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		while (turn != me)
			rdmsr(MSR_guest_idle);
		irq_window();
		turn = !me;
		barrier();
		send(!me, VECTOR);
	}
}

static void test_ping_pong(void)
{
	u64 start = rdtsc(), ms;

	turn = 0;
	on_cpu(1, ping_pong, NULL);
	ping_pong(NULL);
	wait_cpu(1);
	ms = us_since(start) / 1000;
	ok(ms < ROUNDS_MS, "%u rounds between two vCPUs: %lu ms", ROUNDS, ms);
	irq_window();
}

static void to_x2apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

void test_main(void)
{
	u64 value;

	if (!hv_serves(HVE_BIT(GUEST_IDLE))) {
		ok(rdmsr_safe(MSR_guest_idle, &value) == VEC_GP, "off: #GP");
		return;
	}
	to_x2apic(NULL);
	on_each_other(to_x2apic, NULL);
	test_pending();
	test_timer();
	test_sleeps();
	test_priority();
	if (param->nr_vcpus < 2)
		return;
	test_other();
	test_ping_pong();
}
