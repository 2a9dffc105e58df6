// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: every MSR row of the registry
 *
 * In: any configuration, one vCPU or more. Out: for each MSR row: with its
 * feature off every access is #GP; with it on, reads and writes as its access
 * says, each reserved bit is #GP, values are kept for the VM or for the VP.
 * Every number that no row has is #GP. A new row without a sample value here
 * still gets all but the test of kept values.
 */
#include "hv.h"

static const struct row {
	const char *name;
	u64 rsvdz;
	u32 number;
	u32 feature;
	u32 access;
	u32 scope;
	u32 count;
} rows[] = {
#define HVE_MSR(name, id, number, access, scope, rsvdz)			\
	{ #name, (rsvdz), (number), HVE_F_##id, HVE_##access, HVE_##scope, 1 },
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz)		\
	{ #name, (rsvdz), (number), HVE_F_##id, HVE_##access,		\
	  HVE_##scope, (count) },
#include <hve/enlightenments.def>
};

#define SELF_IPI	0x40		/* vector of the ICR sample */

static void *page;

/* Something that may be written, or 0 */
static u64 sample(u32 number)
{
	switch (number) {
	case MSR_guest_os_id:
		return OS_ID;
	case MSR_hypercall:
	case MSR_vp_assist_page:
	case MSR_reference_tsc:
	case MSR_siefp:
	case MSR_simp:
	case MSR_sirbp:
	case MSR_syndbg_send_buffer:
	case MSR_syndbg_receive_buffer:
	case MSR_syndbg_pending_buffer:
		return (u64)page | TLFS_MSR_ENABLE;
	case MSR_crash_p ... MSR_crash_p + HVE_CRASH_PARAMS - 1:
		return ~0ul - number;
	case MSR_reenlightenment_control:
		return 1ul << 32 | TLFS_REENLIGHTENMENT_ENABLE | 0x51;
	case MSR_tsc_emulation_control:
		return 1;
	case MSR_icr:
		return 1ul << 18 | SELF_IPI;
	case MSR_tpr:
		return 0x30;
	case MSR_syndbg_control:
	case MSR_syndbg_status:
	case MSR_syndbg_options:
		return ~0ul << 32 | TLFS_SYNDBG_USE_CALLS;
	case MSR_scontrol:
		return TLFS_SYNIC_ENABLE;
	case MSR_sint ... MSR_sint + TLFS_SINT_COUNT - 1:
		return TLFS_SINT_MASKED | 0x50;
	default:
		return 0;
	}
}

static void test_off(const struct row *row)
{
	u64 value;

	ok(rdmsr_safe(row->number, &value) == VEC_GP, "%s off: reading is #GP",
	   row->name);
	ok(wrmsr_safe(row->number, sample(row->number)) == VEC_GP,
	   "%s off: writing is #GP", row->name);
}

static void test_reserved(const struct row *row)
{
	u64 taken = 0;
	u32 bit;

	for (bit = 0; bit < 64; bit++) {
		u64 mask = row->rsvdz & 1ul << bit;

		if (mask && wrmsr_safe(row->number, sample(row->number) | mask) !=
			    VEC_GP)
			taken |= mask;
	}
	ok(!taken, "%s: reserved bits 0x%lx are #GP (taken: 0x%lx)", row->name,
	   row->rsvdz, taken);
}

struct elsewhere {
	u32 number;
	u64 value;
};

static void read_elsewhere(void *arg)
{
	struct elsewhere *e = arg;

	e->value = rdmsr(e->number);
}

static void test_kept(const struct row *row)
{
	struct elsewhere e = { .number = row->number };
	u64 value, want = sample(row->number), before = 0;

	if (!want || row->access != HVE_RW)
		return;
	if (param->nr_vcpus > 1) {
		on_cpu(1, read_elsewhere, &e);
		wait_cpu(1);
		before = e.value;
	}
	ok(wrmsr_safe(row->number, want) == NO_FAULT && rdmsr(row->number) == want,
	   "%s keeps 0x%lx", row->name, want);
	if (param->nr_vcpus > 1) {
		on_cpu(1, read_elsewhere, &e);
		wait_cpu(1);
		value = row->scope == HVE_VM ? want : before;
		ok(e.value == value, "%s: another vCPU reads 0x%lx, as its scope %s",
		   row->name, e.value, row->scope == HVE_VM ? "VM" : "VP");
	}
	if (row->number == MSR_guest_os_id)
		return;
	if (row->number != MSR_icr)
		wrmsr(row->number, row->number - MSR_sint < TLFS_SINT_COUNT ?
		      TLFS_SINT_MASKED : 0);
	irq_window();
}

static void test_on(const struct row *row)
{
	u32 fault, first;
	u64 value;

	first = fault = rdmsr_safe(row->number, &value);
	ok(fault == (row->access & HVE_RO ? NO_FAULT : VEC_GP),
	   "%s on: reading %s", row->name,
	   row->access & HVE_RO ? "works" : "is #GP");
	fault = wrmsr_safe(row->number, row->access & HVE_RO ? value : 0);
	ok(fault == (row->access & HVE_WO ? NO_FAULT : VEC_GP),
	   "%s on: writing %s", row->name,
	   row->access & HVE_WO ? "works" : "is #GP");
	if (row->rsvdz && row->access & HVE_WO)
		test_reserved(row);
	if (first == NO_FAULT && fault == NO_FAULT)
		test_kept(row);
}

static bool listed(u32 number)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (number - rows[i].number < rows[i].count)
			return true;
	return false;
}

static void test_unlisted(void)
{
	u32 number, bad = 0;
	u64 value;

	for (number = HVE_MSR_BASE; number < HVE_MSR_BASE + HVE_MSR_SPAN;
	     number++) {
		if (listed(number))
			continue;
		if (rdmsr_safe(number, &value) == VEC_GP &&
		    wrmsr_safe(number, 0) == VEC_GP)
			continue;
		if (bad++ < 8)
			diag("MSR 0x%x answers without a row", number);
	}
	ok(!bad, "no other MSR answers");
}

void test_main(void)
{
	u32 i, n;

	page = alloc_pages(1);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (n = 0; n < rows[i].count; n++) {
			struct row row = rows[i];

			row.number += n;
			if (hv_serves(1ul << row.feature))
				test_on(&row);
			else
				test_off(&row);
		}
	}
	ok(irq_count(0, SELF_IPI) == (hv_serves(HVE_BIT(VAPIC)) ? 1 : 0),
	   "the self-IPI through the ICR arrived once, if served");
	test_unlisted();
}
