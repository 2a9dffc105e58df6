// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: time: reference counter and reference TSC page
 *
 * In: reads of the counter MSR, writes of the page's MSR, and word that a TSC
 * or the host's clock changed. Out: one reference time, the same from page and
 * MSR: both use scale and offset on the guest's TSC while all vCPUs agree on
 * it and the host's clock is its TSC; else the page is marked invalid and the
 * MSR follows the host's clock. Either change goes on from the time reached.
 * The parameters are read under a seqcount, from interrupts too, and written
 * under hve_vm.lock with interrupts off, in a vCPU's thread: on its next entry
 * after anybody marked them stale. Save/restore: the time reached, and the
 * page's sequence, so that the page made anew has another one. The page itself:
 * tsc_page.c. Source: TLFS, "Timers".
 */
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include "../hve.h"
#include "../kvm/services.h"
#include "../native.h"
#include "../saved.h"
#include "time.h"
#include "tsc.h"

#define NS_PER_TICK	100u

/* In native mode the VM's own clock, which its VMM sets: KVM_SET_CLOCK */
static u64 clock_ticks(const struct hve_vm *vm)
{
	return (vm->native ? hve_kvm_clock_ns(vm->kvm) : ktime_get_raw_ns()) /
	       NS_PER_TICK;
}

void hve_time_init(struct hve_vm *vm)
{
	struct hve_time *time = &vm->time;

	seqcount_init(&time->seq);
	time->source = HVE_TIME_CLOCK;
	atomic_set(&vm->changes, 1);
	/* Then the clock is the reference time itself. */
	if (vm->native)
		return;
	time->anchor_clock = clock_ticks(vm);
	time->offset = -time->anchor_clock;
}

/*
 * The parameters change until end_change(). A timer's interrupt here would read
 * until then, and two clocks that are read inside are read at the same moment.
 */
static unsigned long begin_change(struct hve_vm *vm)
{
	unsigned long flags;

	lockdep_assert_held(&vm->lock);
	local_irq_save(flags);
	write_seqcount_begin(&vm->time.seq);
	return flags;
}

static void end_change(struct hve_vm *vm, unsigned long flags)
{
	write_seqcount_end(&vm->time.seq);
	local_irq_restore(flags);
}

/* @tsc: the guest's without its offset, which another thread may be changing */
static u64 reached(struct hve_vm *vm, u64 tsc, u32 khz)
{
	struct hve_time *time = &vm->time;

	if (time->source == HVE_TIME_CLOCK || vm->native)
		return clock_ticks(vm) + (vm->native ? 0 : time->offset);
	if (time->khz == khz)
		return hve_tsc_ticks(tsc + time->tsc_offset, time->scale) +
		       time->offset;
	/* Another frequency: what the TSC meant is lost, the clock is not. */
	return time->anchor + clock_ticks(vm) - time->anchor_clock;
}

/* In native mode only while the guest has the page: as in KVM */
static bool can_use(const struct hve_vm *vm, const struct hve_kvm_tsc *tsc)
{
	if (vm->native && !(vm->reference_tsc & TLFS_MSR_ENABLE))
		return false;
	return tsc->usable && tsc->khz >= HVE_TSC_KHZ_MIN;
}

/* New parameters that go on from the time reached */
static void switch_source(struct hve_vm *vm, const struct hve_kvm_tsc *tsc)
{
	struct kvm_vcpu *vcpu = hve_kvm_vcpu(vm->kvm, 0);
	struct hve_time *time = &vm->time;
	unsigned long flags = begin_change(vm);
	u64 now = hve_kvm_tsc_without_offset(vcpu);

	time->anchor = reached(vm, now, tsc->khz);
	time->anchor_clock = clock_ticks(vm);
	time->khz = tsc->khz;
	time->tsc_offset = tsc->offset;
	if (can_use(vm, tsc)) {
		time->source = HVE_TIME_TSC;
		time->scale = hve_tsc_scale(tsc->khz);
		time->offset = hve_tsc_offset(now + tsc->offset, time->scale,
					      time->anchor);
	} else {
		time->source = HVE_TIME_CLOCK;
		time->offset = vm->native ? 0 :
			       time->anchor - time->anchor_clock;
	}
	end_change(vm, flags);
}

static bool is_current(const struct hve_vm *vm, const struct hve_kvm_tsc *tsc)
{
	const struct hve_time *time = &vm->time;

	if (!can_use(vm, tsc))
		return time->source == HVE_TIME_CLOCK;
	return time->source == HVE_TIME_TSC && time->khz == tsc->khz &&
	       time->tsc_offset == tsc->offset;
}

/*
 * A guest that emulates its TSC after a migration reads the page as it was then,
 * until it ends that. True: such a page is there, and the time is what it says.
 */
static bool is_frozen(struct hve_vm *vm)
{
	struct tlfs_reference_tsc_page page;
	struct hve_time *time = &vm->time;
	unsigned long flags;

	if (!vm->reenlightenment.emulation || vm->native->page_by_guest ||
	    !(vm->reference_tsc & TLFS_MSR_ENABLE))
		return false;
	if (time->valid)
		return true;
	if (hve_kvm_read(vm->kvm, vm->tsc_page.gpa, &page, sizeof(page)) ||
	    !page.sequence)
		return false;
	flags = begin_change(vm);
	time->source = HVE_TIME_TSC;
	time->scale = page.scale;
	time->offset = page.offset;
	end_change(vm, flags);
	time->sequence = page.sequence;
	time->valid = true;
	return true;
}

/* The clock may have been set: the time goes on from there. */
static void refresh_native(struct hve_vm *vm, const struct hve_kvm_tsc *tsc)
{
	lockdep_assert_held(&vm->lock);
	if (is_frozen(vm))
		return;
	/* The sequence goes on from what the guest's memory has. */
	if (vm->reference_tsc & TLFS_MSR_ENABLE &&
	    hve_kvm_read(vm->kvm, vm->tsc_page.gpa, &vm->time.sequence,
			 sizeof(vm->time.sequence)))
		vm->time.sequence = 0;
	hve_tsc_page_invalidate(vm);
	switch_source(vm, tsc);
	hve_tsc_page_write(vm);
	vm->native->page_by_guest = false;
}

void hve_time_refresh_locked(struct hve_vm *vm)
{
	/* Read before the look: who asks meanwhile causes another one. */
	int changes = atomic_read_acquire(&vm->changes);
	struct hve_kvm_tsc tsc;

	lockdep_assert_held(&vm->lock);
	if (vm->time.done == changes)
		return;
	/* Before 7.x a vCPU can be used a moment before it is one of the VM's. */
	if (!hve_kvm_online_vcpus(vm->kvm))
		return;
	hve_kvm_tsc_state(vm->kvm, &tsc);
	if (!vm->native)
		hve_reenlightenment_frequency(vm, tsc.khz);
	if (vm->native) {
		refresh_native(vm, &tsc);
	} else if (vm->time.rewrite || !is_current(vm, &tsc)) {
		hve_tsc_page_invalidate(vm);
		switch_source(vm, &tsc);
		hve_tsc_page_write(vm);
		vm->time.rewrite = false;
	}
	smp_store_release(&vm->time.done, changes);
}

void hve_time_refresh(struct hve_vm *vm)
{
	mutex_lock(&vm->lock);
	hve_time_refresh_locked(vm);
	mutex_unlock(&vm->lock);
}

static int mark_stale(struct hve_vm *vm, void *unused)
{
	atomic_inc(&vm->changes);
	hve_kvm_request_entry_check(vm->kvm);
	return 0;
}

/* Between the two a refresh may find the old TSC, and is not the last one. */
void hve_time_touching(struct hve_vm *vm)
{
	atomic_inc(&vm->touching);
	atomic_inc(&vm->changes);
	smp_mb__after_atomic();
}

void hve_time_touched(struct hve_vm *vm, struct kvm_vcpu *vcpu)
{
	hve_time_moved(vm, vcpu);
	smp_mb__before_atomic();
	atomic_dec(&vm->touching);
}

void hve_time_moved(struct hve_vm *vm, struct kvm_vcpu *vcpu)
{
	if (vm->time.source == HVE_TIME_TSC &&
	    hve_kvm_tsc_offset(vcpu) == READ_ONCE(vm->time.tsc_offset) &&
	    hve_kvm_tsc_khz(vcpu) == READ_ONCE(vm->time.khz))
		return;
	mark_stale(vm, NULL);
}

void hve_time_changed(struct hve_vm *vm)
{
	mark_stale(vm, NULL);
}

void hve_time_native_page(struct hve_vm *vm, u64 data, bool host)
{
	mutex_lock(&vm->lock);
	vm->time.valid = false;
	WRITE_ONCE(vm->reference_tsc, data);
	if (data & TLFS_MSR_ENABLE)
		hve_overlay_place(vm, &vm->tsc_page,
				  data & ~(TLFS_PAGE_SIZE - 1ull), NULL);
	else
		hve_overlay_forget(vm, &vm->tsc_page);
	vm->native->page_by_guest = !host;
	mutex_unlock(&vm->lock);
	mark_stale(vm, NULL);
}

/* From @reference on; the caller requests the entry check. */
static void begin_at(struct hve_vm *vm, u64 reference)
{
	struct hve_time *time = &vm->time;
	unsigned long flags;

	time->valid = false;
	flags = begin_change(vm);
	time->source = HVE_TIME_CLOCK;
	time->anchor = reference;
	time->anchor_clock = clock_ticks(vm);
	time->offset = reference - time->anchor_clock;
	end_change(vm, flags);
	atomic_inc(&vm->changes);
}

void hve_time_reset(struct hve_vm *vm)
{
	vm->time.rewrite = false;
	begin_at(vm, 0);
}

u64 hve_time_reached(struct hve_vm *vm)
{
	struct kvm_vcpu *vcpu = hve_kvm_vcpu(vm->kvm, 0);

	lockdep_assert_held(&vm->lock);
	return reached(vm, hve_kvm_tsc_without_offset(vcpu),
		       hve_kvm_tsc_khz(vcpu));
}

void hve_time_restore(struct hve_vm *vm, const struct hve_blob_time *time)
{
	begin_at(vm, time->reference);
	vm->time.sequence = time->sequence;
	/* Memory has the page as the guest last saw it, valid maybe. */
	vm->time.rewrite = true;
}

u64 hve_time_peek(struct hve_vcpu *vcpu)
{
	struct hve_time *time = &vcpu->vm->time;
	unsigned int seq;
	u64 now;

	do {
		seq = read_seqcount_begin(&time->seq);
		if (time->source == HVE_TIME_TSC)
			now = hve_tsc_ticks(hve_kvm_guest_tsc(vcpu->kvm),
					    time->scale) + time->offset;
		else
			now = clock_ticks(vcpu->vm) + time->offset;
	} while (read_seqcount_retry(&time->seq, seq));
	return now;
}

bool hve_time_is_known(struct hve_vcpu *vcpu, u64 *now)
{
	struct hve_vm *vm = vcpu->vm;
	int changes = atomic_read_acquire(&vm->changes);

	if (atomic_read(&vm->touching) || READ_ONCE(vm->time.done) != changes)
		return false;
	*now = hve_time_peek(vcpu);
	/* Who changes a TSC counts before it does. */
	smp_rmb();
	return atomic_read(&vm->changes) == changes;
}

u64 hve_time_now(struct hve_vcpu *vcpu)
{
	if (unlikely(hve_time_is_stale(vcpu->vm)))
		hve_time_refresh(vcpu->vm);
	return hve_time_peek(vcpu);
}

static void host_clock_changed(void)
{
	hve_vm_for_each(mark_stale, NULL);
}

int hve_time_start(void)
{
	return hve_kvm_watch_clock(host_clock_changed);
}

void hve_time_stop(void)
{
	hve_kvm_unwatch_clock();
}

enum hve_verdict hve_get_time_ref_count(struct hve_vcpu *vcpu, u64 *data)
{
	*data = hve_time_now(vcpu);
	return HVE_OK;
}
