// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: sparse sets of VPs are spread
 *
 * In: a mask of banks, and banks. Out: each bank lies where its bit says, all
 * else is zero, and nothing beyond the last one is written.
 */
#include "fuzz.h"
#include "hv/vpset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes from = { data, size };
	uint64_t valid = take_number(&from, 8), banks[64];
	unsigned int bit, nr = 0, words = 0;
	unsigned long *bits;

	take(&from, banks, sizeof(banks));
	for (bit = 0; bit < 64; bit++) {
		if (valid >> bit & 1) {
			nr++;
			words = bit + 1;
		}
	}
	must(hve_vpset_banks(valid) == nr);
	/* As long as it may be and not a byte more */
	bits = malloc(words * sizeof(*bits) + !words);
	memcpy(bits, banks, nr * sizeof(*bits));
	must(hve_vpset_spread(valid, bits) == words);
	for (bit = nr = 0; bit < words; bit++)
		must(bits[bit] == (valid >> bit & 1 ? banks[nr++] : 0));
	free(bits);
	return 0;
}
