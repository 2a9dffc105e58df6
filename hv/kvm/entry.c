// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The replacements of hooked functions
 *
 * In: what KVM passes to the function. Out: the original, tail-called, for
 * every VM that is not served: one test of a slot of the lookup table decides
 * that in nine instructions. For a served VM the answer of hv/. Built without
 * an fentry site of their own. Own no state, take no lock. What acts after the
 * original keeps a frame; served VMs pin the module.
 */
#include "compat.h"
#include "hooks.h"
#include "native.h"
#include "services.h"
#include "vmcall.h"
#include "../lookup.h"

static inline struct hve_vcpu *vcpu_of(struct hve_vm *vm, struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vm->vcpus[vcpu->vcpu_idx]) ?: hve_vcpu_make(vm, vcpu);
}

int hve_entry_kvm_arch_init_vm(struct kvm *kvm, unsigned long type)
{
	int err = hve_vm_created(kvm);

	if (err < 0)
		return err;
	if (!err)
		return ORIGINAL(kvm_arch_init_vm, kvm, type);
	err = ORIGINAL(kvm_arch_init_vm, kvm, type);
	if (err)
		hve_vm_gone(kvm);
	return err;
}

void hve_entry_kvm_arch_destroy_vm(struct kvm *kvm)
{
	/* Nothing pins the module for a VM that is not served: look first. */
	if (hve_lookup_maybe(kvm) && hve_lookup(kvm))
		hve_vm_gone(kvm);
	ORIGINAL(kvm_arch_destroy_vm, kvm);
}

static noinline bool maybe_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx,
			   u32 *edx, bool exact_only)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;
	u32 leaf = *eax;
	bool found;

	if (!vm || leaf < HVE_CPUID_BASE)
		return ORIGINAL(kvm_cpuid, vcpu, eax, ebx, ecx, edx, exact_only);
	hve_vcpu = vcpu_of(vm, vcpu);
	if (hve_vcpu && hve_cpuid(hve_vcpu, eax, ebx, ecx, edx))
		return true;
	*eax = vm->native ? leaf : hve_cpuid_moved(leaf);
	found = ORIGINAL(kvm_cpuid, vcpu, eax, ebx, ecx, edx, exact_only);
	if (!vm->native)
		*eax = hve_cpuid_moved_limit(leaf, *eax);
	hve_invtsc_hide(vm, leaf, edx);
	return found;
}

bool hve_entry_kvm_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx,
			 u32 *edx, bool exact_only)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_cpuid, vcpu, eax, ebx, ecx, edx, exact_only);
	return maybe_cpuid(vcpu, eax, ebx, ecx, edx, exact_only);
}

static bool is_hyperv_msr(const struct msr_data *msr)
{
	return msr->index - HVE_MSR_BASE < HVE_MSR_SPAN;
}

/*
 * What a VMM asks for that knows of no Hyper-V stays KVM's; in native mode what
 * KVM would not answer does.
 */
static bool is_kvms(const struct hve_vm *vm, const struct msr_data *msr)
{
	return vm->native ? !hve_native_has_msr(msr->index) :
			    msr->host_initiated;
}

static noinline int maybe_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;

	if (!vm || is_kvms(vm, msr))
		return ORIGINAL(kvm_get_msr_common, vcpu, msr);
	hve_vcpu = vcpu_of(vm, vcpu);
	if (vm->native)
		return hve_vcpu ?
		       hve_native_msr_read(hve_vcpu, msr->index,
					   msr->host_initiated, &msr->data) : 1;
	return hve_vcpu ? hve_msr_read(hve_vcpu, msr->index, &msr->data) : 1;
}

int hve_entry_kvm_get_msr_common(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)) || !is_hyperv_msr(msr))
		return ORIGINAL(kvm_get_msr_common, vcpu, msr);
	return maybe_get_msr(vcpu, msr);
}

static noinline int maybe_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;

	if (!vm || is_kvms(vm, msr))
		return ORIGINAL(kvm_set_msr_common, vcpu, msr);
	hve_vcpu = vcpu_of(vm, vcpu);
	if (vm->native)
		return hve_vcpu ?
		       hve_native_msr_write(hve_vcpu, msr->index,
					    msr->host_initiated, msr->data) : 1;
	return hve_vcpu ? hve_msr_write(hve_vcpu, msr->index, msr->data) : 1;
}

static noinline int maybe_set_tsc(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	int err;

	if (!vm)
		return ORIGINAL(kvm_set_msr_common, vcpu, msr);
	hve_time_touching(vm);
	err = ORIGINAL(kvm_set_msr_common, vcpu, msr);
	hve_time_touched(vm, vcpu);
	return err;
}

int hve_entry_kvm_set_msr_common(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_set_msr_common, vcpu, msr);
	if (is_hyperv_msr(msr))
		return maybe_set_msr(vcpu, msr);
	if (msr->index == MSR_IA32_TSC || msr->index == MSR_IA32_TSC_ADJUST)
		return maybe_set_tsc(vcpu, msr);
	return ORIGINAL(kvm_set_msr_common, vcpu, msr);
}

static noinline int maybe_emulate_hypercall(struct kvm_vcpu *vcpu)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;

	/* A guest that did not identify itself speaks KVM's language. */
	if (!vm || !READ_ONCE(vm->guest_os_id))
		return ORIGINAL(kvm_emulate_hypercall, vcpu);
	hve_vcpu = vcpu_of(vm, vcpu);
	if (!hve_vcpu || (hve_vcpu->native && !hve_vcpu->native->enabled))
		return ORIGINAL(kvm_emulate_hypercall, vcpu);
	return hve_vmcall(hve_vcpu);
}

int hve_entry_kvm_emulate_hypercall(struct kvm_vcpu *vcpu)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_emulate_hypercall, vcpu);
	return maybe_emulate_hypercall(vcpu);
}

static noinline void maybe_service_requests(struct kvm_vcpu *vcpu)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;

	if (vm && kvm_check_request(HVE_REQUEST, vcpu)) {
		hve_vcpu = vcpu_of(vm, vcpu);
		/* Another one may have been kicked, in KVM's language. */
		if (READ_ONCE(vm->guest_os_id))
			hve_kvm_woken(vcpu);
		if (hve_vcpu)
			hve_vcpu_entering(hve_vcpu);
	}
	ORIGINAL(kvm_service_local_tlb_flush_requests, vcpu);
}

void hve_entry_kvm_service_local_tlb_flush_requests(struct kvm_vcpu *vcpu)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		ORIGINAL(kvm_service_local_tlb_flush_requests, vcpu);
	else
		maybe_service_requests(vcpu);
}

/*
 * What a VMM set of a vCPU that sleeps, a timer maybe, begins on the way into the
 * guest; so it goes there once.
 */
static void wake_loaded(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.mp_state == KVM_MP_STATE_HALTED &&
	    kvm_test_request(HVE_REQUEST, vcpu))
		hve_kvm_wake(vcpu);
}

static noinline int maybe_run(struct kvm_vcpu *vcpu)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;
	int err;

	if (!vm)
		return ORIGINAL(kvm_arch_vcpu_ioctl_run, vcpu);
	hve_vcpu = vcpu_of(vm, vcpu);
	if (!hve_vcpu)
		return ORIGINAL(kvm_arch_vcpu_ioctl_run, vcpu);
	if (vm->native)
		wake_loaded(vcpu);
	hve_runtime_begin(hve_vcpu);
	err = ORIGINAL(kvm_arch_vcpu_ioctl_run, vcpu);
	hve_runtime_end(hve_vcpu);
	hve_synic_left(hve_vcpu);
	if (unlikely(hve_vcpu->exit.event) && !err)
		hve_kvm_exit(hve_vcpu);
	return err;
}

int hve_entry_kvm_arch_vcpu_ioctl_run(struct kvm_vcpu *vcpu)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_arch_vcpu_ioctl_run, vcpu);
	return maybe_run(vcpu);
}

/* Userspace gave the boot vCPU new registers: is that a reboot? */
static void check_reset(struct hve_vm *vm, struct kvm_vcpu *vcpu)
{
	/* In native mode the VMM resets by MSRs. */
	if (!vm->native && hve_kvm_at_reset_vector(vcpu))
		hve_reset(vm);
}

static noinline long maybe_vcpu_ioctl(struct file *filp, unsigned int ioctl,
				unsigned long arg)
{
	struct kvm_vcpu *vcpu = filp->private_data;
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	struct hve_vcpu *hve_vcpu;
	long err = HVE_NOT_OURS;
	bool touches;

	if (!vm)
		return ORIGINAL(kvm_arch_vcpu_ioctl, filp, ioctl, arg);
	if (vm->native) {
		hve_vcpu = vcpu_of(vm, vcpu);
		err = hve_vcpu ? hve_native_vcpu_ioctl(hve_vcpu, ioctl, arg) :
				 -ENOMEM;
	}
	if (err != HVE_NOT_OURS)
		return err;
	touches = ioctl == KVM_SET_TSC_KHZ || ioctl == KVM_SET_DEVICE_ATTR;
	if (touches)
		hve_time_touching(vm);
	err = ORIGINAL(kvm_arch_vcpu_ioctl, filp, ioctl, arg);
	if (touches)
		hve_time_touched(vm, vcpu);
	if (err < 0)
		return err;
	switch (ioctl) {
	case KVM_SET_CPUID:
	case KVM_SET_CPUID2:
		hve_time_moved(vm, vcpu);
		return hve_vm_cpuid_set(vm, vcpu);
	case KVM_SET_SREGS2:
		check_reset(vm, vcpu);
		break;
	}
	return err;
}

long hve_entry_kvm_arch_vcpu_ioctl(struct file *filp, unsigned int ioctl,
				   unsigned long arg)
{
	struct kvm_vcpu *vcpu = filp->private_data;

	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_arch_vcpu_ioctl, filp, ioctl, arg);
	return maybe_vcpu_ioctl(filp, ioctl, arg);
}

static noinline int maybe_set_regs(struct kvm_vcpu *vcpu, struct kvm_regs *regs)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	int err;

	if (!vm)
		return ORIGINAL(kvm_arch_vcpu_ioctl_set_regs, vcpu, regs);
	err = ORIGINAL(kvm_arch_vcpu_ioctl_set_regs, vcpu, regs);
	if (!err)
		check_reset(vm, vcpu);
	return err;
}

int hve_entry_kvm_arch_vcpu_ioctl_set_regs(struct kvm_vcpu *vcpu,
					   struct kvm_regs *regs)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_arch_vcpu_ioctl_set_regs, vcpu, regs);
	return maybe_set_regs(vcpu, regs);
}

static noinline int maybe_set_sregs(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs)
{
	struct hve_vm *vm = hve_lookup(vcpu->kvm);
	int err;

	if (!vm)
		return ORIGINAL(kvm_arch_vcpu_ioctl_set_sregs, vcpu, sregs);
	err = ORIGINAL(kvm_arch_vcpu_ioctl_set_sregs, vcpu, sregs);
	if (!err)
		check_reset(vm, vcpu);
	return err;
}

int hve_entry_kvm_arch_vcpu_ioctl_set_sregs(struct kvm_vcpu *vcpu,
					    struct kvm_sregs *sregs)
{
	if (likely(!hve_lookup_maybe(vcpu->kvm)))
		return ORIGINAL(kvm_arch_vcpu_ioctl_set_sregs, vcpu, sregs);
	return maybe_set_sregs(vcpu, sregs);
}
