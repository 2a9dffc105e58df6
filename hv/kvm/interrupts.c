// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Interrupts, wake-ups and the local APIC of vCPUs
 *
 * In: a vCPU, or a set of them, and a vector or a register. Out: the vector is
 * pending, the register read or written by KVM's own APIC; a vCPU that comes by
 * hve_vcpu_entering() soon. What concerns other vCPUs may be called from any
 * context, in interrupts too. Owns no state: the APIC is KVM's, and requests are
 * bits of a word that KVM keeps for each vCPU. Deliberately absent: sleeping
 * until an interrupt is pending (idle.c), flushes (flush.c).
 */
#include "compat.h"
#include "calls.h"
#include "services.h"
#include "private.h"
#include "../hve.h"

static bool interrupt_one(struct kvm_vcpu *vcpu, struct kvm_lapic_irq *irq)
{
	/* A vCPU whose APIC is off gets nothing, as on a bus. */
	return static_call(hve_kvm_apic_set_irq)(vcpu, irq, NULL) > 0;
}

bool hve_kvm_interrupt_one(struct kvm_vcpu *vcpu, u8 vector)
{
	struct kvm_lapic_irq irq = {
		.delivery_mode = APIC_DM_FIXED,
		.vector = vector,
	};

	return interrupt_one(vcpu, &irq);
}

u32 hve_kvm_interrupt(struct hve_vm *vm, const unsigned long *targets,
		      u32 nr_words, u8 vector)
{
	struct kvm_lapic_irq irq = {
		.delivery_mode = APIC_DM_FIXED,
		.vector = vector,
	};
	struct hve_vcpu *vcpu;
	u32 index, delivered = 0;

	for_each_set_bit(index, targets, nr_words * BITS_PER_LONG) {
		vcpu = index < vm->nr_slots ? READ_ONCE(vm->vcpus[index]) :
		       NULL;
		if (vcpu)
			delivered += interrupt_one(vcpu->kvm, &irq);
	}
	return delivered;
}

u32 hve_kvm_interrupt_all(struct kvm *kvm, u8 vector)
{
	struct kvm_lapic_irq irq = {
		.delivery_mode = APIC_DM_FIXED,
		.vector = vector,
	};
	struct kvm_vcpu *vcpu;
	unsigned long index;
	u32 delivered = 0;

	kvm_for_each_vcpu(index, vcpu, kvm)
		delivered += interrupt_one(vcpu, &irq);
	return delivered;
}

bool hve_kvm_vector_pending(struct kvm_vcpu *vcpu, u8 vector)
{
	const u32 *regs = hve_lapic_regs(vcpu->arch.apic);
	/* "Advanced Programmable Interrupt Controller": 32 bits every 16 bytes */
	const u32 at = (APIC_IRR + vector / 32 * 16) / sizeof(*regs);

	if (regs && READ_ONCE(regs[at]) & BIT(vector % 32))
		return true;
	/*
	 * What is posted to a vCPU that does not run is not in there before it
	 * enters the guest. KVM tells that something is, not what.
	 */
	return static_call(hve_kvm_arch_dy_has_pending_interrupt)(vcpu);
}

void hve_kvm_end_interrupt(struct kvm_vcpu *vcpu)
{
	static_call(hve_kvm_lapic_set_eoi)(vcpu);
}

void hve_kvm_inhibit_apicv(struct kvm *kvm, bool inhibit)
{
	/* KVM's own Hyper-V code, whose reason this is, is inert for this VM. */
	static_call(hve_kvm_set_or_clear_apicv_inhibit)(kvm,
							APICV_INHIBIT_REASON_HYPERV,
							inhibit);
}

static const u16 apic_regs[] = {
	[HVE_APIC_EOI] = APIC_EOI,
	[HVE_APIC_ICR] = APIC_ICR,
	[HVE_APIC_TPR] = APIC_TASKPRI,
};

int hve_kvm_apic_read(struct kvm_vcpu *vcpu, enum hve_apic_reg reg, u64 *data)
{
	return static_call(hve_kvm_hv_vapic_msr_read)(vcpu, apic_regs[reg],
						      data);
}

int hve_kvm_apic_write(struct kvm_vcpu *vcpu, enum hve_apic_reg reg, u64 data)
{
	return static_call(hve_kvm_hv_vapic_msr_write)(vcpu, apic_regs[reg],
						       data);
}

int hve_kvm_apic_assist(struct kvm_vcpu *vcpu, u64 gpa)
{
	return static_call(hve_kvm_lapic_set_pv_eoi)(vcpu,
						     gpa ? gpa | KVM_MSR_ENABLED : 0,
						     sizeof(u32));
}

void hve_kvm_request_entry(struct kvm_vcpu *vcpu)
{
	kvm_make_request(HVE_REQUEST, vcpu);
}

void hve_kvm_wake(struct kvm_vcpu *vcpu)
{
	/* What wakes a vCPU that waits for a paravirtual lock: no interrupt. */
	struct kvm_lapic_irq irq = { .delivery_mode = APIC_DM_REMRD };

	u32 state = READ_ONCE(vcpu->arch.mp_state);

	kvm_make_request(HVE_REQUEST, vcpu);
	/* One that waits for INIT or SIPI would not sleep, nor come by. */
	if (state == KVM_MP_STATE_RUNNABLE || state == KVM_MP_STATE_HALTED)
		static_call(hve_kvm_apic_set_irq)(vcpu, &irq, NULL);
}

void hve_kvm_woken(struct kvm_vcpu *vcpu)
{
	/* Else its next HLT would return at once. */
	vcpu->arch.pv.pv_unhalted = false;
}

void hve_kvm_request_entry_check(struct kvm *kvm)
{
	static_call(hve_kvm_make_all_cpus_request)(kvm, HVE_REQUEST);
}

void hve_kvm_forget_requests(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long index;

	kvm_for_each_vcpu(index, vcpu, kvm)
		kvm_clear_request(HVE_REQUEST, vcpu);
}
