/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/windows.c and host/test_windows.c agree on
 *
 * In: nothing. Out: how --arg is put together, the words in which the guest
 * leaves what it did, and what it says when it crashes. Both sides include it, so
 * nothing here may need a libc. The OS id is as the TLFS encodes that of a
 * Windows NT 10.0, the rest is the two's own.
 */
#ifndef TEST_WINDOWS_H
#define TEST_WINDOWS_H

/* --arg: the build number, and what is to happen */
#define WINDOWS_BUILD(arg)	((arg) & 0xffffu)
#define WINDOWS_REBOOT		(1ul << 16)	/* restart once in the middle */
#define WINDOWS_MESSAGE		(1ul << 17)	/* crash with a message */

/* Vendor Microsoft, Windows NT, 10.0, no service pack */
#define WINDOWS_OS_ID(build)	(0x0001040a00000000ul | (build))

/* param->scratch, over all lives */
enum windows_scratch {
	WINDOWS_USED,		/* features that it made use of */
	WINDOWS_WITHHELD,	/* that CPUID advises against on this host */
	WINDOWS_REFUSED,	/* calls that had to fail */
	WINDOWS_LIVES,
};

/* A bug check with its four parameters; a message takes the place of two. */
#define WINDOWS_BUGCHECK	0x1eul
#define WINDOWS_P1		0xffffffffc0000005ul
#define WINDOWS_P2		0xfffff80312345678ul
#define WINDOWS_P3		0x1ul
#define WINDOWS_P4		0xffff9a0fdeadbee8ul
#define WINDOWS_TEXT		"KMODE_EXCEPTION_NOT_HANDLED in replay.sys\r\n"

#endif /* TEST_WINDOWS_H */
