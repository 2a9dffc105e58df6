// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Unit tests: rates out of counters
 *
 * In: tools/hve/rates.c with made-up counters. Out: plain rates, VMs that come,
 * counters that come, go backwards, move or are not known, sums and activity,
 * order, and how a rate is written. Owns no state.
 */
#include "unit.h"
#include <tools/hve/rates.h>

#define SECOND	1000000000ull

static const struct hve_counter table[] = {
	{ HVE_COUNTER_MSR_READ, 0x40000020, HVE_F_TIME, 0, 100 },
	{ HVE_COUNTER_MSR_WRITE, 0x40000070, HVE_F_VAPIC, 0, 200 },
	{ HVE_COUNTER_CALL, 0x0002, HVE_F_TLBFLUSH, 0, 30 },
	{ HVE_COUNTER_EVENT, HVE_EV_FLUSH_TARGETS, HVE_F_TLBFLUSH, 0, 400 },
	{ HVE_COUNTER_EVENT, HVE_EV_IPI_TARGETS, HVE_F_IPI, 0, 50 },
	{ HVE_COUNTER_EVENT, HVE_EV_TIMERS, HVE_F_STIMER, 0, 6 },
	{ HVE_COUNTER_EVENT, HVE_EV_MESSAGES, HVE_F_SYNIC, 0, 7 },
	{ HVE_COUNTER_EVENT, HVE_EV_FLAGS, HVE_F_SYNIC, 0, 8 },
	{ HVE_COUNTER_EVENT, HVE_EV_CPUID, HVE_F_HYPERCALL, 0, 9 },
	{ HVE_COUNTER_EVENT, HVE_EV_GP, HVE_F_HYPERCALL, 0, 10 },
	{ HVE_COUNTER_EVENT, HVE_EV_CALL_FAILED, HVE_F_HYPERCALL, 0, 11 },
	{ HVE_COUNTER_EVENT, 4711, 99, 0, 12 },
	{ 77, 1, 99, 0, 13 },
};

struct pair {
	struct hve_counter before[COUNT(table)];
	struct hve_counter now[COUNT(table)];
	struct hve_counts old;
	struct hve_counts new;
	struct hve_rate rate[COUNT(table)];
	struct hve_rates rates;
};

/* Before: each counter as in the table. Now: twice that. */
static struct pair *make(struct pair *pair)
{
	size_t i;

	memcpy(pair->before, table, sizeof(table));
	memcpy(pair->now, table, sizeof(table));
	for (i = 0; i < COUNT(table); i++)
		pair->now[i].value *= 2;
	pair->old = (struct hve_counts) { .counters = pair->before,
					  .count = COUNT(table) };
	pair->new = (struct hve_counts) { .counters = pair->now,
					  .count = COUNT(table) };
	pair->rates = (struct hve_rates) { .rates = pair->rate };
	return pair;
}

static void assert_rate(const struct pair *pair, size_t i, double want)
{
	assert_float_equal(pair->rate[i].per_second, want, 1e-6);
}

static void each_counter(void **state)
{
	struct pair pair;
	size_t i;

	(void)state;
	make(&pair);
	hve_rates_compute(&pair.old, &pair.new, 2 * SECOND, &pair.rates);
	assert_int_equal(pair.rates.count, COUNT(table));
	for (i = 0; i < COUNT(table); i++) {
		assert_ptr_equal(pair.rate[i].counter, &pair.now[i]);
		assert_rate(&pair, i, table[i].value / 2.0);
	}
}

static void sums(void **state)
{
	struct pair pair;
	const double *sum = pair.rates.by_class;

	(void)state;
	make(&pair);
	hve_rates_compute(&pair.old, &pair.new, SECOND, &pair.rates);
	assert_float_equal(sum[HVE_CLASS_MSR], 300, 1e-6);
	assert_float_equal(sum[HVE_CLASS_CALL], 30, 1e-6);
	assert_float_equal(sum[HVE_CLASS_FLUSH], 400, 1e-6);
	assert_float_equal(sum[HVE_CLASS_IPI], 50, 1e-6);
	assert_float_equal(sum[HVE_CLASS_TIMER], 6, 1e-6);
	assert_float_equal(sum[HVE_CLASS_MESSAGE], 7, 1e-6);
	assert_float_equal(sum[HVE_CLASS_FLAG], 8, 1e-6);
	assert_float_equal(sum[HVE_CLASS_CPUID], 9, 1e-6);
	assert_float_equal(sum[HVE_CLASS_GP], 10, 1e-6);
	assert_float_equal(sum[HVE_CLASS_FAILED], 11, 1e-6);
	assert_float_equal(sum[HVE_CLASS_OTHER], 25, 1e-6);
	/* Neither targets nor failures nor what nobody knows */
	assert_float_equal(pair.rates.activity, 360, 1e-6);
	assert_float_equal(hve_rates_key(&pair.rates, HVE_SORT_ACTIVITY), 360, 1e-6);
	assert_float_equal(hve_rates_key(&pair.rates, HVE_CLASS_CALL), 30, 1e-6);
	assert_float_equal(hve_rates_key(&pair.rates, HVE_SORT_NUMBER), 0, 1e-6);
	assert_float_equal(hve_rates_key(&pair.rates, ~0u), 0, 1e-6);
}

static void nothing_before(void **state)
{
	struct pair pair;

	(void)state;
	make(&pair);
	hve_rates_compute(NULL, &pair.new, SECOND, &pair.rates);
	assert_rate(&pair, 0, 200);
	/* Not even a moment ago */
	hve_rates_compute(NULL, &pair.new, 0, &pair.rates);
	assert_rate(&pair, 0, 0);
	assert_float_equal(pair.rates.activity, 0, 1e-6);
	pair.new.count = 0;
	hve_rates_compute(&pair.old, &pair.new, SECOND, &pair.rates);
	assert_int_equal(pair.rates.count, 0);
}

static void other_tables(void **state)
{
	struct hve_counter moved;
	struct pair pair;

	(void)state;
	make(&pair);
	/* The module was loaded again, and the number is another VM's now. */
	pair.now[0].value = 5;
	moved = pair.now[1];
	pair.now[1] = pair.now[2];
	pair.now[2] = moved;
	/* This one is new. */
	pair.old.count--;
	hve_rates_compute(&pair.old, &pair.new, SECOND, &pair.rates);
	assert_rate(&pair, 0, 5);
	assert_rate(&pair, 1, 30);
	assert_rate(&pair, 2, 200);
	assert_rate(&pair, COUNT(table) - 1, 26);
}

static void largest_numbers(void **state)
{
	struct pair pair;

	(void)state;
	make(&pair);
	pair.before[0].value = 0;
	pair.now[0].value = ~0ull;
	hve_rates_compute(&pair.old, &pair.new, 1, &pair.rates);
	assert_true(pair.rate[0].per_second > 1e28);
	pair.before[0].value = ~0ull - 3;
	hve_rates_compute(&pair.old, &pair.new, SECOND, &pair.rates);
	assert_rate(&pair, 0, 3);
}

static void highest_first(void **state)
{
	struct pair pair;
	size_t i;

	(void)state;
	make(&pair);
	pair.now[12].value = pair.before[12].value + 12;
	hve_rates_compute(&pair.old, &pair.new, SECOND, &pair.rates);
	hve_rates_sort(&pair.rates);
	assert_rate(&pair, 0, 400);
	for (i = 1; i < COUNT(table); i++)
		assert_true(pair.rate[i - 1].per_second >= pair.rate[i].per_second);
	for (i = 1; i < COUNT(table); i++)
		if (pair.rate[i - 1].per_second == pair.rate[i].per_second)
			assert_true(pair.rate[i - 1].counter < pair.rate[i].counter);
	pair.rates.count = 0;
	hve_rates_sort(&pair.rates);
}

static void written(void **state)
{
	static const struct {
		double rate;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { -1, "0" }, { 0.01, "<0.1" }, { 0.1, "0.1" },
		{ 12.54, "12.5" }, { 99.94, "99.9" }, { 99.95, "100" },
		{ 99999, "99999" }, { 99999.6, "100k" }, { 999400, "999k" },
		{ 999600, "1.0M" }, { 1234567, "1.2M" }, { 12345678, "12M" },
		{ 999999999, "1.0G" }, { 5e12, "5.0T" }, { 1.8e28, "99999E" },
	};
	char text[HVE_RATE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		hve_rate_text(rows[i].rate, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void named(void **state)
{
	enum hve_class class;

	(void)state;
	for (class = 0; class < HVE_NR_CLASSES; class++) {
		assert_non_null(hve_class_name(class));
		/* The columns are that wide. */
		assert_in_range(strlen(hve_class_head(class)), 1, 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_counter),
		cmocka_unit_test(sums),
		cmocka_unit_test(nothing_before),
		cmocka_unit_test(other_tables),
		cmocka_unit_test(largest_numbers),
		cmocka_unit_test(highest_first),
		cmocka_unit_test(written),
		cmocka_unit_test(named),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
