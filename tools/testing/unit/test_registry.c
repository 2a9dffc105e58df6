// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The rows of the registry, and what follows from them
 *
 * In: the tables of hv/registry.c. Out: that the rows keep the rules that
 * enlightenments.def states, and that prerequisites are found for every
 * combination of features. State: none. Deliberately absent: configurations
 * and CPUID leaves (test_config.c).
 */
#include "unit.h"
#include <hve/registry.h>

static uint64_t bit_of(unsigned int row)
{
	return 1ull << hve_features[row].number;
}

static void numbers_are_unique(void **state)
{
	uint64_t seen = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		assert_in_range(hve_features[i].number, 0, 63);
		assert_false(seen & bit_of(i));
		seen |= bit_of(i);
	}
}

static void rows_need_only_rows_above(void **state)
{
	uint64_t above = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		assert_int_equal(hve_features[i].needs & ~above, 0);
		above |= bit_of(i);
	}
}

static bool like_qemu(const char *name)
{
	size_t len = strlen(name);

	return len && len < HVE_NAME_LEN && name[0] >= 'a' && name[0] <= 'z' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
	       name[len - 1] != '-' && strncmp(name, "hv-", 3);
}

static void names_are_unique_and_like_qemus(void **state)
{
	unsigned int i, k;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		assert_true(like_qemu(hve_features[i].name));
		for (k = 0; k < i; k++)
			assert_string_not_equal(hve_features[i].name,
						hve_features[k].name);
	}
}

static void help_is_one_line_that_fits(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		size_t len = strlen(hve_features[i].help);

		assert_in_range(len, 10, 76);
		assert_null(strchr(hve_features[i].help, '\n'));
		assert_int_not_equal(hve_features[i].help[len - 1], '.');
	}
}

static void base_features_need_only_base_features(void **state)
{
	uint64_t base = hve_base_features();
	unsigned int i;

	(void)state;
	assert_true(base & HVE_BIT(HYPERCALL));
	assert_true(base & HVE_BIT(VPINDEX));
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		bool traited = hve_features[i].traits & HVE_BASE;

		assert_int_equal(!!(base & bit_of(i)), traited);
		if (traited)
			assert_int_equal(hve_features[i].needs & ~base, 0);
	}
}

static void traits_select_rows(void **state)
{
	uint64_t lapic = hve_features_with(HVE_LAPIC);

	(void)state;
	assert_true(lapic & HVE_BIT(VAPIC));
	assert_true(lapic & HVE_BIT(IPI));
	assert_false(lapic & HVE_BIT(TIME));
	assert_int_equal(hve_features_with(0), 0);
	assert_int_equal(hve_features_with(HVE_LAPIC | HVE_BASE),
			 lapic | hve_base_features());
}

static void rows_are_found_by_number(void **state)
{
	unsigned int number, i, known = 0;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++)
		assert_ptr_equal(hve_feature_row(hve_features[i].number),
				 &hve_features[i]);
	for (number = 0; number < 200; number++)
		known += !!hve_feature_row(number);
	assert_int_equal(known, HVE_NR_FEATURES);
	assert_null(hve_feature_row(~0u));
}

/* What a reader of the rows would answer, one bit after the other */
static bool all_met(uint64_t features)
{
	unsigned int i, need;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		for (need = 0; need < 64; need++)
			if (features >> hve_features[i].number & 1 &&
			    hve_features[i].needs >> need & 1 &&
			    !(features >> need & 1))
				return false;
	return true;
}

static void check_unmet(uint64_t features)
{
	const struct hve_feature_row *row;
	unsigned int missing = 99;

	row = hve_unmet(features, &missing);
	assert_int_equal(!row, all_met(features));
	if (!row)
		return;
	assert_true(features >> row->number & 1);
	assert_true(row->needs >> missing & 1);
	assert_false(features >> missing & 1);
}

/* Every subset while that is feasible, else as many at random */
static void prerequisites_of_every_combination(void **state)
{
	const unsigned int most = HVE_NR_FEATURES < 18 ? HVE_NR_FEATURES : 18;
	uint64_t seed = 1, pick, features;
	unsigned int i;

	(void)state;
	for (pick = 0; pick < 1ull << most; pick++) {
		features = 0;
		if (most != HVE_NR_FEATURES)
			features = unit_random(&seed) & unit_random(&seed);
		for (i = 0; i < most; i++)
			if (pick >> i & 1)
				features |= bit_of(i);
		check_unmet(features);
	}
}

static void closures_are_complete(void **state)
{
	unsigned int i, k, missing;

	(void)state;
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		uint64_t closure = bit_of(i);

		/* Rows need only rows above, so one pass upwards is enough. */
		for (k = i + 1; k-- > 0;)
			if (closure & bit_of(k))
				closure |= hve_features[k].needs;
		assert_null(hve_unmet(closure, &missing));
		for (k = 0; k < HVE_NR_FEATURES; k++)
			if (hve_features[i].needs & bit_of(k))
				assert_non_null(hve_unmet(closure & ~bit_of(k),
							  &missing));
	}
}

static void msr_rows_keep_the_rules(void **state)
{
	unsigned int i, k;

	(void)state;
	for (i = 0; i < HVE_NR_MSRS; i++) {
		const struct hve_msr_info *msr = &hve_msrs[i];

		assert_in_range(msr->number, HVE_MSR_BASE,
				HVE_MSR_BASE + HVE_MSR_SPAN - 1);
		assert_non_null(hve_feature_row(msr->feature));
		assert_in_range(msr->access, HVE_RO, HVE_RW);
		assert_true(msr->access & HVE_WO || !msr->rsvdz);
		for (k = 0; k < i; k++) {
			assert_int_not_equal(msr->number, hve_msrs[k].number);
			assert_string_not_equal(msr->name, hve_msrs[k].name);
		}
	}
}

static void call_rows_keep_the_rules(void **state)
{
	unsigned int i, k;

	(void)state;
	for (i = 0; i < HVE_NR_CALLS; i++) {
		const struct hve_call_info *call = &hve_calls[i];

		assert_non_null(hve_feature_row(call->feature));
		assert_int_equal(call->header % 8, 0);
		assert_int_equal(call->element % 8, 0);
		assert_int_equal(!!call->element, call->kind == HVE_REP);
		assert_in_range(call->variable, 0, 1);
		/* What may use two registers fits them, or no registers at all. */
		if (call->fast == HVE_GPR) {
			assert_true(call->header <= 16 || call->header > 112);
			assert_int_equal(call->variable, 0);
		}
		for (k = 0; k < i; k++) {
			assert_int_not_equal(call->code, hve_calls[k].code);
			assert_string_not_equal(call->name, hve_calls[k].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_unique),
		cmocka_unit_test(rows_need_only_rows_above),
		cmocka_unit_test(names_are_unique_and_like_qemus),
		cmocka_unit_test(help_is_one_line_that_fits),
		cmocka_unit_test(base_features_need_only_base_features),
		cmocka_unit_test(traits_select_rows),
		cmocka_unit_test(rows_are_found_by_number),
		cmocka_unit_test(prerequisites_of_every_combination),
		cmocka_unit_test(closures_are_complete),
		cmocka_unit_test(msr_rows_keep_the_rules),
		cmocka_unit_test(call_rows_keep_the_rules),
	};

	return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
