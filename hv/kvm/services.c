// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What the rest of the module may ask of KVM
 *
 * In: opaque pointers. Out: see services.h. Every function of KVM is reached
 * through a static call that is resolved before the first hook is installed: a
 * direct call, so neither a retpoline nor a landing pad is needed. Owns no
 * state but those. Here are VMs, vCPUs, registers and exits; the other files of
 * this folder have one noun each, see services.h.
 */
#include <linux/file.h>
#include <asm/fpu/api.h>
#include "compat.h"
#include "calls.h"
#include "services.h"
#include "native.h"
#include "symbols.h"
#include "../hve.h"

#define HVE_SERVICE(module, returns, name, params, args)		\
	DEFINE_STATIC_CALL_NULL(hve_##name, hve_fn_##name);
#define HVE_VENDOR(returns, id, amd, intel, params, args)		\
	DEFINE_STATIC_CALL_NULL(hve_##id, hve_fn_##id);
#include "services.def"

struct service {
	const char *module;	/* NULL: the vendor's */
	const char *name;
	const char *intel;
	struct static_call_key *key;
	void *tramp;
};

static const struct service services[] = {
#define HVE_SERVICE(where, returns, fn, params, args)			\
	{ #where, #fn, NULL, &STATIC_CALL_KEY(hve_##fn),		\
	  STATIC_CALL_TRAMP_ADDR(hve_##fn) },
#define HVE_VENDOR(returns, id, amd, intel, params, args)		\
	{ NULL, #amd, #intel, &STATIC_CALL_KEY(hve_##id),		\
	  STATIC_CALL_TRAMP_ADDR(hve_##id) },
#include "services.def"
};

int hve_services_early(void)
{
	char why[HVE_REASON_LEN];
	unsigned long addr = hve_symbol("vmlinux", "ftrace_location", why,
					sizeof(why));

	if (!addr) {
		pr_err("%s\n", why);
		return -ENOENT;
	}
	static_call_update(hve_ftrace_location, (hve_fn_ftrace_location *)addr);
	return 0;
}

int hve_services_resolve(char *why, size_t len)
{
	const char *vendor = hve_symbols_vendor();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(services); i++) {
		const struct service *s = &services[i];
		bool intel = !s->module && !strcmp(vendor, "kvm_intel");
		unsigned long addr;

		addr = hve_symbol(s->module ?: vendor,
				  intel ? s->intel : s->name, why, len);
		if (!addr)
			return -ENOENT;
		__static_call_update(s->key, s->tramp, (void *)addr);
	}
	hve_hardware_resolve();
	return 0;
}

struct kvm *hve_kvm_from_file(struct file *file)
{
	return static_call(hve_file_is_kvm)(file) ? file->private_data : NULL;
}

u32 hve_kvm_vcpu_index(struct kvm_vcpu *vcpu)
{
	return vcpu->vcpu_idx;
}

u32 hve_kvm_online_vcpus(struct kvm *kvm)
{
	return atomic_read(&kvm->online_vcpus);
}

struct kvm_vcpu *hve_kvm_vcpu(struct kvm *kvm, u32 index)
{
	/* Kernels differ in what they do with an index that is too large. */
	return index < hve_kvm_online_vcpus(kvm) ? kvm_get_vcpu(kvm, index) :
	       NULL;
}

struct kvm_vcpu *hve_kvm_vcpu_by_apic_id(struct kvm *kvm, u32 id)
{
	return id <= INT_MAX ? kvm_get_vcpu_by_id(kvm, id) : NULL;
}

u32 hve_kvm_max_vcpus(void)
{
	return KVM_MAX_VCPUS;
}

bool hve_kvm_has_lapic(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.apic;
}

bool hve_kvm_has_own_hyperv(struct kvm_vcpu *vcpu)
{
	return hve_kvm_hyperv_enabled(vcpu);
}

bool hve_kvm_is_awake(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		if (hve_kvm_hyperv_awake(vcpu))
			return true;
	return false;
}

bool hve_kvm_lock_empty(struct kvm *kvm)
{
	mutex_lock(&kvm->lock);
	if (!kvm->created_vcpus)
		return true;
	mutex_unlock(&kvm->lock);
	return false;
}

void hve_kvm_unlock(struct kvm *kvm)
{
	mutex_unlock(&kvm->lock);
}

/* The guest's FPU state is current's, in registers or about to be. */
static void lock_guest_fpu(void)
{
	fpregs_lock();
	if (test_thread_flag(TIF_NEED_FPU_LOAD))
		static_call(hve_switch_fpu_return)();
}

void hve_kvm_read_xmm(struct kvm_vcpu *vcpu, u64 xmm[12])
{
	u8 (*to)[16] = (u8 (*)[16])xmm;

	lock_guest_fpu();
	asm volatile("movdqu %%xmm0, %0\n\t" "movdqu %%xmm1, %1\n\t"
		     "movdqu %%xmm2, %2\n\t" "movdqu %%xmm3, %3\n\t"
		     "movdqu %%xmm4, %4\n\t" "movdqu %%xmm5, %5"
		     : "=m"(to[0]), "=m"(to[1]), "=m"(to[2]), "=m"(to[3]),
		       "=m"(to[4]), "=m"(to[5]));
	fpregs_unlock();
}

void hve_kvm_write_xmm(struct kvm_vcpu *vcpu, const u64 xmm[12])
{
	const u8 (*from)[16] = (const u8 (*)[16])xmm;

	/* In these forms the upper halves of YMM registers stay. */
	lock_guest_fpu();
	asm volatile("movdqu %0, %%xmm0\n\t" "movdqu %1, %%xmm1\n\t"
		     "movdqu %2, %%xmm2\n\t" "movdqu %3, %%xmm3\n\t"
		     "movdqu %4, %%xmm4\n\t" "movdqu %5, %%xmm5"
		     : : "m"(from[0]), "m"(from[1]), "m"(from[2]), "m"(from[3]),
		       "m"(from[4]), "m"(from[5]));
	fpregs_unlock();
}

#define RESET_RIP	0xfff0
#define RESET_CS_BASE	0xffff0000

bool hve_kvm_at_reset_vector(struct kvm_vcpu *vcpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	if (vcpu->vcpu_id != vcpu->kvm->arch.bsp_vcpu_id)
		return false;
	if (static_call(hve_kvm_arch_vcpu_ioctl_get_regs)(vcpu, &regs) ||
	    regs.rip != RESET_RIP)
		return false;
	if (static_call(hve_kvm_arch_vcpu_ioctl_get_sregs)(vcpu, &sregs))
		return false;
	return sregs.cs.base == RESET_CS_BASE && !(sregs.cr0 & X86_CR0_PE);
}

void hve_kvm_system_event(struct hve_vcpu *vcpu, u32 event, u32 ndata,
			  const u64 *data)
{
	vcpu->exit.event = event;
	vcpu->exit.ndata = ndata;
	memcpy(vcpu->exit.data, data, ndata * sizeof(*data));
	/* Ends KVM_RUN and does nothing else; hve_kvm_exit() says why. */
	kvm_make_request(KVM_REQ_REPORT_TPR_ACCESS, vcpu->kvm);
}

void hve_kvm_exit(struct hve_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->kvm->run;
	struct hve_exit *exit = &vcpu->exit;

	if (run->exit_reason != KVM_EXIT_TPR_ACCESS)
		return;
	if (exit->event == HVE_EXIT_HYPERV) {
		exit->event = 0;
		hve_native_exit(vcpu);
		return;
	}
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	run->system_event.type = exit->event;
	run->system_event.ndata = exit->ndata;
	memcpy(run->system_event.data, exit->data,
	       exit->ndata * sizeof(*exit->data));
	exit->event = 0;
}

void hve_kvm_forget_exit(struct hve_vcpu *vcpu)
{
	if (!vcpu->exit.event)
		return;
	vcpu->exit.event = 0;
	kvm_clear_request(KVM_REQ_REPORT_TPR_ACCESS, vcpu->kvm);
}

void hve_kvm_shutdown(struct kvm_vcpu *vcpu)
{
	kvm_make_request(KVM_REQ_TRIPLE_FAULT, vcpu);
}

void hve_kvm_yield(struct kvm_vcpu *vcpu)
{
	static_call(hve_kvm_vcpu_on_spin)(vcpu, true);
}

void hve_kvm_signal(struct eventfd_ctx *event)
{
	hve_eventfd_signal(event);
}
