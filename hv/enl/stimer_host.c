// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The synthetic timers as a VMM saves and restores them
 *
 * In: in native mode the VMM's accesses to the timers' MSRs, while the vCPU stands
 * still. Out: what it sets runs from the vCPU's next entry on, not before: clocks
 * and pages may be restored later. What it reads says of an expiration that the
 * guest may not have seen that the timer is enabled still, so that it expires
 * again where that is restored: in KVM a timer expires in its vCPU's thread only.
 * State: struct hve_stimer, under hve_synic.lock.
 */
#include "synic.h"
#include "../kvm/services.h"

void hve_stimer_host_set(struct hve_vcpu *vcpu, u32 index, u64 data)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_stimer *timer = &synic->timers[index / 2];
	unsigned long flags;

	hrtimer_cancel(&timer->timer);
	raw_spin_lock_irqsave(&synic->lock, flags);
	timer->waiting = false;
	synic->unseen &= ~BIT(timer->index);
	if (index & 1)
		timer->count = data;
	else
		timer->config = data;
	synic->begin |= BIT(timer->index);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	WRITE_ONCE(synic->rearm, true);
	hve_kvm_request_entry(vcpu->kvm);
}

u64 hve_stimer_host_get(struct hve_vcpu *vcpu, u32 index)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_stimer *timer = &synic->timers[index / 2];
	unsigned long flags;
	u64 data;

	raw_spin_lock_irqsave(&synic->lock, flags);
	data = index & 1 ? timer->count : timer->config;
	if (!(index & 1) && (timer->waiting || synic->unseen & BIT(timer->index)))
		data |= TLFS_STIMER_ENABLED;
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return data;
}
