// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: the synthetic debugger's MSRs
 *
 * In: accesses of the guest, where CPUID allows debugging, and of the VMM. Out: an
 * exit KVM_EXIT_HYPERV_SYNDBG for each packet that the guest wants sent or
 * received; the VMM does it and gives the status. Nothing is done here with what
 * the MSRs point to. State: hve_vm.syndbg, under hve_vm.lock. Save/restore:
 * the MSRs, by the VMM.
 */
#include "kvm/services.h"
#include "native.h"

bool hve_native_syndbg_has(u32 msr)
{
	return msr - MSR_syndbg_control <=
	       MSR_syndbg_pending_buffer - MSR_syndbg_control ||
	       msr == MSR_syndbg_options;
}

bool hve_native_syndbg_enabled(const struct hve_vcpu *vcpu)
{
	const u32 slot = hve_cpuid_slot(TLFS_SYNDBG_CAPABILITIES);

	return vcpu->native->leaf[slot].reg[HVE_EAX] & TLFS_SYNDBG_ALLOWED;
}

bool hve_native_syndbg_calls(const struct hve_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->syndbg.options) & TLFS_SYNDBG_USE_CALLS;
}

static bool may_access(const struct hve_vcpu *vcpu)
{
	const struct hve_native_vcpu *native = vcpu->native;

	if (!native->enabled || !hve_native_syndbg_enabled(vcpu))
		return false;
	return !native->enforce ||
	       native->leaf[3].reg[HVE_EDX] & TLFS_DEBUG_MSRS;
}

static u64 *place_of(struct hve_syndbg *syndbg, u32 msr)
{
	switch (msr) {
	case MSR_syndbg_control:
		return &syndbg->control;
	case MSR_syndbg_status:
		return &syndbg->status;
	case MSR_syndbg_send_buffer:
		return &syndbg->send;
	case MSR_syndbg_receive_buffer:
		return &syndbg->receive;
	case MSR_syndbg_pending_buffer:
		return &syndbg->pending;
	default:
		return &syndbg->options;
	}
}

enum hve_verdict hve_native_syndbg_get(struct hve_vcpu *vcpu, u32 msr, bool host,
				       u64 *data)
{
	if (!host && !may_access(vcpu))
		return HVE_DENIED;
	*data = READ_ONCE(*place_of(&vcpu->vm->syndbg, msr));
	return HVE_OK;
}

static void tell_vmm(struct hve_vcpu *vcpu, u32 msr)
{
	const struct hve_syndbg *syndbg = &vcpu->vm->syndbg;
	const struct kvm_hyperv_exit exit = {
		.type = KVM_EXIT_HYPERV_SYNDBG,
		.u.syndbg = {
			.msr = msr,
			.control = syndbg->control,
			.send_page = syndbg->send,
			.recv_page = syndbg->receive,
			.pending_page = syndbg->pending,
		},
	};

	lockdep_assert_held(&vcpu->vm->lock);
	hve_kvm_hyperv_exit(vcpu, &exit);
}

enum hve_verdict hve_native_syndbg_set(struct hve_vcpu *vcpu, u32 msr, bool host,
				       u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	if (!host && !may_access(vcpu))
		return HVE_DENIED;
	mutex_lock(&vm->lock);
	WRITE_ONCE(*place_of(&vm->syndbg, msr), data);
	if (!host && (msr == MSR_syndbg_control || msr == MSR_syndbg_pending_buffer))
		tell_vmm(vcpu, msr);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

void hve_native_syndbg_done(struct hve_vcpu *vcpu, u64 status)
{
	struct hve_vm *vm = vcpu->vm;

	if (vcpu->native->exit.u.syndbg.msr != MSR_syndbg_control)
		return;
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->syndbg.status, status);
	mutex_unlock(&vm->lock);
}
