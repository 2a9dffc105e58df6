// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: reenlightenment: a guest learns that its TSC runs at another frequency
 *
 * In: the control MSR with a vector and a target VP, the MSRs of TSC emulation,
 * and word of a new frequency from enl/time.c. Out: the vector is pending on
 * the target, and TSC emulation says that it is in progress where the guest
 * has opted in; the guest reads its frequency anew and ends that by a zero. A
 * vector that no fixed interrupt can have is #GP once it is enabled. Any target
 * is accepted, as the TLFS names no error: a VP may come later, and one that is
 * not there when it matters gets nothing. Emulation itself is deliberately
 * absent: between the change and the guest's reaction RDTSC runs at the new
 * frequency. State: struct hve_reenlightenment, under hve_vm.lock. Save/restore:
 * the three MSRs, the frequency that the guest knows of. Source: TLFS, "Nested
 * Virtualization", Compatibility with Live Migration.
 */
#include <linux/nospec.h>
#include "../hve.h"
#include "../kvm/services.h"
#include "../saved.h"

static void tsc_changed(struct hve_vm *vm)
{
	struct hve_reenlightenment *state = &vm->reenlightenment;
	u32 target = state->control >> TLFS_REENLIGHTENMENT_TARGET_SHIFT;
	struct hve_vcpu *vcpu;

	lockdep_assert_held(&vm->lock);
	if (state->emulation & TLFS_MSR_ENABLE)
		WRITE_ONCE(state->status, TLFS_TSC_EMULATION_IN_PROGRESS);
	if (!(state->control & TLFS_REENLIGHTENMENT_ENABLE) ||
	    target >= vm->nr_slots)
		return;
	vcpu = READ_ONCE(vm->vcpus[array_index_nospec(target, vm->nr_slots)]);
	if (vcpu)
		hve_kvm_interrupt_one(vcpu->kvm, (u8)state->control);
}

void hve_reenlightenment_frequency(struct hve_vm *vm, u32 khz)
{
	struct hve_reenlightenment *state = &vm->reenlightenment;

	lockdep_assert_held(&vm->lock);
	if (state->khz && khz && state->khz != khz)
		tsc_changed(vm);
	state->khz = khz;
}

u32 hve_reenlightenment_khz(const struct hve_vm *vm)
{
	return vm->reenlightenment.khz ?:
	       hve_kvm_tsc_khz(hve_kvm_vcpu(vm->kvm, 0));
}

/* The first vCPU that enters sees whether it is another one here. */
void hve_reenlightenment_restore(struct hve_vm *vm, u32 khz)
{
	lockdep_assert_held(&vm->lock);
	vm->reenlightenment.khz = khz;
}

bool hve_reenlightenment_is_valid(u64 control)
{
	return !(control & TLFS_REENLIGHTENMENT_ENABLE) ||
	       (u8)control >= TLFS_IPI_VECTOR_MIN;
}

void hve_reenlightenment_reset(struct hve_vm *vm)
{
	lockdep_assert_held(&vm->lock);
	WRITE_ONCE(vm->reenlightenment.control, 0);
	WRITE_ONCE(vm->reenlightenment.emulation, 0);
	WRITE_ONCE(vm->reenlightenment.status, 0);
	vm->reenlightenment.khz = 0;
}

enum hve_verdict hve_get_reenlightenment_control(struct hve_vcpu *vcpu,
						 u64 *data)
{
	*data = READ_ONCE(vcpu->vm->reenlightenment.control);
	return HVE_OK;
}

enum hve_verdict hve_set_reenlightenment_control(struct hve_vcpu *vcpu,
						 u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	if (!hve_reenlightenment_is_valid(data))
		return HVE_BAD_PARAMETER;
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->reenlightenment.control, data);
	/* What the guest knows so far; it may have read no clock yet. */
	if (!vm->reenlightenment.khz)
		vm->reenlightenment.khz = hve_kvm_tsc_khz(vcpu->kvm);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

enum hve_verdict hve_get_tsc_emulation_control(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->reenlightenment.emulation);
	return HVE_OK;
}

enum hve_verdict hve_set_tsc_emulation_control(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->reenlightenment.emulation, data);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

enum hve_verdict hve_get_tsc_emulation_status(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->reenlightenment.status);
	return HVE_OK;
}

/* The row lets nothing but a zero through. */
enum hve_verdict hve_set_tsc_emulation_status(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->reenlightenment.status, data);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}
