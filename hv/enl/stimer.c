// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: stimer, stimer-direct: four timers for each vCPU
 *
 * In: their MSRs, and the host's timers that stand for them. Out: at or after
 * the expiration a vector is pending (direct mode: at once, from the host's
 * timer interrupt), or a message waits and the vCPU is sent to deliver it. A
 * one-shot timer is disabled then; a periodic one goes on as period.h says, and
 * rests while its message waits. State: struct hve_stimer, under
 * hve_synic.lock, which is taken in interrupts. Only the vCPU itself starts a
 * timer, after it made sure that none runs. Save/restore: stimer_state.c.
 * Source: TLFS, "Timers", Synthetic Timers.
 */
#include "synic.h"
#include "../kvm/services.h"

#define NS_PER_TICK	100u
/* Some 146 years; what is farther away is looked at again then. */
#define FARTHEST	((u64)KTIME_MAX / 2 / NS_PER_TICK)

static bool is_direct(const struct hve_stimer *timer)
{
	return timer->config & TLFS_STIMER_DIRECT;
}

static bool is_periodic(const struct hve_stimer *timer)
{
	return timer->config & TLFS_STIMER_PERIODIC;
}

static u8 vector_of(u64 config)
{
	return config >> TLFS_STIMER_VECTOR_SHIFT;
}

static u32 sint_of(u64 config)
{
	return config >> TLFS_STIMER_SINT_SHIFT & (TLFS_SINT_COUNT - 1);
}

bool hve_stimer_may_run(u64 config)
{
	if (config & TLFS_STIMER_DIRECT)
		return vector_of(config) >= TLFS_SINT_VECTOR_MIN;
	return sint_of(config);
}

/* The host's time at which the reference time, @now by now, is @when */
static ktime_t host_time(u64 when, u64 now)
{
	u64 ticks = when > now ? min(when - now, FARTHEST) : 0;

	return ktime_add_ns(ktime_get(), ticks * NS_PER_TICK);
}

void hve_stimer_forget(struct hve_stimer *timer)
{
	struct hve_synic *synic = timer->vcpu->synic;

	lockdep_assert_held(&synic->lock);
	timer->waiting = false;
	timer->held = false;
	synic->again &= ~BIT(timer->index);
}

/* Whether the guest can be told: it took the last one */
static bool is_taken(const struct hve_stimer *timer)
{
	if (!is_direct(timer))
		return !timer->waiting;
	return !hve_kvm_vector_pending(timer->vcpu->kvm,
				       vector_of(timer->config));
}

/* The vCPU is to come by; @wake: this is not its own thread */
static void call_vcpu(struct hve_vcpu *vcpu, bool wake)
{
	if (wake)
		hve_kvm_wake(vcpu->kvm);
	else
		hve_kvm_request_entry(vcpu->kvm);
}

/* In any context */
static void expire(struct hve_stimer *timer, bool wake)
{
	struct hve_vcpu *vcpu = timer->vcpu;

	lockdep_assert_held(&vcpu->synic->lock);
	vcpu->events[HVE_EV_TIMERS]++;
	if (!is_periodic(timer))
		timer->config &= ~TLFS_STIMER_ENABLED;
	if (is_direct(timer)) {
		vcpu->synic->unseen |= BIT(timer->index);
		hve_kvm_interrupt_one(vcpu->kvm, vector_of(timer->config));
		return;
	}
	timer->waiting = true;
	timer->expired = timer->at.expiry;
	call_vcpu(vcpu, wake);
}

/* A message tells when it is delivered; a vector does not, so it is asked for. */
static bool rests(struct hve_stimer *timer, bool taken)
{
	timer->held = is_periodic(timer) && !is_direct(timer) && !taken;
	return timer->held;
}

static enum hrtimer_restart look(struct hve_stimer *timer, bool wake)
{
	struct hve_vcpu *vcpu = timer->vcpu;
	struct hve_period *at = &timer->at;
	bool taken;
	u64 now;

	if (!(timer->config & TLFS_STIMER_ENABLED) || !timer->count)
		return HRTIMER_NORESTART;
	if (unlikely(!hve_time_is_known(vcpu, &now))) {
		vcpu->synic->again |= BIT(timer->index);
		call_vcpu(vcpu, wake);
		return HRTIMER_NORESTART;
	}
	/* The host's clock may run a little faster than the reference time. */
	if (now >= at->fire) {
		taken = is_taken(timer);
		if (rests(timer, taken))
			return HRTIMER_NORESTART;
		if (taken || !is_periodic(timer))
			expire(timer, wake);
		if (!is_periodic(timer))
			return HRTIMER_NORESTART;
		hve_period_next(at, timer->count, now,
				timer->config & TLFS_STIMER_LAZY, taken);
	}
	hrtimer_set_expires(&timer->timer, host_time(at->fire, now));
	return HRTIMER_RESTART;
}

/* In the vCPU's thread; the host's timer does not run. */
static void resume(struct hve_stimer *timer)
{
	if (look(timer, false) == HRTIMER_RESTART)
		hrtimer_start_expires(&timer->timer, HRTIMER_MODE_ABS);
}

static enum hrtimer_restart fired(struct hrtimer *hrtimer)
{
	struct hve_stimer *timer = container_of(hrtimer, struct hve_stimer,
						timer);
	struct hve_synic *synic = timer->vcpu->synic;
	enum hrtimer_restart restart;
	unsigned long flags;

	raw_spin_lock_irqsave(&synic->lock, flags);
	restart = look(timer, true);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return restart;
}

void hve_stimer_init(struct hve_vcpu *vcpu)
{
	u32 i;

	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		struct hve_stimer *timer = &vcpu->synic->timers[i];

		timer->vcpu = vcpu;
		timer->index = i;
		hve_kvm_hrtimer_init(&timer->timer, fired);
	}
}

void hve_stimer_stop(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;
	u32 i;

	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		struct hve_stimer *timer = &synic->timers[i];

		raw_spin_lock_irqsave(&synic->lock, flags);
		timer->config = timer->count = 0;
		hve_stimer_forget(timer);
		synic->unseen &= ~BIT(i);
		raw_spin_unlock_irqrestore(&synic->lock, flags);
		hrtimer_cancel(&timer->timer);
	}
	synic->begin = 0;
	WRITE_ONCE(synic->rearm, false);
}

static bool message_for(struct hve_stimer *timer, u32 *sint,
			struct tlfs_timer_payload *payload)
{
	struct hve_synic *synic = timer->vcpu->synic;
	unsigned long flags;
	bool waiting;

	raw_spin_lock_irqsave(&synic->lock, flags);
	waiting = timer->waiting;
	*sint = sint_of(timer->config);
	payload->timer = timer->index;
	payload->expiration = timer->expired;
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return waiting;
}

/* The message is delivered: what rested for it goes on. */
static void delivered(struct hve_stimer *timer, u64 now)
{
	struct hve_synic *synic = timer->vcpu->synic;
	unsigned long flags;

	raw_spin_lock_irqsave(&synic->lock, flags);
	timer->waiting = false;
	if (timer->held) {
		timer->held = false;
		hve_period_next(&timer->at, timer->count, now,
				timer->config & TLFS_STIMER_LAZY, false);
		hrtimer_start(&timer->timer, host_time(timer->at.fire, now),
			      HRTIMER_MODE_ABS);
	}
	raw_spin_unlock_irqrestore(&synic->lock, flags);
}

void hve_stimer_messages(struct hve_vcpu *vcpu)
{
	struct tlfs_message message = {
		.type = TLFS_MESSAGE_TIMER_EXPIRED,
		.payload_size = sizeof(struct tlfs_timer_payload),
	};
	struct tlfs_timer_payload *payload = (void *)message.payload;
	u32 i, sint;

	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		struct hve_stimer *timer = &vcpu->synic->timers[i];

		if (!READ_ONCE(timer->waiting) ||
		    !message_for(timer, &sint, payload))
			continue;
		payload->delivery = hve_time_now(vcpu);
		/* Only this thread ends waiting, but for a restart. */
		if (hve_message_deliver(vcpu, sint, &message))
			delivered(timer, payload->delivery);
	}
}

/* From the MSRs as they are now; the host's timer does not run. */
static void start(struct hve_stimer *timer, u64 now)
{
	lockdep_assert_held(&timer->vcpu->synic->lock);
	if (!(timer->config & TLFS_STIMER_ENABLED) || !timer->count)
		return;
	timer->at.expiry = is_periodic(timer) ?
			   hve_period_add(now, timer->count) : timer->count;
	timer->at.fire = timer->at.expiry;
	timer->at.ignored = 0;
	if (!is_periodic(timer) && timer->at.expiry <= now)
		expire(timer, false);
	else
		hrtimer_start(&timer->timer, host_time(timer->at.fire, now),
			      HRTIMER_MODE_ABS);
}

void hve_stimer_rearm(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;
	u32 i;

	WRITE_ONCE(synic->rearm, false);
	/* Reading it may sleep; under the lock it is then up to date. */
	hve_time_now(vcpu);
	raw_spin_lock_irqsave(&synic->lock, flags);
	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		struct hve_stimer *timer = &synic->timers[i];

		if (synic->begin) {
			/* Of the others this says nothing. */
			if (synic->begin & BIT(i) && hve_stimer_may_run(timer->config))
				start(timer, hve_time_peek(vcpu));
			continue;
		}
		/* The saved APIC has the vector or not: it is pending once. */
		if (synic->unseen & BIT(i))
			hve_kvm_interrupt_one(vcpu->kvm,
					      vector_of(timer->config));
		resume(timer);
	}
	synic->begin = 0;
	raw_spin_unlock_irqrestore(&synic->lock, flags);
}

void hve_stimer_look_again(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags, again;
	u32 i;

	/* As in hve_stimer_rearm(). If that changes once more, once more. */
	hve_time_now(vcpu);
	raw_spin_lock_irqsave(&synic->lock, flags);
	again = synic->again;
	synic->again = 0;
	for_each_set_bit(i, &again, TLFS_STIMER_COUNT)
		resume(&synic->timers[i]);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
}

static void set_config(struct hve_stimer *timer, u64 data)
{
	if (data & TLFS_STIMER_ENABLED && !hve_stimer_may_run(data))
		data &= ~TLFS_STIMER_ENABLED;
	timer->config = data;
}

static void set_count(struct hve_stimer *timer, u64 data)
{
	timer->count = data;
	if (!data)
		timer->config &= ~TLFS_STIMER_ENABLED;
	else if (timer->config & TLFS_STIMER_AUTO_ENABLE &&
		 hve_stimer_may_run(timer->config))
		timer->config |= TLFS_STIMER_ENABLED;
}

enum hve_verdict hve_get_stimer(struct hve_vcpu *vcpu, u32 index, u64 *data)
{
	struct hve_stimer *timer = &vcpu->synic->timers[index / 2];

	*data = index & 1 ? READ_ONCE(timer->count) : READ_ONCE(timer->config);
	return HVE_OK;
}

enum hve_verdict hve_set_stimer(struct hve_vcpu *vcpu, u32 index, u64 data)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_stimer *timer = &synic->timers[index / 2];
	unsigned long flags;
	u64 now;

	if (!(index & 1)) {
		if (data & TLFS_STIMER_RSVDZ)
			return HVE_BAD_PARAMETER;
		if (data & TLFS_STIMER_DIRECT &&
		    !hve_vm_has(vcpu->vm, HVE_F_STIMER_DIRECT))
			return HVE_DENIED;
	}
	hrtimer_cancel(&timer->timer);
	now = hve_time_now(vcpu);
	raw_spin_lock_irqsave(&synic->lock, flags);
	hve_stimer_forget(timer);
	if (index & 1)
		set_count(timer, data);
	else
		set_config(timer, data);
	start(timer, now);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return HVE_OK;
}
