/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/save.c and host/test_save.c agree on
 *
 * In: nothing. Out: what is armed, what waits and where the guest tells of it.
 * Both sides include it, so nothing here may need a libc.
 */
#ifndef TEST_SAVE_H
#define TEST_SAVE_H

/* --arg */
#define SAVE_OTHER_TSC		1u	/* the second VM's TSC has another frequency */

/* param->scratch */
enum {
	SAVE_READY,		/* by the guest: park me, all is set up */
	SAVE_ELAPSED,		/* by the host: the most that the clock may go on */
};

#define MS			10000ul	/* in reference time */
#define SAVE_SINT_TIMER		2u	/* its slot is taken, another one waits */
#define SAVE_SINT_ONCE		3u
#define SAVE_SINT_PORT		5u	/* its slot is taken, the host sends two */
#define SAVE_SINT_EVENT		6u
#define SAVE_FLAG		99u
#define SAVE_CONNECTION		0x44u
#define SAVE_TYPE		0x700u	/* of the first message */
#define SAVE_DIRECT_MS		50ul	/* it expires while the VM is paused */
#define SAVE_ONCE_MS		60000ul	/* it does not, by far */
#define SAVE_PERIOD_MS		20ul

#define SAVE_SKIPPED		1024u	/* pages at the beginning of the pool */

#endif /* TEST_SAVE_H */
