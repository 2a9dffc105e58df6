// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: what is recommended follows what the processor does by itself
 *
 * In: vapic, ipi and hw-features, hints not forced. Out: the APIC's MSRs are
 * recommended where the leaf of hardware features says that the APIC is not
 * virtualized, and only there; calls for IPIs can go there only.
 */
#include "hv.h"

void test_main(void)
{
	bool virtualized = hv_apic_is_virtualized();
	u32 hints[4];

	cpuid(0x40000004, 0, hints);
	diag("the processor %s the APIC", virtualized ? "virtualizes" :
	     "does not virtualize");
	ok(!(hints[0] & TLFS_HINT_APIC_MSRS) == virtualized,
	   "APIC MSRs: %s", virtualized ? "not recommended" : "recommended");
	ok(hints[0] & TLFS_HINT_CLUSTER_IPI || virtualized,
	   "calls for IPIs: %srecommended",
	   hints[0] & TLFS_HINT_CLUSTER_IPI ? "" : "not ");
}
