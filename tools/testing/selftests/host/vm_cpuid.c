// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: CPUID of a test vCPU
 *
 * In: what KVM supports. Out: what the guest sees. KVM's own leaves stay at
 * 0x40000000, as with a VMM that knows nothing of Hyper-V; only for --kvm-own
 * the registry's leaves take their place, and KVM enforces them. One table for
 * each process, filled at the first vCPU and then only patched.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "vm.h"

#define MAX_ENTRIES	200u
#define HYPERVISOR	(1u << 31)
#define X2APIC		(1u << 21)
#define INVARIANT_TSC	(1u << 8)
#define TSC_DEADLINE	(1u << 24)

static struct kvm_cpuid2 *supported(struct vm *vm)
{
	static struct kvm_cpuid2 *table;

	if (table)
		return table;
	table = calloc(1, sizeof(*table) + MAX_ENTRIES * sizeof(*table->entries));
	if (!table)
		trouble("no memory");
	table->nent = MAX_ENTRIES;
	MUST(vm->kvm, KVM_GET_SUPPORTED_CPUID, table);
	return table;
}

static void patch(struct kvm_cpuid_entry2 *entry, struct vcpu *vcpu)
{
	if (entry->function == 1) {
		entry->ecx |= HYPERVISOR;
		if (vcpu->vm->irqchip)
			entry->ecx |= X2APIC | TSC_DEADLINE;
		else
			entry->ecx &= ~(X2APIC | TSC_DEADLINE);
		entry->ebx = (entry->ebx & 0xffffff) | vcpu->index << 24;
	}
	/* Whatever the host's TSC is: only the bit is of interest. */
	if (entry->function == 0x80000007)
		entry->edx |= INVARIANT_TSC;
	if (entry->function == 0xb || entry->function == 0x1f)
		entry->edx = vcpu->index;
}

static void own_leaves(struct vcpu *vcpu, struct kvm_cpuid2 *table)
{
	struct kvm_enable_cap enforce = {
		.cap = KVM_CAP_HYPERV_ENFORCE_CPUID, .args = { 1 },
	};
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	const struct hve_config *config = &vcpu->vm->config;
	unsigned int i;

	hve_cpuid_build(config, config->features[0], TEST_MAX_VCPUS, leaf);
	for (i = 0; i < HVE_CPUID_LEAVES; i++) {
		struct kvm_cpuid_entry2 *entry = &table->entries[table->nent++];

		memset(entry, 0, sizeof(*entry));
		entry->function = hve_cpuid_number(i);
		entry->eax = leaf[i].reg[HVE_EAX];
		entry->ebx = leaf[i].reg[HVE_EBX];
		entry->ecx = leaf[i].reg[HVE_ECX];
		entry->edx = leaf[i].reg[HVE_EDX];
	}
	MUST(vcpu->fd, KVM_ENABLE_CAP, &enforce);
}

void vcpu_set_cpuid(struct vcpu *vcpu)
{
	struct kvm_cpuid2 *from = supported(vcpu->vm);
	struct kvm_cpuid2 *to;
	unsigned int i;

	to = calloc(1, sizeof(*to) + (MAX_ENTRIES + HVE_CPUID_LEAVES) *
		    sizeof(*to->entries));
	if (!to)
		trouble("no memory");
	for (i = 0; i < from->nent; i++) {
		struct kvm_cpuid_entry2 entry = from->entries[i];

		if (vcpu->vm->kvm_own && entry.function >> 28 == 4)
			continue;
		patch(&entry, vcpu);
		to->entries[to->nent++] = entry;
	}
	if (vcpu->vm->kvm_own)
		own_leaves(vcpu, to);
	MUST(vcpu->fd, KVM_SET_CPUID2, to);
	free(to);
}
