// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: runtime: how long a virtual processor really ran
 *
 * In: reads of the MSR, and the beginning and end of each KVM_RUN. Out: the
 * processor time that the vCPU's thread spent inside KVM_RUN, in units of 100
 * ns: in the guest, and in KVM on its behalf. What the VMM does in that thread
 * does not count, nor does waiting for a CPU, which is what a guest compares
 * with its clock to see time that was stolen from it. Goes on over a restart of
 * the guest: the processor is still the same one. State: two numbers of the
 * vCPU, its own thread's; no lock. Save/restore: the MSR's value. Source: TLFS,
 * "Virtual Processors", Virtual Processor Run Time Register.
 */
#include "../hve.h"
#include "../kvm/services.h"

#define NS_PER_TICK	100u

void hve_runtime_begin(struct hve_vcpu *vcpu)
{
	if (hve_vm_has(vcpu->vm, HVE_F_RUNTIME))
		vcpu->run_began = hve_kvm_cpu_time();
}

void hve_runtime_end(struct hve_vcpu *vcpu)
{
	if (hve_vm_has(vcpu->vm, HVE_F_RUNTIME))
		vcpu->runtime += hve_kvm_cpu_time() - vcpu->run_began;
}

enum hve_verdict hve_get_vp_runtime(struct hve_vcpu *vcpu, u64 *data)
{
	*data = (vcpu->runtime + hve_kvm_cpu_time() - vcpu->run_began) /
		NS_PER_TICK;
	return HVE_OK;
}
