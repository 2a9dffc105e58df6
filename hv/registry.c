// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The registry as tables
 *
 * In: enlightenments.def and a configuration. Out: rows by number, unmet
 * prerequisites, the sentence that refuses a configuration, CPUID leaves.
 * Owns constant tables only and needs no lock. Pure: built into the module,
 * the command line and the unit tests. Deliberately absent: what this host can
 * serve (hv/kvm/) and what a VM is served (hv/vm.c).
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <stdio.h>
#include <string.h>
#endif
#include <hve/registry.h>
#include <hve/tlfs.h>

const struct hve_feature_row hve_features[HVE_NR_FEATURES] = {
#define HVE_FEATURE(id, nr, label, val, need, trait, text)		\
	{ .name = (label), .value = (val), .help = (text),		\
	  .needs = (need), .number = (nr), .traits = (trait) },
#include <hve/enlightenments.def>
};

const struct hve_msr_info hve_msrs[HVE_NR_MSRS] = {
#define HVE_MSRS(label, id, nr, many, acc, where, zero)			\
	{ .name = #label, .rsvdz = (zero), .number = (nr), .count = (many), \
	  .feature = HVE_F_##id, .access = HVE_##acc, .scope = HVE_##where },
#define HVE_MSR(label, id, nr, acc, where, zero)			\
	HVE_MSRS(label, id, nr, 1, acc, where, zero)
#include <hve/enlightenments.def>
};

const struct hve_call_info hve_calls[HVE_NR_CALLS] = {
#define HVE_CALL_OUT(label, id, nr, knd, head, elem, var, how, out, each) \
	{ .name = #label, .code = (nr), .feature = HVE_F_##id,		\
	  .kind = HVE_##knd, .header = (head), .element = (elem),	\
	  .variable = (var), .fast = HVE_##how, .output = (out),	\
	  .output_element = (each) },
#define HVE_CALL(label, id, nr, knd, head, elem, var, how)		\
	HVE_CALL_OUT(label, id, nr, knd, head, elem, var, how, 0, 0)
#include <hve/enlightenments.def>
};

__u64 hve_features_with(__u32 traits)
{
	__u64 found = 0;
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (hve_features[i].traits & traits)
			found |= 1ull << hve_features[i].number;
	return found;
}

__u64 hve_all_features(void)
{
	__u64 all = 0;
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		all |= 1ull << hve_features[i].number;
	return all;
}

__u64 hve_base_features(void)
{
	return hve_features_with(HVE_BASE);
}

const struct hve_feature_row *hve_feature_row(unsigned int number)
{
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (hve_features[i].number == number)
			return &hve_features[i];
	return NULL;
}

const struct hve_feature_row *hve_unmet(__u64 features, unsigned int *missing)
{
	unsigned int i, need;

	for (i = 0; i < HVE_NR_FEATURES; i++) {
		__u64 lacks = hve_features[i].needs & ~features;

		if (!(features & (1ull << hve_features[i].number)) || !lacks)
			continue;
		for (need = 0; !(lacks & (1ull << need)); need++)
			;
		*missing = need;
		return &hve_features[i];
	}
	return NULL;
}

/* "Feature and Interface Discovery", leaf 0x40000004: the least that counts */
#define SPINLOCK_RETRIES_MIN	0xfffu
#define SERVICE_NUMBER_MAX	0xffffffu

static int check_values(const struct hve_config *config, char *why,
			unsigned int len)
{
	if (config->features[0] & HVE_BIT(SPINLOCKS) &&
	    config->spinlock_retries < SPINLOCK_RETRIES_MIN) {
		snprintf(why, len,
			 "spinlocks=0x%x is too small: the least is 0x%x, 0x%x means never notify",
			 config->spinlock_retries, SPINLOCK_RETRIES_MIN,
			 HVE_SPINLOCK_NEVER_NOTIFY);
		return -EINVAL;
	}
	if (config->version_snumber > SERVICE_NUMBER_MAX) {
		snprintf(why, len,
			 "version-id-snumber=0x%x is too large: the most is 0x%x",
			 config->version_snumber, SERVICE_NUMBER_MAX);
		return -EINVAL;
	}
	if (config->crash_policy > HVE_CRASH_EVENT ||
	    config->reset_policy > HVE_RESET_SHUTDOWN) {
		snprintf(why, len, "unknown policy for a crash (%u) or a reset (%u)",
			 config->crash_policy, config->reset_policy);
		return -EINVAL;
	}
	return 0;
}

int hve_config_check(const struct hve_config *config, char *why,
		     unsigned int len)
{
	const __u32 flags = HVE_CONFIG_KVM_HIDE | HVE_CONFIG_VERSION |
			    HVE_CONFIG_LENIENT | HVE_CONFIG_HINTS |
			    HVE_CONFIG_CORESHARING_AUTO | HVE_CONFIG_NATIVE;
	const struct hve_feature_row *row;
	unsigned int i, missing;

	if (!why)
		len = 0;
	if (config->features[0] & ~hve_all_features() || config->features[1]) {
		snprintf(why, len,
			 "the configuration names a feature that this version does not know");
		return -EINVAL;
	}
	if (config->flags & ~flags) {
		snprintf(why, len, "unknown configuration flags 0x%x",
			 config->flags & ~flags);
		return -EINVAL;
	}
	if (config->flags & HVE_CONFIG_NATIVE &&
	    (config->flags & ~HVE_CONFIG_NATIVE || config->features[0])) {
		snprintf(why, len,
			 "in native mode the VMM chooses the enlightenments: name none, and no setting");
		return -EINVAL;
	}
	for (i = 0; i < sizeof(config->reserved); i++) {
		if (config->reserved[i]) {
			snprintf(why, len, "reserved bytes of the configuration are not zero");
			return -EINVAL;
		}
	}
	row = hve_unmet(config->features[0] | hve_base_features(), &missing);
	if (row) {
		snprintf(why, len, "%s needs %s: add %s", row->name,
			 hve_feature_row(missing)->name,
			 hve_feature_row(missing)->name);
		return -EINVAL;
	}
	return check_values(config, why, len);
}

/* What KVM's own code reports where nothing is configured: 10.0, 14393 */
#define VERSION_BUILD	14393u
#define VERSION_MAJOR	10u

static void build_identity(const struct hve_config *config, __u64 features,
			   struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES])
{
	static const char vendor[] = "Microsoft Hv";
	static const char unset[sizeof(config->vendor_id)];
	__u32 *version = leaf[2].reg;

	/* A leaf that is there and says nothing would say that all is absent. */
	leaf[0].reg[HVE_EAX] = HVE_CPUID_BASE +
			       (features & HVE_BIT(HW_FEATURES) ? 6 : 5);
	memcpy(&leaf[0].reg[HVE_EBX],
	       memcmp(config->vendor_id, unset, sizeof(unset)) ?
	       (const char *)config->vendor_id : vendor,
	       sizeof(config->vendor_id));
	leaf[1].reg[HVE_EAX] = TLFS_INTERFACE_SIGNATURE;
	if (!(config->flags & HVE_CONFIG_VERSION)) {
		version[HVE_EAX] = VERSION_BUILD;
		version[HVE_EBX] = VERSION_MAJOR << 16;
		return;
	}
	version[HVE_EAX] = config->version_build;
	version[HVE_EBX] = (__u32)config->version_major << 16 |
			   config->version_minor;
	version[HVE_ECX] = config->version_spack;
	version[HVE_EDX] = (__u32)config->version_sbranch << 24 |
			   config->version_snumber;
}

/* Leaf 0x40000005 EBX: logical processors, as KVM's own code says */
#define MAX_LOGICAL_PROCESSORS	64u

void hve_cpuid_build(const struct hve_config *config, __u64 features,
		     __u32 max_vcpus, struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES])
{
	memset(leaf, 0, sizeof(*leaf) * HVE_CPUID_LEAVES);
	build_identity(config, features, leaf);
#define HVE_CPUID(id, number, register, bits)				\
	if (features & HVE_BIT(id))					\
		leaf[(number) - HVE_CPUID_BASE].reg[HVE_##register] |= (bits);
#include <hve/enlightenments.def>
	leaf[4].reg[HVE_EBX] = features & HVE_BIT(SPINLOCKS) ?
			       config->spinlock_retries : HVE_SPINLOCK_NEVER_NOTIFY;
	leaf[5].reg[HVE_EAX] = config->vp_limit ?: max_vcpus;
	leaf[5].reg[HVE_EBX] = config->lp_limit ?: MAX_LOGICAL_PROCESSORS;
}

void hve_cpuid_adapt(const struct hve_config *config, __u64 features,
		     __u32 hardware, struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES])
{
	if (features & HVE_BIT(HW_FEATURES))
		leaf[6].reg[HVE_EAX] |= hardware & (TLFS_HW_APIC |
						    TLFS_HW_MSR_BITMAPS |
						    TLFS_HW_SLAT);
	if (config->flags & HVE_CONFIG_HINTS)
		return;
	if (hardware & TLFS_HW_APIC)
		leaf[4].reg[HVE_EAX] &= ~TLFS_HINT_APIC_MSRS;
	if (hardware & HVE_HW_IPI)
		leaf[4].reg[HVE_EAX] &= ~TLFS_HINT_CLUSTER_IPI;
}
