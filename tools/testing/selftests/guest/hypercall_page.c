// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the hypercall page and the guest OS id
 *
 * In: two vCPUs. Out: what the page holds, when it can be enabled, that what RAM
 * held comes back when the page moves or goes, that an address outside the
 * guest's space is #GP, that two vCPUs moving it leave it in one place, and,
 * last because it cannot be undone, the Locked bit.
 */
#include "hv.h"

#define PATTERN		0xa5
#define RACES		200u

static u8 *pages[3];

static void set(u64 value)
{
	wrmsr(MSR_hypercall, value);
}

static u64 at(u32 i)
{
	return (u64)pages[i] | TLFS_MSR_ENABLE;
}

static bool is_hypercall_page(const volatile u8 *page)
{
	u32 i, call = cpu_is_intel() ? 0xc1 : 0xd9;

	if (page[0] != 0x0f || page[1] != 0x01 || page[2] != call ||
	    page[3] != 0xc3)
		return false;
	for (i = 4; i < PAGE_SIZE; i++)
		if (page[i] != 0xcc)
			return false;
	return true;
}

static void test_enable(void)
{
	ok(rdmsr(MSR_guest_os_id) == 0 && rdmsr(MSR_hypercall) == 0,
	   "both MSRs begin as 0");
	ok(wrmsr_safe(MSR_hypercall, at(0)) == NO_FAULT &&
	   !(rdmsr(MSR_hypercall) & TLFS_MSR_ENABLE),
	   "without a guest OS id it stays disabled");
	ok(is_filled(pages[0], PATTERN), "and RAM stays as it is");
	wrmsr(MSR_guest_os_id, OS_ID);
	set(at(0));
	ok(rdmsr(MSR_hypercall) == at(0), "with one it is enabled");
	ok(is_hypercall_page(pages[0]),
	   "it holds the call, RET and int3 to its end (%02x %02x %02x %02x %02x)",
	   pages[0][0], pages[0][1], pages[0][2], pages[0][3], pages[0][4]);
	hv_page = pages[0];
	ok(hv_status(hv_call(0xfff | TLFS_HYPERCALL_FAST, 0, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_CODE, "calling it works");
}

static void test_move(void)
{
	set(at(1));
	ok(is_filled(pages[0], PATTERN), "moved: what RAM held is back");
	ok(is_hypercall_page(pages[1]), "moved: the new page is there");
	set(at(1) & ~TLFS_MSR_ENABLE);
	ok(is_filled(pages[1], PATTERN), "disabled: what RAM held is back");
	ok(!(rdmsr(MSR_hypercall) & TLFS_MSR_ENABLE), "disabled: so the MSR says");
	set(at(0));
	wrmsr(MSR_guest_os_id, 0);
	ok(!(rdmsr(MSR_hypercall) & TLFS_MSR_ENABLE), "OS id 0 disables it");
	ok(is_filled(pages[0], PATTERN), "OS id 0: what RAM held is back");
	wrmsr(MSR_guest_os_id, OS_ID);
	ok(!(rdmsr(MSR_hypercall) & TLFS_MSR_ENABLE), "a new OS id does not enable it");
}

static void test_outside(void)
{
	u32 width[4];
	u64 value, beyond;

	cpuid(0x80000008, 0, width);
	beyond = 1ul << (width[0] & 0xff);
	set(at(0));
	ok(wrmsr_safe(MSR_hypercall, beyond | TLFS_MSR_ENABLE) == VEC_GP,
	   "beyond the address space (0x%lx) is #GP", beyond);
	ok(rdmsr_safe(MSR_hypercall, &value) == NO_FAULT && value == at(0) &&
	   is_hypercall_page(pages[0]), "and changes nothing");
	set(0);
}

static volatile u32 ready;

static void race(void *arg)
{
	u64 mine = (u64)arg;
	u32 i;

	meet(&ready, 2);
	for (i = 0; i < RACES; i++)
		set(at(mine));
}

static void test_race(void)
{
	u64 value;
	u32 where;

	if (param->nr_vcpus < 2) {
		skip("one vCPU cannot race");
		return;
	}
	on_cpu(1, race, (void *)1ul);
	race((void *)0ul);
	wait_cpu(1);
	value = rdmsr(MSR_hypercall);
	where = value == at(1);
	ok(value == at(where), "two vCPUs moving it: in one place");
	ok(is_hypercall_page(pages[where]), "and it is there");
	ok(is_filled(pages[!where], PATTERN), "and nowhere else");
	set(0);
	ok(is_filled(pages[0], PATTERN) && is_filled(pages[1], PATTERN),
	   "and both come back");
}

static void test_lock(void)
{
	u64 locked = at(2) | TLFS_MSR_HYPERCALL_LOCKED;

	set(locked);
	ok(rdmsr(MSR_hypercall) == locked && is_hypercall_page(pages[2]),
	   "locked and enabled");
	ok(wrmsr_safe(MSR_hypercall, at(0)) == VEC_GP, "locked: moving is #GP");
	ok(wrmsr_safe(MSR_hypercall, 0) == VEC_GP, "locked: disabling is #GP");
	ok(rdmsr(MSR_hypercall) == locked && is_hypercall_page(pages[2]) &&
	   is_filled(pages[0], PATTERN), "locked: nothing changed");
}

void test_main(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_pages(1);
		memset(pages[i], PATTERN, PAGE_SIZE);
	}
	test_enable();
	test_move();
	test_outside();
	test_race();
	test_lock();
}
