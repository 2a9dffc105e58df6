// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: spinlocks: a vCPU that spins too long lets another one run
 *
 * In: the call that a guest makes after so many retries. Out: the host's CPU
 * given to a vCPU of the same VM that is preempted, if there is one: which, KVM
 * guesses, as the call names neither lock nor holder. The count that the guest
 * passes is for statistics and is not used. Owns no state.
 * Source: TLFS, HvCallNotifyLongSpinWait.
 */
#include "../hypercall.h"

enum hve_verdict hve_do_long_spin_wait(struct hve_vcpu *vcpu,
				       struct hve_hcall *call)
{
	hve_kvm_yield(vcpu->kvm);
	return HVE_OK;
}
