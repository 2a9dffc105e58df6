// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Items of a list whose meaning is not in a row
 *
 * In: "passthrough", a second name, a third word. Out: the configuration each
 * means, or that it is refused with a sentence and nothing is changed. State:
 * what the host supports, which a test sets and puts back. Deliberately absent:
 * what all items have in common (test_options.c).
 */
#include "lists.h"

static void two_names(void **state)
{
	(void)state;
	assert_int_equal(features("apicv"), HVE_BIT(AVIC));
	assert_int_equal(features("hv-avic,hv-apicv=off"), 0);
}

static void sharing_of_cores(void **state)
{
	const uint64_t bit = HVE_BIT(NO_CORESHARING);

	(void)state;
	assert_int_equal(features("no-nonarch-coresharing=on"), bit);
	assert_int_equal(features("no-nonarch-coresharing=auto"), 0);
	assert_int_equal(parse("no-nonarch-coresharing=auto").flags,
			 HVE_CONFIG_CORESHARING_AUTO);
	assert_int_equal(parse("hv-no-nonarch-coresharing=auto,"
			       "no-nonarch-coresharing").flags, 0);
	assert_int_equal(parse("no-nonarch-coresharing=auto,"
			       "-no-nonarch-coresharing").flags, 0);
	assert_int_equal(features("no-nonarch-coresharing,"
				  "no-nonarch-coresharing=auto"), 0);
	refused("no-nonarch-coresharing=perhaps", "neither on nor off");
	refused("relaxed=auto", "neither on nor off");
	refused("+no-nonarch-coresharing=auto", "both a sign and a value");
}

static void passthrough(void **state)
{
	const uint64_t all = hve_all_features() & ~HVE_BIT(HYPERCALL) &
			     ~HVE_BIT(NO_CORESHARING) & ~HVE_BIT(SYNDBG);
	struct hve_config config = parse("hv-passthrough");

	(void)state;
	assert_int_equal(config.features[0], all);
	assert_int_equal(config.flags, HVE_CONFIG_CORESHARING_AUTO);
	assert_int_equal(config.spinlock_retries, ~0u);
	assert_int_equal(hve_config_check(&config, NULL, 0), 0);
	assert_int_equal(features("passthrough=on,-ipi"), all & ~HVE_BIT(IPI));
	assert_int_equal(parse("passthrough,spinlocks=0x1fff").spinlock_retries,
			 0x1fff);
	assert_int_equal(features("passthrough,syndbg"), all | HVE_BIT(SYNDBG));
	hve_options_supported(HVE_BIT(HYPERCALL) | HVE_BIT(TIME));
	config = parse("passthrough");
	assert_int_equal(config.features[0], HVE_BIT(TIME));
	assert_int_equal(config.flags, 0);
	hve_options_supported(~0ull);
	refused("-passthrough", "cannot be taken away");
	refused("passthrough=off", "cannot be taken away");
	refused("passthrough=x", "neither on nor off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_names),
		cmocka_unit_test(sharing_of_cores),
		cmocka_unit_test(passthrough),
	};

	return cmocka_run_group_tests_name("choices", tests, NULL, NULL);
}
