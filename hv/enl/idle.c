// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: guest-idle: a read of an MSR that sleeps
 *
 * In: the read. Out: 0, once an interrupt is pending for this vCPU, also one that
 * the guest masks; at once when one is pending already. It may return before:
 * a guest that waits for something looks again. The interrupt stays pending.
 * Owns no state, so nothing to reset or to save; takes no lock. Source: TLFS,
 * "Virtual Processors", Virtual Processor Idle Sleep State.
 */
#include "../hve.h"
#include "../kvm/services.h"

enum hve_verdict hve_get_guest_idle(struct hve_vcpu *vcpu, u64 *data)
{
	hve_kvm_idle(vcpu->kvm);
	*data = 0;
	return HVE_OK;
}
