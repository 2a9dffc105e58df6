// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the frequency MSRs tell the truth
 *
 * In: the frequencies feature; time, for a clock to measure against. Out: the
 * TSC frequency is what KVM says, and both frequencies agree with the reference
 * counter over 30 ms. A busy host may disturb a measurement: three tries.
 */
#include "hv.h"

#define TICKS		300000ul	/* 30 ms of 100 ns */
#define PERCENT		3ul
#define X2APIC_LVTT	0x832
#define X2APIC_INITIAL	0x838
#define X2APIC_CURRENT	0x839
#define X2APIC_DIVIDE	0x83e

static bool about(u64 a, u64 b)
{
	u64 difference = a > b ? a - b : b - a;

	return difference <= b / 100 * PERCENT;
}

static u64 measure(bool apic)
{
	u64 ticks, tsc, start = rdmsr(MSR_time_ref_count);

	tsc = rdtsc();
	if (apic)
		wrmsr(X2APIC_INITIAL, 0xffffffff);
	do
		ticks = rdmsr(MSR_time_ref_count) - start;
	while (ticks < TICKS);
	tsc = apic ? 0xffffffff - rdmsr(X2APIC_CURRENT) : rdtsc() - tsc;
	return tsc * TLFS_TICKS_PER_SECOND / ticks;
}

static void compare(const char *name, u64 said, bool apic)
{
	u64 seen = 0;
	u32 i;

	for (i = 0; i < 3 && !about(seen, said); i++)
		seen = measure(apic);
	ok(about(seen, said), "%s: %lu Hz said, %lu Hz seen", name, said, seen);
}

void test_main(void)
{
	u64 tsc = rdmsr(MSR_tsc_frequency), apic = rdmsr(MSR_apic_frequency);

	ok(tsc / 1000 == param->tsc_khz, "TSC: %lu Hz, as KVM's %lu kHz", tsc,
	   param->tsc_khz);
	ok(apic, "APIC: %lu Hz", apic);
	ok(wrmsr_safe(MSR_tsc_frequency, tsc) == VEC_GP, "TSC: writing is #GP");
	ok(wrmsr_safe(MSR_apic_frequency, apic) == VEC_GP, "APIC: writing is #GP");
	if (!hv_serves(HVE_BIT(TIME)))
		return;
	compare("TSC", tsc, false);
	if (!(param->flags & TEST_IRQCHIP))
		return;
	x2apic_enable();
	wrmsr(X2APIC_DIVIDE, 0xb);		/* by one */
	wrmsr(X2APIC_LVTT, 1u << 16 | 0x20);	/* one shot, masked */
	compare("APIC", apic, true);
}
