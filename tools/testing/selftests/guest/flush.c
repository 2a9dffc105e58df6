// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a flush by hypercall is seen by the other vCPUs
 *
 * In: 1 to 240 vCPUs, the tlbflush feature. Out: for each call, convention and
 * set of targets: after it returns no target reads through an old mapping,
 * whether it runs, is halted, or is outside KVM_RUN. First without any flush, to
 * see whether this host can show a stale mapping at all; where it cannot, a
 * comment says that the passes prove less.
 *
 * Each mapping leads to a page that holds its generation. A reader takes the
 * generation published, then the page: an older number in the page is stale.
 */
#include "hv.h"

#define BANKS		((TEST_MAX_VCPUS + 63) / 64)
#define PAGES		4u		/* adjacent, flushed as one range */
#define ROUNDS		8u
#define READS		200u		/* by each reader in a round */
#define WAKE		0x91u

enum form { SPACE, LIST, SPACE_EX, LIST_EX, NR_FORMS };
enum who { BY_MASK, BY_FLAG, BY_ALL_SET, NR_WHO };

static const char * const form_names[] = { "space", "list", "space ex", "list ex" };
static const char * const who_names[] = { "mask or set", "flag", "set of all" };

static const u32 codes[] = {
	CODE_flush_space, CODE_flush_list, CODE_flush_space_ex, CODE_flush_list_ex
};

static u64 *frames[2][PAGES];		/* two pages behind each address */
static volatile u64 published;
static volatile u64 stale, stop;
static volatile u64 reads[TEST_MAX_VCPUS];
static u64 generation;

static bool usable(enum form form, enum who who, bool fast)
{
	if (fast && !hv_serves(HVE_BIT(XMM_INPUT)))
		return false;
	if (who == BY_ALL_SET)
		return form >= SPACE_EX;
	if (who == BY_MASK && form < SPACE_EX)
		return param->nr_vcpus <= 64;
	return true;
}

/* Qwords of input; sets the control word */
static u32 build(enum form form, enum who who, u64 *input, u64 *control)
{
	u32 i, n = 2;

	*control = codes[form];
	input[0] = GPA_PML4;
	input[1] = TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES;
	if (who == BY_FLAG)
		input[1] |= TLFS_FLUSH_ALL_PROCESSORS;
	if (form < SPACE_EX) {
		input[n++] = who == BY_MASK ? ~1ul : 0;
	} else if (who != BY_MASK) {
		input[n++] = who == BY_ALL_SET ? TLFS_VP_SET_ALL : TLFS_VP_SET_SPARSE;
		input[n++] = 0;
	} else {
		input[n++] = TLFS_VP_SET_SPARSE;
		input[n++] = (1ul << BANKS) - 1;
		for (i = 0; i < BANKS; i++)
			input[n++] = i ? ~0ul : ~1ul;
		*control |= VARHEAD(BANKS);
	}
	if (form == LIST || form == LIST_EX) {
		input[n++] = VA_TEST | (PAGES - 1);
		*control |= REP(1);
	}
	return n;
}

static u32 flush(enum form form, enum who who, bool fast)
{
	u64 input[8 + BANKS], control;
	u32 n = build(form, who, input, &control);

	return hv_status(hv_call_input(control, fast, input, n));
}

static void remap(void)
{
	u32 i;

	generation++;
	for (i = 0; i < PAGES; i++) {
		u64 *frame = frames[generation & 1][i];

		*(volatile u64 *)frame = generation;
		map_page(VA_TEST + i * PAGE_SIZE, (u64)frame);
	}
	barrier();
}

static void read_once(void)
{
	u64 want = __atomic_load_n(&published, __ATOMIC_ACQUIRE);
	u32 i;

	for (i = 0; i < PAGES; i++)
		if (*(volatile u64 *)(VA_TEST + i * PAGE_SIZE) < want)
			__atomic_add_fetch(&stale, 1, __ATOMIC_SEQ_CST);
}

static void read_always(void *arg)
{
	volatile u64 *mine = &reads[this_cpu()->index];

	(void)arg;
	while (!stop) {
		read_once();
		(*mine)++;
		let_host_in();
	}
}

static void read_now(void *arg)
{
	(void)arg;
	read_once();
}

static void read_halt_read(void *arg)
{
	u32 index = this_cpu()->index, before = irq_count(index, WAKE);

	(void)arg;
	read_once();
	reads[index]++;
	while (irq_count(index, WAKE) == before)
		irq_halt();
	read_once();
}

static void wait_reads(u64 count)
{
	u32 i;

	for (i = 1; i < param->nr_vcpus; i++) {
		u64 from = reads[i];

		while (reads[i] - from < count)
			cpu_relax();
	}
}

/* Frames hold even and odd generations in turn: an old one reads two less */
static void publish(void)
{
	__atomic_store_n(&published, generation, __ATOMIC_SEQ_CST);
}

static void test_unflushed(void)
{
	u32 i;

	stale = stop = 0;
	start_each_other(read_always, NULL);
	for (i = 0; i < 4 * ROUNDS; i++) {
		wait_reads(READS);
		remap();
		publish();
	}
	stop = 1;
	wait_each_other();
	if (stale)
		diag("without a flush: %lu stale reads, so a missing flush shows",
		     stale);
	else
		diag("no stale mapping without a flush: passes prove little here");
}

static u32 running(enum form form, enum who who, bool fast)
{
	u32 i, status = 0;

	stale = stop = 0;
	remap();
	publish();
	start_each_other(read_always, NULL);
	for (i = 0; i < ROUNDS; i++) {
		wait_reads(READS);
		remap();
		status |= flush(form, who, fast);
		publish();
	}
	wait_reads(READS);
	stop = 1;
	wait_each_other();
	return status;
}

static u32 parked(enum form form, enum who who, bool fast)
{
	u32 status;

	stale = 0;
	on_each_other(read_now, NULL);
	remap();
	status = flush(form, who, fast);
	publish();
	on_each_other(read_now, NULL);
	return status;
}

static u32 halted(enum form form, enum who who, bool fast)
{
	u64 before[TEST_MAX_VCPUS];
	u32 i, status;

	stale = 0;
	for (i = 1; i < param->nr_vcpus; i++)
		before[i] = reads[i];
	start_each_other(read_halt_read, NULL);
	for (i = 1; i < param->nr_vcpus; i++)
		while (reads[i] == before[i])
			yield();
	pause_us(500);
	remap();
	status = flush(form, who, fast);
	publish();
	wrmsr(X2APIC_ICR, 3ul << 18 | WAKE);	/* all but self */
	wait_each_other();
	return status;
}

static void each(const char *state, u32 (*test)(enum form, enum who, bool))
{
	u32 form, who, fast, status;

	for (form = 0; form < NR_FORMS; form++) {
		for (who = 0; who < NR_WHO; who++) {
			for (fast = 0; fast < 2; fast++) {
				if (!usable(form, who, fast))
					continue;
				status = test(form, who, fast);
				ok(!status && !stale,
				   "%s%s by %s, %s targets: status %u, %lu stale",
				   form_names[form], fast ? " fast" : "",
				   who_names[who], state, status, stale);
			}
		}
	}
}

static void expect_refused(const char *what, u64 result)
{
	u32 status = hv_status(result);

	ok(status == TLFS_STATUS_INVALID_HYPERCALL_INPUT ||
	   status == TLFS_STATUS_INVALID_PARAMETER, "%s is refused (got 0x%x)",
	   what, status);
}

/* A format that is none, and banks that are not there */
static void test_sets(void)
{
	u64 input[] = { GPA_PML4, TLFS_FLUSH_ALL_PROCESSORS, 7, 0, VA_TEST };

	ok(!hv_status(hv_call_input(CODE_flush_space_ex, false, input, 4)) &&
	   !hv_status(hv_call_input(CODE_flush_list_ex | REP(1), false, input, 5)),
	   "a set of an unknown format is not looked at when all are meant");
	input[2] = TLFS_VP_SET_SPARSE;
	input[3] = 3;
	ok(!hv_status(hv_call_input(CODE_flush_space_ex, false, input, 4)),
	   "nor is one whose banks are not there");
	input[1] = 0;
	expect_refused("the same when it counts",
		       hv_call_input(CODE_flush_space_ex, false, input, 4));
	input[2] = 7;
	expect_refused("so is an unknown format",
		       hv_call_input(CODE_flush_space_ex, false, input, 4));
}

static void test_input(void)
{
	u64 input[] = { GPA_PML4, TLFS_FLUSH_ALL_PROCESSORS, 0, VA_TEST,
			0x8000000000000000, VA_TEST + PAGE_SIZE };
	u64 result;

	result = hv_call_input(CODE_flush_list | REP(3), false, input, 6);
	ok(!hv_status(result) && hv_reps(result) == 3,
	   "an address that cannot be is ignored: %u reps", hv_reps(result));
	result = hv_call_input(CODE_flush_list | REP(3) | REP_START(1), false,
			       input, 6);
	ok(!hv_status(result) && hv_reps(result) == 3,
	   "from rep 1 on: %u reps", hv_reps(result));
	input[1] = 0;
	input[2] = 0;
	ok(!hv_status(hv_call_input(CODE_flush_space, false, input, 3)),
	   "an empty mask is taken");
	input[1] = TLFS_FLUSH_ALL_PROCESSORS | 1ul << 63;
	expect_refused("a reserved flag",
		       hv_call_input(CODE_flush_space, false, input, 3));
	input[1] = TLFS_FLUSH_ALL_PROCESSORS | TLFS_FLUSH_NON_GLOBAL_MAPPINGS_ONLY;
	expect_refused("\"non-global only\" for a list",
		       hv_call_input(CODE_flush_list | REP(1), false, input, 4));
	ok(!hv_status(hv_call_input(CODE_flush_space, false, input, 3)),
	   "\"non-global only\" for the whole space is taken");
}

static void to_x2apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

void test_main(void)
{
	u32 i;

	hv_setup();
	for (i = 0; i < PAGES; i++) {
		frames[0][i] = alloc_pages(1);
		frames[1][i] = alloc_pages(1);
	}
	remap();
	publish();
	test_input();
	test_sets();
	each("parked", parked);
	if (param->flags & TEST_IRQCHIP) {
		to_x2apic(NULL);
		on_each_other(to_x2apic, NULL);
		each("halted", halted);
	}
	/* Readers that never exit: no more of them than a host has CPUs */
	if (param->nr_vcpus < 2 || param->nr_vcpus > 3)
		return;
	test_unflushed();
	each("running", running);
}
