// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What this host's processor does for KVM by itself
 *
 * In: KVM's own variables and functions. Out: TLFS_HW_* and HVE_HW_*, as they
 * are for one VM at this moment, and whether the host can have two threads on a
 * core. KVM's variables are optional: one that this kernel does not have counts
 * as "no". State: where they are, set while hooks are installed, under the mutex
 * of hooks.c; valid as long as KVM's modules are pinned. Deliberately absent:
 * what follows for a guest (hv/registry.c).
 */
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/vmx.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "calls.h"
#include "compat.h"
#include "services.h"
#include "symbols.h"

static const bool *ipi_virtualization;
static const bool *two_dimensional_paging;

static const bool *find(const char *module, const char *name)
{
	char why[HVE_REASON_LEN];

	return (const bool *)hve_symbol(module, name, why, sizeof(why));
}

void hve_hardware_resolve(void)
{
	two_dimensional_paging = find("kvm", "tdp_enabled");
	/* It moved from the vendor's module, and AMD's got it then. */
	ipi_virtualization = find("kvm", "enable_ipiv");
	if (!ipi_virtualization)
		ipi_virtualization = find(hve_symbols_vendor(), "enable_ipiv");
}

static bool has_ipi_virtualization(void)
{
	if (ipi_virtualization)
		return READ_ONCE(*ipi_virtualization);
	/* AMD's before that: IPIs are virtualized wherever AVIC is. */
	return boot_cpu_has(X86_FEATURE_X2AVIC);
}

/* SVM always has them. */
static bool has_msr_bitmaps(void)
{
	u32 half[2];

	if (!boot_cpu_has(X86_FEATURE_VMX))
		return true;
	rdmsr(MSR_IA32_VMX_PROCBASED_CTLS, half[0], half[1]);
	return half[1] & CPU_BASED_USE_MSR_BITMAPS;
}

/*
 * Not on AMD's processors themselves: INVLPGA has errata, for whose sake newer KVM
 * does not use it for guests that have nested paging. Below another hypervisor
 * that one does it. Without nested paging KVM's shadow would have to follow.
 */
static bool can_flush_page(void)
{
	return boot_cpu_has(X86_FEATURE_VMX) ||
	       boot_cpu_has(X86_FEATURE_HYPERVISOR);
}

u32 hve_kvm_hardware(struct kvm *kvm)
{
	u32 found = 0;

	if (has_msr_bitmaps())
		found |= TLFS_HW_MSR_BITMAPS;
	if (two_dimensional_paging && READ_ONCE(*two_dimensional_paging))
		found |= TLFS_HW_SLAT | (can_flush_page() ? HVE_HW_FLUSH_PAGE : 0);
	if (!static_call(hve_kvm_apicv_activated)(kvm))
		return found;
	found |= TLFS_HW_APIC;
	if (has_ipi_virtualization())
		found |= HVE_HW_IPI;
	return found;
}

bool hve_kvm_smt_possible(void)
{
	return static_call(hve_cpu_smt_possible)();
}
