/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Counting what an operation costs
 *
 * In: an operation as an expression, a title, and how many hooked functions of
 * KVM it passes through. Out: one line "= CALLS MEDIAN MIN MAX TITLE", in
 * instructions: the emulator runs with -icount shift=0, so one tick of the TSC
 * is one executed instruction. What an empty operation costs is taken off, so
 * measure_start() comes first. Each operation is repeated in place, first to
 * warm up, then once for each sample. vCPU 0 only.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "hv.h"

#define MAX_SAMPLES	4096u
#define WARM_UP		64u

/* --arg of the guest: what to measure, how often */
#define ARG_MODE(arg)		((u32)((arg) >> 16))
#define ARG_SAMPLES(arg)	((u32)((arg) & 0xffff))

extern u32 samples[MAX_SAMPLES];
extern u32 nr_samples;

void measure_start(void);
void measure_report(u32 calls, const char *title);

static inline u32 ticks(void)
{
	u32 low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return low;
}

/* A NOP that a profiler may look for */
#define PROFILE_START	0x4d4b0001
#define PROFILE_STOP	0x4d4b0002
#define PROFILE_MARK(mark) \
	asm volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" : : "i"(mark) : "memory")

#define MEASURE(calls, title, operation) do {				\
	for (u32 i_ = 0; i_ < WARM_UP; i_++) {				\
		operation;						\
	}								\
	PROFILE_MARK(PROFILE_START);					\
	for (u32 i_ = 0; i_ < nr_samples; i_++) {			\
		u32 begin_ = ticks();					\
		operation;						\
		samples[i_] = ticks() - begin_;				\
	}								\
	PROFILE_MARK(PROFILE_STOP);					\
	measure_report(calls, title);					\
} while (0)

/* Without the fault handling of the library's: nothing here may fault */
static inline void read_msr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
}

static inline void write_msr(u32 msr, u64 value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)value),
		     "d"((u32)(value >> 32)) : "memory");
}

static inline void read_cpuid(u32 leaf)
{
	u32 reg[4];

	cpuid(leaf, 0, reg);
}

static inline u64 hypercall(u64 control, u64 rdx, u64 input)
{
	register u64 r8 asm("r8") = input;
	u64 result;

	asm volatile("call *%[page]"
		     : "=a"(result), "+c"(control), "+d"(rdx), "+r"(r8)
		     : [page] "r"(hv_page)
		     : "memory", "cc", "r9", "r10", "r11");
	return result;
}

/* The third word of a flush's input is in XMM0 */
static inline u64 hypercall_xmm(u64 control, u64 rdx, u64 r8, u64 low)
{
	asm volatile("movq %0, %%xmm0" : : "r"(low));
	return hypercall(control, rdx, r8);
}

#endif /* BENCH_MEASURE_H */
