// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Configurations: what is refused, and the CPUID leaves of the others
 *
 * In: struct hve_config by hand. Out: the errno and the sentence of each bad
 * one, and for good ones the leaves, bit by bit as the TLFS numbers them in
 * "Feature and Interface Discovery". State: none. Deliberately absent: the text
 * from which configurations are made (test_options.c).
 */
#include <errno.h>
#include "unit.h"
#include <hve/registry.h>

static struct hve_config base(void)
{
	struct hve_config config = { .size = sizeof(config) };

	return config;
}

/* Refused with EINVAL and a sentence that has both words; or accepted: NULL */
static void expect(const struct hve_config *config, const char *word,
		   const char *other)
{
	char why[HVE_REASON_LEN] = "";
	int err = hve_config_check(config, why, sizeof(why));

	assert_int_equal(err, word ? -EINVAL : 0);
	assert_int_equal(hve_config_check(config, NULL, 0), err);
	if (!word)
		return;
	assert_non_null(strstr(why, word));
	assert_non_null(strstr(why, other));
	assert_null(strchr(why, '\n'));
}

static void good_ones(void **state)
{
	struct hve_config config = base();
	unsigned int i;

	(void)state;
	expect(&config, NULL, NULL);
	config.spinlock_retries = 0xfff;
	for (i = 0; i < HVE_NR_FEATURES; i++)
		config.features[0] |= 1ull << hve_features[i].number;
	expect(&config, NULL, NULL);
	config.flags = HVE_CONFIG_KVM_HIDE | HVE_CONFIG_VERSION;
	config.version_snumber = 0xffffff;
	config.version_build = ~0u;
	expect(&config, NULL, NULL);
}

static void base_features_are_implied(void **state)
{
	struct hve_config config = base();

	(void)state;
	config.features[0] = HVE_BIT(TLBFLUSH);
	expect(&config, NULL, NULL);
}

static void missing_prerequisites(void **state)
{
	unsigned int i, need;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		struct hve_config config = base();
		uint64_t lacks = hve_features[i].needs & ~hve_base_features();

		config.spinlock_retries = 0xfff;
		config.features[0] = 1ull << hve_features[i].number;
		for (need = 0; need < 64 && !(lacks >> need & 1); need++)
			;
		if (need < 64)
			expect(&config, hve_features[i].name,
			       hve_feature_row(need)->name);
		else
			expect(&config, NULL, NULL);
	}
}

static void unknown_features(void **state)
{
	struct hve_config config;
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 64; bit++) {
		config = base();
		config.features[0] = 1ull << bit;
		config.spinlock_retries = 0xfff;
		if (!hve_feature_row(bit))
			expect(&config, "feature", "does not know");
		config = base();
		config.features[1] = 1ull << bit;
		expect(&config, "feature", "does not know");
	}
}

static void unknown_flags(void **state)
{
	struct hve_config config = base();
	const __u32 known = HVE_CONFIG_KVM_HIDE | HVE_CONFIG_VERSION |
			    HVE_CONFIG_LENIENT | HVE_CONFIG_HINTS |
			    HVE_CONFIG_CORESHARING_AUTO | HVE_CONFIG_NATIVE;
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		config.flags = 1u << bit;
		if (config.flags & known)
			expect(&config, NULL, NULL);
		else
			expect(&config, "flags", "unknown");
	}
}

/* There the VMM chooses. */
static void native_mode(void **state)
{
	struct hve_config config = base();

	(void)state;
	config.flags = HVE_CONFIG_NATIVE;
	expect(&config, NULL, NULL);
	config.flags = HVE_CONFIG_NATIVE | HVE_CONFIG_LENIENT;
	expect(&config, "native", "VMM");
	config.flags = HVE_CONFIG_NATIVE;
	config.features[0] = HVE_BIT(TIME);
	expect(&config, "native", "VMM");
}

static void policies(void **state)
{
	struct hve_config config = base();

	(void)state;
	config.crash_policy = HVE_CRASH_EVENT;
	config.reset_policy = HVE_RESET_SHUTDOWN;
	expect(&config, NULL, NULL);
	config.crash_policy = HVE_CRASH_EVENT + 1;
	expect(&config, "policy", "crash (3)");
	config.crash_policy = HVE_CRASH_LOG;
	config.reset_policy = HVE_RESET_SHUTDOWN + 1;
	expect(&config, "policy", "reset (2)");
}

static void reserved_bytes(void **state)
{
	struct hve_config config;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(config.reserved); i++) {
		config = base();
		config.reserved[i] = 0x80;
		expect(&config, "reserved", "zero");
	}
}

static void spinlock_retries(void **state)
{
	struct hve_config config = base();

	(void)state;
	config.spinlock_retries = 1;	/* of no meaning without the feature */
	expect(&config, NULL, NULL);
	config.features[0] = HVE_BIT(SPINLOCKS);
	expect(&config, "spinlocks=0x1 ", "0xfff");
	config.spinlock_retries = 0xffe;
	expect(&config, "spinlocks=0xffe ", "0xfff");
	config.spinlock_retries = 0xfff;
	expect(&config, NULL, NULL);
	config.spinlock_retries = 0xffffffff;
	expect(&config, NULL, NULL);
}

static void service_number(void **state)
{
	struct hve_config config = base();

	(void)state;
	config.version_snumber = 0x1000000;
	expect(&config, "version-id-snumber=0x1000000", "0xffffff");
}

static void sentences_are_cut_to_their_room(void **state)
{
	struct hve_config config = base();
	char why[12];

	(void)state;
	config.flags = ~0u;
	memset(why, 'x', sizeof(why));
	assert_int_equal(hve_config_check(&config, why, 10), -EINVAL);
	assert_int_equal(strlen(why), 9);
	assert_int_equal(why[10], 'x');
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(base_features_are_implied),
		cmocka_unit_test(missing_prerequisites),
		cmocka_unit_test(unknown_features),
		cmocka_unit_test(unknown_flags),
		cmocka_unit_test(native_mode),
		cmocka_unit_test(policies),
		cmocka_unit_test(reserved_bytes),
		cmocka_unit_test(spinlock_retries),
		cmocka_unit_test(service_number),
		cmocka_unit_test(sentences_are_cut_to_their_room),
		cmocka_unit_test(features_set_their_bits),
		cmocka_unit_test(identity),
		cmocka_unit_test(hints_follow_the_hardware),
		cmocka_unit_test(hardware_has_a_leaf),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
