// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest is told that its TSC runs at another frequency
 *
 * In: the reenlightenment and frequencies features, two vCPUs; the VMM changes
 * the frequency by one kHz. Out: exactly one interrupt, on the target; TSC
 * emulation is in progress where the guest opted in, until it says otherwise;
 * nothing where it did not ask, where the target does not exist, and where the
 * frequency is the one it was.
 */
#include "hv.h"

#define VECTOR		0x51u
#define ENABLE		TLFS_REENLIGHTENMENT_ENABLE
#define TARGET(vp)	((u64)(vp) << TLFS_REENLIGHTENMENT_TARGET_SHIFT)

static void enable_apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

static void window(void *arg)
{
	(void)arg;
	irq_window();
}

/* The new frequency for every vCPU, the first one last */
static void set_frequency(u64 khz)
{
	u32 i;

	for (i = param->nr_vcpus; i-- > 0;)
		if (vmm_call(TEST_OP_SET_TSC_KHZ, i, khz, 0))
			die("the VMM cannot set %lu kHz", khz);
	ok(rdmsr(MSR_tsc_frequency) == khz * 1000, "now %lu kHz", khz);
	irq_window();
	on_each_other(window, NULL);
}

/* Changes the frequency; then each vCPU must have seen so many interrupts */
static void change(const char *what, u64 khz, u32 first, u32 second)
{
	u32 before[2] = { irq_count(0, VECTOR), irq_count(1, VECTOR) };

	set_frequency(khz);
	ok(irq_count(0, VECTOR) - before[0] == first &&
	   irq_count(1, VECTOR) - before[1] == second,
	   "%s: %u interrupts on vCPU 0, %u on vCPU 1", what,
	   irq_count(0, VECTOR) - before[0], irq_count(1, VECTOR) - before[1]);
}

static void set_control(u64 value)
{
	wrmsr(MSR_reenlightenment_control, value);
	ok(rdmsr(MSR_reenlightenment_control) == value, "control 0x%lx", value);
}

static void test_vectors(void)
{
	u32 vector, wrong = 0;

	for (vector = 0; vector < 256; vector++)
		wrong += wrmsr_safe(MSR_reenlightenment_control, ENABLE | vector) !=
			 (vector < 16 ? VEC_GP : NO_FAULT);
	ok(!wrong, "vectors below 16 are #GP, others are not");
	set_control(15);
}

void test_main(void)
{
	u64 khz = param->tsc_khz;

	enable_apic(NULL);
	on_each_other(enable_apic, NULL);
	test_vectors();
	set_control(0);
	change("nobody asked", ++khz, 0, 0);
	ok(!rdmsr(MSR_tsc_emulation_status), "no emulation without opting in");
	set_control(ENABLE | VECTOR | TARGET(1));
	wrmsr(MSR_tsc_emulation_control, 1);
	change("vCPU 1 asked", ++khz, 0, 1);
	ok(rdmsr(MSR_tsc_emulation_status) == 1, "emulation is in progress");
	ok(wrmsr_safe(MSR_tsc_emulation_status, 1) == VEC_GP,
	   "only zero may be written");
	wrmsr(MSR_tsc_emulation_status, 0);
	ok(!rdmsr(MSR_tsc_emulation_status), "emulation is over");
	change("the same frequency", khz, 0, 0);
	ok(!rdmsr(MSR_tsc_emulation_status), "and no emulation");
	set_control(ENABLE | VECTOR);
	change("vCPU 0 asked", ++khz, 1, 0);
	set_control(ENABLE | VECTOR | TARGET(1000));
	change("no such VP", ++khz, 0, 0);
	set_control(ENABLE | VECTOR | TARGET(0xffffffff));
	change("far from any VP", ++khz, 0, 0);
	set_control(VECTOR | TARGET(1));
	change("not enabled", ++khz, 0, 0);
	ok(rdmsr(MSR_tsc_emulation_status) == 1, "emulation is told all the same");
	wrmsr(MSR_tsc_emulation_control, 0);
	wrmsr(MSR_tsc_emulation_status, 0);
	change("back", param->tsc_khz, 0, 0);
	ok(!rdmsr(MSR_tsc_emulation_status), "opted out");
}
