// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the run time of a virtual processor
 *
 * In: the runtime and time features; vCPU 0 and 1 at least. With --arg 1 there
 * must be at least twice as many vCPUs as the host has CPUs. Out: run time never
 * runs backwards, is never faster than the reference time, does not count what
 * the VMM does in the thread, stands still while the vCPU is parked, and
 * is clearly slower than the clock where vCPUs compete for CPUs.
 */
#include "hv.h"

#define TICKS		4000000ul	/* 400 ms of 100 ns */
#define PAUSE_US	200000ul
#define PARKED_MAX	500000ul	/* 50 ms: coming and going, in an emulator */

struct sample {
	u64 runtime, reference;
	u64 ran, passed;
	u32 backwards;
};

static struct sample samples[TEST_MAX_VCPUS];

static void begin(struct sample *s)
{
	s->reference = rdmsr(MSR_time_ref_count);
	s->runtime = rdmsr(MSR_vp_runtime);
}

/* The clock is read around the run time, so that it cannot seem slower. */
static void end(struct sample *s)
{
	s->ran = rdmsr(MSR_vp_runtime) - s->runtime;
	s->passed = rdmsr(MSR_time_ref_count) - s->reference;
}

static void busy(void *arg)
{
	struct sample *s = &samples[this_cpu()->index];
	u64 now, last = 0;

	(void)arg;
	s->backwards = 0;
	begin(s);
	do {
		now = rdmsr(MSR_vp_runtime);
		s->backwards += now < last;
		last = now;
		end(s);
	} while (s->passed < TICKS);
}

static void test_busy(void)
{
	u64 ran = 0, passed = 0;
	u32 i, backwards = 0, ahead = 0;

	start_each_other(busy, NULL);
	busy(NULL);
	wait_each_other();
	for (i = 0; i < param->nr_vcpus; i++) {
		ran += samples[i].ran;
		passed += samples[i].passed;
		backwards += samples[i].backwards;
		/* 1 %: the clock and the scheduler measure differently */
		ahead += samples[i].ran > samples[i].passed + TICKS / 100;
		if (!samples[i].ran)
			diag("vCPU %u did not run at all", i);
	}
	ok(!backwards, "never backwards");
	ok(!ahead, "never faster than the clock");
	ok(ran > passed / 20, "runs: %lu %% of the time", ran * 100 / passed);
	if (param->arg)
		ok(ran < passed * 7 / 10,
		   "with too few CPUs clearly slower than the clock: %lu %%",
		   ran * 100 / passed);
}

static void do_begin(void *arg)
{
	begin(arg);
}

static void do_end(void *arg)
{
	end(arg);
}

static void test_parked(void)
{
	struct sample s;

	on_cpu(1, do_begin, &s);
	wait_cpu(1);
	busy(NULL);
	on_cpu(1, do_end, &s);
	wait_cpu(1);
	ok(s.passed >= TICKS && s.ran < PARKED_MAX,
	   "parked for %lu, ran for %lu", s.passed, s.ran);
}

static void test_vmm(void)
{
	struct sample s;

	begin(&s);
	pause_us(PAUSE_US);
	end(&s);
	ok(s.passed >= PAUSE_US * 9 && s.ran < PARKED_MAX,
	   "the VMM slept for %lu, ran for %lu", s.passed, s.ran);
	begin(&s);
	vmm_call(TEST_OP_SPIN, PAUSE_US, 0, 0);
	end(&s);
	ok(s.passed >= PAUSE_US * 9 && s.ran < PARKED_MAX,
	   "the VMM worked for %lu, ran for %lu", s.passed, s.ran);
}

void test_main(void)
{
	ok(wrmsr_safe(MSR_vp_runtime, 0) == VEC_GP, "writing is #GP");
	test_busy();
	test_parked();
	test_vmm();
}
