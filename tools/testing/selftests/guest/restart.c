// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the reset MSR
 *
 * In: the reset feature, one vCPU or more, others parked. Out: the MSR reads 0;
 * without bit 0 nothing happens; with it the VMM is told as the policy says
 * (hve-vmm takes no other exit for one) and restarts the guest before the next
 * instruction. Twice: the second time with every reserved bit set.
 */
#include "hv.h"

static void nothing(void *arg)
{
	(void)arg;
}

static void expect_restart(u64 value)
{
	/* The others must have come up, and must have parked again. */
	on_each_other(nothing, NULL);
	pause_us(50000);
	param->scratch[0] = 1;
	reboot_expected();
	wrmsr(MSR_reset, value);
	param->scratch[0] = 0;
	ok(false, "the guest goes on behind a reset with 0x%lx", value);
}

static void test_rest(void)
{
	ok(!rdmsr(MSR_reset), "life %u: reads 0", param->boots);
	wrmsr(MSR_reset, 0);
	wrmsr(MSR_reset, ~1ul);
	ok(!rdmsr(MSR_reset), "life %u: without bit 0 nothing happens",
	   param->boots);
}

void test_after_reboot(void)
{
	ok(param->scratch[0] == 1, "life %u: by the MSR", param->boots);
	ok(!rdmsr(MSR_guest_os_id), "life %u: Hyper-V state is new",
	   param->boots);
	test_rest();
	if (param->boots == 1)
		expect_restart(~0ul);
	ok(param->boots == 2, "restarted twice");
}

void test_main(void)
{
	hv_setup();
	test_rest();
	expect_restart(1);
}
