// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The replacements of what KVM does with a vCPU's interrupts
 *
 * In: an interrupt that the vCPU takes, or ends. Out: as in entry.c: the original
 * for every VM that is not served; for a served one it comes first, and then
 * AutoEOI, and messages that waited for the end. Built without an fentry site of
 * their own. Own no state, take no lock; served VMs pin the module.
 */
#include "compat.h"
#include "hooks.h"
#include "native.h"
#include "private.h"
#include "services.h"
#include "../lookup.h"

/* What is ours to know of, if this vCPU did anything yet */
static struct hve_vcpu *known_vcpu(struct kvm_vcpu *vcpu)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);

	return vm ? READ_ONCE(vm->vcpus[vcpu->vcpu_idx]) : NULL;
}

static noinline int maybe_set_eoi(struct kvm_lapic *apic)
{
	struct hve_vcpu *hve_vcpu = known_vcpu(hve_lapic_vcpu(apic));
	int vector;

	if (!hve_vcpu)
		return ORIGINAL(apic_set_eoi, apic);
	vector = ORIGINAL(apic_set_eoi, apic);
	hve_synic_eoi(hve_vcpu);
	if (hve_vcpu->native)
		hve_native_eoi(hve_vcpu, vector);
	return vector;
}

int hve_entry_apic_set_eoi(struct kvm_lapic *apic)
{
	struct kvm_vcpu *vcpu = hve_lapic_vcpu(apic);

	if (!HVE_PRIVATE_KNOWN || likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(apic_set_eoi, apic);
	return maybe_set_eoi(apic);
}

static void took_interrupt(struct hve_vcpu *hve_vcpu, int vector)
{
	if (vector >= 0 && hve_synic_is_auto_eoi(hve_vcpu, vector))
		hve_kvm_end_interrupt(hve_vcpu->kvm);
}

static noinline int maybe_get_interrupt(struct kvm_vcpu *vcpu)
{
	struct hve_vcpu *hve_vcpu = known_vcpu(vcpu);
	int vector;

	if (!hve_vcpu)
		return ORIGINAL(kvm_get_apic_interrupt, vcpu);
	vector = ORIGINAL(kvm_get_apic_interrupt, vcpu);
	took_interrupt(hve_vcpu, vector);
	return vector;
}

int hve_entry_kvm_get_apic_interrupt(struct kvm_vcpu *vcpu)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_get_apic_interrupt, vcpu);
	return maybe_get_interrupt(vcpu);
}

static noinline void maybe_ack_interrupt(struct kvm_vcpu *vcpu, int vector)
{
	struct hve_vcpu *hve_vcpu = known_vcpu(vcpu);

	ORIGINAL(kvm_apic_ack_interrupt, vcpu, vector);
	if (hve_vcpu)
		took_interrupt(hve_vcpu, vector);
}

void hve_entry_kvm_apic_ack_interrupt(struct kvm_vcpu *vcpu, int vector)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		ORIGINAL(kvm_apic_ack_interrupt, vcpu, vector);
	else
		maybe_ack_interrupt(vcpu, vector);
}
