// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: flushes of listed addresses
 *
 * In: tlbflush, with or without tlbflush-ext; 1 to 3 vCPUs. Out: no page that a
 * list names is stale afterwards, in a vCPU that runs, that does not, or whose
 * queue is full; in the plain and in the extended format, for long lists and
 * large ranges; also when all vCPUs flush each other at once. The extended format
 * is an error where it was not offered, and in calls without a list always.
 */
#include "hv.h"

#define PAGES		16u		/* as many as a queue holds */
#define STRIDE		3u		/* in pages: no two are one range */
#define ROUNDS		8u
#define READS		50u
#define MAX_CPUS	4u
#define EXTENDED	TLFS_FLUSH_USE_EXTENDED_RANGE_FORMAT
#define FLAGS		(TLFS_FLUSH_ALL_PROCESSORS |			\
			 TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES)

static u64 *frames[MAX_CPUS][2][PAGES];	/* two behind each address */
static volatile u64 published[MAX_CPUS];
static u64 generation[MAX_CPUS];
static volatile u64 stale, stop, reads;

/* Each vCPU has pages that it alone maps anew. */
static u64 va_of(u32 owner, u32 page)
{
	return VA_TEST + (u64)owner * 0x200000 + page * STRIDE * PAGE_SIZE;
}

static void remap(u32 owner)
{
	u64 gen = ++generation[owner];
	u32 i;

	for (i = 0; i < PAGES; i++) {
		u64 *frame = frames[owner][gen & 1][i];

		*(volatile u64 *)frame = gen;
		map_page(va_of(owner, i), (u64)frame);
	}
	barrier();
}

static void publish(u32 owner)
{
	__atomic_store_n(&published[owner], generation[owner], __ATOMIC_SEQ_CST);
}

static void read_pages(u32 owner)
{
	u64 want = __atomic_load_n(&published[owner], __ATOMIC_ACQUIRE);
	u32 i;

	for (i = 0; i < PAGES; i++)
		if (*(volatile u64 *)va_of(owner, i) < want)
			__atomic_add_fetch(&stale, 1, __ATOMIC_SEQ_CST);
}

static void read_now(void *arg)
{
	(void)arg;
	read_pages(0);
}

static void read_always(void *arg)
{
	(void)arg;
	while (!stop) {
		read_pages(0);
		__atomic_add_fetch(&reads, 1, __ATOMIC_SEQ_CST);
		let_host_in();
	}
}

/* @count of the pages from @first on, @more pages behind each of them */
static u32 flush(u32 owner, u32 first, u32 count, u64 more, u64 flags, bool fast)
{
	u64 input[3 + 64] = { GPA_PML4, FLAGS | flags };
	u64 result;
	u32 i;

	for (i = 0; i < count; i++)
		input[3 + i] = va_of(owner, (first + i) % PAGES) | more;
	result = hv_call_input(CODE_flush_list | REP(count), fast, input,
			       3 + count);
	if (!hv_status(result) && hv_reps(result) != count)
		return ~0u;
	return hv_status(result);
}

static u32 in_one(void)
{
	return flush(0, 0, PAGES, 0, 0, false);
}

static u32 in_halves(void)
{
	bool fast = hv_serves(HVE_BIT(XMM_INPUT));

	return flush(0, 0, 8, 0, 0, fast) | flush(0, 8, 8, 0, 0, fast);
}

/* Forty in all: more than a queue holds, while nobody empties it */
static u32 too_many(void)
{
	u32 i, status = 0;

	for (i = 0; i < 5; i++)
		status |= flush(0, i * 8, 8, 0, 0, false);
	return status;
}

static u32 a_long_list(void)
{
	return flush(0, 0, 40, 0, 0, false);
}

static u32 one_range(void)
{
	return flush(0, 0, 1, PAGES * STRIDE - 1, 0, false);
}

static u32 a_large_range(void)
{
	return flush(0, 0, 1, TLFS_FLUSH_RANGE_MORE, 0, false);
}

static u32 extended(void)
{
	return flush(0, 0, 1, PAGES * STRIDE - 1, EXTENDED, false);
}

static u32 extended_large(void)
{
	return flush(0, 0, 1, TLFS_FLUSH_EXTENDED_LARGE, EXTENDED, false);
}

static const struct {
	const char *name;
	u32 (*flush)(void);
	bool extended;
} ways[] = {
	{ "sixteen addresses in one call", in_one, false },
	{ "eight and eight", in_halves, false },
	{ "more than a queue holds", too_many, false },
	{ "a list longer than a queue", a_long_list, false },
	{ "one range", one_range, false },
	{ "a range of 4096 pages", a_large_range, false },
	{ "one range in the extended format", extended, true },
	{ "one range of large pages", extended_large, true },
};

static u32 running(u32 (*way)(void))
{
	u32 i, status = 0;
	u64 from;

	stop = 0;
	start_each_other(read_always, NULL);
	for (i = 0; i < ROUNDS; i++) {
		from = reads;
		while (param->nr_vcpus > 1 && reads - from < READS)
			cpu_relax();
		read_pages(0);
		remap(0);
		status |= way();
		publish(0);
		read_pages(0);
	}
	from = reads;
	while (param->nr_vcpus > 1 && reads - from < READS)
		cpu_relax();
	stop = 1;
	wait_each_other();
	return status;
}

static u32 parked(u32 (*way)(void))
{
	u32 status;

	on_each_other(read_now, NULL);
	remap(0);
	status = way();
	publish(0);
	on_each_other(read_now, NULL);
	return status;
}

static void test_ways(const char *state, u32 (*run)(u32 (*way)(void)))
{
	u32 i, status;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].extended && !hv_serves(HVE_BIT(TLBFLUSH_EXT)))
			continue;
		stale = 0;
		status = run(ways[i].flush);
		ok(!status && !stale, "%s, %s: status %u, %lu stale",
		   ways[i].name, state, status, stale);
	}
}

static void send_and_read(void *arg)
{
	u32 me = this_cpu()->index, i, k;

	for (i = 0; i < 4 * ROUNDS; i++) {
		remap(me);
		if (flush(me, 0, PAGES, 0, 0, false))
			__atomic_add_fetch((u64 *)arg, 1, __ATOMIC_SEQ_CST);
		publish(me);
		for (k = 0; k < param->nr_vcpus; k++)
			read_pages(k);
	}
}

static void test_all_at_once(void)
{
	u64 failed = 0;

	stale = 0;
	start_each_other(send_and_read, &failed);
	send_and_read(&failed);
	wait_each_other();
	ok(!failed && !stale, "all flush all at once: %lu failed, %lu stale",
	   failed, stale);
}

static void test_input(void)
{
	u64 input[] = { GPA_PML4, FLAGS | EXTENDED, 0, 0x8000000000000000,
			0x00007ffffffff002, va_of(0, 0) };
	u32 want = hv_serves(HVE_BIT(TLBFLUSH_EXT)) ? 0 :
		   TLFS_STATUS_INVALID_PARAMETER;
	u64 result;

	result = hv_call_input(CODE_flush_list | REP(1), false, input, 6);
	ok(hv_status(result) == want, "the extended format: status %u (got 0x%x)",
	   want, hv_status(result));
	ok(hv_status(hv_call_input(CODE_flush_space, false, input, 3)) ==
	   TLFS_STATUS_INVALID_PARAMETER, "and not for a whole space");
	input[1] = FLAGS;
	result = hv_call_input(CODE_flush_list | REP(3), false, input, 6);
	ok(!hv_status(result) && hv_reps(result) == 3,
	   "addresses that cannot be, and into them, are ignored");
	input[1] = TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES;
	input[2] = 1ul << 63;
	ok(!hv_status(hv_call_input(CODE_flush_list | REP(3), false, input, 6)),
	   "so is a processor that is not there");
}

void test_main(void)
{
	u32 cpu, i;

	hv_setup();
	for (cpu = 0; cpu < param->nr_vcpus; cpu++) {
		for (i = 0; i < PAGES; i++) {
			frames[cpu][0][i] = alloc_pages(1);
			frames[cpu][1][i] = alloc_pages(1);
		}
		remap(cpu);
		publish(cpu);
	}
	test_input();
	test_ways("parked", parked);
	test_ways("running", running);
	test_all_at_once();
}
