// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hypercall and vpindex: who the guest is, where it calls, which VP it is
 *
 * In: accesses to the guest OS id, the hypercall page's MSR and the VP index.
 * Out: the hypercall page: the instruction of this host's vendor, a return, and
 * int3 behind them, so that a guest that jumps astray stops. The page needs an
 * OS id and is disabled when that is zeroed, locked or not; a locked MSR can
 * otherwise be changed by a reset only. State under
 * hve_vm.lock. Source: TLFS, "Hypercall Interface", Reporting the Guest OS
 * Identity, Establishing the Hypercall Interface.
 */
#include <linux/slab.h>
#include <asm/cpufeature.h>
#include "../hve.h"
#include "../kvm/services.h"

enum hve_verdict hve_get_vp_index(struct hve_vcpu *vcpu, u64 *data)
{
	*data = vcpu->vp;
	return HVE_OK;
}

enum hve_verdict hve_get_guest_os_id(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->guest_os_id);
	return HVE_OK;
}

enum hve_verdict hve_set_guest_os_id(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->guest_os_id, data);
	if (!data) {
		WRITE_ONCE(vm->hypercall, vm->hypercall & ~TLFS_MSR_ENABLE);
		hve_overlay_remove(vm, &vm->hypercall_page);
	}
	mutex_unlock(&vm->lock);
	hve_event_post(vm, HVE_EVENT_GUEST_OS, data, "the guest wrote its OS id");
	return HVE_OK;
}

enum hve_verdict hve_get_hypercall(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->hypercall);
	return HVE_OK;
}

void hve_call_code(u8 code[HVE_CALL_CODE_LEN])
{
	static const u8 vmmcall_ret[] = { 0x0f, 0x01, 0xd9, 0xc3 };
	static const u8 vmcall_ret[] = { 0x0f, 0x01, 0xc1, 0xc3 };

	memcpy(code, boot_cpu_has(X86_FEATURE_VMMCALL) ? vmmcall_ret :
	       vmcall_ret, HVE_CALL_CODE_LEN);
}

static enum hve_verdict place_page(struct hve_vm *vm, u64 gpa)
{
	const u8 int3 = 0xcc;
	enum hve_verdict verdict;
	u8 *page = kmalloc(TLFS_PAGE_SIZE, GFP_KERNEL);

	if (!page)
		return HVE_NO_MEMORY;
	memset(page, int3, TLFS_PAGE_SIZE);
	hve_call_code(page);
	verdict = hve_overlay_place(vm, &vm->hypercall_page, gpa, page);
	kfree(page);
	return verdict;
}

static enum hve_verdict set_hypercall(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;
	u64 gpa = data & ~(TLFS_PAGE_SIZE - 1ull);
	enum hve_verdict verdict = HVE_OK;

	if (vm->hypercall & TLFS_MSR_HYPERCALL_LOCKED)
		return HVE_DENIED;
	if (!vm->guest_os_id)
		data &= ~TLFS_MSR_ENABLE;
	if (!(data & TLFS_MSR_ENABLE))
		hve_overlay_remove(vm, &vm->hypercall_page);
	else if (!hve_kvm_gpa_possible(vcpu->kvm, gpa))
		return HVE_BAD_PARAMETER;
	else
		verdict = place_page(vm, gpa);
	if (verdict == HVE_OK)
		WRITE_ONCE(vm->hypercall, data);
	return verdict;
}

enum hve_verdict hve_set_hypercall(struct hve_vcpu *vcpu, u64 data)
{
	enum hve_verdict verdict;

	mutex_lock(&vcpu->vm->lock);
	verdict = set_hypercall(vcpu, data);
	mutex_unlock(&vcpu->vm->lock);
	return verdict;
}
