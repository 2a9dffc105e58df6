// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: every vCPU does random things at once
 *
 * In: all features; --arg: the seed in bits 31-0 (0: one of its own, printed),
 * bit 63: bits 62-32 are seconds, not thousands of operations for each vCPU.
 * What a vCPU does follows from seed and index alone, never from an answer, so
 * a seed is a replay. Out: how often each row was hit and what came of it;
 * failures: a row that was never hit, an answer that nobody may give, a clock
 * that goes back, a VM that does not work afterwards. What may not be done to
 * oneself is left out: lib/random.h.
 */
#include "hv.h"
#include "random.h"

#define OUTCOMES	15u		/* of calls: as below, and none of these */
#define PER_THOUSAND	1000u

static const struct msr_row {
	const char *name;
	u32 number;
	u32 access;
	u32 count;
} msrs[] = {
#define HVE_MSR(name, id, number, access, scope, rsvdz)			\
	{ #name, (number), HVE_##access, 1 },
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz)		\
	{ #name, (number), HVE_##access, (count) },
#include <hve/enlightenments.def>
};

static const struct random_call calls[] = {
#define HVE_CALL(name, id, code, kind, header, element, variable, fast)	\
	{ #name, (code), HVE_##kind, (header), (variable) },
#include <hve/enlightenments.def>
};

/* Every status that a handler may give, #UD, and KVM's where no OS is known */
static const u32 statuses[] = {
	TLFS_STATUS_SUCCESS, TLFS_STATUS_INVALID_HYPERCALL_CODE,
	TLFS_STATUS_INVALID_HYPERCALL_INPUT, TLFS_STATUS_INVALID_ALIGNMENT,
	TLFS_STATUS_INVALID_PARAMETER, TLFS_STATUS_ACCESS_DENIED,
	TLFS_STATUS_INSUFFICIENT_MEMORY, TLFS_STATUS_INVALID_PARTITION_ID,
	TLFS_STATUS_INVALID_CONNECTION_ID, TLFS_STATUS_INSUFFICIENT_BUFFERS,
	TLFS_STATUS_OPERATION_DENIED, TLFS_STATUS_NO_DATA,
	HV_FAULT | VEC_UD, HV_NOT_TAKEN,
};

#define NOT_A_STATUS	ARRAY_SIZE(statuses)

/* One for each vCPU, which alone writes it until all are done */
static struct tally {
	u64 done;
	u64 last;			/* reference time read */
	u64 end;			/* of the sequence of random numbers */
	u32 backwards;
	u32 wrong_index;
	u32 msr[HVE_NR_MSRS + 1][2][3];	/* row, write, NO_FAULT/#GP/other */
	u32 call[HVE_NR_CALLS + 1][OUTCOMES];
} *tallies;

static u64 seed, operations, deadline;
static volatile u32 at_start;

static struct tally *tally(void)
{
	return &tallies[this_cpu()->index];
}

/* Row of an MSR, or the one behind all rows */
static u32 msr_row(u32 number)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		if (number - msrs[i].number < msrs[i].count)
			break;
	return i;
}

static u32 random_msr(struct random *r)
{
	const struct msr_row *row = &msrs[one_of(r, ARRAY_SIZE(msrs))];

	switch (one_of(r, 10)) {
	case 0:
	case 1:
		return HVE_MSR_BASE + one_of(r, HVE_MSR_SPAN);
	case 2:
		return HVE_MSR_BASE - 0x100 + one_of(r, HVE_MSR_SPAN + 0x200);
	default:
		return row->number + one_of(r, row->count);
	}
}

static void note_msr(u32 number, bool write, u32 fault)
{
	tally()->msr[msr_row(number)][write][fault == NO_FAULT ? 0 :
					     fault == VEC_GP ? 1 : 2]++;
}

static void read_msr(struct random *r)
{
	u32 number = random_msr(r), fault;
	struct tally *t = tally();
	u64 value;

	if (number == MSR_guest_idle)
		wake_self();
	fault = rdmsr_safe(number, &value);
	note_msr(number, false, fault);
	if (fault != NO_FAULT)
		return;
	if (number == MSR_vp_index)
		t->wrong_index += value != this_cpu()->index;
	if (number == MSR_time_ref_count) {
		t->backwards += value < t->last;
		t->last = value;
	}
}

static void write_msr(struct random *r)
{
	u32 number = random_msr(r);
	u64 value = random_msr_value(r, number);

	note_msr(number, true, wrmsr_safe(number, value));
}

/* A timer as a guest sets it, which random bits hardly ever make */
static void set_timer(struct random *r)
{
	u32 n = one_of(r, TLFS_STIMER_COUNT), number = MSR_stimer + 2 * n;
	u64 config, count;

	random_timer(r, &config, &count);
	note_msr(number + 1, true, wrmsr_safe(number + 1, count));
	note_msr(number, true, wrmsr_safe(number, config));
}

static void note_call(u64 control, u64 result)
{
	u32 status = result & HV_NOT_TAKEN ? HV_NOT_TAKEN : hv_status(result);
	u32 row, i;

	for (row = 0; row < ARRAY_SIZE(calls); row++)
		if (calls[row].code == (control & TLFS_HYPERCALL_CODE))
			break;
	for (i = 0; i < NOT_A_STATUS; i++)
		if (statuses[i] == status)
			break;
	tally()->call[row][i]++;
}

static void call(struct random *r)
{
	const struct random_call *row = one_of(r, 8) ?
				     &calls[one_of(r, ARRAY_SIZE(calls))] : NULL;
	u64 control = random_control(r, row);
	u64 input[14], *page = hv_input();
	u64 result;

	if (control & TLFS_HYPERCALL_FAST) {
		random_input(r, row, input, ARRAY_SIZE(input));
		result = bare_call(control, input[0], input[1], input + 2);
	} else {
		random_input(r, row, page, 64);
		result = bare_call(control, random_input_gpa(r, (u64)page),
				   random_output_gpa(r, (u64)hv_output()), input);
	}
	note_call(control, result);
}

static void touch(struct random *r)
{
	u64 *at = (u64 *)random_scratch(r) + one_of(r, PAGE_SIZE / 8);
	u64 data = random_data(r);

	if (one_of(r, 2))
		*(volatile u64 *)at = data;
	else
		(void)*(volatile u64 *)at;
}

static void one_operation(struct random *r)
{
	switch (one_of(r, 32)) {
	case 0 ... 9:
		read_msr(r);
		break;
	case 10 ... 17:
		write_msr(r);
		break;
	case 18 ... 27:
		call(r);
		break;
	case 28:
		set_timer(r);
		break;
	case 29:
		/* Whoever called with no Hyper-V identity gets #UD from then on. */
		wrmsr_safe(MSR_guest_os_id, OS_ID);
		wrmsr_safe(MSR_hypercall, random_scratch(r) | TLFS_MSR_ENABLE);
		break;
	case 30:
		touch(r);
		break;
	default:
		irq_window();
	}
}

static void work(void *arg)
{
	struct random r;
	u64 i;

	(void)arg;
	random_start(&r, seed, this_cpu()->index);
	if (param->flags & TEST_IRQCHIP)
		x2apic_enable();
	meet(&at_start, param->nr_vcpus);
	for (i = 0; deadline ? rdtsc() < deadline : i < operations; i++)
		one_operation(&r);
	tally()->done = i;
	tally()->end = random_bits(&r);
}

/* What runs on is stopped, what waits is taken: each vCPU for itself */
static void quiet(void *arg)
{
	u32 i;

	(void)arg;
	for (i = 0; i < 2 * TLFS_STIMER_COUNT; i += 2)
		wrmsr_safe(MSR_stimer + i, 0);
	for (i = 0; i < TLFS_SINT_COUNT; i++)
		wrmsr_safe(MSR_sint + i, TLFS_SINT_MASKED);
	wrmsr_safe(MSR_tpr, 0);
	wrmsr_safe(MSR_scontrol, 0);
	wrmsr_safe(MSR_simp, 0);
	wrmsr_safe(MSR_siefp, 0);
	wrmsr_safe(MSR_vp_assist_page, 0);
	for (i = 0; i < 256; i++)
		irq_window();
}

static void report_msrs(struct tally *sum)
{
	u32 row, never = 0;

	for (row = 0; row <= HVE_NR_MSRS; row++) {
		u32 (*n)[3] = sum->msr[row];

		line("# %s: read %u, #GP %u; written %u, #GP %u",
		     row < HVE_NR_MSRS ? msrs[row].name : "(no row)",
		     n[0][0], n[0][1], n[1][0], n[1][1]);
		if (n[0][2] || n[1][2])
			ok(false, "another exception than #GP: %u, %u", n[0][2], n[1][2]);
		if (row == HVE_NR_MSRS)
			ok(!n[0][0] && !n[1][0], "no MSR without a row answers");
		else if ((msrs[row].access & HVE_RO && !n[0][0]) ||
			 (msrs[row].access & HVE_WO && !n[1][0]))
			never++;
	}
	ok(!never, "every MSR was read and written with success, as it can be (%u were not)",
	   never);
}

/* By an unknown code, and by KVM */
static bool only_refused(const u32 *n)
{
	u32 i, other = 0;

	for (i = 0; i < NOT_A_STATUS; i++)
		if (statuses[i] != TLFS_STATUS_INVALID_HYPERCALL_CODE &&
		    statuses[i] != HV_NOT_TAKEN)
			other += n[i];
	return !other;
}

static void report_calls(struct tally *sum)
{
	static const u32 reach[] = { 0, 8, 9, 11 };	/* statuses of handlers alone */
	u32 row, i, hits, never = 0, wrong = 0;

	for (row = 0; row <= HVE_NR_CALLS; row++) {
		u32 *n = sum->call[row];

		line("# %s: ok %u, code %u, input %u, alignment %u, parameter %u, denied %u, memory %u, partition %u, connection %u, buffers %u, not allowed %u, no data %u, #UD %u, KVM %u",
		     row < HVE_NR_CALLS ? calls[row].name : "(no row)", n[0], n[1],
		     n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11],
		     n[12], n[13]);
		wrong += n[NOT_A_STATUS];
		for (i = 0, hits = 0; i < ARRAY_SIZE(reach); i++)
			hits += n[reach[i]];
		if (row < HVE_NR_CALLS && !hits)
			never++;
	}
	ok(!wrong, "each status is one of the specification's (%u were not)", wrong);
	ok(only_refused(sum->call[HVE_NR_CALLS]),
	   "no call without a row does anything");
	ok(!never, "every call got to its handler (%u did not)", never);
}

static void report(void)
{
	struct tally *sum = &tallies[param->nr_vcpus];
	u32 i, k, backwards = 0, wrong = 0;
	u64 done = 0, digest = 0;

	for (i = 0; i < param->nr_vcpus; i++) {
		u32 *from = &tallies[i].msr[0][0][0], *to = &sum->msr[0][0][0];

		for (k = 0; k < (sizeof(sum->msr) + sizeof(sum->call)) / 4; k++)
			to[k] += from[k];
		done += tallies[i].done;
		digest ^= tallies[i].end;
		backwards += tallies[i].backwards;
		wrong += tallies[i].wrong_index;
	}
	line("# seed %lu, %u vCPUs, %lu operations, digest %016lx", seed,
	     param->nr_vcpus, done, digest);
	report_msrs(sum);
	report_calls(sum);
	ok(!backwards, "reference time never went back");
	ok(!wrong, "each vCPU is the VP that it is");
}

static void report_end(void)
{
	u64 before = rdmsr(MSR_time_ref_count);

	hv_setup();
	ok(!hv_status(hv_call(CODE_long_spin_wait | TLFS_HYPERCALL_FAST, 1, 0)),
	   "hypercalls work afterwards");
	pause_us(1000);
	ok(rdmsr(MSR_time_ref_count) > before, "the clock goes on");
}

void test_main(void)
{
	u32 pages = ((param->nr_vcpus + 1) * sizeof(*tallies) + PAGE_SIZE - 1) /
		    PAGE_SIZE;
	u64 amount = param->arg >> 32 & 0x7fffffff;

	seed = (u32)param->arg ?: (u32)rdtsc() | 1;
	operations = (amount ?: 2) * PER_THOUSAND;
	if (param->arg >> 63)
		deadline = rdtsc() + amount * param->tsc_khz * PER_THOUSAND;
	line("# seed %lu", seed);
	tallies = alloc_pages(pages);
	random_pages();
	hv_setup();
	start_each_other(work, NULL);
	work(NULL);
	wait_each_other();
	on_each_other(quiet, NULL);
	quiet(NULL);
	report();
	report_end();
}
