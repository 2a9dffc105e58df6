// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Lists of enlightenments, and profiles
 *
 * In: text as people write it. Out: the configuration it means, or that it is
 * refused with a sentence that names what is wrong and changes nothing. Every
 * beginning of every list is tried as well, and lists with one character
 * replaced: none may do harm. State: none.
 */
#include "lists.h"
#include <stdlib.h>

static void every_name(void **state)
{
	char item[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		const struct hve_feature_row *row = &hve_features[i];

		snprintf(item, sizeof(item), "%s%s", row->name,
			 *row->value ? "=0x1fff" : "");
		if (row->traits & HVE_INTERNAL)
			refused(item, row->name);
		else
			assert_int_equal(features(item), 1ull << row->number);
	}
}

static void lists(void **state)
{
	uint64_t two = HVE_BIT(RELAXED) | HVE_BIT(TIME);

	(void)state;
	assert_int_equal(features("relaxed,time"), two);
	assert_int_equal(features("hv-relaxed,hv_time"), two);
	assert_int_equal(features("+relaxed,time=on"), two);
	assert_int_equal(features("relaxed=yes,time=true"), two);
	assert_int_equal(features("relaxed,time,ipi,-ipi"), two);
	assert_int_equal(features("relaxed,time,ipi,ipi=off"), two);
	assert_int_equal(features("relaxed,-relaxed,relaxed,time"), two);
	assert_int_equal(features("hv_xmm_input"), HVE_BIT(XMM_INPUT));
	assert_int_equal(features("hv-spinlocks=4095"), HVE_BIT(SPINLOCKS));
	assert_int_equal(features("spinlocks=0x1fff,spinlocks=off"), 0);
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(parse("spinlocks=0x1fff").spinlock_retries, 0x1fff);
	assert_int_equal(parse("spinlocks=8191").spinlock_retries, 8191);
	assert_int_equal(parse("spinlocks=017777").spinlock_retries, 8191);
	assert_int_equal(parse("spinlocks=0xffffffff").spinlock_retries, ~0u);
	refused("spinlocks=0x100000000", "0xffffffff");
	refused("spinlocks=99999999999999999999999", "too large");
	refused("spinlocks=-1", "not a number");
	refused("spinlocks= 1", "not a number");
	refused("spinlocks=0x", "not a number");
	refused("spinlocks=12k", "not a number");
	refused("spinlocks=", "not a number");
	refused("spinlocks", "spinlocks=N");
	refused("spinlocks=on", "spinlocks=N");
}

static void every_value_at_its_limit(void **state)
{
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < HVE_NR_VALUES; i++) {
		const struct hve_value *value = &hve_values[i];
		struct hve_config config;
		uint64_t number = 0;

		if (!value->max)
			continue;
		snprintf(text, sizeof(text), "%s=0x%llx", value->name,
			 (unsigned long long)value->max);
		config = parse(text);
		memcpy(&number, (char *)&config + value->offset, value->width);
		assert_int_equal(number, value->max);
		assert_int_equal(!!(config.flags & HVE_CONFIG_VERSION),
				 !strncmp(value->name, "version", 7));
		assert_int_equal(hve_config_check(&config, NULL, 0), 0);
		snprintf(text, sizeof(text), "%s=0x%llx", value->name,
			 (unsigned long long)value->max + 1);
		refused(text, "too large");
		refused(value->name, "needs a value");
	}
	/* What was not named keeps what a guest would see anyway. */
	assert_int_equal(parse("version-id-minor=3").version_major, 10);
	assert_int_equal(parse("version-id-minor=3").version_build, 14393);
}

static void words(void **state)
{
	(void)state;
	assert_int_equal(parse("crash-policy=exit").crash_policy, HVE_CRASH_EXIT);
	assert_int_equal(parse("crash-policy=exit,crash-policy=log").crash_policy,
			 HVE_CRASH_LOG);
	assert_int_equal(parse("reset-policy=shutdown").reset_policy,
			 HVE_RESET_SHUTDOWN);
	assert_int_equal(parse("hv-enforce-cpuid").flags, 0);
	assert_int_equal(parse("-enforce-cpuid").flags, HVE_CONFIG_LENIENT);
	assert_int_equal(parse("enforce-cpuid=off").flags, HVE_CONFIG_LENIENT);
	assert_int_equal(parse("enforce_cpuid=off,enforce-cpuid").flags, 0);
	assert_int_equal(parse("hints=all").flags, HVE_CONFIG_HINTS);
	assert_int_equal(parse("syndbg-mode=hypercall").flags,
			 HVE_CONFIG_SYNDBG_CALLS);
	assert_int_equal(parse("syndbg-mode=hypercall,syndbg-mode=msr").flags, 0);
	refused("syndbg-mode=udp", "none of msr|hypercall");
	refused("crash-policy=2", "none of log|exit|event");
	refused("reset-policy", "needs a value");
}

static void vendor(void **state)
{
	(void)state;
	assert_memory_equal(parse("vendor-id=ab").vendor_id, "ab\0\0\0\0\0\0\0\0\0\0", 12);
	assert_memory_equal(parse("hv_vendor_id=KVMKVM-KVM x").vendor_id,
			    "KVMKVM-KVM x", 12);
	assert_memory_equal(parse("vendor-id=abcdefgh,vendor-id=x").vendor_id,
			    "x\0\0\0\0\0\0\0\0\0\0\0", 12);
	refused("vendor-id=", "0 characters");
	refused("vendor-id=abcdefghijklm", "13 characters");
	refused("vendor-id=a\tb", "printable");
	refused("vendor-id=\xc3\xa9", "printable");
	refused("vendor-id", "needs a value");
	refused("+vendor-id=x", "needs a value");
}

static void kvm_leaves(void **state)
{
	(void)state;
	assert_int_equal(parse("kvm=hide").flags, HVE_CONFIG_KVM_HIDE);
	assert_int_equal(parse("kvm=off").flags, HVE_CONFIG_KVM_HIDE);
	assert_int_equal(parse("kvm=hide,kvm=move").flags, 0);
	assert_int_equal(parse("kvm=off,kvm=on").flags, 0);
	refused("kvm=perhaps", "none of hide|move");
	refused("kvm", "kvm=hide|move");
}

static void mistakes(void **state)
{
	(void)state;
	refused("", "without a name");
	refused("relaxed,", "without a name");
	refused(",relaxed", "without a name");
	refused("relaxed,,time", "without a name");
	refused("=on", "without a name");
	refused("-", "without a name");
	refused("-=x", "without a name");
	refused("relaxed=perhaps", "neither on nor off");
	refused("relaxed=", "neither on nor off");
	refused("+relaxed=on", "both a sign and a value");
	refused("-spinlocks=1", "both a sign and a value");
	refused("-vpindex", "cannot be switched off");
	refused("vpindex=off", "cannot be switched off");
	refused("Relaxed", "unknown");
	refused("relaxed time", "unknown");
	refused("hypercall", "unknown");
	refused("hv-hv-relaxed", "unknown");
	refused("hv-", "unknown");
}

static void typos(void **state)
{
	(void)state;
	refused("relxed", "perhaps \"relaxed\"");
	refused("hv-relaxes", "perhaps \"relaxed\"");
	refused("rlaxd", "perhaps \"relaxed\"");
	refused("tlb-flush", "perhaps \"tlbflush\"");
	refused("frequency", "unknown enlightenment \"frequency\"");
	refused("spin-locks=0xfff", "perhaps \"spinlocks\"");
	refused("zzzzzz", "unknown enlightenment \"zzzzzz\": ");
	refused("xx", "unknown enlightenment \"xx\": ");
}

static void long_items(void **state)
{
	char list[400];

	(void)state;
	memset(list, 'a', sizeof(list));
	for (unsigned int len = 100; len < sizeof(list); len++) {
		list[len] = '\0';
		refused(list, len < 128 ? "unknown" : "too long");
		list[len] = 'a';
	}
}

static void no_room_for_a_sentence(void **state)
{
	struct hve_config config = start();
	char why[4] = "xxx";

	(void)state;
	assert_int_equal(hve_options_parse(&config, "nonsense", NULL, 0), -EINVAL);
	assert_int_equal(hve_options_parse(&config, "nonsense", why, 2), -EINVAL);
	assert_int_equal(why[1], '\0');
	assert_int_equal(why[2], 'x');
}

static const char profile_text[] =
	"# a comment\n"
	"\n"
	"relaxed\t\t# why\n"
	"  time\r\n"
	"\t spinlocks=0x1fff  #more\n"
	"kvm=hide";

static void profiles(void **state)
{
	struct hve_config config = start();
	char why[HVE_REASON_LEN];
	unsigned int line;

	(void)state;
	assert_int_equal(hve_options_profile(&config, profile_text, &line, why,
					     sizeof(why)), 0);
	assert_int_equal(config.features[0], HVE_BIT(RELAXED) | HVE_BIT(TIME) |
					     HVE_BIT(SPINLOCKS));
	assert_int_equal(config.flags, HVE_CONFIG_KVM_HIDE);
	assert_int_equal(config.spinlock_retries, 0x1fff);
	/* A list behind a profile changes it. */
	assert_int_equal(hve_options_parse(&config, "-time,ipi", why,
					   sizeof(why)), 0);
	assert_int_equal(config.features[0], HVE_BIT(RELAXED) | HVE_BIT(IPI) |
					     HVE_BIT(SPINLOCKS));
}

static void refused_profiles_name_the_line(void **state)
{
	static const struct { const char *text; unsigned int line; } bad[] = {
		{ "nonsense", 1 },
		{ "\n\nnonsense\n", 3 },
		{ "# x\nrelaxed\nrelaxed time\ntime\n", 3 },
		{ "relaxed\r\n=\r\n", 2 },
		{ "relaxed\ntime,ipi\n", 2 },
		{ "relaxed\n\x1b[1mtime\n", 2 },
		{ "", 1 },
		{ "# relaxed\n\n", 3 },
	};
	char why[HVE_REASON_LEN];
	unsigned int i, line;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		struct hve_config config = start(), before = config;

		assert_int_equal(hve_options_profile(&config, bad[i].text, &line,
						     why, sizeof(why)), -EINVAL);
		assert_int_equal(line, bad[i].line);
		assert_memory_equal(&config, &before, sizeof(config));
	}
}

/* To the byte, so that the address sanitizer sees a step too far */
static void try_exactly(const char *text, size_t len)
{
	struct hve_config config = start(), before = config;
	char why[HVE_REASON_LEN], *copy = malloc(len + 1);
	unsigned int line;

	memcpy(copy, text, len);
	copy[len] = '\0';
	if (hve_options_parse(&config, copy, why, sizeof(why)))
		assert_memory_equal(&config, &before, sizeof(config));
	else
		assert_int_equal(config.features[1], 0);
	hve_options_profile(&config, copy, &line, why, sizeof(why));
	free(copy);
}

static void damaged_text(void **state)
{
	static const char list[] =
		"hv-relaxed,+time,-ipi,spinlocks=0x1fff,vendor-id=ab c,kvm=hide,version-id-build=7";
	uint64_t seed = 9;
	unsigned int i, round;
	char text[sizeof(list)];

	(void)state;
	for (i = 0; i < sizeof(list); i++)
		try_exactly(list, i);
	for (i = 0; i < sizeof(profile_text); i++)
		try_exactly(profile_text, i);
	for (round = 0; round < 50000; round++) {
		memcpy(text, list, sizeof(list));
		for (i = 0; i <= round % 3; i++)
			text[unit_random(&seed) % (sizeof(list) - 1)] =
				1 + unit_random(&seed) % 255;
		try_exactly(text, sizeof(list) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name),
		cmocka_unit_test(lists),
		cmocka_unit_test(numbers),
		cmocka_unit_test(every_value_at_its_limit),
		cmocka_unit_test(words),
		cmocka_unit_test(vendor),
		cmocka_unit_test(kvm_leaves),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(typos),
		cmocka_unit_test(long_items),
		cmocka_unit_test(no_room_for_a_sentence),
		cmocka_unit_test(profiles),
		cmocka_unit_test(refused_profiles_name_the_line),
		cmocka_unit_test(damaged_text),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
