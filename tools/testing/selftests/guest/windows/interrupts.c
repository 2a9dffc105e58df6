// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The interrupts and timers of Windows
 *
 * In: what CPUID offers; the local APIC in xAPIC mode, as firmware leaves it. Out:
 * SynIC and its pages on each vCPU, timers in message and in direct mode, one-shot
 * and periodic, EOIs by the assist page and by MSR, the sleep of an idle loop.
 * Windows writes a timer's count far more often than its configuration (traces
 * in Documentation/windows.md), which is what AutoEnable is for. That it uses
 * direct mode where it is offered is inferred.
 */
#include "windows.h"

#define ONE_SHOTS	3u
#define PERIODS		3u
#define SELF_IPIS	50u
#define SELF		(1ul << 18)
#define LONG		(5000 * MS)	/* what no host is late by */
#define APIC_ID_SHIFT	56		/* of the ICR in xAPIC mode */

static volatile u32 odd, early, missing;

/* TLFS, "EOI Assist": the bit is taken and reset in one */
static void end_of_interrupt(void)
{
	struct windows_cpu *cpu = my();

	if (cpu->assist &&
	    __atomic_fetch_and(cpu->assist, ~1u, __ATOMIC_SEQ_CST) & 1) {
		cpu->by_assist++;
		irq_settle();
		return;
	}
	cpu->by_msr++;
	if (uses(HVE_BIT(VAPIC)))
		wrmsr(MSR_eoi, 0);
	else
		irq_eoi();
}

static void on_irq(struct regs *regs)
{
	(void)regs;
	end_of_interrupt();
}

/* TLFS, "SynIC Message Buffers": empty the slot, then look for more */
static void on_message(struct regs *regs)
{
	struct windows_cpu *cpu = my();
	struct tlfs_message *slot = &cpu->messages[SINT_TIMER];
	const struct tlfs_timer_payload *payload = (void *)slot->payload;

	(void)regs;
	if (slot->type == TLFS_MESSAGE_NONE) {
		end_of_interrupt();
		return;
	}
	cpu->taken++;
	cpu->wrong += slot->type != TLFS_MESSAGE_TIMER_EXPIRED ||
		      slot->payload_size != sizeof(*payload) || slot->port ||
		      payload->timer >= TLFS_STIMER_COUNT ||
		      payload->expiration > payload->delivery ||
		      payload->delivery > rdmsr(MSR_time_ref_count);
	hv_empty_slot(slot);
	end_of_interrupt();
}

static void place(u32 msr, void *page)
{
	u64 value = rdmsr(msr);

	odd += value & TLFS_MSR_ENABLE;
	value = (value & (PAGE_SIZE - 1)) | (u64)page | TLFS_MSR_ENABLE;
	wrmsr(msr, value);
	odd += rdmsr(msr) != value || !is_filled(page, 0);
}

/* Pages, then sources, then the SynIC as a whole: inferred */
static void start_synic(void *arg)
{
	u8 *pages = (u8 *)arg + 2 * this_cpu()->index * PAGE_SIZE;
	u32 i;

	odd += rdmsr(MSR_sversion) != TLFS_SYNIC_VERSION;
	odd += rdmsr(MSR_scontrol) != 0 || rdmsr(MSR_sirbp) != 0 ||
	       rdmsr(MSR_eom) != 0;
	place(MSR_simp, pages);
	place(MSR_siefp, pages + PAGE_SIZE);
	my()->messages = (void *)pages;
	for (i = 0; i < TLFS_SINT_COUNT; i++)
		odd += rdmsr(MSR_sint + i) != TLFS_SINT_MASKED;
	/* No AutoEOI: hint 9, which is always there. */
	wrmsr(MSR_sint + SINT_TIMER, VEC_MESSAGE);
	odd += rdmsr(MSR_sint + SINT_TIMER) != VEC_MESSAGE;
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
	odd += rdmsr(MSR_scontrol) != TLFS_SYNIC_ENABLE;
}

void start_interrupts(void)
{
	u32 i;

	irq_handler(VEC_MESSAGE, on_message);
	irq_handler(VEC_IPI, on_irq);
	irq_handler(VEC_REENLIGHTENED, on_irq);
	for (i = 0; i < TLFS_STIMER_COUNT; i++)
		irq_handler(VEC_CLOCK + i, on_irq);
	if (!uses(HVE_BIT(SYNIC)))
		return;
	odd = 0;
	everywhere(start_synic, alloc_pages(2 * param->nr_vcpus));
	ok(!odd, "the SynIC of %u vCPUs", param->nr_vcpus);
}

static bool is_direct(u32 n)
{
	return n >= 2;
}

static u64 mode(u32 n)
{
	if (is_direct(n))
		return TLFS_STIMER_DIRECT |
		       (u64)(VEC_CLOCK + n) << TLFS_STIMER_VECTOR_SHIFT;
	return (u64)SINT_TIMER << TLFS_STIMER_SINT_SHIFT;
}

static u32 came(u32 n)
{
	return is_direct(n) ? irq_count(this_cpu()->index, VEC_CLOCK + n) :
	       my()->taken;
}

static void wait_for(u32 n, u32 count, u64 not_before)
{
	u64 end = clock_now() + LONG;

	while ((int)(came(n) - count) < 0 && clock_now() < end)
		irq_window();
	if ((int)(came(n) - count) < 0)
		__atomic_add_fetch(&missing, 1, __ATOMIC_SEQ_CST);
	early += clock_now() < not_before;
}

/* Configured once, then started by its count again and again */
static void one_shot(u32 n)
{
	const u64 config = mode(n) | TLFS_STIMER_AUTO_ENABLE;
	u32 i, before;
	u64 at;

	wrmsr(MSR_stimer + 2 * n, config);
	for (i = 0; i < ONE_SHOTS; i++) {
		before = came(n);
		at = clock_now() + 2 * MS;
		wrmsr(MSR_stimer + 2 * n + 1, at);
		wait_for(n, before + 1, at - MS / 100);
		odd += rdmsr(MSR_stimer + 2 * n) != config ||
		       rdmsr(MSR_stimer + 2 * n + 1) != at;
	}
}

static void periodic(u32 n)
{
	const u64 config = mode(n) | TLFS_STIMER_PERIODIC | TLFS_STIMER_ENABLED;
	u32 before = came(n);
	u64 start = clock_now();

	wrmsr(MSR_stimer + 2 * n + 1, 5 * MS);
	wrmsr(MSR_stimer + 2 * n, config);
	wait_for(n, before + PERIODS, start + PERIODS * 5 * MS - MS / 100);
	odd += rdmsr(MSR_stimer + 2 * n) != config;
	wrmsr(MSR_stimer + 2 * n, 0);
	/* The last one may be on its way. */
	irq_window();
	odd += rdmsr(MSR_stimer + 2 * n) != 0;
}

/* The message modes share a SINT, so one after the other. */
static void timers(void *arg)
{
	(void)arg;
	one_shot(0);
	periodic(1);
	if (!uses(HVE_BIT(STIMER_DIRECT)))
		return;
	one_shot(2);
	periodic(3);
}

void run_timers(void)
{
	u32 i, wrong = 0, taken = 0;

	if (!uses(HVE_BIT(STIMER)))
		return;
	odd = early = missing = 0;
	start_each_other(timers, NULL);
	timers(NULL);
	wait_each_other();
	for (i = 0; i < param->nr_vcpus; i++) {
		wrong += windows.cpu[i].wrong;
		taken += windows.cpu[i].taken;
	}
	ok(!missing, "every timer came (%u did not)", missing);
	ok(!early, "none was early (%u were)", early);
	ok(!odd, "their registers are as they were set (%u are not)", odd);
	ok(!wrong, "%u messages are as they must be", taken);
}

static void self_ipi(void *arg)
{
	u32 i, index = this_cpu()->index, before = irq_count(index, VEC_IPI);

	(void)arg;
	for (i = 0; i < SELF_IPIS; i++) {
		wrmsr(MSR_icr, SELF | VEC_IPI);
		irq_window();
	}
	odd += irq_count(index, VEC_IPI) - before != SELF_IPIS;
	/* CR8 is what Windows has for this; both are one register. */
	wrmsr(MSR_tpr, 0xf0);
	wrmsr(MSR_icr, SELF | VEC_IPI);
	irq_window();
	odd += irq_count(index, VEC_IPI) - before != SELF_IPIS;
	odd += rdmsr(MSR_tpr) != 0xf0;
	wrmsr(MSR_tpr, 0);
	irq_window();
	odd += irq_count(index, VEC_IPI) - before != SELF_IPIS + 1;
}

static void window(void *arg)
{
	(void)arg;
	irq_window();
}

void run_interrupts(void)
{
	u32 i, assisted = 0, before = irq_count(1, VEC_IPI);
	u64 icr = 1ul << APIC_ID_SHIFT | VEC_IPI;

	if (!uses(HVE_BIT(VAPIC)))
		return;
	odd = 0;
	everywhere(self_ipi, NULL);
	for (i = 0; i < param->nr_vcpus; i++)
		assisted += windows.cpu[i].by_assist > SELF_IPIS / 2;
	for (i = 0; i < param->nr_vcpus; i++)
		diag("vCPU %u: %u EOIs by the assist page, %u by MSR", i,
		     windows.cpu[i].by_assist, windows.cpu[i].by_msr);
	ok(!odd, "interrupts to itself by the ICR MSR, held back by TPR");
	ok(assisted == param->nr_vcpus, "most of them need no EOI, on %u vCPUs",
	   assisted);
	wrmsr(MSR_icr, icr);
	ok((rdmsr(MSR_icr) & ~(1ul << 12)) == icr, "the ICR reads back");
	on_cpu(1, window, NULL);
	wait_cpu(1);
	ok(irq_count(1, VEC_IPI) == before + SELF_IPIS + 2, "another vCPU is reached");
}

/* The idle loop: interrupts off, nothing to do, sleep; then take what came */
static void idle_once(void *arg)
{
	u32 n = hv_serves(HVE_BIT(STIMER_DIRECT)) ? 2 : 0, before = came(n), reads = 0;

	(void)arg;
	wrmsr(MSR_stimer + 2 * n, mode(n) | TLFS_STIMER_AUTO_ENABLE);
	wrmsr(MSR_stimer + 2 * n + 1, clock_now() + 5 * MS);
	while (came(n) == before && reads++ < 1000) {
		odd += rdmsr(MSR_guest_idle) != 0;
		irq_window();
	}
	odd += came(n) != before + 1;
	/* Each read sleeps until something comes: few are enough. */
	missing += reads > 20;
}

void idle(void)
{
	if (!uses(HVE_BIT(GUEST_IDLE)) || !uses(HVE_BIT(STIMER)))
		return;
	odd = missing = 0;
	everywhere(idle_once, NULL);
	ok(!odd, "a timer ends the sleep of an idle vCPU");
	ok(!missing, "and little else does");
}
