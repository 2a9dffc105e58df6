/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guests with a debugger and host/test_syndbg.c agree on
 *
 * In: nothing. Out: which script is played, packets and their numbers. A packet
 * begins with one of the words below; the rest is filled. No libc and no state.
 */
#ifndef TEST_DEBUG_H
#define TEST_DEBUG_H

/* --arg of guest/debuggee.c */
#define DEBUG_DIRECT		0u	/* test-syndbg has the descriptor itself */
#define DEBUG_UDP		1u	/* hve syndbg has it, test-syndbg a socket */

#define DEBUG_ADDRESS		0x7f000001u
#define DEBUG_PORT		50123u
#define DEBUG_QUEUE		64u	/* packets that wait in each direction */

/* DEBUG_DIRECT: words of the guest, each of which the host answers */
#define WORD_FILL		0x11111111u	/* then numbers, until it is full */
#define WORD_FORMS		0x22222222u	/* packets of the other form */
#define WORD_SIZES		0x33333333u	/* packets too large */
#define WORD_PURGE		0x44444444u
#define WORD_REBOOT		0x55555555u
#define WORD_END		0x66666666u

/* DEBUG_UDP: each datagram comes back with every byte counted up */
#define DEBUG_ROUNDS		20u
#define DEBUG_TARGET		0x0a000002u	/* the guest's idea of itself */

#endif /* TEST_DEBUG_H */
