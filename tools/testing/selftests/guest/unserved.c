// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a VM that nobody serves sees; a dump to compare, not a test
 *
 * In: --plain; --arg: milliseconds to repeat it in silence. Out: CPUID leaves,
 * what each MSR of the Hyper-V range does, what a hypercall does, and how many
 * exits each operation costs, which must not depend on whether the module is
 * loaded. Interrupts of the host are counted out; the least of several tries
 * counts.
 */
#include "hv.h"

#define OPERATIONS	100u
#define TRIES		7u

static void dump_cpuid(void)
{
	static const u32 from[] = { 0, 0x40000000, 0x40000100, 0x80000000 };
	u32 reg[4], i, leaf;

	for (i = 0; i < ARRAY_SIZE(from); i++) {
		for (leaf = from[i]; leaf < from[i] + 0x10; leaf++) {
			cpuid(leaf, 0, reg);
			line("cpuid 0x%08x %08x %08x %08x %08x", leaf, reg[0],
			     reg[1], reg[2], reg[3]);
		}
	}
}

static void dump_msrs(void)
{
	u32 number, read, written;
	u64 value;

	for (number = HVE_MSR_BASE; number < HVE_MSR_BASE + HVE_MSR_SPAN;
	     number++) {
		read = rdmsr_safe(number, &value);
		written = wrmsr_safe(number, 0);
		if (read != VEC_GP || written != VEC_GP)
			line("msr 0x%08x read %u = 0x%lx, write %u", number,
			     read, value, written);
	}
	line("msr range done");
}

static void op_cpuid(void)
{
	u32 reg[4];

	cpuid(0x40000000, 0, reg);
}

static void op_msr(void)
{
	u64 value;

	rdmsr_safe(MSR_guest_os_id, &value);
}

static void op_apic_base(void)
{
	u64 value;

	rdmsr_safe(0x1b, &value);
}

static void op_tsc_adjust(void)
{
	wrmsr_safe(0x3b, 0);
}

static void op_hypercall(void)
{
	hcall_xmm(5, 0, 0, NULL, NULL);		/* a number KVM does not know */
}

static const struct {
	const char *name;
	void (*run)(void);
} operations[] = {
	{ "cpuid 0x40000000", op_cpuid },
	{ "rdmsr 0x40000000", op_msr },
	{ "rdmsr 0x1b", op_apic_base },
	{ "wrmsr 0x3b", op_tsc_adjust },
	{ "hypercall 5", op_hypercall },
};

/*
 * The host's interrupts are read inside the reading of exits: what falls between
 * the two can only make the result too large, and the least counts.
 */
static u64 cost(u32 which, u64 *calls)
{
	u64 exits = vmm_stat("exits"), irqs = vmm_stat("irq_exits");
	u32 i;

	*calls = vmm_stat("hypercalls");
	for (i = 0; i < OPERATIONS; i++)
		operations[which].run();
	*calls = vmm_stat("hypercalls") - *calls;
	irqs = vmm_stat("irq_exits") - irqs;
	return vmm_stat("exits") - exits - irqs;
}

static void count(u32 which)
{
	u64 least = ~0ul, calls, n;
	u32 try;

	for (try = 0; try < TRIES; try++) {
		n = cost(which, &calls);
		least = n < least ? n : least;
	}
	line("%u times %s: %lu exits, %lu hypercalls", OPERATIONS,
	     operations[which].name, least, calls);
}

void test_main(void)
{
	u64 end = rdtsc() + param->arg * param->tsc_khz;
	u32 i;

	dump_cpuid();
	dump_msrs();
	line("hypercall 5 returns 0x%lx", hcall_xmm(5, 0, 0, NULL, NULL));
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		count(i);
	while (rdtsc() < end)
		for (i = 0; i < ARRAY_SIZE(operations); i++)
			operations[i].run();
	ok(true, "dumped");
}
