// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: CPUID leaves
 *
 * In: a leaf in the hypervisor range and a served vCPU. Out: our leaves from
 * 0x40000000 on, as hve_cpuid_build() made them for the VM; zeros in the rest
 * of the range where the VMM's own leaves are hidden; else the caller asks KVM
 * for the leaf that hve_cpuid_moved() names, and the first of them names the
 * last one where it lies now. State is the VM's leaves, constant
 * once a vCPU exists.
 */
#include "hve.h"

#define RANGE_END	0x40010000u	/* where KVM stops looking for leaves */
#define PAGE_OF_LEAVES	0x100u

u32 hve_cpuid_moved(u32 leaf)
{
	if (leaf - HVE_CPUID_MOVED < PAGE_OF_LEAVES)
		return leaf - HVE_CPUID_MOVED + HVE_CPUID_BASE;
	return leaf;
}

u32 hve_cpuid_moved_limit(u32 leaf, u32 eax)
{
	if (leaf == HVE_CPUID_MOVED && eax - HVE_CPUID_BASE < PAGE_OF_LEAVES)
		return eax - HVE_CPUID_BASE + HVE_CPUID_MOVED;
	return eax;
}

bool hve_cpuid(struct hve_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	const struct hve_vm *vm = vcpu->vm;
	u32 leaf = *eax;

	if (leaf < HVE_CPUID_BASE || leaf >= RANGE_END)
		return false;
	/* In native mode they are the VMM's own. */
	if (vm->native) {
		vcpu->events[HVE_EV_CPUID]++;
		return false;
	}
	if (leaf >= HVE_CPUID_BASE + PAGE_OF_LEAVES &&
	    !(vm->config.flags & HVE_CONFIG_KVM_HIDE))
		return false;
	*eax = *ebx = *ecx = *edx = 0;
	vcpu->events[HVE_EV_CPUID]++;
	if (leaf - HVE_CPUID_BASE < HVE_CPUID_LEAVES) {
		const u32 *reg = vm->leaf[leaf - HVE_CPUID_BASE].reg;

		*eax = reg[HVE_EAX];
		*ebx = reg[HVE_EBX];
		*ecx = reg[HVE_ECX];
		*edx = reg[HVE_EDX];
	}
	return true;
}
