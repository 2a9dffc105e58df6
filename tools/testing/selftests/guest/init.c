// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The guest that puts one of its vCPUs into the wait for SIPI
 *
 * In: two vCPUs, synic, stimer; test_init. Out: vCPU 1 has a timer with a message
 * running when vCPU 0 sends it INIT, and no SIPI. No test of its own: the host
 * looks at what vCPU 1 costs.
 */
#include "hv.h"
#include "../init.h"

#define ICR_INIT	0x4500ul	/* INIT, asserted */
#define VECTOR		0x58u
#define MS		10000ul		/* in reference time */

static volatile u32 ready;

static void work(void *arg)
{
	x2apic_enable();
	wrmsr(MSR_simp, (u64)arg | TLFS_MSR_ENABLE);
	wrmsr(MSR_sint + 1, VECTOR);
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
	wrmsr(MSR_stimer + 1, rdmsr(MSR_time_ref_count) + INIT_TIMER_MS * MS);
	wrmsr(MSR_stimer, 1ul << TLFS_STIMER_SINT_SHIFT | TLFS_STIMER_ENABLED);
	ready = 1;
	for (;;)
		irq_halt();
}

void test_main(void)
{
	hv_setup();
	x2apic_enable();
	start_each_other(work, alloc_pages(1));
	while (!ready)
		yield();
	wrmsr(X2APIC_ICR, 1ul << 32 | ICR_INIT);
	param->scratch[INIT_SENT] = 1;
	for (;;)
		vmm_call(TEST_OP_PARK, 0, 0, 0);
}
