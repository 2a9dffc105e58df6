// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Sparse sets of virtual processors
 *
 * In: masks and banks. Out: that exactly the VPs named are in the bitmap, and
 * that nothing beyond the last bank named is touched (the bitmap is allocated to
 * the byte, for the address sanitizer). State: none.
 */
#include <stdlib.h>
#include "unit.h"
#include "hv/vpset.h"

#define GARBAGE		0x5a5a5a5a5a5a5a5aul

static void banks_are_counted(void **state)
{
	unsigned int i, k;

	(void)state;
	assert_int_equal(hve_vpset_banks(0), 0);
	assert_int_equal(hve_vpset_banks(~0ull), 64);
	for (i = 0; i < 64; i++) {
		assert_int_equal(hve_vpset_banks(1ull << i), 1);
		assert_int_equal(hve_vpset_banks(~0ull >> i), 64 - i);
		for (k = 0; k < i; k++)
			assert_int_equal(hve_vpset_banks(1ull << i | 1ull << k), 2);
	}
}

/* Is @vp in the set? Answered the long way round. */
static bool named(uint64_t valid, const uint64_t *banks, unsigned int vp)
{
	unsigned int i, position = 0;

	if (!(valid >> vp / 64 & 1))
		return false;
	for (i = 0; i < vp / 64; i++)
		position += valid >> i & 1;
	return banks[position] >> vp % 64 & 1;
}

static void check(uint64_t valid, const uint64_t *banks)
{
	unsigned int nr = __builtin_popcountll(valid), i, written;
	unsigned int top = valid ? 64 - __builtin_clzll(valid) : 0;
	unsigned long *bits = malloc(top * sizeof(*bits) + !top);

	/* Side by side at first; what follows them is the function's business. */
	memcpy(bits, banks, nr * sizeof(*bits));
	for (i = nr; i < top; i++)
		bits[i] = GARBAGE;
	written = hve_vpset_spread(valid, bits);
	assert_int_equal(written, top);
	for (i = 0; i < written * 64; i++)
		assert_int_equal(bits[i / 64] >> i % 64 & 1, named(valid, banks, i));
	free(bits);
}

static void every_single_bank(void **state)
{
	uint64_t bank = 0x8000000000000001;
	unsigned int i;

	(void)state;
	for (i = 0; i < 64; i++)
		check(1ull << i, &bank);
}

static void every_single_vp(void **state)
{
	unsigned int vp;

	(void)state;
	for (vp = 0; vp < 4096; vp++) {
		uint64_t bank = 1ull << vp % 64;

		check(1ull << vp / 64, &bank);
	}
}

static void all_4096(void **state)
{
	unsigned long bits[64];
	unsigned int i;

	(void)state;
	memset(bits, 0xff, sizeof(bits));
	assert_int_equal(hve_vpset_spread(~0ull, bits), 64);
	for (i = 0; i < 64; i++)
		assert_int_equal(bits[i], ~0ul);
}

static void empty_set(void **state)
{
	uint64_t none = ~0ull;

	(void)state;
	check(0, &none);
}

static void random_sets(void **state)
{
	uint64_t seed = 2, banks[64];
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 3000; round++) {
		uint64_t valid = unit_random(&seed);

		/* Sparse ones as often as dense ones */
		for (i = round % 5; i; i--)
			valid &= unit_random(&seed);
		for (i = 0; i < 64; i++)
			banks[i] = unit_random(&seed);
		check(valid, banks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banks_are_counted),
		cmocka_unit_test(every_single_bank),
		cmocka_unit_test(every_single_vp),
		cmocka_unit_test(all_4096),
		cmocka_unit_test(empty_set),
		cmocka_unit_test(random_sets),
	};

	return cmocka_run_group_tests_name("vpset", tests, NULL, NULL);
}
