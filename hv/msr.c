// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Synthetic MSRs
 *
 * In: a guest's RDMSR or WRMSR in the Hyper-V range. Out: the row's handler was
 * called, or #GP: the MSR is unknown, the VM does not have its enlightenment,
 * it cannot be accessed that way, or a reserved bit was set. Those four are
 * checked here, once. The one place where a verdict of an MSR becomes KVM's 0
 * or 1. State is counters of the vCPU; no lock.
 */
#include <linux/nospec.h>
#include "hve.h"
#include "trace.h"

/* Bound at compile time, so that a handler is called directly. */
#define READ_RO(name, ...)	hve_get_##name(vcpu, ##__VA_ARGS__, data)
#define READ_RW(name, ...)	hve_get_##name(vcpu, ##__VA_ARGS__, data)
#define READ_WO(name, ...)	HVE_UNKNOWN
#define WRITE_RO(name, ...)	HVE_UNKNOWN
#define WRITE_RW(name, ...)	hve_set_##name(vcpu, ##__VA_ARGS__, data)
#define WRITE_WO(name, ...)	hve_set_##name(vcpu, ##__VA_ARGS__, data)

/* Which one of several MSRs; the switch bounds it, but not for speculation. */
#define WHICH(number, count)	array_index_nospec(msr - (number), count)

#define DO_READ(name, id, ...)						\
	do {								\
		if (!hve_vm_has(vcpu->vm, HVE_F_##id))			\
			return HVE_DENIED;				\
		vcpu->msr_reads[HVE_MSR_##name]++;			\
		return __VA_ARGS__;					\
	} while (0)

#define DO_WRITE(name, id, rsvdz, ...)					\
	do {								\
		if (!hve_vm_has(vcpu->vm, HVE_F_##id))			\
			return HVE_DENIED;				\
		if (data & (rsvdz))					\
			return HVE_BAD_PARAMETER;			\
		vcpu->msr_writes[HVE_MSR_##name]++;			\
		return __VA_ARGS__;					\
	} while (0)

static enum hve_verdict read_row(struct hve_vcpu *vcpu, u32 msr, u64 *data)
{
	switch (msr) {
#define HVE_MSR(name, id, number, access, scope, rsvdz)			\
	case number:							\
		DO_READ(name, id, READ_##access(name));
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz)		\
	case number ... (number) + (count) - 1:				\
		DO_READ(name, id, READ_##access(name, WHICH(number, count)));
#include <hve/enlightenments.def>
	default:
		return HVE_UNKNOWN;
	}
}

static enum hve_verdict write_row(struct hve_vcpu *vcpu, u32 msr, u64 data)
{
	switch (msr) {
#define HVE_MSR(name, id, number, access, scope, rsvdz)			\
	case number:							\
		DO_WRITE(name, id, rsvdz, WRITE_##access(name));
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz)		\
	case number ... (number) + (count) - 1:				\
		DO_WRITE(name, id, rsvdz,					\
		      WRITE_##access(name, WHICH(number, count)));
#include <hve/enlightenments.def>
	default:
		return HVE_UNKNOWN;
	}
}

enum hve_verdict hve_msr_get(struct hve_vcpu *vcpu, u32 msr, u64 *data)
{
	switch (msr) {
#define HVE_MSR(name, id, number, access, scope, rsvdz)			\
	case number:							\
		return READ_##access(name);
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz)		\
	case number ... (number) + (count) - 1:				\
		return READ_##access(name, WHICH(number, count));
#include <hve/enlightenments.def>
	default:
		return HVE_UNKNOWN;
	}
}

enum hve_verdict hve_msr_set(struct hve_vcpu *vcpu, u32 msr, u64 data)
{
	switch (msr) {
#define HVE_MSR(name, id, number, access, scope, rsvdz)			\
	case number:							\
		return WRITE_##access(name);
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz)		\
	case number ... (number) + (count) - 1:				\
		return WRITE_##access(name, WHICH(number, count));
#include <hve/enlightenments.def>
	default:
		return HVE_UNKNOWN;
	}
}

int hve_msr_done(struct hve_vcpu *vcpu, u32 msr, bool write, u64 data,
		 enum hve_verdict verdict)
{
	if (unlikely(verdict != HVE_OK))
		vcpu->events[HVE_EV_GP]++;
	trace_hve_msr(vcpu->vm->id, vcpu->index, write, msr, data, verdict);
	return verdict != HVE_OK;
}

int hve_msr_read(struct hve_vcpu *vcpu, u32 msr, u64 *data)
{
	enum hve_verdict verdict = read_row(vcpu, msr, data);

	return hve_msr_done(vcpu, msr, false, *data, verdict);
}

int hve_msr_write(struct hve_vcpu *vcpu, u32 msr, u64 data)
{
	return hve_msr_done(vcpu, msr, true, data, write_row(vcpu, msr, data));
}
