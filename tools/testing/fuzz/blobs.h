/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Heads of blobs, for the fuzzers that look behind them
 *
 * In: bytes with room for a head. Out: the same with magic, version, length and
 * checksum as a reader wants them, or no fuzzer would get past these. The sum is
 * computed bit by bit, not by the code under test.
 */
#ifndef FUZZ_BLOBS_H
#define FUZZ_BLOBS_H

#include "hv/blob.h"

static inline uint32_t blobs_crc(uint32_t crc, const unsigned char *at, size_t n)
{
	int bit;

	while (n--) {
		crc ^= *at++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

static inline void blobs_fit(unsigned char *data, uint32_t length)
{
	struct hve_blob_head head;
	size_t at = offsetof(struct hve_blob_head, crc);
	uint32_t crc;

	memcpy(&head, data, sizeof(head));
	head.magic = HVE_BLOB_MAGIC;
	head.version = HVE_BLOB_VERSION;
	head.length = length;
	head.reserved = 0;
	memcpy(data, &head, sizeof(head));
	crc = blobs_crc(~0u, data, at);
	crc = ~blobs_crc(crc, data + at + 4, length - at - 4);
	memcpy(data + at, &crc, 4);
}

#endif /* FUZZ_BLOBS_H */
