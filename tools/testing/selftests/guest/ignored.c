// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The guest that does not take what its timers signal
 *
 * In: stimer, stimer-direct; test_ignored, through test_param.scratch. Out: four
 * periodic timers as fast as they go, whose messages have no page to go to, or
 * whose vectors are masked, while the vCPU is not even run. Then it takes them,
 * and counts. No test of its own: the host judges.
 */
#include "hv.h"
#include "../ignored.h"

#define VECTOR	0x60u		/* timer n has VECTOR + n */

static struct tlfs_message *slots;

static void on_irq(struct regs *regs)
{
	hv_empty_slot(&slots[regs->vector - VECTOR + 1]);
	irq_eoi();
}

static u64 mode(bool direct, u32 n)
{
	return direct ? TLFS_STIMER_DIRECT |
			(u64)(VECTOR + n) << TLFS_STIMER_VECTOR_SHIFT :
			(u64)(n + 1) << TLFS_STIMER_SINT_SHIFT;
}

static void wait_for(u32 want)
{
	while (param->scratch[IGNORED_WANT] != want)
		pause_us(1000);
}

static void round(bool direct)
{
	u32 n, least = 0;

	wrmsr(MSR_simp, 0);
	for (n = 0; n < TLFS_STIMER_COUNT; n++) {
		wrmsr(MSR_sint + n + 1, VECTOR + n);
		wrmsr(MSR_stimer + 2 * n + 1, 1);
		wrmsr(MSR_stimer + 2 * n, mode(direct, n) | TLFS_STIMER_ENABLED |
		      TLFS_STIMER_PERIODIC);
	}
	param->scratch[IGNORED_AT]++;
	/* Out of the guest but for a moment in each millisecond */
	wait_for(IGNORED_TAKE);
	wrmsr(MSR_simp, (u64)slots | TLFS_MSR_ENABLE);
	while (least < IGNORED_LEAST) {
		irq_window();
		least = ~0u;
		for (n = 0; n < TLFS_STIMER_COUNT; n++)
			if (irq_count(0, VECTOR + n) < least)
				least = irq_count(0, VECTOR + n);
	}
	for (n = 0; n < TLFS_STIMER_COUNT; n++) {
		wrmsr(MSR_stimer + 2 * n, 0);
		this_cpu()->irqs[VECTOR + n] = 0;
	}
	irq_window();
	param->scratch[IGNORED_AT]++;
}

void test_main(void)
{
	u32 n;

	hv_setup();
	x2apic_enable();
	slots = alloc_pages(1);
	for (n = 0; n < TLFS_STIMER_COUNT; n++)
		irq_handler(VECTOR + n, on_irq);
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
	round(false);
	wait_for(IGNORED_DIRECT);
	round(true);
	for (;;)
		pause_us(100000);
}
