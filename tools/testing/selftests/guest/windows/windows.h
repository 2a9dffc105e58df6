/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The parts of the guest that behaves like Windows
 *
 * In: nothing. Out: the steps of its life, in the order in which guest/windows.c
 * takes them, and what they know of each other. struct windows is new in each
 * life; vCPU 0 writes it while the others are parked, but for the counters, which
 * each vCPU has of its own. Deliberately absent: the order itself.
 */
#ifndef TEST_GUEST_WINDOWS_H
#define TEST_GUEST_WINDOWS_H

#include "../../lib/windows.h"
#include "hv.h"

/* Vectors as in no Windows in particular; the timers' are its clock's and next */
#define VEC_REENLIGHTENED	0x51u
#define VEC_IPI			0xe1u
#define VEC_MESSAGE		0x62u
#define VEC_CLOCK		0xd1u		/* timer n in direct mode: + n */

#define SINT_TIMER		3u
#define MS			10000ul		/* of reference time */

struct windows_cpu {
	volatile u32 *assist;		/* its assist page */
	struct tlfs_message *messages;
	volatile u32 by_assist;		/* interrupts that needed no EOI */
	volatile u32 by_msr;
	volatile u32 taken;		/* messages */
	volatile u32 wrong;		/* messages that are not as they must be */
};

struct windows {
	u32 features[4], hints[4];	/* leaves 0x40000003, 0x40000004 */
	u32 highest;
	volatile struct tlfs_reference_tsc_page *tsc;
	struct windows_cpu cpu[TEST_MAX_VCPUS];
};

extern struct windows windows;

static inline struct windows_cpu *my(void)
{
	return &windows.cpu[this_cpu()->index];
}

/* Whether it is served and advised; notes that it is used, or why it is not */
bool uses(u64 feature);
/* A call that is to fail with @status does */
bool refused(u64 result, u32 status);
void everywhere(void (*work)(void *arg), void *arg);
void park_others(void);

/* identity.c */
void identify(void);
void connect(void);		/* OS id, hypercall page, what can be called */
void start_processors(void);	/* VP index, assist page on each */

/* clock.c */
void start_clock(void);		/* frequencies, counter, page */
u64 clock_now(void);
void watch_clock(void);		/* on all vCPUs, run time */
void change_frequency(void);	/* reenlightenment */

/* interrupts.c */
void start_interrupts(void);	/* SynIC, SINTs */
void run_timers(void);
void run_interrupts(void);	/* ICR, TPR, EOIs with and without an exit */
void idle(void);

/* calls.c */
void run_calls(void);		/* flushes, IPIs, locks, memory, ports */

#endif /* TEST_GUEST_WINDOWS_H */
