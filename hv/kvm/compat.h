/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What differs between kernel versions
 *
 * In: LINUX_VERSION_CODE. Out: one spelling for the rest of hv/kvm/. Each
 * difference is preceded by the release that made it, or by the first one that
 * was built for and has it ("or before"). Nothing outside hv/kvm/ may test for a
 * version or a configuration.
 */
#ifndef HVE_KVM_COMPAT_H
#define HVE_KVM_COMPAT_H

#include <linux/eventfd.h>
#include <linux/ftrace.h>
#include <linux/kvm_host.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "kvm-hve needs Linux 6.1 or newer"
#endif

/* 6.4: direct calls are attached to a ftrace_ops instead of to an address. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline int hve_direct_attach(struct ftrace_ops *ops, unsigned long ip,
				    void (*stub)(void))
{
	return register_ftrace_direct(ip, (unsigned long)stub);
}

static inline void hve_direct_detach(struct ftrace_ops *ops, unsigned long ip,
				     void (*stub)(void))
{
	unregister_ftrace_direct(ip, (unsigned long)stub);
}
#else
static inline int hve_direct_attach(struct ftrace_ops *ops, unsigned long ip,
				    void (*stub)(void))
{
	int err = ftrace_set_filter_ip(ops, ip, 0, 0);

	if (!err)
		err = register_ftrace_direct(ops, (unsigned long)stub);
	if (err) {
		ftrace_free_filter(ops);
		memset(ops, 0, sizeof(*ops));
		return err;
	}
	/* As the older interface has it: nobody may switch ftrace off now. */
	ops->flags |= FTRACE_OPS_FL_PERMANENT;
	return 0;
}

static inline void hve_direct_detach(struct ftrace_ops *ops, unsigned long ip,
				     void (*stub)(void))
{
	unregister_ftrace_direct(ops, (unsigned long)stub, true);
	/* The filter's memory is free now, and @ops still points at it. */
	memset(ops, 0, sizeof(*ops));
}
#endif

/*
 * A request of our own, so that a vCPU passes our hook on its way into the guest
 * and nothing else is done for it. KVM numbers its requests from below, and has
 * used 43 of 64 bits by 7.3.
 */
#define HVE_REQUEST	(63 | KVM_REQUEST_WAIT | KVM_REQUEST_NO_WAKEUP)

/* 7.2 or before: the vendor's function says when it flushed everything instead. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
#define HVE_FLUSH_GVA_PARAMS	(struct kvm_vcpu *vcpu, gva_t gva)
#define HVE_FLUSH_GVA_ARGS	(vcpu, gva)
#define HVE_FLUSH_GVA(fn, vcpu, gva, full)	fn(vcpu, gva)
#else
#define HVE_FLUSH_GVA_PARAMS	(struct kvm_vcpu *vcpu, gva_t gva, bool *full)
#define HVE_FLUSH_GVA_ARGS	(vcpu, gva, full)
#define HVE_FLUSH_GVA(fn, vcpu, gva, full)	fn(vcpu, gva, full)
#endif

/* 6.3: ioctls of a VM return an int. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define HVE_VM_IOCTL_RETURNS	long
#else
#define HVE_VM_IOCTL_RETURNS	int
#endif

/* 7.2 or before: of an interrupt's destinations only the RTC's are noted. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
struct dest_map;
#define HVE_IRQ_ACCOUNT	struct dest_map
#else
struct rtc_status;
#define HVE_IRQ_ACCOUNT	struct rtc_status
#endif

/* 7.3: private to KVM. The build compares the value with the kernel's. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
enum kvm_apicv_inhibit {
	APICV_INHIBIT_REASON_HYPERV = 1,
};
#endif

/* 6.13: an hrtimer is set up with its function. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hve_hrtimer_setup(struct hrtimer *timer,
				     enum hrtimer_restart (*fn)(struct hrtimer *))
{
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer->function = fn;
}
#else
static inline void hve_hrtimer_setup(struct hrtimer *timer,
				     enum hrtimer_restart (*fn)(struct hrtimer *))
{
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
}
#endif

/* 6.8: an eventfd is signalled once, always. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
static inline void hve_eventfd_signal(struct eventfd_ctx *event)
{
	eventfd_signal(event, 1);
}
#else
static inline void hve_eventfd_signal(struct eventfd_ctx *event)
{
	eventfd_signal(event);
}
#endif

/* 6.11: the frequency of the APIC bus belongs to the VM. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static inline u64 hve_apic_cycle_ns(struct kvm *kvm)
{
	return 1;
}
#else
static inline u64 hve_apic_cycle_ns(struct kvm *kvm)
{
	return kvm->arch.apic_bus_cycle_ns;
}
#endif

/*
 * 6.8: KVM's own Hyper-V code may be left out; before, it is always there.
 * Whether userspace switched it on for a vCPU decides if a VM can be ours.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0) || defined(CONFIG_KVM_HYPERV)
static inline bool hve_kvm_hyperv_enabled(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.hyperv_enabled;
}

/* Whether it has any state, be it switched on or not */
static inline bool hve_kvm_hyperv_awake(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.hyperv_enabled || vcpu->arch.hyperv;
}

/* Whether KVM's list of MSRs has those of Hyper-V; 6.3: and that of invtsc */
#define HVE_KVM_LISTS_HYPERV	true
#define HVE_KVM_LISTS_INVTSC	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0))
#else
static inline bool hve_kvm_hyperv_enabled(struct kvm_vcpu *vcpu)
{
	return false;
}

static inline bool hve_kvm_hyperv_awake(struct kvm_vcpu *vcpu)
{
	return false;
}

#define HVE_KVM_LISTS_HYPERV	false
#define HVE_KVM_LISTS_INVTSC	false
#endif

#endif /* HVE_KVM_COMPAT_H */
