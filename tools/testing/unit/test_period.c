// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Unit tests: when a periodic timer comes next
 *
 * In: hv/enl/period.h. Out: on time, a little late, far behind, lazy, not taken,
 * at the end of time. Each test starts from a timer that expires at 1000000 with
 * a period of 10000. Owns no state.
 */
#include "unit.h"
#include <hv/enl/period.h>

#define START	1000000ull
#define PERIOD	10000ull

static struct hve_period look(__u64 late, bool lazy, bool signalled)
{
	struct hve_period at = { .expiry = START, .fire = START };

	hve_period_next(&at, PERIOD, START + late, lazy, signalled);
	return at;
}

static void on_time(void **state)
{
	struct hve_period at = look(0, false, true);

	(void)state;
	assert_int_equal(at.expiry, START + PERIOD);
	assert_int_equal(at.fire, START + PERIOD);
	at = look(PERIOD - 1, true, true);
	assert_int_equal(at.expiry, START + PERIOD);
	/* Not at once again: the host has a right to its time, too. */
	assert_int_equal(at.fire, START + PERIOD - 1 + HVE_PERIOD_LEAST);
}

static void catches_up(void **state)
{
	struct hve_period at = { .expiry = START, .fire = START };
	__u64 now = START + 5 * PERIOD;
	unsigned int signals = 0;

	(void)state;
	while (signals < 14) {
		hve_period_next(&at, PERIOD, now, false, true);
		signals++;
		assert_true(at.fire > now);
		assert_true(at.fire >= at.expiry);
		now = at.fire;
	}
	/* Nothing is lost: the n-th signal is never before the n-th expiration. */
	assert_int_equal(at.expiry, START + signals * PERIOD);
	assert_int_equal(at.fire, at.expiry);
}

static void gives_up(void **state)
{
	struct hve_period at = look((HVE_PERIOD_OWED_MAX + 1) * PERIOD, false, true);

	(void)state;
	assert_int_equal(at.expiry, START + (HVE_PERIOD_OWED_MAX + 2) * PERIOD);
	at = look(HVE_PERIOD_OWED_MAX * PERIOD, false, true);
	assert_int_equal(at.expiry, START + PERIOD);
}

static void lazy_ones_skip(void **state)
{
	struct hve_period at = look(3 * PERIOD + 1, true, true);

	(void)state;
	assert_int_equal(at.expiry, START + 4 * PERIOD);
	assert_int_equal(at.fire, START + 4 * PERIOD);
}

static void not_taken(void **state)
{
	struct hve_period at = look(0, false, false);

	(void)state;
	assert_int_equal(at.expiry, START);
	assert_int_equal(at.fire, START + PERIOD);
	at = look(0, true, false);
	assert_int_equal(at.expiry, START + PERIOD);
}

/* Each time twice as long as before, and no longer than all before together */
static void ignored(void **state)
{
	struct hve_period at = { .expiry = START, .fire = START };
	__u64 now = START, least = HVE_PERIOD_LEAST;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		hve_period_next(&at, 1, now, i & 1, false);
		if (i < HVE_PERIOD_IGNORED_MAX)
			least *= 2;
		assert_int_equal(at.fire, now + least);
		assert_true(at.fire - now <= now - START + 2 * HVE_PERIOD_LEAST);
		now = at.fire;
	}
	assert_int_equal(least, HVE_PERIOD_LEAST << HVE_PERIOD_IGNORED_MAX);
	hve_period_next(&at, PERIOD, now, true, true);
	assert_true(at.fire <= now + PERIOD);
}

static void end_of_time(void **state)
{
	struct hve_period at = { .expiry = ~0ull - 5, .fire = ~0ull - 5 };

	(void)state;
	hve_period_next(&at, PERIOD, ~0ull - 5, false, true);
	assert_int_equal(at.expiry, ~0ull);
	assert_int_equal(at.fire, ~0ull);
	at.expiry = 1;
	hve_period_next(&at, 1, ~0ull, false, true);
	assert_int_equal(at.expiry, ~0ull);
	at.expiry = 1;
	hve_period_next(&at, ~0ull, 1, false, true);
	assert_int_equal(at.expiry, ~0ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_time),
		cmocka_unit_test(catches_up),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(lazy_ones_skip),
		cmocka_unit_test(not_taken),
		cmocka_unit_test(ignored),
		cmocka_unit_test(end_of_time),
	};

	return cmocka_run_group_tests_name("period", tests, NULL, NULL);
}
