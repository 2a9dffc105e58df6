// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: the SynIC as KVM's interface has it
 *
 * In: the VMM enables it for each vCPU, puts pages of its own where the guest says,
 * and raises SINTs by interrupt routes. Out: word to the VMM of each place that
 * the guest chooses (KVM_EXIT_HYPERV_SYNIC), interrupts, and for routes that want
 * it the end of an interrupt. Messages and flags of the VMM's own are its affair;
 * those of timers are enl/message.c's. With KVM_CAP_HYPERV_SYNIC a page is
 * cleared when the guest enables it, with SYNIC2 it is not. State: struct
 * hve_synic and struct hve_native_vcpu, the vCPU's own; routes have a lock of
 * their own.
 */
#include <linux/nospec.h>
#include "enl/synic.h"
#include "kvm/services.h"
#include "native.h"
#include "saved.h"

int hve_native_enable_synic(struct hve_vcpu *vcpu, bool keep_pages)
{
	if (!vcpu->synic)
		return -EINVAL;
	vcpu->native->keep_pages = keep_pages;
	WRITE_ONCE(vcpu->synic->control, TLFS_SYNIC_ENABLE);
	WRITE_ONCE(vcpu->native->synic, true);
	return 0;
}

/* What a SynIC has that was never touched */
static enum hve_verdict untouched(const struct hve_vcpu *vcpu,
				  enum hve_msr_row row, u64 *data)
{
	*data = row == HVE_MSR_sint ? TLFS_SINT_MASKED :
		row == HVE_MSR_sversion ? vcpu->native->sversion : 0;
	return HVE_OK;
}

enum hve_verdict hve_native_synic_get(struct hve_vcpu *vcpu,
				      enum hve_msr_row row, u32 index,
				      bool host, u64 *data)
{
	const struct hve_synic *synic = vcpu->synic;

	if (!host && !vcpu->native->synic && row != HVE_MSR_stimer)
		return HVE_DENIED;
	if (!synic)
		return untouched(vcpu, row, data);
	switch (row) {
	case HVE_MSR_sversion:
		*data = vcpu->native->sversion;
		return HVE_OK;
	case HVE_MSR_stimer:
		if (!host)
			return hve_get_stimer(vcpu, index, data);
		*data = hve_stimer_host_get(vcpu, index);
		return HVE_OK;
	case HVE_MSR_scontrol:
		return hve_get_scontrol(vcpu, data);
	case HVE_MSR_siefp:
		return hve_get_siefp(vcpu, data);
	case HVE_MSR_simp:
		return hve_get_simp(vcpu, data);
	case HVE_MSR_eom:
		return hve_get_eom(vcpu, data);
	case HVE_MSR_sint:
		return hve_get_sint(vcpu, index, data);
	default:
		return HVE_UNKNOWN;
	}
}

static void tell_vmm(struct hve_vcpu *vcpu, u32 msr)
{
	const struct hve_synic *synic = vcpu->synic;
	const struct kvm_hyperv_exit exit = {
		.type = KVM_EXIT_HYPERV_SYNIC,
		.u.synic = {
			.msr = msr,
			.control = synic->control,
			.evt_page = synic->siefp,
			.msg_page = synic->simp,
		},
	};

	hve_kvm_hyperv_exit(vcpu, &exit);
}

/* SIMP or SIEFP: where messages and flags are from now on */
static enum hve_verdict set_page(struct hve_vcpu *vcpu, u32 msr,
				 struct hve_overlay *page, u64 *value, bool host,
				 u64 data)
{
	static const u8 zeros[TLFS_PAGE_SIZE];
	const u64 gpa = data & ~(TLFS_PAGE_SIZE - 1ull);
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict = HVE_OK;

	if (data & TLFS_MSR_ENABLE && !host && !vcpu->native->keep_pages &&
	    hve_kvm_write(vm->kvm, gpa, zeros, sizeof(zeros)))
		return HVE_BAD_PARAMETER;
	mutex_lock(&vm->lock);
	if (data & TLFS_MSR_ENABLE)
		verdict = hve_overlay_place(vm, page, gpa, NULL);
	else
		hve_overlay_forget(vm, page);
	if (verdict == HVE_OK)
		WRITE_ONCE(*value, data);
	mutex_unlock(&vm->lock);
	if (verdict == HVE_OK && !host)
		tell_vmm(vcpu, msr);
	return verdict;
}

/* The end of an interrupt, for whoever waits for it */
static void ended(struct hve_vcpu *vcpu, u32 sint)
{
	struct hve_native *native = vcpu->vm->native;
	void *gsi;

	if (xa_empty(&native->routes))
		return;
	gsi = xa_load(&native->routes, vcpu->vp * TLFS_SINT_COUNT + sint);
	if (gsi)
		hve_kvm_notify_acked(vcpu->vm->kvm, xa_to_value(gsi));
}

static enum hve_verdict set_eom(struct hve_vcpu *vcpu, bool host, u64 data)
{
	u32 sint;

	for (sint = 0; sint < TLFS_SINT_COUNT; sint++)
		ended(vcpu, sint);
	if (!host)
		return hve_set_eom(vcpu, data);
	hve_kvm_request_entry(vcpu->kvm);
	return HVE_OK;
}

static enum hve_verdict set_sint(struct hve_vcpu *vcpu, u32 index, bool host,
				 u64 data)
{
	enum hve_verdict verdict = host ? HVE_OK : hve_sint_check(data);

	if (verdict == HVE_OK)
		hve_sint_set(vcpu, index, data);
	return verdict;
}

static enum hve_verdict set_stimer(struct hve_vcpu *vcpu, u32 index, bool host,
				   u64 data)
{
	const struct hve_native_vcpu *native = vcpu->native;

	if (host) {
		hve_stimer_host_set(vcpu, index, data);
		return HVE_OK;
	}
	if (!(index & 1) && data & TLFS_STIMER_DIRECT && native->enforce &&
	    !(native->leaf[3].reg[HVE_EDX] & TLFS_STIMER_DIRECT_OFFERED))
		return HVE_DENIED;
	return hve_set_stimer(vcpu, index, data);
}

enum hve_verdict hve_native_synic_set(struct hve_vcpu *vcpu,
				      enum hve_msr_row row, u32 index,
				      bool host, u64 data)
{
	const u32 msr = hve_msrs[row].number + index;
	struct hve_synic *synic = vcpu->synic;

	/* Before it is enabled a VMM may reset it, as KVM has it. */
	if (!synic || !vcpu->native->synic)
		return host && !data ? HVE_OK : HVE_DENIED;
	switch (row) {
	case HVE_MSR_scontrol:
		WRITE_ONCE(synic->control, data);
		if (host)
			hve_kvm_request_entry(vcpu->kvm);
		else
			tell_vmm(vcpu, msr);
		return HVE_OK;
	case HVE_MSR_sversion:
		if (!host)
			return HVE_DENIED;
		vcpu->native->sversion = data;
		return HVE_OK;
	case HVE_MSR_siefp:
		return set_page(vcpu, msr, &synic->event_page, &synic->siefp,
				host, data);
	case HVE_MSR_simp:
		return set_page(vcpu, msr, &synic->message_page, &synic->simp,
				host, data);
	case HVE_MSR_eom:
		return set_eom(vcpu, host, data);
	case HVE_MSR_sint:
		return set_sint(vcpu, index, host, data);
	case HVE_MSR_stimer:
		return set_stimer(vcpu, index, host, data);
	default:
		return HVE_UNKNOWN;
	}
}

void hve_native_eoi(struct hve_vcpu *vcpu, int vector)
{
	u64 value;
	u32 sint;

	if (!vcpu->synic || !READ_ONCE(vcpu->native->synic) || vector < 0 ||
	    xa_empty(&vcpu->vm->native->routes))
		return;
	for (sint = 0; sint < TLFS_SINT_COUNT; sint++) {
		value = READ_ONCE(vcpu->synic->sint[sint]);
		if (!(value & TLFS_SINT_MASKED) &&
		    (value & TLFS_SINT_VECTOR) == vector)
			ended(vcpu, sint);
	}
}

int hve_native_raise(struct hve_vm *vm, u32 vp, u32 sint)
{
	struct hve_vcpu *vcpu = hve_native_vp(vm, vp);
	u64 value;

	if (!vcpu || !vcpu->synic || !READ_ONCE(vcpu->native->synic) ||
	    sint >= TLFS_SINT_COUNT)
		return -EINVAL;
	sint = array_index_nospec(sint, TLFS_SINT_COUNT);
	value = READ_ONCE(vcpu->synic->sint[sint]);
	if (value & TLFS_SINT_MASKED)
		return -ENOENT;
	return hve_kvm_interrupt_one(vcpu->kvm, value & TLFS_SINT_VECTOR);
}

int hve_native_route(struct hve_vm *vm, u32 vp, u32 sint, u32 gsi)
{
	/* KVM takes any, and finds out when it is raised. */
	if (vp >= vm->nr_slots || sint >= TLFS_SINT_COUNT)
		return 0;
	return xa_err(xa_store(&vm->native->routes, vp * TLFS_SINT_COUNT + sint,
			       xa_mk_value(gsi), GFP_KERNEL_ACCOUNT));
}
