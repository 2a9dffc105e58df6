// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: arithmetic of clocks and timers
 *
 * In: frequencies, TSC values, periods, moments. Out: a TSC page means what the
 * TSC and frequency mean, to the tick; a timer comes no earlier than it may, not
 * before its time, and never stops coming.
 */
#include "fuzz.h"
#include <hve/tlfs.h>
#include "hv/enl/period.h"
#include "hv/enl/tsc.h"

typedef unsigned __int128 u128;

static void check_tsc(struct bytes *from)
{
	uint32_t khz = take_number(from, 4), sequence = take_number(from, 4);
	uint64_t tsc = take_number(from, 8), ticks = take_number(from, 8), scale;

	if (khz < HVE_TSC_KHZ_MIN)
		khz += HVE_TSC_KHZ_MIN;
	scale = hve_tsc_scale(khz);
	must(scale == (uint64_t)(((u128)10000 << 64) / khz));
	must(hve_tsc_ticks(tsc, scale) == (uint64_t)((u128)tsc * scale >> 64));
	/* Within a tick of the exact quotient, as scale is rounded down */
	must((uint64_t)((u128)tsc * 10000 / khz) - hve_tsc_ticks(tsc, scale) <= 1);
	must(hve_tsc_ticks(tsc, scale) +
	     (uint64_t)hve_tsc_offset(tsc, scale, ticks) == ticks);
	sequence = hve_tsc_next_sequence(sequence);
	must(sequence && sequence != 0xffffffff);
}

/* Nobody's clock gets there (hv/restore_check.c), so nobody's timer is looked at */
#define TIME_MAX	(1ull << 62)

static void check_period(struct bytes *from)
{
	uint64_t period = take_number(from, 8) >> take_number(from, 1) % 64;
	uint64_t expiry = take_number(from, 8) >> take_number(from, 1) % 64;
	struct hve_period at = { .expiry = expiry, .fire = expiry };
	bool lazy = take_number(from, 1) & 1;
	uint64_t late = 0, now, before;

	period += !period;
	for (; from->left; late = take_number(from, 4) << take_number(from, 1) % 32) {
		bool signalled = take_number(from, 1) & 1;

		now = hve_period_add(at.fire, late);
		if (now > TIME_MAX)
			return;
		before = at.expiry;
		hve_period_next(&at, period, now, lazy, signalled);
		must(at.fire >= now + HVE_PERIOD_LEAST);
		must(at.expiry >= before);
		/* What is looked at next has come by then. */
		must(at.fire >= at.expiry);
		if (signalled && before <= ~0ull - period)
			must(at.expiry - before >= period);
		if (lazy)
			must(at.expiry > now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes from = { data, size };

	check_tsc(&from);
	check_period(&from);
	return 0;
}
