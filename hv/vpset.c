// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Sparse sets of virtual processors
 *
 * In: valid-bank mask and banks. Out: a bitmap, in place; see vpset.h. Loops over the
 * words up to the highest bank named, never over the vCPUs of the VM. Pure;
 * owns no state, takes no lock.
 */
#include "vpset.h"

unsigned int hve_vpset_banks(__u64 valid)
{
	unsigned int n = 0;

	for (; valid; valid &= valid - 1)
		n++;
	return n;
}

unsigned int hve_vpset_spread(__u64 valid, unsigned long *bits)
{
	unsigned int words = valid ? 64 - __builtin_clzll(valid) : 0;
	unsigned int from = hve_vpset_banks(valid), word = words;

	/* From the top, so that no bank is overwritten before it is moved. */
	while (word--)
		bits[word] = valid & 1ull << word ? bits[--from] : 0;
	return words;
}
