// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: the synthetic debugger's MSRs
 *
 * In: accesses of the guest, where CPUID allows debugging, and of the VMM. Out: an
 * exit KVM_EXIT_HYPERV_SYNDBG for each packet that the guest wants sent or
 * received; the VMM does it and gives the status. Nothing is done here with what
 * the MSRs point to. State: hve_native.syndbg, under hve_vm.lock. Save/restore:
 * the MSRs, by the VMM.
 */
#include "kvm/services.h"
#include "native.h"

/* Bit 2 of the options: by calls instead */
#define USE_CALLS	(1u << 2)

bool hve_native_syndbg_has(u32 msr)
{
	return msr - HVE_SYNDBG_CONTROL <= HVE_SYNDBG_PENDING - HVE_SYNDBG_CONTROL ||
	       msr == HVE_SYNDBG_OPTIONS;
}

bool hve_native_syndbg_enabled(const struct hve_vcpu *vcpu)
{
	return vcpu->native->syndbg & TLFS_SYNDBG_ALLOWED;
}

bool hve_native_syndbg_calls(const struct hve_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->native->syndbg.options) & USE_CALLS;
}

static bool may_access(const struct hve_vcpu *vcpu)
{
	const struct hve_native_vcpu *native = vcpu->native;

	if (!native->enabled || !hve_native_syndbg_enabled(vcpu))
		return false;
	return !native->enforce ||
	       native->leaf[3].reg[HVE_EDX] & TLFS_DEBUG_MSRS;
}

static u64 *place_of(struct hve_native *native, u32 msr)
{
	switch (msr) {
	case HVE_SYNDBG_CONTROL:
		return &native->syndbg.control;
	case HVE_SYNDBG_STATUS:
		return &native->syndbg.status;
	case HVE_SYNDBG_SEND:
		return &native->syndbg.send;
	case HVE_SYNDBG_RECEIVE:
		return &native->syndbg.receive;
	case HVE_SYNDBG_PENDING:
		return &native->syndbg.pending;
	default:
		return &native->syndbg.options;
	}
}

enum hve_verdict hve_native_syndbg_get(struct hve_vcpu *vcpu, u32 msr, bool host,
				       u64 *data)
{
	if (!host && !may_access(vcpu))
		return HVE_DENIED;
	*data = READ_ONCE(*place_of(vcpu->vm->native, msr));
	return HVE_OK;
}

static void tell_vmm(struct hve_vcpu *vcpu, u32 msr)
{
	const struct hve_native *native = vcpu->vm->native;
	const struct kvm_hyperv_exit exit = {
		.type = KVM_EXIT_HYPERV_SYNDBG,
		.u.syndbg = {
			.msr = msr,
			.control = native->syndbg.control,
			.send_page = native->syndbg.send,
			.recv_page = native->syndbg.receive,
			.pending_page = native->syndbg.pending,
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
	WRITE_ONCE(*place_of(vm->native, msr), data);
	if (!host && (msr == HVE_SYNDBG_CONTROL || msr == HVE_SYNDBG_PENDING))
		tell_vmm(vcpu, msr);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

void hve_native_syndbg_done(struct hve_vcpu *vcpu, u64 status)
{
	struct hve_vm *vm = vcpu->vm;

	if (vcpu->native->exit.u.syndbg.msr != HVE_SYNDBG_CONTROL)
		return;
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->native->syndbg.status, status);
	mutex_unlock(&vm->lock);
}
