// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: pages that lie over memory, on one another, and where there is none
 *
 * In: --holes; hypercall and assist page always, TSC page, SIMP and SIEFP where
 * served. Out: for each kind, and for each pair in both orders: the one placed
 * last is seen, whichever of the two moves or goes, and in the end memory is as it
 * was. On read-only memory and on a device every MSR is taken, nothing is seen and
 * nothing breaks. A covered assist page is not written to from outside.
 */
#include "hv.h"

#define PATTERN		0x3e
#define MARK_AT		100u
#define VECTOR		0x53u
#define SELF		(1ul << 18)

enum kind { HYPERCALL, TSC, ASSIST, SIMP, SIEFP, NR_KINDS };

static const char * const names[] = {
	"hypercall", "TSC", "assist", "SIMP", "SIEFP"
};

static const u32 msrs[] = {
	MSR_hypercall, MSR_reference_tsc, MSR_vp_assist_page, MSR_simp, MSR_siefp
};

static u8 *p, *q;		/* two pages of plain memory */

static bool usable(enum kind kind)
{
	static const u64 needs[] = {
		0, HVE_BIT(TIME), 0, HVE_BIT(SYNIC), HVE_BIT(SYNIC)
	};

	return hv_serves(needs[kind]);
}

static bool rest_is(const volatile u8 *page, u32 from, u8 with)
{
	for (; from < PAGE_SIZE; from++)
		if (page[from] != with)
			return false;
	return true;
}

/* Pages that begin empty are told apart by what the guest writes into them */
static bool is_marked(enum kind kind)
{
	return kind != HYPERCALL && kind != TSC;
}

static bool shows(enum kind kind, const u8 *at)
{
	const volatile u8 *page = at;

	if (kind == HYPERCALL)
		return page[0] == 0x0f && page[1] == 0x01 && page[3] == 0xc3 &&
		       rest_is(page, 4, 0xcc);
	if (kind == TSC)
		return *(volatile u32 *)page && *(volatile u64 *)(page + 8) &&
		       rest_is(page, sizeof(struct tlfs_reference_tsc_page), 0);
	return !page[0] && page[MARK_AT] == kind && rest_is(page, MARK_AT + 1, 0);
}

static bool is_memory(const u8 *page)
{
	return is_filled(page, PATTERN);
}

static void move(enum kind kind, u8 *page)
{
	wrmsr(msrs[kind], (u64)page | TLFS_MSR_ENABLE);
	/* What an assist page held does not move with it. */
	if (kind == ASSIST && page[0] == 0)
		page[MARK_AT] = kind;
	barrier();
}

static void place(enum kind kind, u8 *page)
{
	move(kind, page);
	if (is_marked(kind)) {
		memset(page, 0, PAGE_SIZE);
		page[MARK_AT] = kind;
	}
	barrier();
}

static void off(enum kind kind)
{
	wrmsr(msrs[kind], 0);
	barrier();
}

static void test_alone(enum kind kind)
{
	bool good;

	place(kind, p);
	good = shows(kind, p);
	wrmsr(msrs[kind], rdmsr(msrs[kind]));
	good &= kind == ASSIST || shows(kind, p);
	place(kind, p);
	move(kind, q);
	ok(good && is_memory(p) && shows(kind, q), "%s: placed twice and moved",
	   names[kind]);
	off(kind);
	ok(is_memory(p) && is_memory(q), "%s: disabled: memory is back", names[kind]);
}

/* @how: bit 0: the lower one is touched, else the upper; bit 1: moved, else off */
static void test_pair(enum kind lower, enum kind upper, u32 how)
{
	static const char * const hows[] = {
		"the upper one goes", "the lower one goes",
		"the upper one moves", "the lower one moves"
	};
	enum kind touched = how & 1 ? lower : upper;
	enum kind left = how & 1 ? upper : lower;
	bool good;

	place(lower, p);
	place(upper, p);
	good = shows(upper, p);
	if (how & 2)
		move(touched, q);
	else
		off(touched);
	good &= shows(left, p);
	good &= how & 2 ? shows(touched, q) : is_memory(q);
	off(left);
	good &= is_memory(p);
	off(touched);
	ok(good && is_memory(p) && is_memory(q), "%s below %s: %s", names[lower],
	   names[upper], hows[how]);
}

static void test_three(enum kind a, enum kind b, enum kind c)
{
	bool good;

	place(a, p);
	place(b, p);
	place(c, p);
	off(b);
	good = shows(c, p);
	off(c);
	good &= shows(a, p);
	off(a);
	ok(good && is_memory(p), "%s below %s below %s: the middle goes first",
	   names[a], names[b], names[c]);
}

/* @page cannot be written: it stays @byte, and what left memory is gone there */
static void test_nowhere(enum kind kind, u8 *page, u8 byte, const char *what)
{
	bool good;

	good = wrmsr_safe(msrs[kind], (u64)page | TLFS_MSR_ENABLE) == NO_FAULT &&
	       rdmsr(msrs[kind]) == ((u64)page | TLFS_MSR_ENABLE);
	good &= page[0] == byte && page[MARK_AT] == byte;
	place(kind, p);
	good &= shows(kind, p);
	move(kind, page);
	good &= is_memory(p) && page[0] == byte && page[MARK_AT] == byte;
	off(kind);
	ok(good && page[0] == byte && is_memory(p), "%s on %s: taken, and not seen",
	   names[kind], what);
}

static void test_nowhere_both(enum kind a, enum kind b, u8 *page, u8 byte)
{
	bool good;

	wrmsr(msrs[a], (u64)page | TLFS_MSR_ENABLE);
	wrmsr(msrs[b], (u64)page | TLFS_MSR_ENABLE);
	move(a, p);
	good = !is_memory(p) && page[0] == byte;
	off(b);
	off(a);
	ok(good && page[0] == byte && is_memory(p), "%s and %s where nothing can be",
	   names[a], names[b]);
}

static void on_irq(struct regs *regs)
{
	(void)regs;
	irq_eoi();
}

/* KVM writes its mark by itself: not into what lies above the assist page */
static void test_marks(void)
{
	u32 i, before;

	if (!hv_serves(HVE_BIT(VAPIC)))
		return;
	irq_handler(VECTOR, on_irq);
	place(ASSIST, p);
	place(HYPERCALL, p);
	before = irq_count(0, VECTOR);
	for (i = 0; i < 20; i++) {
		wrmsr(MSR_icr, SELF | VECTOR);
		irq_window();
	}
	ok(irq_count(0, VECTOR) == before + 20 && shows(HYPERCALL, p),
	   "a covered assist page: 20 interrupts, the page above is untouched (%02x)",
	   p[0]);
	off(HYPERCALL);
	ok(shows(ASSIST, p), "and the assist page itself");
	off(ASSIST);
	ok(is_memory(p), "and memory");
}

void test_main(void)
{
	u32 a, b, how;

	p = alloc_pages(1);
	q = alloc_pages(1);
	memset(p, PATTERN, PAGE_SIZE);
	memset(q, PATTERN, PAGE_SIZE);
	wrmsr(MSR_guest_os_id, OS_ID);
	for (a = 0; a < NR_KINDS; a++) {
		if (!usable(a))
			continue;
		test_alone(a);
		test_nowhere(a, (u8 *)GPA_READONLY, READONLY_BYTE, "read-only memory");
		test_nowhere(a, (u8 *)GPA_DEVICE, DEVICE_BYTE, "a device");
		for (b = 0; b < NR_KINDS; b++) {
			if (a == b || !usable(b))
				continue;
			for (how = 0; how < 4; how++)
				test_pair(a, b, how);
			test_nowhere_both(a, b, (u8 *)GPA_READONLY, READONLY_BYTE);
			test_nowhere_both(a, b, (u8 *)GPA_DEVICE, DEVICE_BYTE);
		}
	}
	if (usable(TSC))
		test_three(ASSIST, TSC, HYPERCALL);
	if (usable(SIMP))
		test_three(SIMP, HYPERCALL, SIEFP);
	test_marks();
}
