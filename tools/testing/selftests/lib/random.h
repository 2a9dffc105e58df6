/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Random values for the guest's fuzzer
 *
 * In: a seed and a vCPU's index. Out: the same sequence whenever these are the
 * same, and values made of it that are often nearly right. Left out, because a
 * guest that does it to itself is dead and proves nothing: a reset, INIT, SIPI
 * and NMI, vectors that its handlers take for exceptions, pages of Hyper-V's, or
 * output of a call, over its own code and stacks. The pages that everything may
 * happen to belong to all vCPUs and have no lock: that is the point of them.
 */
#ifndef TEST_RANDOM_H
#define TEST_RANDOM_H

#include "hv.h"

struct random {
	u64 state;
};

void random_pages(void);		/* once, on vCPU 0, before all else */
void random_start(struct random *r, u64 seed, u32 index);
u64 random_bits(struct random *r);
u64 one_of(struct random *r, u64 count);	/* 0 .. count - 1 */

u64 random_data(struct random *r);	/* a number, or something like an address */
u32 random_vector(struct random *r);
u64 random_scratch(struct random *r);	/* a page that is all vCPUs' */
u64 random_msr_value(struct random *r, u32 number);
void random_timer(struct random *r, u64 *config, u64 *count);
/* A set of VPs and its banks */
void random_set(struct random *r, u64 *set, u32 qwords);
u64 random_input_gpa(struct random *r, u64 page);
u64 random_output_gpa(struct random *r, u64 page);

/* random_call.c: of a row, or of none (NULL) */
struct random_call {
	const char *name;
	u32 code;
	u32 kind;
	u32 header;
	u32 variable;
};

u64 random_control(struct random *r, const struct random_call *row);
/* Registers of a fast call, or the start of a page of input */
void random_input(struct random *r, const struct random_call *row, u64 *input,
		  u32 qwords);

/* An interrupt for this vCPU, without which an idle one would sleep for ever */
void wake_self(void);
/*
 * A hypercall that does not depend on where the hypercall page lies. The status
 * HV_NOT_TAKEN: KVM answered it, because no guest OS had said its name.
 */
#define HV_NOT_TAKEN	0x20000u
u64 bare_call(u64 control, u64 rdx, u64 r8, const u64 xmm[12]);

#endif /* TEST_RANDOM_H */
