/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/restarts.c and host/test_restarts.c agree on
 *
 * In: nothing. Out: words of test_param.scratch: what the host wants, what the
 * guest is at, what it counted. No libc and no state.
 */
#ifndef TEST_RESTARTS_H
#define TEST_RESTARTS_H

enum { RESTARTS_WANT, RESTARTS_AT, RESTARTS_LIVES, RESTARTS_GOT };

enum {
	RESTARTS_CHURN = 1,	/* set up, ask for messages, again; at first, too */
	RESTARTS_HOLD,		/* set up, the slot taken, ask for nothing */
	RESTARTS_DRAIN,		/* take what waits, which is numbered */
};

#define RESTARTS_BUFFERS	16u	/* a port has */
#define RESTARTS_TYPE		0x200u	/* of the first that is counted */

#endif /* TEST_RESTARTS_H */
