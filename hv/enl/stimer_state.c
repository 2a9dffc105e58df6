// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The synthetic timers of a vCPU, saved and restored
 *
 * In: timers of a vCPU that stands still. Out: MSRs, the next expiration and a
 * message that waits in a blob, or there again; and in native mode, where the
 * VMM saves by MSRs, what it reads and sets. What is restored runs from the vCPU's
 * next entry on, not before: clocks and pages may be restored later. What a VMM
 * reads says of an expiration that the guest may not have seen that the timer is
 * enabled still, so that it expires again where that is restored: in KVM a timer
 * expires in its vCPU's thread only. State: struct hve_stimer, under
 * hve_synic.lock.
 */
#include "synic.h"
#include "../kvm/services.h"
#include "../saved.h"

bool hve_stimer_is_valid(const struct hve_vm *vm,
			 const struct hve_blob_timer *timer)
{
	const u64 config = timer->config;
	const bool direct = config & TLFS_STIMER_DIRECT;
	const bool due = timer->flags & (HVE_BLOB_TIMER_WAITING |
					 HVE_BLOB_TIMER_UNSEEN);

	if (config & TLFS_STIMER_RSVDZ ||
	    (direct && !hve_vm_has(vm, HVE_F_STIMER_DIRECT)))
		return false;
	if ((config & TLFS_STIMER_ENABLED || due) && !hve_stimer_may_run(config))
		return false;
	if (timer->flags & ~(direct ? HVE_BLOB_TIMER_UNSEEN :
			     HVE_BLOB_TIMER_WAITING))
		return false;
	if (!(config & TLFS_STIMER_ENABLED) || !timer->count)
		return true;
	if (!(config & TLFS_STIMER_PERIODIC) && timer->expiry != timer->count)
		return false;
	return timer->fire >= timer->expiry;
}

void hve_stimer_save(struct hve_vcpu *vcpu, struct hve_blob_writer *writer)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;
	u32 i;

	if (!synic || !hve_vm_has(vcpu->vm, HVE_F_STIMER))
		return;
	raw_spin_lock_irqsave(&synic->lock, flags);
	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		const struct hve_stimer *timer = &synic->timers[i];
		struct hve_blob_timer is = {
			.vp = vcpu->index, .index = i,
			.config = timer->config, .count = timer->count,
			.expiry = timer->at.expiry, .fire = timer->at.fire,
			.expired = timer->expired,
		};

		if (timer->waiting)
			is.flags |= HVE_BLOB_TIMER_WAITING;
		if (synic->unseen & BIT(i) && is.config & TLFS_STIMER_DIRECT)
			is.flags |= HVE_BLOB_TIMER_UNSEEN;
		hve_blob_put(writer, HVE_BLOB_TIMER, &is, sizeof(is), NULL, 0);
	}
	raw_spin_unlock_irqrestore(&synic->lock, flags);
}

void hve_stimer_restore(struct hve_vcpu *vcpu,
			const struct hve_blob_timer *timers)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;
	u32 i;

	raw_spin_lock_irqsave(&synic->lock, flags);
	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		struct hve_stimer *timer = &synic->timers[i];

		timer->config = timers[i].config;
		timer->count = timers[i].count;
		timer->at.expiry = timers[i].expiry;
		timer->at.fire = timers[i].fire;
		timer->expired = timers[i].expired;
		timer->waiting = timers[i].flags & HVE_BLOB_TIMER_WAITING;
		if (timers[i].flags & HVE_BLOB_TIMER_UNSEEN)
			synic->unseen |= BIT(i);
	}
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	WRITE_ONCE(synic->rearm, true);
}

void hve_stimer_host_set(struct hve_vcpu *vcpu, u32 index, u64 data)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_stimer *timer = &synic->timers[index / 2];
	unsigned long flags;

	hrtimer_cancel(&timer->timer);
	raw_spin_lock_irqsave(&synic->lock, flags);
	hve_stimer_forget(timer);
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
