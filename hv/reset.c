// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The guest restarts in a VMM that knows nothing of Hyper-V
 *
 * In: userspace loaded the reset vector into the boot vCPU (hv/kvm/entry.c saw
 * it). Out: all Hyper-V state of the VM is as in a new one. Guest memory is
 * not touched: what lies below the overlays belongs to the next operating
 * system already. Other vCPUs may be anywhere at that moment: their state is
 * changed under hve_vm.lock, and what KVM holds of it each drops in its own
 * thread, on its way into the guest.
 */
#include "hve.h"
#include "kvm/services.h"

static void reset_vcpu(struct hve_vm *vm, struct hve_vcpu *vcpu)
{
	if (vcpu->vp_assist && hve_vm_has(vm, HVE_F_VAPIC))
		WRITE_ONCE(vcpu->remark, true);
	/* What the last system wanted of the VMM, as a second restart */
	WRITE_ONCE(vcpu->forget_exit, true);
	WRITE_ONCE(vcpu->vp_assist, 0);
	hve_overlay_forget(vm, &vcpu->assist_page);
	hve_synic_reset(vcpu);
}

void hve_vcpu_entering(struct hve_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->remark))
		hve_vapic_remark(vcpu);
	if (READ_ONCE(vcpu->forget_exit)) {
		WRITE_ONCE(vcpu->forget_exit, false);
		hve_kvm_forget_exit(vcpu);
	}
	hve_flush_entering(vcpu);
	if (hve_time_is_stale(vcpu->vm))
		hve_time_refresh(vcpu->vm);
	hve_synic_work(vcpu);
	hve_syndbg_entering(vcpu);
}

void hve_reset(struct hve_vm *vm)
{
	bool was_used;
	u32 i, nr;

	mutex_lock(&vm->lock);
	was_used = vm->guest_os_id || vm->hypercall || vm->reference_tsc;
	WRITE_ONCE(vm->guest_os_id, 0);
	WRITE_ONCE(vm->hypercall, 0);
	hve_overlay_forget(vm, &vm->hypercall_page);
	WRITE_ONCE(vm->reference_tsc, 0);
	hve_overlay_forget(vm, &vm->tsc_page);
	nr = hve_kvm_online_vcpus(vm->kvm);
	for (i = 0; i < nr; i++)
		if (vm->vcpus[i])
			reset_vcpu(vm, vm->vcpus[i]);
	hve_time_reset(vm);
	hve_crash_reset(vm);
	hve_reenlightenment_reset(vm);
	WRITE_ONCE(vm->tsc_invariant, 0);
	hve_syndbg_reset(vm);
	if (was_used)
		vm->resets++;
	mutex_unlock(&vm->lock);
	/* Each vCPU obeys @remark and the new time before it is in the guest. */
	hve_kvm_request_entry_check(vm->kvm);
	if (was_used)
		hve_event_post(vm, HVE_EVENT_RESET, vm->resets,
			       "the guest restarted; its Hyper-V state is dropped");
}
