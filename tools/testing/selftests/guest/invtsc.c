// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: CPUID hides the invariant TSC until the guest asks
 *
 * In: the invtsc feature, or not; two vCPUs or more; the VMM sets the bit in CPUID for
 * every vCPU. Out: hidden at first on every vCPU, and told on every one after
 * one has written the MSR; that cannot be undone but by a restart. No other bit
 * of the leaf changes. Without the feature the bit is never hidden.
 */
#include "hv.h"

#define LEAF		0x80000007u
#define INVARIANT	(1u << 8)

static volatile u32 seen;

static void look(void *arg)
{
	u32 reg[4];

	(void)arg;
	cpuid(LEAF, 0, reg);
	if (reg[3] & INVARIANT)
		__atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
}

static u32 count(void)
{
	seen = 0;
	look(NULL);
	on_each_other(look, NULL);
	return seen;
}

static void ask(void *arg)
{
	(void)arg;
	wrmsr(MSR_tsc_invariant_control, 1);
}

static void test_on(void)
{
	u32 before[4], after[4];

	ok(!rdmsr(MSR_tsc_invariant_control), "life %u: not asked for",
	   param->boots);
	ok(!count(), "life %u: hidden", param->boots);
	ok(wrmsr_safe(MSR_tsc_invariant_control, 0) == NO_FAULT,
	   "life %u: nothing to clear", param->boots);
	cpuid(LEAF, 0, before);
	on_cpu(param->nr_vcpus - 1, ask, NULL);
	wait_cpu(param->nr_vcpus - 1);
	ok(rdmsr(MSR_tsc_invariant_control) == 1, "life %u: asked for",
	   param->boots);
	ok(count() == param->nr_vcpus, "life %u: told to %u of %u vCPUs",
	   param->boots, seen, param->nr_vcpus);
	cpuid(LEAF, 0, after);
	before[3] |= INVARIANT;
	ok(!memcmp(before, after, sizeof(before)), "life %u: no other bit",
	   param->boots);
	ok(wrmsr_safe(MSR_tsc_invariant_control, 0) == VEC_GP,
	   "life %u: cannot be cleared", param->boots);
	ok(wrmsr_safe(MSR_tsc_invariant_control, 1) == NO_FAULT,
	   "life %u: may be set again", param->boots);
	pause_us(50000);
}

void test_after_reboot(void)
{
	test_on();
}

void test_main(void)
{
	if (!hv_serves(HVE_BIT(INVTSC))) {
		ok(count() == param->nr_vcpus, "told to %u of %u vCPUs", seen,
		   param->nr_vcpus);
		ok(wrmsr_safe(MSR_tsc_invariant_control, 1) == VEC_GP,
		   "no MSR");
		return;
	}
	test_on();
	reboot();
}
