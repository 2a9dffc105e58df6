// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the leaf of hardware features
 *
 * In: the hw-features feature or not; --arg: which of MSR bitmaps and second
 * level translation the host has, as bits of the leaf. Out: with it the first
 * leaf counts one more, and the leaf says these two; without it the leaf is
 * neither counted nor there. It says that the guest is not nested, always.
 */
#include "hv.h"

#define TESTED		(TLFS_HW_MSR_BITMAPS | TLFS_HW_SLAT)
#define LEVEL		(0xfu << 10)

static volatile u32 differing;

static void compare(void *arg)
{
	u32 reg[4];

	cpuid(0x40000006, 0, reg);
	if (memcmp(reg, arg, sizeof(reg)))
		__atomic_add_fetch(&differing, 1, __ATOMIC_SEQ_CST);
}

void test_main(void)
{
	bool on = hv_serves(HVE_BIT(HW_FEATURES));
	u32 first[4], reg[4];

	cpuid(0x40000000, 0, first);
	ok(first[0] == (on ? 0x40000006 : 0x40000005), "highest leaf 0x%x",
	   first[0]);
	cpuid(0x40000006, 0, reg);
	ok((reg[0] & TESTED) == (on ? param->arg : 0), "leaf 6: 0x%x", reg[0]);
	ok(on || !reg[0], "nothing without it");
	ok(!(reg[0] & LEVEL) && !reg[1] && !reg[2] && !reg[3], "nothing else");
	on_each_other(compare, reg);
	ok(!differing, "every vCPU sees the same");
}
