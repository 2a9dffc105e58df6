// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: synthetic MSRs
 *
 * In: accesses of a guest, and those of its VMM, which saves, restores and resets
 * a guest by them. Out: the row's handler, or what KVM does instead: no page is
 * laid over memory, which is the VMM's affair; a page gets the bytes that count
 * and loses nothing when it is disabled. A guest may access the rows that its
 * CPUID allows, the VMM all of them. State: that of the rows, hve_native; locks as
 * there. Source: KVM's interface; what the MSRs mean, the TLFS.
 */
#include <linux/nospec.h>
#include "kvm/services.h"
#include "native.h"

#define NS_PER_TICK	100u
#define GPA_OF(data)	((data) & ~(TLFS_PAGE_SIZE - 1ull))

/* Row of an MSR, and which one of several; or -1 */
static int row_of(u32 msr, u32 *index)
{
	switch (msr) {
#define HVE_MSR(name, id, number, ...)					\
	case number:							\
		*index = 0;						\
		return HVE_MSR_##name;
#define HVE_MSRS(name, id, number, count, ...)				\
	case number ... (number) + (count) - 1:				\
		*index = array_index_nospec(msr - (number), count);	\
		return HVE_MSR_##name;
#include <hve/enlightenments.def>
	default:
		return -1;
	}
}

/* KVM's ranges, so that what it does not know stays as it has it */
bool hve_native_has_msr(u32 msr)
{
	u32 index;
	int row = row_of(msr, &index);

	if (hve_native_syndbg_has(msr) || msr - HVE_MSR_BASE < 0xa0)
		return true;
	return row >= 0 && row != HVE_MSR_guest_idle;
}

static enum hve_verdict get_row(struct hve_vcpu *vcpu, u32 msr,
				enum hve_msr_row row, u32 index, bool host,
				u64 *data)
{
	switch (row) {
	case HVE_MSR_scontrol ... HVE_MSR_sint:
	case HVE_MSR_stimer:
		return hve_native_synic_get(vcpu, row, index, host, data);
	case HVE_MSR_crash_ctl:
		*data = READ_ONCE(vcpu->vm->native->crash_ctl);
		return HVE_OK;
	case HVE_MSR_eoi:
		return hve_kvm_apic_read(vcpu->kvm, HVE_APIC_EOI, data) ?
		       HVE_DENIED : HVE_OK;
	case HVE_MSR_vp_runtime:
		if (!host)
			return hve_msr_get(vcpu, msr, data);
		/* Its thread may be anywhere; of what it ran, what is over. */
		*data = vcpu->runtime / NS_PER_TICK;
		return HVE_OK;
	default:
		return hve_msr_get(vcpu, msr, data);
	}
}

/* Four bytes and no more: an instruction and a return */
static enum hve_verdict set_hypercall(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict = HVE_OK;
	u8 code[HVE_CALL_CODE_LEN];

	mutex_lock(&vm->lock);
	if (!vm->guest_os_id)
		goto unlock;
	if (data & TLFS_MSR_ENABLE) {
		hve_call_code(code);
		if (hve_kvm_write(vm->kvm, GPA_OF(data), code, sizeof(code)))
			verdict = HVE_BAD_PARAMETER;
	}
	if (verdict == HVE_OK)
		WRITE_ONCE(vm->hypercall, data);
unlock:
	mutex_unlock(&vm->lock);
	return verdict;
}

/* The mark of an interrupt without EOI; what else is there stays as it is. */
static enum hve_verdict set_assist_page(struct hve_vcpu *vcpu, u64 data)
{
	const u64 gpa = data & TLFS_MSR_ENABLE ? GPA_OF(data) : 0;
	struct hve_vm *vm = vcpu->vm;
	const u32 none = 0;
	int err = 0;

	mutex_lock(&vm->lock);
	if (data & TLFS_MSR_ENABLE)
		err = hve_kvm_write(vm->kvm, gpa, &none, sizeof(none));
	if (!err) {
		WRITE_ONCE(vcpu->vp_assist, data);
		err = hve_kvm_apic_assist(vcpu->kvm, gpa);
	}
	mutex_unlock(&vm->lock);
	return err ? HVE_BAD_PARAMETER : HVE_OK;
}

static enum hve_verdict set_crash_ctl(struct hve_vcpu *vcpu, u32 msr, bool host,
				      u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	if (!host)
		return hve_msr_set(vcpu, msr, data);
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->native->crash_ctl, data & TLFS_CRASH_NOTIFY);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

/* KVM keeps them and does nothing. */
static enum hve_verdict set_reenlightenment(struct hve_vcpu *vcpu,
					    enum hve_msr_row row, bool host,
					    u64 data)
{
	struct hve_reenlightenment *state = &vcpu->vm->reenlightenment;
	u64 *place = row == HVE_MSR_reenlightenment_control ? &state->control :
		     row == HVE_MSR_tsc_emulation_control ? &state->emulation :
							    &state->status;

	if (row == HVE_MSR_tsc_emulation_status && data && !host)
		return HVE_BAD_PARAMETER;
	mutex_lock(&vcpu->vm->lock);
	WRITE_ONCE(*place, data);
	mutex_unlock(&vcpu->vm->lock);
	return HVE_OK;
}

static enum hve_verdict set_invariant(struct hve_vcpu *vcpu, u32 msr, bool host,
				      u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	if (data & ~1ull)
		return HVE_BAD_PARAMETER;
	if (!host)
		return hve_msr_set(vcpu, msr, data);
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->tsc_invariant, data);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

static enum hve_verdict set_apic(struct hve_vcpu *vcpu, enum hve_apic_reg reg,
				 u64 data)
{
	return hve_kvm_apic_write(vcpu->kvm, reg, data) ? HVE_BAD_PARAMETER :
							  HVE_OK;
}

/* Of those that a guest cannot write; what KVM measures itself is ignored. */
static enum hve_verdict set_read_only(struct hve_vcpu *vcpu,
				      enum hve_msr_row row, u64 data)
{
	switch (row) {
	case HVE_MSR_vp_index:
		return hve_native_move_vp(vcpu, data) ? HVE_BAD_PARAMETER :
							HVE_OK;
	case HVE_MSR_vp_runtime:
		vcpu->runtime = data * NS_PER_TICK;
		return HVE_OK;
	default:
		return HVE_OK;
	}
}

static enum hve_verdict set_row(struct hve_vcpu *vcpu, u32 msr,
				enum hve_msr_row row, u32 index, bool host,
				u64 data)
{
	switch (row) {
	case HVE_MSR_vp_index:
	case HVE_MSR_vp_runtime:
	case HVE_MSR_time_ref_count:
	case HVE_MSR_tsc_frequency:
	case HVE_MSR_apic_frequency:
		return host ? set_read_only(vcpu, row, data) : HVE_DENIED;
	case HVE_MSR_hypercall:
		return set_hypercall(vcpu, data);
	case HVE_MSR_vp_assist_page:
		return set_assist_page(vcpu, data);
	case HVE_MSR_reference_tsc:
		hve_time_native_page(vcpu->vm, data, host);
		return HVE_OK;
	case HVE_MSR_eoi:
		return set_apic(vcpu, HVE_APIC_EOI, data);
	case HVE_MSR_icr:
		return set_apic(vcpu, HVE_APIC_ICR, data);
	case HVE_MSR_tpr:
		return set_apic(vcpu, HVE_APIC_TPR, data);
	case HVE_MSR_scontrol ... HVE_MSR_sint:
	case HVE_MSR_stimer:
		return hve_native_synic_set(vcpu, row, index, host, data);
	case HVE_MSR_crash_ctl:
		return set_crash_ctl(vcpu, msr, host, data);
	case HVE_MSR_reset:
		return data == 1 ? hve_msr_set(vcpu, msr, data) : HVE_OK;
	case HVE_MSR_reenlightenment_control:
	case HVE_MSR_tsc_emulation_control:
	case HVE_MSR_tsc_emulation_status:
		return set_reenlightenment(vcpu, row, host, data);
	case HVE_MSR_tsc_invariant_control:
		return set_invariant(vcpu, msr, host, data);
	default:
		return hve_msr_set(vcpu, msr, data);
	}
}

/* Guest or VMM may access the row */
static bool may_access(const struct hve_vcpu *vcpu, int row, bool host)
{
	if (row < 0 || row == HVE_MSR_sirbp)
		return false;
	return host || vcpu->native->msrs & 1ull << row;
}

/* The VMM's access is none of the guest's, and KVM's ioctl wants 0 or 1, too. */
static int done(struct hve_vcpu *vcpu, u32 msr, bool host, bool write, u64 data,
		enum hve_verdict verdict)
{
	return host ? verdict != HVE_OK :
		      hve_msr_done(vcpu, msr, write, data, verdict);
}

int hve_native_msr_read(struct hve_vcpu *vcpu, u32 msr, bool host, u64 *data)
{
	enum hve_verdict verdict = HVE_DENIED;
	u32 index;
	int row;

	if (hve_native_syndbg_has(msr))
		return done(vcpu, msr, host, false, 0,
			    hve_native_syndbg_get(vcpu, msr, host, data));
	row = row_of(msr, &index);
	if (may_access(vcpu, row, host)) {
		if (!host)
			vcpu->msr_reads[row]++;
		verdict = get_row(vcpu, msr, row, index, host, data);
	}
	return done(vcpu, msr, host, false, *data, verdict);
}

int hve_native_msr_write(struct hve_vcpu *vcpu, u32 msr, bool host, u64 data)
{
	enum hve_verdict verdict = HVE_DENIED;
	u32 index;
	int row;

	if (hve_native_syndbg_has(msr))
		return done(vcpu, msr, host, true, data,
			    hve_native_syndbg_set(vcpu, msr, host, data));
	row = row_of(msr, &index);
	if (may_access(vcpu, row, host)) {
		if (!host)
			vcpu->msr_writes[row]++;
		verdict = set_row(vcpu, msr, row, index, host, data);
	}
	return done(vcpu, msr, host, true, data, verdict);
}
