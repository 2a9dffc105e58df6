// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: interrupts by hypercall reach exactly their targets
 *
 * In: 1 to 240 vCPUs, the ipi feature. Out: for each way to make the call and
 * each set of targets one vector of its own; at the end every vCPU takes what is
 * pending and must have each vector once or not at all. Then halted targets wake.
 * With --arg 1 the local APICs are in xAPIC mode, else in x2APIC mode.
 */
#include "hv.h"

#define BANKS		((TEST_MAX_VCPUS + 63) / 64)
#define FIRST		0x20u
#define WAKE		0x90u
#define VTL		0x91u

enum form { SIMPLE, SIMPLE_FAST, EX, EX_FAST, NR_FORMS };

static const char * const form_names[] = {
	"simple", "simple fast", "ex", "ex fast"
};

struct set {
	const char *name;
	u64 banks[BANKS];
	u64 valid;		/* 0: those that are not empty */
	bool all;		/* the format for all VPs */
};

#define ONE(vp) [(vp) / 64] = 1ul << ((vp) % 64)

static const struct set sets[] = {
	{ "nobody", { 0 }, 0, false },
	{ "the sender", { ONE(0) }, 0, false },
	{ "VP 1", { ONE(1) }, 0, false },
	{ "every second VP", { 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa,
	  0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa }, 0, false },
	{ "VPs 63, 64 and 130", { 1ul << 63, 1, 4 }, 0, false },
	{ "VP 199 behind empty banks", { 0, 0, 0, 0x80 }, 0xf, false },
	{ "every VP of the first four banks", { ~0ul, ~0ul, ~0ul, ~0ul }, 0, false },
	{ "all", { ~0ul, ~0ul, ~0ul, ~0ul }, 0, true },
};

static bool usable(enum form form, const struct set *set)
{
	u32 i;

	if (form == EX_FAST && !hv_serves(HVE_BIT(XMM_INPUT)))
		return false;
	if (form >= EX)
		return true;
	for (i = 1; i < BANKS; i++)
		if (set->banks[i])
			return false;
	return !set->all && !set->valid;
}

static u64 send(enum form form, u64 vector, const struct set *set)
{
	u64 input[3 + BANKS] = { vector };
	u32 i, n = 3;

	if (form < EX) {
		input[1] = set->banks[0];
		return hv_call_input(CODE_send_ipi, form == SIMPLE_FAST, input, 2);
	}
	input[1] = set->all ? TLFS_VP_SET_ALL : TLFS_VP_SET_SPARSE;
	for (i = 0; i < BANKS && !set->all; i++) {
		if (!set->banks[i] && !(set->valid & 1ul << i))
			continue;
		input[2] |= 1ul << i;
		input[n++] = set->banks[i];
	}
	return hv_call_input(CODE_send_ipi_ex | VARHEAD(n - 3), form == EX_FAST,
			     input, n);
}

static void take(void *arg)
{
	(void)arg;
	irq_window();
}

static u32 wrong(u32 vector, const struct set *set)
{
	u32 i, bad = 0;

	for (i = 0; i < param->nr_vcpus; i++) {
		u32 want = set->banks[i / 64] >> (i % 64) & 1;

		if (irq_count(i, vector) == want)
			continue;
		if (bad++ < 4)
			diag("VP %u: %u of %u", i, irq_count(i, vector), want);
	}
	return bad;
}

static void test_targets(void)
{
	u32 form, i, vector = FIRST;

	for (form = 0; form < NR_FORMS; form++) {
		for (i = 0; i < ARRAY_SIZE(sets); i++) {
			u32 status;

			if (!usable(form, &sets[i]))
				continue;
			status = hv_status(send(form, vector++, &sets[i]));
			if (status)
				ok(false, "%s to %s: status 0x%x",
				   form_names[form], sets[i].name, status);
		}
	}
	irq_window();
	on_each_other(take, NULL);
	vector = FIRST;
	for (form = 0; form < NR_FORMS; form++)
		for (i = 0; i < ARRAY_SIZE(sets); i++)
			if (usable(form, &sets[i]))
				ok(!wrong(vector++, &sets[i]), "%s to %s",
				   form_names[form], sets[i].name);
}

static void refused(enum form form, u64 vector)
{
	u32 status = hv_status(send(form, vector, &sets[1]));

	ok(status == TLFS_STATUS_INVALID_HYPERCALL_INPUT ||
	   status == TLFS_STATUS_INVALID_PARAMETER,
	   "%s: vector 0x%lx is refused (got 0x%x)", form_names[form], vector,
	   status);
}

static void test_vectors(void)
{
	u32 form;

	for (form = 0; form < NR_FORMS; form++) {
		if (!usable(form, &sets[1]))
			continue;
		refused(form, 0);
		refused(form, 0xf);
		refused(form, 0x100);
		refused(form, 0xffffffff);
	}
	ok(!hv_status(send(SIMPLE, 0x10, &sets[1])), "vector 0x10 is taken");
	ok(!hv_status(send(SIMPLE, 0xfe, &sets[1])), "vector 0xfe is taken");
	irq_window();
	ok(irq_count(0, 0x10) == 1 && irq_count(0, 0xfe) == 1, "and both arrive");
}

/* Level 0, named or not, is the only one; KVM wants a register to be empty. */
static u32 status_of_vtl(enum form form, u32 vtl)
{
	if (param->flags & TEST_KVM_OWN)
		return form == SIMPLE_FAST && vtl ?
		       TLFS_STATUS_INVALID_HYPERCALL_INPUT : 0;
	return hv_vtl_is_0(vtl) ? 0 : TLFS_STATUS_INVALID_PARAMETER;
}

static void test_vtl(void)
{
	u32 vtl, bad = 0, taken = 0;
	enum form form;

	for (vtl = 0; vtl < 256; vtl++) {
		for (form = SIMPLE; form <= SIMPLE_FAST; form++) {
			bad += hv_status(send(form, VTL | (u64)vtl << 32,
					      &sets[1])) !=
			       status_of_vtl(form, vtl);
			irq_window();
			taken += !status_of_vtl(form, vtl);
		}
	}
	ok(!bad && irq_count(0, VTL) == taken,
	   "of 512 calls with any level %u are done (%u wrong)", taken, bad);
}

/* A set whose format nobody knows, or that lacks the banks that it names */
static void test_bad_sets(void)
{
	u64 input[6] = { 0x90, 2, 1, 1 };
	u32 status;

	status = hv_status(hv_call_input(CODE_send_ipi_ex | VARHEAD(1), false,
					 input, 4));
	ok(status == TLFS_STATUS_INVALID_HYPERCALL_INPUT ||
	   status == TLFS_STATUS_INVALID_PARAMETER,
	   "an unknown set format is refused (got 0x%x)", status);
	input[1] = TLFS_VP_SET_SPARSE;
	input[2] = 3;
	status = hv_status(hv_call_input(CODE_send_ipi_ex | VARHEAD(1), false,
					 input, 4));
	ok(status == TLFS_STATUS_INVALID_HYPERCALL_INPUT,
	   "two banks named, one given: status 3 (got 0x%x)", status);
	input[2] = ~0ul;
	status = hv_status(hv_call_input(CODE_send_ipi_ex | VARHEAD(64), false,
					 input, 4));
	ok(!status, "64 banks are taken (got 0x%x)", status);
}

static volatile u32 halted;

static void halt(void *arg)
{
	(void)arg;
	__atomic_add_fetch(&halted, 1, __ATOMIC_SEQ_CST);
	while (!irq_count(this_cpu()->index, WAKE))
		irq_halt();
}

static void test_halted(void)
{
	static const struct set others = {
		"others", { ~1ul, ~0ul, ~0ul, ~0ul }, 0, false
	};
	u32 i, bad = 0;

	if (param->nr_vcpus == 1) {
		skip("one vCPU has nobody to wake");
		return;
	}
	start_each_other(halt, NULL);
	while (halted < param->nr_vcpus - 1)
		yield();
	pause_us(1000);
	ok(!hv_status(send(EX, WAKE, &others)), "sent to halted vCPUs");
	wait_each_other();
	for (i = 0; i < param->nr_vcpus; i++)
		bad += irq_count(i, WAKE) != !!i;
	ok(!bad, "each of them woke, the sender got none");
}

static void to_x2apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

void test_main(void)
{
	hv_setup();
	if (!param->arg) {
		to_x2apic(NULL);
		on_each_other(to_x2apic, NULL);
	}
	test_targets();
	test_vectors();
	test_vtl();
	test_bad_sets();
	test_halted();
}
