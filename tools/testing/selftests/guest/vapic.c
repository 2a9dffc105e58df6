// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: EOI, ICR and TPR as MSRs, and EOIs without an exit
 *
 * In: vapic and hw-features, two vCPUs. Out: in xAPIC and in x2APIC mode
 * interrupts sent through the ICR MSR arrive, EOI by MSR lets the next one in, TPR
 * and CR8 are one thing; with the assist page "No EOI required" is set where
 * nothing else is pending and only there, and then no MSR write is needed; where
 * the processor delivers interrupts it is never set.
 */
#include "hv.h"

#define ROUNDS		50u
#define LOW		0x51u
#define HIGH		0x61u
#define ICR_SELF	(1ul << 18)
#define PATTERN		0x5a

static volatile u32 *assist;		/* enabled assist page, or NULL */
static volatile u32 by_msr, without, high_set, low_set;
static bool virtualized;		/* the processor delivers: no mark */

static void on_irq(struct regs *regs)
{
	u32 set = 0;

	if (assist)
		set = __atomic_fetch_and(assist, ~1u, __ATOMIC_SEQ_CST) & 1;
	if (regs->vector == HIGH)
		high_set = set;
	else
		low_set = set;
	if (set) {
		without++;
		irq_settle();
		return;
	}
	wrmsr(MSR_eoi, 0);
	by_msr++;
}

static u32 self_ipis(void)
{
	u32 i, before = irq_count(0, LOW);

	for (i = 0; i < ROUNDS; i++) {
		wrmsr(MSR_icr, ICR_SELF | LOW);
		irq_window();
	}
	return irq_count(0, LOW) - before;
}

static u64 read_cr8(void)
{
	u64 value;

	asm volatile("mov %%cr8,%0" : "=r"(value));
	return value;
}

static void test_tpr(const char *mode)
{
	u32 before = irq_count(0, LOW);

	wrmsr(MSR_tpr, 0x60);
	ok(read_cr8() == 6, "%s: TPR 0x60 is CR8 6 (%lu)", mode, read_cr8());
	wrmsr(MSR_icr, ICR_SELF | LOW);
	irq_window();
	ok(irq_count(0, LOW) == before, "%s: TPR holds vector 0x%x back", mode, LOW);
	wrmsr(MSR_tpr, 0);
	irq_window();
	ok(irq_count(0, LOW) == before + 1, "%s: TPR 0 lets it in", mode);
	asm volatile("mov %0,%%cr8" : : "r"(5ul));
	ok(rdmsr(MSR_tpr) == 0x50, "%s: CR8 5 is TPR 0x50 (0x%lx)", mode,
	   rdmsr(MSR_tpr));
	asm volatile("mov %0,%%cr8" : : "r"(0ul));
}

static void take(void *arg)
{
	(void)arg;
	irq_window();
}

static void test_mode(const char *mode, u32 shift)
{
	u32 before;
	u64 icr;

	by_msr = 0;
	ok(self_ipis() == ROUNDS, "%s: %u self-IPIs by the ICR MSR", mode, ROUNDS);
	ok(by_msr == ROUNDS, "%s: each ended by the EOI MSR", mode);
	test_tpr(mode);
	if (param->nr_vcpus < 2)
		return;
	before = irq_count(1, HIGH);
	icr = 1ul << shift | HIGH;
	wrmsr(MSR_icr, icr);
	on_cpu(1, take, NULL);
	wait_cpu(1);
	ok(irq_count(1, HIGH) == before + 1, "%s: the ICR MSR reaches vCPU 1", mode);
	ok((rdmsr(MSR_icr) & ~(1ul << 12)) == icr, "%s: the ICR reads back 0x%lx",
	   mode, rdmsr(MSR_icr));
}

/*
 * Two at once: the higher one comes first, with the lower one pending. That the
 * last one needs no EOI is an offer: on a busy host now and then it is not made.
 */
static void test_pending(void)
{
	u32 rounds = 0, high = 0;

	do {
		wrmsr(MSR_icr, ICR_SELF | LOW);
		wrmsr(MSR_icr, ICR_SELF | HIGH);
		high_set = low_set = 7;
		irq_window();
		irq_window();
		high |= high_set;
	} while (low_set != 1 && ++rounds < 20);
	ok(high == 0, "with another one pending an EOI is required (%u)", high);
	ok(low_set == 1, "for the last one it is not (%u)", low_set);
}

static void test_assist(void)
{
	u32 *page = alloc_pages(1), taken;
	u32 *other = alloc_pages(1);

	memset(page, PATTERN, PAGE_SIZE);
	memset(other, PATTERN, PAGE_SIZE);
	wrmsr(MSR_vp_assist_page, (u64)page | TLFS_MSR_ENABLE);
	ok(!page[0], "the enabled assist page begins with 0 (0x%x)", page[0]);
	assist = page;
	by_msr = without = 0;
	taken = self_ipis();
	ok(taken == ROUNDS, "%u interrupts with the assist page", taken);
	/* KVM may leave the mark out, now and then; it never may set it twice. */
	ok(without + by_msr == ROUNDS &&
	   (virtualized ? !without : without >= ROUNDS * 9 / 10),
	   "%u of them needed no EOI, %u did", without, by_msr);
	if (!virtualized)
		test_pending();
	wrmsr(MSR_vp_assist_page, (u64)other | TLFS_MSR_ENABLE);
	ok(is_filled(page, PATTERN), "moved: what RAM held is back");
	assist = other;
	without = 0;
	taken = self_ipis();
	ok(taken == ROUNDS && !without == virtualized, "moved: %u needed no EOI",
	   without);
	assist = NULL;
	wrmsr(MSR_vp_assist_page, 0);
	ok(is_filled(other, PATTERN), "disabled: what RAM held is back");
	by_msr = 0;
	ok(self_ipis() == ROUNDS && by_msr == ROUNDS, "disabled: each needs its EOI");
	ok(is_filled(other, PATTERN), "and the page is not touched any more");
}

static void to_x2apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

void test_main(void)
{
	virtualized = hv_apic_is_virtualized();
	irq_handler(LOW, on_irq);
	irq_handler(HIGH, on_irq);
	test_mode("xAPIC", 56);
	test_assist();
	to_x2apic(NULL);
	on_each_other(to_x2apic, NULL);
	test_mode("x2APIC", 32);
	test_assist();
}
