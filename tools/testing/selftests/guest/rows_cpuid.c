// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: CPUID says what is configured and nothing else
 *
 * In: any configuration. Out: for each FEATURE and CPUID row of the registry
 * whether exactly its bits are set; the identity leaves; where the VMM's own
 * leaves went. The expected bits are computed here from the rows, not by the
 * function that the module uses.
 */
#include "hv.h"

static const struct row {
	const char *name;
	u32 feature;
	u32 leaf;
	u32 reg;
	u32 bits;
} rows[] = {
#define HVE_CPUID(id, leaf, reg, bits)					\
	{ #id, HVE_F_##id, (leaf), HVE_##reg, (bits) },
#include <hve/enlightenments.def>
};

static bool wanted(u32 feature)
{
	return hv_serves(1ul << feature);
}

/* Bits may be shared between rows: all that are wanted, and no others */
static u32 expected(u32 leaf, u32 reg)
{
	u32 i, bits = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].leaf == leaf && rows[i].reg == reg &&
		    wanted(rows[i].feature))
			bits |= rows[i].bits;
	return bits;
}

static void test_row(const struct row *row)
{
	u32 reg[4], left;

	cpuid(row->leaf, 0, reg);
	left = row->bits & expected(row->leaf, row->reg);
	ok((reg[row->reg] & row->bits) == left,
	   "%s %s: leaf 0x%x register %u has 0x%x of 0x%x", row->name,
	   wanted(row->feature) ? "on" : "off", row->leaf, row->reg,
	   reg[row->reg] & row->bits, row->bits);
}

static void test_leaf(u32 leaf)
{
	u32 reg[4], i, last = leaf == 0x40000004 ? HVE_EAX : HVE_EDX;

	cpuid(leaf, 0, reg);
	for (i = HVE_EAX; i <= last; i++)
		ok(reg[i] == expected(leaf, i),
		   "leaf 0x%x register %u is 0x%x, nothing unconfigured", leaf,
		   i, reg[i]);
}

static void test_identity(void)
{
	u32 reg[4];

	cpuid(0x40000000, 0, reg);
	ok(hv_serves(HVE_BIT(SYNDBG)) ? reg[0] == 0x40000082 :
	   reg[0] >= 0x40000005 && reg[0] < HVE_CPUID_DEBUG,
	   "highest leaf 0x%x", reg[0]);
	ok(reg[1] == 0x7263694d && reg[2] == 0x666f736f && reg[3] == 0x76482074,
	   "vendor is \"Microsoft Hv\"");
	cpuid(0x40000001, 0, reg);
	ok(reg[0] == TLFS_INTERFACE_SIGNATURE, "interface is Hv#1");
	cpuid(0x40000004, 0, reg);
	ok(reg[1] == (hv_serves(HVE_BIT(SPINLOCKS)) ? param->spinlock_retries :
		      0xffffffff), "spinlock retries 0x%x", reg[1]);
	cpuid(0x40000005, 0, reg);
	ok(reg[0] >= param->nr_vcpus, "room for %u VPs", reg[0]);
	if (!(param->flags & TEST_HVE))
		return;
	cpuid(0x40000100, 0, reg);
	if (param->arg)
		ok(reg[1] != 0x4b4d564b, "the VMM's leaves are hidden");
	else
		ok(reg[0] >= 0x40000101 && reg[0] < 0x40000200 &&
		   reg[1] == 0x4b4d564b && reg[2] == 0x564b4d56 &&
		   reg[3] == 0x4d,
		   "the VMM's leaves are at 0x40000100 (0x%x 0x%x 0x%x 0x%x)",
		   reg[0], reg[1], reg[2], reg[3]);
}

static volatile u32 differing;

static void compare(void *arg)
{
	u32 (*leaves)[4] = arg, reg[4], i;

	for (i = 0; i < HVE_CPUID_LEAVES; i++) {
		cpuid(hve_cpuid_number(i), 0, reg);
		if (memcmp(reg, leaves[i], sizeof(reg)))
			__atomic_add_fetch(&differing, 1, __ATOMIC_SEQ_CST);
	}
}

void test_main(void)
{
	static u32 leaves[HVE_CPUID_LEAVES][4];
	u32 i;

	test_identity();
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_leaf(0x40000003);
	test_leaf(0x40000004);
	for (i = HVE_CPUID_FIRST; i < HVE_CPUID_LEAVES; i++)
		test_leaf(hve_cpuid_number(i));
	for (i = 0; i < ARRAY_SIZE(leaves); i++)
		cpuid(hve_cpuid_number(i), 0, leaves[i]);
	on_each_other(compare, leaves);
	ok(!differing, "every vCPU sees the same");
}
