// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: vapic: APIC registers as MSRs, and the VP assist page
 *
 * In: EOI, ICR and TPR accesses, and where the assist page lies. Out: the local
 * APIC of the vCPU did it, without an instruction being decoded. While the
 * assist page is enabled KVM marks an interrupt there that needs no EOI; the
 * guest then ends it without an exit. The page itself every served guest may
 * enable; the mark needs vapic. State: the MSR, written by its vCPU only; the
 * overlay, under hve_vm.lock. Save/restore: both; KVM is told again. Source:
 * TLFS, "Virtual Interrupt Controller", Local APIC MSR Accesses, EOI Assist;
 * "Virtual Processors", assist page.
 */
#include "../blob.h"
#include "../hve.h"
#include "../kvm/services.h"

static enum hve_verdict done(int err)
{
	return err ? HVE_BAD_PARAMETER : HVE_OK;
}

enum hve_verdict hve_set_eoi(struct hve_vcpu *vcpu, u64 data)
{
	return done(hve_kvm_apic_write(vcpu->kvm, HVE_APIC_EOI, 0));
}

enum hve_verdict hve_get_icr(struct hve_vcpu *vcpu, u64 *data)
{
	return done(hve_kvm_apic_read(vcpu->kvm, HVE_APIC_ICR, data));
}

enum hve_verdict hve_set_icr(struct hve_vcpu *vcpu, u64 data)
{
	return done(hve_kvm_apic_write(vcpu->kvm, HVE_APIC_ICR, data));
}

enum hve_verdict hve_get_tpr(struct hve_vcpu *vcpu, u64 *data)
{
	return done(hve_kvm_apic_read(vcpu->kvm, HVE_APIC_TPR, data));
}

enum hve_verdict hve_set_tpr(struct hve_vcpu *vcpu, u64 data)
{
	return done(hve_kvm_apic_write(vcpu->kvm, HVE_APIC_TPR, data));
}

enum hve_verdict hve_get_vp_assist_page(struct hve_vcpu *vcpu, u64 *data)
{
	*data = vcpu->vp_assist;
	return HVE_OK;
}

/* KVM writes its mark by address, so into whatever is seen there. */
static bool is_seen(const struct hve_overlay *page)
{
	return page->mapped && !page->covered;
}

static enum hve_verdict place_page(struct hve_vcpu *vcpu, u64 gpa)
{
	static const u8 zeros[TLFS_PAGE_SIZE];
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict;

	verdict = hve_overlay_place(vm, &vcpu->assist_page, gpa, zeros);
	if (verdict != HVE_OK || !is_seen(&vcpu->assist_page) ||
	    !hve_vm_has(vm, HVE_F_VAPIC))
		return verdict;
	verdict = done(hve_kvm_apic_assist(vcpu->kvm, gpa));
	if (verdict != HVE_OK)
		hve_overlay_remove(vm, &vcpu->assist_page);
	return verdict;
}

void hve_vapic_remark(struct hve_vcpu *vcpu)
{
	const struct hve_overlay *page = &vcpu->assist_page;
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vcpu->remark, false);
	hve_kvm_apic_assist(vcpu->kvm, is_seen(page) ? page->gpa : 0);
	mutex_unlock(&vm->lock);
}

void hve_vapic_covered(const struct hve_overlay *page)
{
	struct hve_vcpu *vcpu = page->owner;

	if (page->kind != HVE_BLOB_ASSIST_PAGE ||
	    !hve_vm_has(vcpu->vm, HVE_F_VAPIC))
		return;
	lockdep_assert_held(&vcpu->vm->lock);
	/* Only in its own thread; it may be in the guest now. */
	WRITE_ONCE(vcpu->remark, true);
	hve_kvm_wake(vcpu->kvm);
}

enum hve_verdict hve_set_vp_assist_page(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;
	u64 gpa = data & ~(TLFS_PAGE_SIZE - 1ull);
	enum hve_verdict verdict = HVE_OK;

	if (data & TLFS_MSR_ENABLE && !hve_kvm_gpa_possible(vcpu->kvm, gpa))
		return HVE_BAD_PARAMETER;
	mutex_lock(&vm->lock);
	if (vcpu->assist_page.mapped && hve_vm_has(vm, HVE_F_VAPIC))
		hve_kvm_apic_assist(vcpu->kvm, 0);
	if (data & TLFS_MSR_ENABLE)
		verdict = place_page(vcpu, gpa);
	else
		hve_overlay_remove(vm, &vcpu->assist_page);
	if (verdict == HVE_OK)
		WRITE_ONCE(vcpu->vp_assist, data);
	mutex_unlock(&vm->lock);
	return verdict;
}
