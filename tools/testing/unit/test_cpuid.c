// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The CPUID leaves of a configuration
 *
 * In: struct hve_config by hand. Out: the leaves, bit by bit as the TLFS numbers
 * them in "Feature and Interface Discovery". State: none. Deliberately absent:
 * configurations that are refused (test_config.c).
 */
#include "unit.h"
#include <hve/registry.h>

static struct hve_config base(void)
{
	struct hve_config config = { .size = sizeof(config) };

	return config;
}

static const struct {
	uint64_t feature;
	unsigned int leaf, reg, bit;
} published[] = {
	{ HVE_BIT(HYPERCALL), 3, HVE_EAX, 5 },
	{ HVE_BIT(HYPERCALL), 3, HVE_EDX, 18 },
	{ HVE_BIT(HYPERCALL), 4, HVE_EAX, 9 },
	{ HVE_BIT(VPINDEX), 3, HVE_EAX, 6 },
	{ HVE_BIT(RELAXED), 4, HVE_EAX, 5 },
	{ HVE_BIT(TIME), 3, HVE_EAX, 1 },
	{ HVE_BIT(TIME), 3, HVE_EAX, 9 },
	{ HVE_BIT(FREQUENCIES), 3, HVE_EAX, 11 },
	{ HVE_BIT(FREQUENCIES), 3, HVE_EDX, 8 },
	{ HVE_BIT(VAPIC), 3, HVE_EAX, 4 },
	{ HVE_BIT(VAPIC), 4, HVE_EAX, 3 },
	{ HVE_BIT(TLBFLUSH), 4, HVE_EAX, 2 },
	{ HVE_BIT(TLBFLUSH), 4, HVE_EAX, 11 },
	{ HVE_BIT(IPI), 4, HVE_EAX, 10 },
	{ HVE_BIT(IPI), 4, HVE_EAX, 11 },
	{ HVE_BIT(XMM_INPUT), 3, HVE_EDX, 4 },
	{ HVE_BIT(RUNTIME), 3, HVE_EAX, 0 },
	{ HVE_BIT(CRASH), 3, HVE_EDX, 10 },
	{ HVE_BIT(RESET), 3, HVE_EAX, 7 },
	{ HVE_BIT(REENLIGHTENMENT), 3, HVE_EAX, 13 },
	{ HVE_BIT(INVTSC), 3, HVE_EAX, 15 },
	{ HVE_BIT(AVIC), 4, HVE_EAX, 9 },
	{ HVE_BIT(NO_CORESHARING), 4, HVE_EAX, 18 },
};

static void check_leaves(uint64_t features)
{
	struct hve_config config = base();
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	uint32_t want[HVE_CPUID_LEAVES][4] = { 0 };
	unsigned int i;

	memset(leaf, 0xa5, sizeof(leaf));
	config.spinlock_retries = 0x1234;
	hve_cpuid_build(&config, features, 240, leaf);
	for (i = 0; i < COUNT(published); i++)
		if (features & published[i].feature)
			want[published[i].leaf][published[i].reg] |=
				1u << published[i].bit;
	want[4][HVE_EBX] = features & HVE_BIT(SPINLOCKS) ? 0x1234 : 0xffffffff;
	want[5][HVE_EAX] = 240;
	want[5][HVE_EBX] = 64;
	for (i = 3; i < HVE_CPUID_LEAVES; i++)
		assert_memory_equal(leaf[i].reg, want[i], sizeof(want[i]));
}

static void features_set_their_bits(void **state)
{
	uint64_t listed = HVE_BIT(SPINLOCKS), seed = 1;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(published); i++)
		listed |= published[i].feature;
	for (i = 0; i < 64; i++)
		if (listed >> i & 1) {
			check_leaves(1ull << i);
			check_leaves(listed & ~(1ull << i));
		}
	for (i = 0; i < 1u << 16; i++)
		check_leaves(listed & unit_random(&seed));
	check_leaves(listed);
	check_leaves(0);
}

static void identity(void **state)
{
	struct hve_config config = base();
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];

	(void)state;
	hve_cpuid_build(&config, 0, 1, leaf);
	assert_int_equal(leaf[0].reg[HVE_EAX], HVE_CPUID_BASE + 5);
	assert_memory_equal(&leaf[0].reg[HVE_EBX], "Microsoft Hv", 12);
	assert_memory_equal(leaf[1].reg, "Hv#1\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(leaf[2].reg[HVE_EAX], 14393);
	assert_int_equal(leaf[2].reg[HVE_EBX], 10 << 16);

	memcpy(config.vendor_id, "ab", 2);
	config.flags = HVE_CONFIG_VERSION;
	config.version_build = 0x89abcdef;
	config.version_major = 0xfedc;
	config.version_minor = 0x1234;
	config.version_spack = 0xffffffff;
	config.version_sbranch = 0xfe;
	config.version_snumber = 0xabcdef;
	hve_cpuid_build(&config, 0, 1, leaf);
	assert_memory_equal(&leaf[0].reg[HVE_EBX], "ab\0\0\0\0\0\0\0\0\0\0", 12);
	assert_int_equal(leaf[2].reg[HVE_EAX], 0x89abcdef);
	assert_int_equal(leaf[2].reg[HVE_EBX], 0xfedc1234);
	assert_int_equal(leaf[2].reg[HVE_ECX], 0xffffffff);
	assert_int_equal(leaf[2].reg[HVE_EDX], 0xfeabcdef);
}

/* What becomes of the two hints and of leaf 6 on a host with @hardware */
static void check_hardware(uint32_t flags, uint64_t features, uint32_t hardware,
			   uint32_t hints, uint32_t leaf6)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES], before[HVE_CPUID_LEAVES];
	struct hve_config config = base();

	config.flags = flags;
	hve_cpuid_build(&config, features, 240, leaf);
	memcpy(before, leaf, sizeof(leaf));
	hve_cpuid_adapt(&config, features, hardware, leaf);
	assert_int_equal(leaf[4].reg[HVE_EAX] & (1u << 3 | 1u << 10), hints);
	assert_int_equal((leaf[4].reg[HVE_EAX] ^ before[4].reg[HVE_EAX]) &
			 ~(1u << 3 | 1u << 10), 0);
	assert_int_equal(leaf[6].reg[HVE_EAX], leaf6);
	/* Nothing else changes */
	leaf[4].reg[HVE_EAX] = before[4].reg[HVE_EAX];
	leaf[6].reg[HVE_EAX] = 0;
	assert_memory_equal(leaf, before, sizeof(leaf));
}

static void hints_follow_the_hardware(void **state)
{
	const uint64_t both = HVE_BIT(VAPIC) | HVE_BIT(IPI);
	const uint32_t apic = 1u << 0, ipi = 1u << 31;
	const uint32_t msrs = 1u << 3, calls = 1u << 10;

	(void)state;
	check_hardware(0, both, 0, msrs | calls, 0);
	check_hardware(0, both, apic, calls, 0);
	check_hardware(0, both, apic | ipi, 0, 0);
	check_hardware(0, both, ipi, msrs, 0);
	check_hardware(0, HVE_BIT(VAPIC), apic | ipi, 0, 0);
	check_hardware(0, HVE_BIT(IPI), apic, calls, 0);
	check_hardware(0, 0, apic | ipi, 0, 0);
	check_hardware(HVE_CONFIG_HINTS, both, apic | ipi, msrs | calls, 0);
	check_hardware(HVE_CONFIG_HINTS, HVE_BIT(IPI), apic | ipi, calls, 0);
}

static void hardware_has_a_leaf(void **state)
{
	const uint64_t on = HVE_BIT(HW_FEATURES);
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	struct hve_config config = base();

	(void)state;
	check_hardware(0, 0, 0xffffffff, 0, 0);
	check_hardware(0, on, 0, 0, 0);
	check_hardware(0, on, 1u << 1 | 1u << 3, 0, 0xa);
	check_hardware(HVE_CONFIG_HINTS, on, 0xffffffff, 0, 0xb);
	hve_cpuid_build(&config, on, 1, leaf);
	assert_int_equal(leaf[0].reg[HVE_EAX], HVE_CPUID_BASE + 6);
}

static void debugger_has_leaves(void **state)
{
	const uint64_t on = HVE_BIT(SYNDBG);
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES], none[3] = { 0 };
	struct hve_config config = base();
	uint32_t slot;

	(void)state;
	hve_cpuid_build(&config, 0, 1, leaf);
	assert_memory_equal(&leaf[7], none, sizeof(none));
	hve_cpuid_build(&config, on, 1, leaf);
	assert_int_equal(leaf[0].reg[HVE_EAX], 0x40000082);
	assert_int_equal(leaf[3].reg[HVE_EBX], 1u << 11);
	assert_int_equal(leaf[3].reg[HVE_EDX], 1u << 1 | 1u << 11);
	assert_memory_equal(leaf[7].reg, "\x82\0\0\x40Microsoft VS", 16);
	assert_memory_equal(leaf[8].reg, "VS#1\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(leaf[9].reg[HVE_EAX], 1u << 1);
	hve_cpuid_build(&config, on | HVE_BIT(HW_FEATURES), 1, leaf);
	assert_int_equal(leaf[0].reg[HVE_EAX], 0x40000082);
	for (slot = 0; slot < HVE_CPUID_LEAVES; slot++)
		assert_int_equal(hve_cpuid_slot(hve_cpuid_number(slot)), slot);
	assert_int_equal(hve_cpuid_slot(0x40000007), HVE_CPUID_LEAVES);
	assert_int_equal(hve_cpuid_slot(0x4000007f), HVE_CPUID_LEAVES);
	assert_int_equal(hve_cpuid_slot(0x40000083), HVE_CPUID_LEAVES);
	assert_int_equal(hve_cpuid_slot(0x3fffffff), HVE_CPUID_LEAVES);
	assert_int_equal(hve_cpuid_slot(0), HVE_CPUID_LEAVES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_set_their_bits),
		cmocka_unit_test(identity),
		cmocka_unit_test(hints_follow_the_hardware),
		cmocka_unit_test(hardware_has_a_leaf),
		cmocka_unit_test(debugger_has_leaves),
	};

	return cmocka_run_group_tests_name("cpuid", tests, NULL, NULL);
}
