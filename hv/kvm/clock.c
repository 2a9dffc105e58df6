// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The guests' TSC, and whether the host's can be trusted
 *
 * In: KVM's per-vCPU TSC state and the kernel's timekeeper. Out: one answer for
 * a VM: usable, frequency, offset. The timekeeper calls a notifier on every
 * update; only a change of its clock source is passed on, by a worker, because
 * the callers sleep. State: host_tsc, written by the notifier under the
 * timekeeper's lock, read anywhere. Deliberately absent: reference time
 * itself (enl/time.c).
 */
#include <linux/irq_work.h>
#include <linux/notifier.h>
#include <linux/pvclock_gtod.h>
#include <linux/timekeeper_internal.h>
#include <linux/workqueue.h>
#include <asm/tsc.h>
#include "calls.h"
#include "compat.h"
#include "services.h"

static bool host_tsc;
static void (*changed_fn)(void);

static void changed_work(struct work_struct *work)
{
	changed_fn();
}

static DECLARE_WORK(change, changed_work);

static void changed_irq(struct irq_work *work)
{
	schedule_work(&change);
}

/* The timekeeper's lock may be taken with a workqueue's held, so not inside. */
static struct irq_work change_irq = IRQ_WORK_INIT(changed_irq);

static int timekeeper_updated(struct notifier_block *nb, unsigned long was_set,
			      void *data)
{
	const struct timekeeper *tk = data;
	bool now = tk->tkr_mono.clock->vdso_clock_mode == VDSO_CLOCKMODE_TSC;

	if (now != READ_ONCE(host_tsc)) {
		WRITE_ONCE(host_tsc, now);
		irq_work_queue(&change_irq);
	}
	return 0;
}

static struct notifier_block timekeeper_watch = {
	.notifier_call = timekeeper_updated,
};

int hve_kvm_watch_clock(void (*changed)(void))
{
	changed_fn = changed;
	return pvclock_gtod_register_notifier(&timekeeper_watch);
}

void hve_kvm_unwatch_clock(void)
{
	pvclock_gtod_unregister_notifier(&timekeeper_watch);
	irq_work_sync(&change_irq);
	cancel_work_sync(&change);
	host_tsc = false;
}

void hve_kvm_hrtimer_init(struct hrtimer *timer,
			  enum hrtimer_restart (*fired)(struct hrtimer *timer))
{
	hve_hrtimer_setup(timer, fired);
}

void hve_kvm_tsc_state(struct kvm *kvm, struct hve_kvm_tsc *tsc)
{
	struct kvm_vcpu *vcpu, *first = kvm_get_vcpu(kvm, 0);
	unsigned long i;

	memset(tsc, 0, sizeof(*tsc));
	if (!first)
		return;
	tsc->khz = first->arch.virtual_tsc_khz;
	tsc->offset = first->arch.l1_tsc_offset;
	tsc->usable = READ_ONCE(host_tsc) && !check_tsc_unstable() && tsc->khz;
	kvm_for_each_vcpu(i, vcpu, kvm) {
		if (vcpu->arch.virtual_tsc_khz != tsc->khz ||
		    vcpu->arch.l1_tsc_offset != tsc->offset ||
		    vcpu->arch.tsc_catchup || vcpu->arch.tsc_always_catchup)
			tsc->usable = false;
	}
}

u64 hve_kvm_cpu_time(void)
{
	return static_call(hve_task_sched_runtime)(current);
}

u64 hve_kvm_guest_tsc(struct kvm_vcpu *vcpu)
{
	return static_call(hve_kvm_read_l1_tsc)(vcpu, rdtsc());
}

u64 hve_kvm_tsc_without_offset(struct kvm_vcpu *vcpu)
{
	u64 tsc, offset;

	do {
		offset = READ_ONCE(vcpu->arch.l1_tsc_offset);
		tsc = hve_kvm_guest_tsc(vcpu);
	} while (offset != READ_ONCE(vcpu->arch.l1_tsc_offset));
	return tsc - offset;
}

u64 hve_kvm_tsc_offset(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.l1_tsc_offset;
}

u32 hve_kvm_tsc_khz(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.virtual_tsc_khz;
}

u64 hve_kvm_clock_ns(struct kvm *kvm)
{
	return static_call(hve_get_kvmclock_ns)(kvm);
}

u64 hve_kvm_apic_hz(struct kvm *kvm)
{
	return NSEC_PER_SEC / hve_apic_cycle_ns(kvm);
}
