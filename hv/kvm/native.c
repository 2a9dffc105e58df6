// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: ioctls of KVM that are answered here
 *
 * In: the structures of KVM's interface, in a VMM's memory. Out: the answers of
 * hv/native*.c in them; interrupt routes to a SINT, which KVM keeps and that call
 * us. A route's type is one that KVM does not know: so it raises such a route
 * from a worker, by our function, and its own code never meets it. Owns no state;
 * callers hold what KVM holds for that ioctl.
 */
#include <linux/uaccess.h>
#include "calls.h"
#include "native.h"
#include "services.h"
#include "../lookup.h"

/* None of KVM_IRQ_ROUTING_* */
#define ROUTE_TYPE	0x485653u

void hve_kvm_vmm_leaf(struct kvm_vcpu *vcpu, u32 leaf, u32 reg[4])
{
	int i;

	memset(reg, 0, 4 * sizeof(*reg));
	for (i = 0; i < vcpu->arch.cpuid_nent; i++) {
		const struct kvm_cpuid_entry2 *is = &vcpu->arch.cpuid_entries[i];

		if (is->function != leaf)
			continue;
		reg[HVE_EAX] = is->eax;
		reg[HVE_EBX] = is->ebx;
		reg[HVE_ECX] = is->ecx;
		reg[HVE_EDX] = is->edx;
		return;
	}
}

void hve_kvm_notify_acked(struct kvm *kvm, u32 gsi)
{
	int srcu = srcu_read_lock(&kvm->irq_srcu);

	static_call(hve_kvm_notify_acked_gsi)(kvm, gsi);
	srcu_read_unlock(&kvm->irq_srcu, srcu);
}

long hve_native_get_leaves(struct kvm_vcpu *vcpu, unsigned long arg)
{
	struct kvm_cpuid2 __user *to = (struct kvm_cpuid2 __user *)arg;
	struct kvm_cpuid_entry2 entries[HVE_NATIVE_LEAVES] = {};
	struct hve_native_leaf leaf[HVE_NATIVE_LEAVES];
	struct kvm_cpuid2 head;
	u32 i;

	if (copy_from_user(&head, to, sizeof(head)))
		return -EFAULT;
	if (head.nent < HVE_NATIVE_LEAVES)
		return -E2BIG;
	head.nent = HVE_NATIVE_LEAVES;
	hve_native_leaves(hve_native_features(!vcpu || hve_kvm_has_lapic(vcpu)),
			  hve_kvm_max_vcpus(), leaf);
	for (i = 0; i < HVE_NATIVE_LEAVES; i++) {
		entries[i].function = leaf[i].number;
		entries[i].eax = leaf[i].reg[HVE_EAX];
		entries[i].ebx = leaf[i].reg[HVE_EBX];
		entries[i].ecx = leaf[i].reg[HVE_ECX];
		entries[i].edx = leaf[i].reg[HVE_EDX];
	}
	if (copy_to_user(to->entries, entries, sizeof(entries)) ||
	    copy_to_user(to, &head, sizeof(head)))
		return -EFAULT;
	return 0;
}

static long enable_cap(struct hve_vcpu *vcpu, unsigned long arg)
{
	struct kvm_enable_cap cap;

	if (copy_from_user(&cap, (void __user *)arg, sizeof(cap)))
		return -EFAULT;
	if (hve_native_extension(cap.cap) < 0)
		return HVE_NOT_OURS;
	if (cap.flags)
		return -EINVAL;
	switch (cap.cap) {
	case KVM_CAP_HYPERV_SYNIC2:
		return cap.args[0] ? -EINVAL :
		       hve_native_enable_synic(vcpu, true);
	case KVM_CAP_HYPERV_SYNIC:
		return hve_native_enable_synic(vcpu, false);
	case KVM_CAP_HYPERV_ENFORCE_CPUID:
		hve_native_enforce(vcpu, cap.args[0]);
		return 0;
	case KVM_CAP_HYPERV_ENLIGHTENED_VMCS:
	case KVM_CAP_HYPERV_DIRECT_TLBFLUSH:
		return -ENOTTY;
	default:
		return -EINVAL;
	}
}

long hve_native_vcpu_ioctl(struct hve_vcpu *vcpu, unsigned int ioctl,
			   unsigned long arg)
{
	switch (ioctl) {
	case KVM_GET_SUPPORTED_HV_CPUID:
		return hve_native_get_leaves(vcpu->kvm, arg);
	case KVM_ENABLE_CAP:
		return enable_cap(vcpu, arg);
	default:
		return HVE_NOT_OURS;
	}
}

long hve_native_set_eventfd(struct hve_vm *vm, unsigned long arg)
{
	struct kvm_hyperv_eventfd event;

	if (copy_from_user(&event, (void __user *)arg, sizeof(event)))
		return -EFAULT;
	return hve_native_eventfd(vm, &event);
}

static bool kvm_lists(u32 msr)
{
	return msr == hve_msrs[HVE_MSR_tsc_invariant_control].number ?
	       HVE_KVM_LISTS_INVTSC : HVE_KVM_LISTS_HYPERV;
}

/* How many of ours KVM's list does not have */
static u32 count_missing(void)
{
	u32 i, msr, missing = 0;

	for (i = 0; (msr = hve_native_listed_msr(i)); i++)
		missing += !kvm_lists(msr);
	return missing;
}

long hve_native_extend_list(unsigned long arg, u32 room, long err)
{
	struct kvm_msr_list __user *list = (struct kvm_msr_list __user *)arg;
	u32 i, msr, nr, missing = count_missing();

	if ((err && err != -E2BIG) || !missing)
		return err;
	if (get_user(nr, &list->nmsrs) || put_user(nr + missing, &list->nmsrs))
		return -EFAULT;
	if (err || room < nr + missing)
		return -E2BIG;
	for (i = 0; (msr = hve_native_listed_msr(i)); i++) {
		if (kvm_lists(msr))
			continue;
		if (put_user(msr, &list->indices[nr++]))
			return -EFAULT;
	}
	return 0;
}

static int raise_route(struct kvm_kernel_irq_routing_entry *entry,
		       struct kvm *kvm, int source, int level, bool line_status)
{
	struct hve_vm *vm = hve_lookup(kvm);

	if (!level)
		return -1;
	return vm ? hve_native_raise(vm, entry->hv_sint.vcpu,
				     entry->hv_sint.sint) : -EINVAL;
}

int hve_native_make_route(struct hve_vm *vm,
			  struct kvm_kernel_irq_routing_entry *to,
			  const struct kvm_irq_routing_entry *from)
{
	to->type = ROUTE_TYPE;
	to->set = raise_route;
	to->hv_sint.vcpu = from->u.hv_sint.vcpu;
	to->hv_sint.sint = from->u.hv_sint.sint;
	return hve_native_route(vm, to->hv_sint.vcpu, to->hv_sint.sint,
				from->gsi);
}
