// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a VM is served, once and for all
 *
 * In: a VM's configuration and its first vCPU. Out: the features that are served,
 * those that CPUID tells of, those that are refused, and the leaves. Settled
 * with the first vCPU, because only then it shows whether the VMM has the
 * in-kernel APIC. State: the VM's, under hve_vm.lock.
 */
#include <linux/pid.h>
#include "hve.h"
#include "kvm/services.h"
#include "native.h"
#include "trace.h"

void hve_vm_name_features(u64 features, char *text, size_t len)
{
	size_t used = 0;
	u32 i;

	text[0] = '\0';
	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (features & 1ull << hve_features[i].number)
			used += scnprintf(text + used, len - used, "%s%s",
					  used ? ", " : "",
					  hve_features[i].name);
}

/* With the first vCPU it shows what the VMM's APIC allows. */
void hve_vm_settle(struct hve_vm *vm, struct kvm_vcpu *vcpu)
{
	char names[128];

	lockdep_assert_held(&vm->lock);
	if (vm->config.flags & HVE_CONFIG_CORESHARING_AUTO &&
	    !hve_kvm_smt_possible())
		vm->features |= HVE_BIT(NO_CORESHARING);
	vm->told = vm->features;
	if (vm->config.flags & HVE_CONFIG_LENIENT)
		vm->features = hve_all_features();
	if (vm->native)
		hve_native_settle(vm);
	if (!hve_kvm_has_lapic(vcpu)) {
		vm->refused = vm->told & hve_features_with(HVE_LAPIC);
		vm->features &= ~hve_features_with(HVE_LAPIC);
		vm->told &= vm->features;
	}
	vm->hardware = hve_kvm_hardware(vm->kvm);
	hve_cpuid_build(&vm->config, vm->told, vm->nr_slots, vm->leaf);
	hve_cpuid_adapt(&vm->config, vm->told, vm->hardware, vm->leaf);
	vm->ready = true;
	hve_context_taken(vm->context, vm->kvm, true);
	if (!vm->refused)
		return;
	hve_vm_name_features(vm->refused, names, sizeof(names));
	trace_hve_refusal(vm->id, vm->refused, names);
	hve_event_post(vm, HVE_EVENT_REFUSED, vm->refused,
		       "%s: the VMM has no in-kernel APIC", names);
	pr_notice_ratelimited("VM %u (%s, pid %d): %s not served: the VMM has no in-kernel APIC\n",
			      vm->id, vm->comm, pid_nr(vm->pid), names);
}
