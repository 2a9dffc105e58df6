// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The arithmetic of the reference TSC page
 *
 * In: frequencies, TSC values, reference times. Out: that the scale is the
 * exact quotient rounded down, that ticks are the exact product, that time
 * neither jumps nor drifts when scale and offset are made anew, and that a
 * sequence is never one with a meaning of its own. State: none.
 */
#include "unit.h"
#include "hv/enl/tsc.h"

typedef unsigned __int128 wide;

/* scale = floor(2^64 * 10^7 / (khz * 10^3)), by its definition */
static void check_scale(uint32_t khz)
{
	wide exact = ((wide)10000 << 64) / khz;

	assert_int_equal((uint64_t)(exact >> 64), 0);
	assert_int_equal(hve_tsc_scale(khz), (uint64_t)exact);
}

static void scale_is_exact(void **state)
{
	uint64_t seed = 5;
	unsigned int i;

	(void)state;
	for (i = HVE_TSC_KHZ_MIN; i < HVE_TSC_KHZ_MIN + 20000; i++)
		check_scale(i);
	for (i = 0; i < 32; i++) {
		if (1u << i < HVE_TSC_KHZ_MIN)
			continue;
		check_scale(1u << i);
		check_scale((1u << i) - 1);
		check_scale((1u << i) + 1);
	}
	for (i = 0; i < 1000000; i += 1000)	/* every MHz up to 10 GHz */
		check_scale(HVE_TSC_KHZ_MIN + i * 10);
	check_scale(0xffffffff);
	for (i = 0; i < 200000; i++) {
		uint32_t khz = unit_random(&seed);

		check_scale(khz < HVE_TSC_KHZ_MIN ? khz + HVE_TSC_KHZ_MIN : khz);
	}
}

static void slowest_is_the_slowest(void **state)
{
	(void)state;
	assert_true(((wide)10000 << 64) / (HVE_TSC_KHZ_MIN - 1) >> 64);
	assert_false(((wide)10000 << 64) / HVE_TSC_KHZ_MIN >> 64);
}

/* The high half of a product, from four small ones */
static uint64_t high_half(uint64_t a, uint64_t b)
{
	uint64_t low = (a & 0xffffffff) * (b & 0xffffffff);
	uint64_t one = (a >> 32) * (b & 0xffffffff) + (low >> 32);
	uint64_t two = (a & 0xffffffff) * (b >> 32) + (one & 0xffffffff);

	return (a >> 32) * (b >> 32) + (one >> 32) + (two >> 32);
}

static void ticks_are_the_high_half(void **state)
{
	uint64_t seed = 6;
	unsigned int i;

	(void)state;
	assert_int_equal(hve_tsc_ticks(~0ull, ~0ull), ~0ull - 1);
	assert_int_equal(hve_tsc_ticks(0, ~0ull), 0);
	for (i = 0; i < 500000; i++) {
		uint64_t tsc = unit_random(&seed) >> unit_random(&seed) % 64;
		uint64_t scale = unit_random(&seed) >> unit_random(&seed) % 64;

		assert_int_equal(hve_tsc_ticks(tsc, scale), high_half(tsc, scale));
	}
}

/* After a day the clock is wrong by at most one tick in 2^64 / scale cycles. */
static void no_drift(void **state)
{
	static const uint32_t khz[] = { 10001, 1000000, 1999999, 2400000,
					2593906, 2899998, 4999999, 0xffffffff };
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(khz); i++) {
		uint64_t day = (uint64_t)khz[i] * 1000 * 86400;
		uint64_t ticks = hve_tsc_ticks(day, hve_tsc_scale(khz[i]));

		assert_in_range(864000000000ull - ticks, 0, 1);
	}
}

static uint64_t page_time(uint64_t tsc, uint64_t scale, int64_t offset)
{
	return hve_tsc_ticks(tsc, scale) + (uint64_t)offset;
}

static void offset_means_the_anchor(void **state)
{
	uint64_t seed = 7;
	unsigned int i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		uint64_t tsc = unit_random(&seed) >> unit_random(&seed) % 64;
		uint64_t ticks = unit_random(&seed) >> unit_random(&seed) % 64;
		uint64_t scale = hve_tsc_scale(HVE_TSC_KHZ_MIN +
					       unit_random(&seed) % 8000000);
		int64_t offset = hve_tsc_offset(tsc, scale, ticks);

		assert_int_equal(page_time(tsc, scale, offset), ticks);
	}
}

/* A guest that migrates: other frequency, other TSC, the same time going on */
static void time_goes_on_over_changes(void **state)
{
	uint64_t seed = 8, tsc = 1, now = 0, scale = 0, cycles;
	int64_t offset = 0;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 2000; i++) {
		uint32_t khz = HVE_TSC_KHZ_MIN + unit_random(&seed) % 5000000;

		tsc = unit_random(&seed) >> 2;
		scale = hve_tsc_scale(khz);
		offset = hve_tsc_offset(tsc, scale, now);
		assert_int_equal(page_time(tsc, scale, offset), now);
		for (k = 0; k < 20; k++) {
			uint64_t before = now;

			cycles = unit_random(&seed) % ((uint64_t)khz * 100);
			tsc += cycles;
			now = page_time(tsc, scale, offset);
			assert_true(now >= before);
			/* Within a tick of what so many cycles take */
			assert_in_range(now - before + 1,
					cycles * 10000 / khz,
					cycles * 10000 / khz + 2);
		}
	}
}

static void sequences_have_no_meaning(void **state)
{
	uint32_t next, seen = 0;
	uint64_t i;

	(void)state;
	assert_int_equal(hve_tsc_next_sequence(0), 1);
	assert_int_equal(hve_tsc_next_sequence(1), 2);
	assert_int_equal(hve_tsc_next_sequence(0xfffffffd), 0xfffffffe);
	assert_int_equal(hve_tsc_next_sequence(0xfffffffe), 1);
	assert_int_equal(hve_tsc_next_sequence(0xffffffff), 1);
	for (i = 0; i < 1ull << 32; i += i < 100000 || i > 0xfff00000 ? 1 : 977) {
		next = hve_tsc_next_sequence(i);
		assert_true(next != 0 && next != 0xffffffff && next != i);
		seen++;
	}
	assert_true(seen > 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scale_is_exact),
		cmocka_unit_test(slowest_is_the_slowest),
		cmocka_unit_test(ticks_are_the_high_half),
		cmocka_unit_test(no_drift),
		cmocka_unit_test(offset_means_the_anchor),
		cmocka_unit_test(time_goes_on_over_changes),
		cmocka_unit_test(sequences_have_no_meaning),
	};

	return cmocka_run_group_tests_name("tsc", tests, NULL, NULL);
}
