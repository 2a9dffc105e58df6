/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/ignored.c and host/test_ignored.c agree on
 *
 * In: nothing. Out: words of test_param.scratch: what the host wants, and how far
 * the guest is. No libc and no state.
 */
#ifndef TEST_IGNORED_H
#define TEST_IGNORED_H

enum { IGNORED_WANT, IGNORED_AT };

enum {
	IGNORED_TAKE = 1,	/* take what the timers signal, until it is enough */
	IGNORED_DIRECT,		/* begin again, in direct mode */
};

#define IGNORED_LEAST	20u	/* signals of each timer */

#endif /* TEST_IGNORED_H */
