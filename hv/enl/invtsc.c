// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: invtsc: the guest asks to be told that its TSC is invariant
 *
 * In: a write of bit 0 to the control MSR, and each CPUID leaf that a guest of
 * such a VM reads. Out: until the bit is set, CPUID does not say that the TSC is
 * invariant; then it says what the VMM set. So an old guest, which would trust
 * that bit and then break when it is moved, never sees it. A guest cannot
 * clear the bit again: #GP, as KVM's own code has it; the TLFS is silent. State:
 * the MSR, for the VM, under hve_vm.lock. Save/restore: the MSR.
 */
#include "../hve.h"

/* CPUID leaf, and the bit of EDX in it */
#define POWER_LEAF	0x80000007u
#define INVARIANT_TSC	(1u << 8)

void hve_invtsc_hide(const struct hve_vm *vm, u32 leaf, u32 *edx)
{
	/* By what the guest was told, even if it may use the MSR anyway */
	if (leaf == POWER_LEAF && vm->told & HVE_BIT(INVTSC) &&
	    !READ_ONCE(vm->tsc_invariant))
		*edx &= ~INVARIANT_TSC;
}

enum hve_verdict hve_get_tsc_invariant_control(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->tsc_invariant);
	return HVE_OK;
}

enum hve_verdict hve_set_tsc_invariant_control(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict = HVE_OK;

	mutex_lock(&vm->lock);
	if (vm->tsc_invariant && !data)
		verdict = HVE_BAD_PARAMETER;
	else
		WRITE_ONCE(vm->tsc_invariant, data);
	mutex_unlock(&vm->lock);
	return verdict;
}
