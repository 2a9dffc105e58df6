/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/init.c and host/test_init.c agree on
 *
 * In: nothing. Out: a word of test_param.scratch, and when the timer expires
 * after it was set. No libc and no state.
 */
#ifndef TEST_INIT_H
#define TEST_INIT_H

enum { INIT_SENT };

#define INIT_TIMER_MS	300u

#endif /* TEST_INIT_H */
