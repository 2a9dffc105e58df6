// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A guest that says that it crashed
 *
 * In: --arg: which way, CRASH_*; the crash feature, two vCPUs for CRASH_MANY.
 * Out: what a guest itself can see: the control MSR says what there is, and
 * crashing does not end the guest. host/test_crash.c looks at what was kept.
 */
#include "hv.h"
#include "crash.h"

static u8 *pages;

static void fill(u8 *to, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		to[i] = CRASH_BYTE(i);
}

static void say(u64 p3, u64 p4, u64 ctl)
{
	u64 p[] = { CRASH_P0, CRASH_P1, CRASH_P2, p3, p4 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		wrmsr(MSR_crash_p + i, p[i]);
	wrmsr(MSR_crash_ctl, ctl);
}

static void many(void *arg)
{
	u64 me = this_cpu()->index;
	u32 i;

	(void)arg;
	for (i = 0; i < CRASH_TIMES; i++)
		say((u64)pages + me * PAGE_SIZE, 1 + (i + me) % PAGE_SIZE,
		    TLFS_CRASH_NOTIFY | TLFS_CRASH_MESSAGE);
}

static void crash(void)
{
	const u64 both = TLFS_CRASH_NOTIFY | TLFS_CRASH_MESSAGE;

	switch (param->arg) {
	case CRASH_MESSAGE:
		/* Without the notify bit nothing happens. */
		say((u64)pages, 7, TLFS_CRASH_MESSAGE);
		say((u64)pages, CRASH_LEN, both);
		break;
	case CRASH_PLAIN:
		say((u64)pages, CRASH_LEN, TLFS_CRASH_NOTIFY);
		break;
	case CRASH_RESERVED:
		say((u64)pages, CRASH_LEN, ~0ul);
		break;
	case CRASH_LONG:
		say((u64)pages + 100, 3 * PAGE_SIZE, both);
		break;
	case CRASH_EMPTY:
		say((u64)pages, 0, both);
		break;
	case CRASH_NOWHERE:
		say(1ul << 35, CRASH_LEN, both);
		break;
	case CRASH_EDGE:
		say(param->memory - 8, 16, both);
		break;
	case CRASH_WILD:
		say(~0ul - 8, ~0ul, both);
		break;
	case CRASH_MANY:
		start_each_other(many, NULL);
		many(NULL);
		wait_each_other();
		break;
	case CRASH_NOT:
		say((u64)pages, CRASH_LEN, 0);
		break;
	}
}

void test_main(void)
{
	u64 want = TLFS_CRASH_NOTIFY | TLFS_CRASH_MESSAGE;

	pages = alloc_pages(4);
	fill(param->arg == CRASH_LONG ? pages + 100 : pages, 2 * PAGE_SIZE);
	ok(rdmsr(MSR_crash_ctl) == want, "what there is: 0x%lx",
	   rdmsr(MSR_crash_ctl));
	crash();
	ok(rdmsr(MSR_crash_ctl) == want, "the guest goes on");
	ok(rdmsr(MSR_crash_p) == CRASH_P0 && rdmsr(MSR_crash_p + 2) == CRASH_P2,
	   "parameters are as they were");
}
