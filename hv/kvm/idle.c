// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A vCPU sleeps until an interrupt arrives, masked or not
 *
 * In: a vCPU in its own thread, on its way out of the guest, kvm->srcu held. Out:
 * an interrupt is pending in its local APIC, or KVM wants the thread, or a while
 * has passed. KVM's own halt does not end for an interrupt that the guest masks.
 * Whoever makes one pending writes it into the APIC first and then wakes the
 * vCPU's rcuwait, with a full barrier between; here the rcuwait is entered first,
 * then the APIC is looked at, with a full barrier between: one of the two sees
 * the other. State is the vCPU's own; no lock.
 */
#include <linux/hrtimer.h>
#include <linux/rcuwait.h>
#include <linux/sched/signal.h>
#include "calls.h"
#include "compat.h"
#include "private.h"
#include "services.h"

/* Whoever still waits then is woken in vain; it keeps a mistake from being fatal. */
#define LONGEST_MS	20
/*
 * The processor may make an interrupt pending without any wake-up where it
 * delivers by itself: KVM asks for one only while the guest would take it.
 */
#define LONGEST_HARDWARE_MS	1

/* Also one that waits for its priority, which KVM does not count */
static bool is_any_requested(struct kvm_vcpu *vcpu)
{
	const u32 *regs = hve_lapic_regs(vcpu->arch.apic);
	u32 word;

	/* 8 times 32 bits, every 16 bytes */
	for (word = 0; regs && word < 8; word++)
		if (READ_ONCE(regs[APIC_IRR / sizeof(*regs) + word * 4]))
			return true;
	return false;
}

/*
 * What may lead to an interrupt, or ends the guest's wait otherwise. Not every
 * request: loading a vCPU alone makes some that can wait until it runs.
 */
static bool is_event_requested(struct kvm_vcpu *vcpu)
{
	return kvm_test_request(KVM_REQ_EVENT, vcpu) ||
	       kvm_test_request(KVM_REQ_UNBLOCK, vcpu) ||
	       kvm_test_request(KVM_REQ_NMI, vcpu) ||
	       kvm_test_request(KVM_REQ_TRIPLE_FAULT, vcpu) ||
	       kvm_test_request(HVE_REQUEST, vcpu);
}

/* The first question also fetches what the processor posted. */
static bool must_run(struct kvm_vcpu *vcpu)
{
	return static_call(hve_kvm_cpu_has_interrupt)(vcpu) ||
	       is_any_requested(vcpu) || is_event_requested(vcpu) ||
	       signal_pending(current);
}

/*
 * A vCPU that is put while its rcuwait is in use counts as blocking for KVM, and
 * AVIC stays off until it is loaded without. So it is put once between entering
 * the rcuwait and looking, and is not loaded when leaving it: from before the
 * look on senders use software, and what the processor did before is seen.
 */
static void sleep_unless(struct kvm_vcpu *vcpu)
{
	struct rcuwait *wait = kvm_arch_vcpu_get_wait(vcpu);
	bool hardware = static_call(hve_kvm_apicv_activated)(vcpu->kvm);
	ktime_t longest = ms_to_ktime(hardware ? LONGEST_HARDWARE_MS :
				      LONGEST_MS);

	prepare_to_rcuwait(wait);
	static_call(hve_vcpu_put)(vcpu);
	static_call(hve_vcpu_load)(vcpu);
	set_current_state(TASK_INTERRUPTIBLE);
	if (!must_run(vcpu))
		schedule_hrtimeout(&longest, HRTIMER_MODE_REL);
	__set_current_state(TASK_RUNNING);
	static_call(hve_vcpu_put)(vcpu);
	finish_rcuwait(wait);
	static_call(hve_vcpu_load)(vcpu);
}

void hve_kvm_idle(struct kvm_vcpu *vcpu)
{
	bool hv_timer;

	if (must_run(vcpu))
		return;
	/* VMX's preemption timer runs in the guest only. */
	hv_timer = static_call(hve_kvm_lapic_hv_timer_in_use)(vcpu);
	if (hv_timer)
		static_call(hve_kvm_lapic_switch_to_sw_timer)(vcpu);
	kvm_vcpu_srcu_read_unlock(vcpu);
	sleep_unless(vcpu);
	kvm_vcpu_srcu_read_lock(vcpu);
	if (hv_timer)
		static_call(hve_kvm_lapic_switch_to_hv_timer)(vcpu);
}
