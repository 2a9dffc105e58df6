// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: frequencies: how fast TSC and APIC timer run
 *
 * In: reads of two MSRs. Out: Hertz, as KVM set the vCPU up. Owns no state,
 * takes no lock, may run anywhere. Source: TLFS, "Timers" and the MSR list.
 */
#include "../hve.h"
#include "../kvm/services.h"

enum hve_verdict hve_get_tsc_frequency(struct hve_vcpu *vcpu, u64 *data)
{
	*data = hve_kvm_tsc_khz(vcpu->kvm) * 1000ull;
	return HVE_OK;
}

enum hve_verdict hve_get_apic_frequency(struct hve_vcpu *vcpu, u64 *data)
{
	*data = hve_kvm_apic_hz(vcpu->vm->kvm);
	return HVE_OK;
}
