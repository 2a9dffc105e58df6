// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The replacements of what is hooked for native mode
 *
 * In: what KVM passes to the function. Out: the original, tail-called, for every
 * VM that is not in native mode and for every ioctl that has nothing to do with
 * Hyper-V; else the answer of native.c. /dev/kvm has no VM: there it counts
 * whether one that the caller would create were in native mode. Built without an
 * fentry site of their own. Own no state. What acts after an original, or sleeps,
 * pins the module for as long, unless a VM does.
 */
#include <linux/module.h>
#include <linux/uaccess.h>
#include "compat.h"
#include "hooks.h"
#include "native.h"
#include "services.h"
#include "../lookup.h"

/*
 * Here nothing keeps a VM served but that it is in native mode, which lasts. One
 * that is not may be detached at this moment, and its slot be another VM's
 * before its pointer is read: then the second look differs.
 */
static struct hve_vm *native_vm(const struct kvm *kvm)
{
	struct hve_vm *vm;

	rcu_read_lock();
	vm = hve_lookup(kvm);
	smp_rmb();
	if (vm && (hve_lookup(kvm) != vm || !vm->native))
		vm = NULL;
	rcu_read_unlock();
	return vm;
}

int hve_entry_kvm_vm_ioctl_check_extension(struct kvm *kvm, long ext)
{
	const int answer = hve_native_extension(ext);

	if (answer < 0 || (kvm ? !native_vm(kvm) :
				 !hve_context_native_for_current()))
		return ORIGINAL(kvm_vm_ioctl_check_extension, kvm, ext);
	return answer;
}

static noinline long dev_ioctl(struct file *filp, unsigned int ioctl,
			       unsigned long arg)
{
	struct kvm_msr_list list;
	long err;

	if (!hve_context_native_for_current() || !try_module_get(THIS_MODULE))
		return ORIGINAL(kvm_arch_dev_ioctl, filp, ioctl, arg);
	if (ioctl == KVM_GET_SUPPORTED_HV_CPUID) {
		err = hve_native_get_leaves(NULL, arg);
	} else if (copy_from_user(&list, (void __user *)arg, sizeof(list))) {
		err = -EFAULT;
	} else {
		err = ORIGINAL(kvm_arch_dev_ioctl, filp, ioctl, arg);
		err = hve_native_extend_list(arg, list.nmsrs, err);
	}
	module_put(THIS_MODULE);
	return err;
}

long hve_entry_kvm_arch_dev_ioctl(struct file *filp, unsigned int ioctl,
				  unsigned long arg)
{
	if (ioctl != KVM_GET_SUPPORTED_HV_CPUID &&
	    ioctl != KVM_GET_MSR_INDEX_LIST)
		return ORIGINAL(kvm_arch_dev_ioctl, filp, ioctl, arg);
	return dev_ioctl(filp, ioctl, arg);
}

static noinline HVE_VM_IOCTL_RETURNS vm_ioctl(struct file *filp,
					      unsigned int ioctl,
					      unsigned long arg)
{
	struct hve_vm *vm = native_vm(filp->private_data);
	long err;

	if (!vm)
		return ORIGINAL(kvm_arch_vm_ioctl, filp, ioctl, arg);
	if (ioctl == KVM_HYPERV_EVENTFD)
		return hve_native_set_eventfd(vm, arg);
	err = ORIGINAL(kvm_arch_vm_ioctl, filp, ioctl, arg);
	if (!err)
		hve_time_changed(vm);
	return err;
}

HVE_VM_IOCTL_RETURNS hve_entry_kvm_arch_vm_ioctl(struct file *filp,
						 unsigned int ioctl,
						 unsigned long arg)
{
	if (ioctl != KVM_HYPERV_EVENTFD && ioctl != KVM_SET_CLOCK)
		return ORIGINAL(kvm_arch_vm_ioctl, filp, ioctl, arg);
	return vm_ioctl(filp, ioctl, arg);
}

int hve_entry_kvm_set_routing_entry(struct kvm *kvm,
				    struct kvm_kernel_irq_routing_entry *e,
				    const struct kvm_irq_routing_entry *ue)
{
	struct hve_vm *vm = ue->type == KVM_IRQ_ROUTING_HV_SINT ?
			    native_vm(kvm) : NULL;

	return vm ? hve_native_make_route(vm, e, ue) :
		    ORIGINAL(kvm_set_routing_entry, kvm, e, ue);
}

/* KVM's own code for this vCPU gets no state, so nothing of it ever runs. */
int hve_entry_kvm_hv_vcpu_init(struct kvm_vcpu *vcpu)
{
	return native_vm(vcpu->kvm) ? 0 : ORIGINAL(kvm_hv_vcpu_init, vcpu);
}

void hve_entry_kvm_hv_set_cpuid(struct kvm_vcpu *vcpu, bool hyperv_enabled)
{
	if (!native_vm(vcpu->kvm))
		ORIGINAL(kvm_hv_set_cpuid, vcpu, hyperv_enabled);
}
