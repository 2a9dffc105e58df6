// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Configurations: what is refused
 *
 * In: struct hve_config by hand. Out: the errno and the sentence of each bad one.
 * State: none. Deliberately absent: the text from which configurations are made
 * (test_options.c), and what a guest sees of them (test_cpuid.c).
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
			    HVE_CONFIG_CORESHARING_AUTO |
			    HVE_CONFIG_SYNDBG_CALLS | HVE_CONFIG_NATIVE;
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
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
