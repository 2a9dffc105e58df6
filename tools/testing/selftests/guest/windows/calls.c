// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The hypercalls of Windows
 *
 * In: a connected guest. Out: flushes by space and by list, with a mask and with
 * a set, in registers where XMM input is offered and in memory; interrupts to
 * others; a lock whose holder does not run. Every target has obeyed when the call
 * returns. Windows takes the extended forms where CPUID recommends them; that it
 * prefers registers is inferred from its asking for XMM input at all.
 */
#include "windows.h"

#define SPINS_BEFORE_YIELD	50u

enum form { SPACE, LIST, SPACE_EX, LIST_EX, LIST_EXTENDED, NR_FORMS };

static const char * const form_names[] = {
	"space", "list", "space ex", "list ex", "list in the extended format"
};

static const u32 form_codes[] = {
	CODE_flush_space, CODE_flush_list, CODE_flush_space_ex,
	CODE_flush_list_ex, CODE_flush_list
};

static u64 *frames[2];
static volatile u64 generation;
static volatile u32 ready, go, stale;

static u64 everyone(void)
{
	return param->nr_vcpus < 64 ? (1ul << param->nr_vcpus) - 1 : ~0ul;
}

static u64 cr3(void)
{
	u64 value;

	asm volatile("mov %%cr3,%0" : "=r"(value));
	return value;
}

static u32 flush(enum form form, bool fast)
{
	u64 input[8] = { cr3(), 0 }, control = form_codes[form];
	u32 n = 2;

	if (form == SPACE_EX || form == LIST_EX) {
		input[n++] = TLFS_VP_SET_SPARSE;
		input[n++] = 1;
		control |= VARHEAD(1);
	}
	input[n++] = everyone();
	if (form == LIST || form == LIST_EX || form == LIST_EXTENDED) {
		input[n++] = VA_TEST;
		control |= REP(1);
	}
	if (form == LIST_EXTENDED)
		input[1] |= TLFS_FLUSH_USE_EXTENDED_RANGE_FORMAT;
	return hv_status(hv_call_input(control, fast, input, n));
}

static u64 look(void)
{
	return *(volatile u64 *)VA_TEST;
}

/* Keeps the old mapping in its TLB, and then must not see it any more */
static void reader(void *arg)
{
	u32 i = 0;

	(void)arg;
	look();
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (!go) {
		cpu_relax();
		if (++i % SPINS_BEFORE_YIELD == 0)
			yield();
	}
	if (look() != generation)
		__atomic_add_fetch(&stale, 1, __ATOMIC_SEQ_CST);
}

static void test_flush(enum form form, bool fast)
{
	u64 *frame = frames[++generation & 1];
	u32 status;

	ready = go = stale = 0;
	*(volatile u64 *)frame = generation;
	start_each_other(reader, NULL);
	look();
	while (ready < param->nr_vcpus - 1)
		yield();
	map_page(VA_TEST, (u64)frame);
	status = flush(form, fast);
	go = 1;
	stale += look() != generation;
	wait_each_other();
	ok(!status && !stale, "flush: %s%s: status %u, %u vCPUs see the old page",
	   form_names[form], fast ? " in registers" : "", status, stale);
}

static void run_flushes(void)
{
	bool fast = uses(HVE_BIT(XMM_INPUT));
	u32 form;

	if (!uses(HVE_BIT(TLBFLUSH)))
		return;
	frames[0] = alloc_pages(1);
	frames[1] = alloc_pages(1);
	map_page(VA_TEST, (u64)frames[generation & 1]);
	for (form = 0; form < NR_FORMS; form++) {
		if (form == LIST_EXTENDED && !uses(HVE_BIT(TLBFLUSH_EXT)))
			continue;
		test_flush(form, false);
		if (fast)
			test_flush(form, true);
	}
}

/* Halted, as an idle vCPU is that does not use the idle MSR */
static void sleeper(void *arg)
{
	u32 index = this_cpu()->index, before = irq_count(index, VEC_IPI);

	(void)arg;
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (irq_count(index, VEC_IPI) == before)
		irq_halt();
}

static void test_ipi(const char *what, u64 control, bool fast, u64 *input, u32 n)
{
	u32 i, before[TEST_MAX_VCPUS], bad = 0, status;

	for (i = 0; i < param->nr_vcpus; i++)
		before[i] = irq_count(i, VEC_IPI);
	ready = 0;
	start_each_other(sleeper, NULL);
	while (ready < param->nr_vcpus - 1)
		yield();
	pause_us(1000);
	status = hv_status(hv_call_input(control, fast, input, n));
	if (status)
		die("%s: status %u, and nobody wakes", what, status);
	wait_each_other();
	irq_window();
	for (i = 0; i < param->nr_vcpus; i++)
		bad += irq_count(i, VEC_IPI) != before[i] + 1;
	ok(!bad, "interrupts to all: %s: %u vCPUs did not get one", what, bad);
}

static void run_ipis(void)
{
	u64 mask[] = { VEC_IPI, everyone() };
	u64 set[] = { VEC_IPI, TLFS_VP_SET_SPARSE, 1, everyone() };
	u64 all[] = { VEC_IPI, TLFS_VP_SET_ALL, 0 };

	if (!uses(HVE_BIT(IPI)))
		return;
	test_ipi("mask, in registers", CODE_send_ipi, true, mask, 2);
	test_ipi("set", CODE_send_ipi_ex | VARHEAD(1), false, set, 4);
	test_ipi("the set of all", CODE_send_ipi_ex, false, all, 3);
	if (uses(HVE_BIT(XMM_INPUT)))
		test_ipi("set, in registers", CODE_send_ipi_ex | VARHEAD(1), true,
			 set, 4);
}

static volatile u32 lock;

static void hold(void *arg)
{
	(void)arg;
	lock = 1;
	pause_us(5000);
	lock = 0;
}

static void run_locks(void)
{
	u64 spins = windows.hints[HVE_EBX], result = 0;
	u32 i, calls = 0;

	if (!uses(HVE_BIT(SPINLOCKS)))
		return;
	/* The holder does not run: it sleeps in its VMM. */
	on_cpu(1, hold, NULL);
	while (!lock)
		yield();
	while (lock) {
		for (i = 0; i < spins && lock; i++)
			cpu_relax();
		result |= hv_call(CODE_long_spin_wait | TLFS_HYPERCALL_FAST, spins, 0);
		calls++;
	}
	wait_cpu(1);
	ok(calls && !result, "a lock is had after %u calls of %lu spins each", calls,
	   spins);
}

/*
 * Windows takes the VMBus for its only port, and that from ACPI. Without such a
 * device it sends nothing; this is what it would hear.
 */
static void run_ports(void)
{
	u64 *post = hv_input();

	if (!uses(HVE_BIT(SYNIC)))
		return;
	memset(post, 0, PAGE_SIZE);
	post[0] = 1;
	post[1] = 1 | 8ul << 32;
	ok(refused(hv_call_slow(CODE_post_message), TLFS_STATUS_INVALID_CONNECTION_ID),
	   "a message to a port that is not there");
	ok(refused(hv_call(CODE_signal_event | TLFS_HYPERCALL_FAST, 2, 0),
		   TLFS_STATUS_INVALID_CONNECTION_ID),
	   "a signal to one that is not there");
}

void run_calls(void)
{
	run_flushes();
	run_ipis();
	run_locks();
	run_ports();
}
