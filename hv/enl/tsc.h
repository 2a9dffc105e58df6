/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: TSC arithmetic
 *
 * In: a TSC frequency, a TSC value, a reference time. Out: scale and offset of
 * the reference TSC page. Source: TLFS, "Timers", Partition Reference TSC
 * Mechanism. Pure: compiles in userspace too. Owns no state.
 */
#ifndef HVE_ENL_TSC_H
#define HVE_ENL_TSC_H

#include <linux/types.h>

/* Slowest TSC whose scale fits 64 bits */
#define HVE_TSC_KHZ_MIN		10001u

/* 2^64 * 10 MHz / @khz kHz, rounded down; @khz at least HVE_TSC_KHZ_MIN */
static inline __u64 hve_tsc_scale(__u32 khz)
{
	/* Two steps of long division; both quotients fit 32 bits. */
	__u64 high = (10000ull << 32) / khz;
	__u64 rest = (10000ull << 32) % khz;

	return high << 32 | (rest << 32) / khz;
}

/* (@tsc * @scale) >> 64 */
static inline __u64 hve_tsc_ticks(__u64 tsc, __u64 scale)
{
	return (unsigned __int128)tsc * scale >> 64;
}

/* Offset with which @tsc means @ticks */
static inline __s64 hve_tsc_offset(__u64 tsc, __u64 scale, __u64 ticks)
{
	return ticks - hve_tsc_ticks(tsc, scale);
}

/* The sequence after @sequence: 0 means invalid, 0xffffffff once did */
static inline __u32 hve_tsc_next_sequence(__u32 sequence)
{
	return sequence >= 0xfffffffeu ? 1 : sequence + 1;
}

#endif /* HVE_ENL_TSC_H */
