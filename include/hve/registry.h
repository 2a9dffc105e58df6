/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the compiler derives from enlightenments.def
 *
 * In: the rows. Out: feature numbers, counts of rows, row numbers, and the few
 * functions that answer from them: prerequisites, CPUID leaves. Pure: compiles
 * in the kernel, in the command line, in the unit tests and in test guests.
 * Owns no state, needs no lock. Feature numbers are ABI; row numbers are not.
 */
#ifndef HVE_REGISTRY_H
#define HVE_REGISTRY_H

#include <linux/types.h>
#include <linux/kvm_hve.h>

#define HVE_BIT(id)	(1ull << HVE_F_##id)

/* Traits of a feature */
#define HVE_BASE	1u
#define HVE_LAPIC	2u
#define HVE_INTERNAL	4u

enum hve_feature {
#define HVE_FEATURE(id, number, ...)	HVE_F_##id = number,
#include <hve/enlightenments.def>
};

enum hve_msr_row {
#define HVE_MSR(name, ...)		HVE_MSR_##name,
#include <hve/enlightenments.def>
	HVE_NR_MSRS
};

enum hve_call_row {
#define HVE_CALL(name, ...)		HVE_CALL_##name,
#include <hve/enlightenments.def>
	HVE_NR_CALLS
};

enum {
	HVE_NR_FEATURES = 0
#define HVE_FEATURE(...)		+ 1
#include <hve/enlightenments.def>
};

enum hve_access { HVE_RO = 1, HVE_WO = 2, HVE_RW = 3 };
enum hve_scope { HVE_VM, HVE_VP };
enum hve_kind { HVE_SIMPLE, HVE_REP };
enum hve_fast { HVE_GPR = 1, HVE_XMM = 2 };
enum hve_reg { HVE_EAX, HVE_EBX, HVE_ECX, HVE_EDX };

struct hve_feature_row {
	const char *name;
	const char *value;
	const char *help;
	__u64 needs;
	__u32 number;
	__u32 traits;
};

struct hve_msr_info {
	const char *name;
	__u64 rsvdz;
	__u32 number;
	__u32 count;
	__u8 feature;
	__u8 access;
	__u8 scope;
};

struct hve_call_info {
	const char *name;
	__u16 code;
	__u8 feature;
	__u8 kind;
	__u16 header;
	__u8 element;
	__u8 variable;
	__u8 fast;
	__u16 output;
	__u8 output_element;
};

/* The rows as tables, in the order of the registry; hv/registry.c */
extern const struct hve_feature_row hve_features[HVE_NR_FEATURES];
extern const struct hve_msr_info hve_msrs[HVE_NR_MSRS];
extern const struct hve_call_info hve_calls[HVE_NR_CALLS];

#define HVE_CPUID_BASE		0x40000000u
#define HVE_CPUID_DEBUG		0x40000080u	/* the leaves of syndbg */
#define HVE_CPUID_FIRST		7u		/* 0x40000000 .. 0x40000006 */
#define HVE_CPUID_LEAVES	10u		/* and 0x40000080 .. 0x40000082 */
#define HVE_CPUID_MOVED		0x40000100u	/* the VMM's own leaves */
#define HVE_MSR_BASE		0x40000000u
#define HVE_MSR_SPAN		0x200u		/* every number the TLFS uses */

struct hve_cpuid_leaf {
	__u32 reg[4];		/* indexed by enum hve_reg */
};

/* Where @leaf stands in a table of them; HVE_CPUID_LEAVES: nowhere */
static inline __u32 hve_cpuid_slot(__u32 leaf)
{
	if (leaf - HVE_CPUID_BASE < HVE_CPUID_FIRST)
		return leaf - HVE_CPUID_BASE;
	if (leaf - HVE_CPUID_DEBUG < HVE_CPUID_LEAVES - HVE_CPUID_FIRST)
		return leaf - HVE_CPUID_DEBUG + HVE_CPUID_FIRST;
	return HVE_CPUID_LEAVES;
}

/* And which one stands there */
static inline __u32 hve_cpuid_number(__u32 slot)
{
	return slot < HVE_CPUID_FIRST ? HVE_CPUID_BASE + slot :
	       HVE_CPUID_DEBUG + slot - HVE_CPUID_FIRST;
}

/* Every feature that there is; every one that a VM has without asking */
__u64 hve_all_features(void);
__u64 hve_base_features(void);
/* Every feature with one of @traits */
__u64 hve_features_with(__u32 traits);
/* Row of feature @number, or NULL */
const struct hve_feature_row *hve_feature_row(unsigned int number);
/*
 * The first feature in @features with a prerequisite that is not there; sets
 * @missing to the number of that prerequisite. NULL when all are there.
 */
const struct hve_feature_row *hve_unmet(__u64 features, unsigned int *missing);
/*
 * 0, or a negative errno with a sentence in @why (which may be NULL): EINVAL
 * for an unknown bit, a missing prerequisite or a value out of range.
 */
int hve_config_check(const struct hve_config *config, char *why, unsigned int len);
/* hve_config.spinlock_retries: the guest never makes the call */
#define HVE_SPINLOCK_NEVER_NOTIFY	0xffffffffu

/*
 * Every leaf for @config when @features are served on a host that allows
 * @max_vcpus, each in its slot.
 */
void hve_cpuid_build(const struct hve_config *config, __u64 features,
		     __u32 max_vcpus, struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES]);

/* What the processor does by itself: TLFS_HW_*, and these, which no leaf has */
#define HVE_HW_IPI		(1u << 31)
#define HVE_HW_FLUSH_PAGE	(1u << 30)	/* of a guest's TLB, and rightly */
/* Then @leaf as it is on a host with @hardware: hints, and the leaf about it */
void hve_cpuid_adapt(const struct hve_config *config, __u64 features,
		     __u32 hardware, struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES]);

#endif /* HVE_REGISTRY_H */
