/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: When a periodic timer comes next
 *
 * In: an expiration, a period, the time now, all in reference time. Out: the
 * next expiration and the moment to look again. A timer that fell behind is
 * signalled at half its period until it has caught up, unless it is lazy or
 * owes too many: then what was missed is left out. One whose guest takes
 * nothing is looked at more and more rarely, but never later than it was
 * ignored for already. Source: TLFS, "Timers", Periodic Timers, which leaves
 * the numbers open. Pure: compiles in userspace too. Owns no state.
 */
#ifndef HVE_ENL_PERIOD_H
#define HVE_ENL_PERIOD_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/types.h>

#define HVE_PERIOD_OWED_MAX	8u	/* signals that are made up for */
/* 100 us: no guest may keep the host busier than that with one timer */
#define HVE_PERIOD_LEAST	1000u
/* Doublings of that, up to 12.8 ms, while nothing is taken */
#define HVE_PERIOD_IGNORED_MAX	7u

/**
 * struct hve_period - a timer's next moments
 * @expiry: the expiration that is signalled next
 * @fire: when to look, at @expiry or later
 * @ignored: looks in a row at which the guest had not taken the last signal, up
 *	to HVE_PERIOD_IGNORED_MAX
 */
struct hve_period {
	__u64 expiry;
	__u64 fire;
	__u32 ignored;
};

/* @a + @b, or the end of time */
static inline __u64 hve_period_add(__u64 a, __u64 b)
{
	return a + b < a ? ~0ull : a + b;
}

static inline void hve_period_fire(struct hve_period *at, __u64 now, __u64 when)
{
	__u64 least = hve_period_add(now, HVE_PERIOD_LEAST << at->ignored);

	at->fire = when > least ? when : least;
}

/*
 * At @now, not before at->expiry, the timer was looked at. @signalled: the
 * guest could be told of the expiration, else it has not taken the last yet.
 * @period is not 0.
 */
static inline void hve_period_next(struct hve_period *at, __u64 period,
				   __u64 now, bool lazy, bool signalled)
{
	__u64 owed;

	if (signalled) {
		at->expiry = hve_period_add(at->expiry, period);
		at->ignored = 0;
	} else if (at->ignored < HVE_PERIOD_IGNORED_MAX) {
		at->ignored++;
	}
	if (at->expiry > now) {
		hve_period_fire(at, now, at->expiry);
		return;
	}
	owed = (now - at->expiry) / period + 1;
	if (lazy || owed > HVE_PERIOD_OWED_MAX) {
		at->expiry = hve_period_add(at->expiry, owed * period);
		hve_period_fire(at, now, at->expiry);
		return;
	}
	hve_period_fire(at, now, hve_period_add(now, signalled ? period / 2 :
						period));
}

#endif /* HVE_ENL_PERIOD_H */
