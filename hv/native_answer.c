// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: what a VMM is told there is
 *
 * In: KVM_CHECK_EXTENSION, KVM_GET_SUPPORTED_HV_CPUID, KVM_GET_MSR_INDEX_LIST.
 * Out: capabilities, leaves and MSRs as the newest KVM has them, on every kernel:
 * the leaves are those of the features that KVM has too, with what it has beside
 * the TLFS. What is nested is answered as not there, but for one hint. Owns no
 * state, takes no lock. What the VMM makes of it is in native.c.
 */
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/string.h>
#include "kvm/services.h"
#include "native.h"

/* KVM does not have these, or not as something that a VMM can choose. */
#define NOT_OFFERED	(HVE_BIT(GUEST_IDLE) | HVE_BIT(VP_INDEX_CALLS) |	\
			 HVE_BIT(XMM_OUTPUT) | HVE_BIT(HW_FEATURES) |	\
			 HVE_BIT(AVIC) | HVE_BIT(SYNDBG))

int hve_native_extension(long extension)
{
	switch (extension) {
	case KVM_CAP_HYPERV:
	case KVM_CAP_HYPERV_VAPIC:
	case KVM_CAP_HYPERV_SPIN:
	case KVM_CAP_HYPERV_TIME:
	case KVM_CAP_HYPERV_SYNIC:
	case KVM_CAP_HYPERV_SYNIC2:
	case KVM_CAP_HYPERV_VP_INDEX:
	case KVM_CAP_HYPERV_EVENTFD:
	case KVM_CAP_HYPERV_TLBFLUSH:
	case KVM_CAP_HYPERV_SEND_IPI:
	case KVM_CAP_HYPERV_CPUID:
	case KVM_CAP_HYPERV_ENFORCE_CPUID:
	case KVM_CAP_SYS_HYPERV_CPUID:
		return 1;
	case KVM_CAP_HYPERV_ENLIGHTENED_VMCS:
	case KVM_CAP_HYPERV_DIRECT_TLBFLUSH:
		return 0;
	default:
		return -EINVAL;
	}
}

u64 hve_native_features(bool lapic)
{
	u64 features = hve_all_features() & ~NOT_OFFERED;

	if (hve_kvm_smt_possible())
		features &= ~HVE_BIT(NO_CORESHARING);
	if (!lapic)
		features &= ~(HVE_BIT(STIMER_DIRECT) | HVE_BIT(IPI));
	return features;
}

/* What KVM calls itself, and 10.0.14393, whose features it has */
static const char vendor[] = "Linux KVM Hv";
#define VERSION_BUILD		0x3839u
#define VERSION			0x000a0000u
/* What Hyper-V of that version recommends */
#define SPINLOCK_RETRIES	0xfffu
/* Bits that the registry adds to features, and KVM does not */
#define NOT_KVMS_EDX		(1u << 17 | 1u << 18)

static void name_vendor(u32 reg[4], u32 highest)
{
	reg[HVE_EAX] = highest;
	memcpy(&reg[HVE_EBX], vendor, 3 * sizeof(u32));
}

void hve_native_leaves(u64 features, u32 max_vcpus,
		       struct hve_native_leaf leaf[HVE_NATIVE_LEAVES])
{
	static const u32 numbers[HVE_NATIVE_LEAVES] = {
		HVE_CPUID_BASE, HVE_CPUID_BASE + 1, HVE_CPUID_BASE + 2,
		HVE_CPUID_BASE + 3, HVE_CPUID_BASE + 4, HVE_CPUID_BASE + 5,
		TLFS_SYNDBG_VENDOR, TLFS_SYNDBG_INTERFACE,
		TLFS_SYNDBG_CAPABILITIES, TLFS_NESTED_FEATURES,
	};
	static const struct hve_config nothing;
	struct hve_cpuid_leaf built[HVE_CPUID_LEAVES];
	u32 i;

	hve_cpuid_build(&nothing, features, max_vcpus, built);
	memset(leaf, 0, sizeof(*leaf) * HVE_NATIVE_LEAVES);
	for (i = 0; i < HVE_NATIVE_LEAVES; i++) {
		leaf[i].number = numbers[i];
		if (numbers[i] - HVE_CPUID_BASE < 6)
			memcpy(leaf[i].reg, built[i].reg, sizeof(leaf[i].reg));
	}
	name_vendor(leaf[0].reg, TLFS_SYNDBG_CAPABILITIES);
	leaf[2].reg[HVE_EAX] = VERSION_BUILD;
	leaf[2].reg[HVE_EBX] = VERSION;
	leaf[3].reg[HVE_EBX] |= TLFS_DEBUGGING;
	leaf[3].reg[HVE_EDX] &= ~NOT_KVMS_EDX;
	leaf[3].reg[HVE_EDX] |= TLFS_GUEST_DEBUGGING | TLFS_DEBUG_MSRS;
	leaf[4].reg[HVE_EBX] = SPINLOCK_RETRIES;
	name_vendor(leaf[6].reg, 0);
	leaf[7].reg[HVE_EAX] = TLFS_SYNDBG_SIGNATURE;
	leaf[8].reg[HVE_EAX] = TLFS_SYNDBG_ALLOWED;
	/* A promise of the guest's; who does not count on it loses nothing. */
	leaf[9].reg[HVE_EAX] = TLFS_NESTED_MSR_BITMAP;
}

/* Of several of a kind mostly the first: whoever knows it knows the others. */
u32 hve_native_listed_msr(u32 i)
{
	static const u32 listed[] = {
		MSR_guest_os_id, MSR_hypercall, MSR_time_ref_count,
		MSR_reference_tsc, MSR_tsc_frequency, MSR_apic_frequency,
		MSR_crash_p, MSR_crash_p + 1, MSR_crash_p + 2, MSR_crash_p + 3,
		MSR_crash_p + 4, MSR_crash_ctl, MSR_reset, MSR_vp_index,
		MSR_vp_runtime, MSR_scontrol, MSR_stimer, MSR_vp_assist_page,
		MSR_reenlightenment_control, MSR_tsc_emulation_control,
		MSR_tsc_emulation_status, MSR_tsc_invariant_control,
		MSR_syndbg_options, MSR_syndbg_control, MSR_syndbg_status,
		MSR_syndbg_send_buffer, MSR_syndbg_receive_buffer,
		MSR_syndbg_pending_buffer,
	};

	return i < ARRAY_SIZE(listed) ? listed[i] : 0;
}
