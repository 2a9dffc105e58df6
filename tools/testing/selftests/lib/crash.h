/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/crash.c and host/test_crash.c agree on
 *
 * In: nothing. Out: the ways to crash, and what the guest says each time. Both
 * sides include it, so nothing here may need a libc.
 */
#ifndef TEST_CRASH_H
#define TEST_CRASH_H

enum test_crash {
	CRASH_MESSAGE,		/* CRASH_LEN bytes */
	CRASH_PLAIN,		/* notify only */
	CRASH_RESERVED,		/* as CRASH_MESSAGE, every bit set */
	CRASH_LONG,		/* three pages from the middle of one */
	CRASH_EMPTY,		/* of length 0 */
	CRASH_NOWHERE,		/* where there is no memory */
	CRASH_EDGE,		/* half of it beyond memory */
	CRASH_WILD,		/* where there cannot be an address */
	CRASH_MANY,		/* CRASH_TIMES on each vCPU at once */
	CRASH_NOT,		/* parameters only */
};

#define CRASH_LEN	200u
#define CRASH_TIMES	300u
#define CRASH_P0	0x1111000000000001ul
#define CRASH_P1	0x2222000000000002ul
#define CRASH_P2	0xffffffff80003333ul
#define CRASH_BYTE(i)	((char)((i) % 61 == 60 ? '\n' : 'a' + (i) % 61 % 26))

#endif /* TEST_CRASH_H */
