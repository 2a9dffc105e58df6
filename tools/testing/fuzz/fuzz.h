/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What every fuzzer of pure code needs
 *
 * In: the bytes that libFuzzer makes. Out: numbers taken from them one after the
 * other, zeros behind their end; and must(), which tells libFuzzer of a wrong
 * answer. Deliberately absent: any code under test.
 */
#ifndef HVE_FUZZ_H
#define HVE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(what)							\
	do {								\
		if (!(what)) {						\
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #what);			\
			abort();					\
		}							\
	} while (0)

struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline void take(struct bytes *from, void *to, size_t len)
{
	size_t some = len < from->left ? len : from->left;

	memset(to, 0, len);
	memcpy(to, from->at, some);
	from->at += some;
	from->left -= some;
}

static inline uint64_t take_number(struct bytes *from, size_t width)
{
	uint64_t number = 0;

	take(from, &number, width);
	return number;
}

#endif /* HVE_FUZZ_H */
