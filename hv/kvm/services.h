/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the rest of the module may ask of KVM
 *
 * In: opaque struct kvm and kvm_vcpu pointers. Out: registers, guest memory,
 * interrupts, requests and time, in plain C types. No caller sees a structure
 * of KVM or knows a kernel version. Unless said otherwise a function that
 * takes a vCPU runs in that vCPU's own thread, on its way out of the guest. What
 * names no file is in services.c.
 */
#ifndef HVE_KVM_SERVICES_H
#define HVE_KVM_SERVICES_H

#include <linux/hrtimer.h>
#include <linux/types.h>

struct eventfd_ctx;
struct file;
struct hve_vcpu;
struct hve_vm;
struct kvm;
struct kvm_vcpu;

/* What is needed before KVM is; then everything in services.def */
int hve_services_early(void);
int hve_services_resolve(char *why, size_t len);

/* hardware.c: what the answers below need; with KVM's modules pinned */
void hve_hardware_resolve(void);
/* What the processor does for this VM: TLFS_HW_*, HVE_HW_* */
u32 hve_kvm_hardware(struct kvm *kvm);
/* Whether another thread may run on the same core as a vCPU */
bool hve_kvm_smt_possible(void);

/* VMs and vCPUs; any context that holds a reference on the VM */
struct kvm *hve_kvm_from_file(struct file *file);
u32 hve_kvm_vcpu_index(struct kvm_vcpu *vcpu);
struct kvm_vcpu *hve_kvm_vcpu(struct kvm *kvm, u32 index);
/* The one whose APIC has, or would have, that initial id; or NULL */
struct kvm_vcpu *hve_kvm_vcpu_by_apic_id(struct kvm *kvm, u32 id);
u32 hve_kvm_online_vcpus(struct kvm *kvm);
u32 hve_kvm_max_vcpus(void);
bool hve_kvm_has_lapic(struct kvm_vcpu *vcpu);
/* Whether KVM's own Hyper-V code was switched on for this vCPU */
bool hve_kvm_has_own_hyperv(struct kvm_vcpu *vcpu);
/* Whether it has any state in this VM; it should not */
bool hve_kvm_is_awake(struct kvm *kvm);
/* Keeps vCPUs from being created; false, and not locked, when there are some */
bool hve_kvm_lock_empty(struct kvm *kvm);
void hve_kvm_unlock(struct kvm *kvm);
/* stop.c: a reference on the VM, unless it is about to go */
bool hve_kvm_get(struct kvm *kvm);
void hve_kvm_put(struct kvm *kvm);
/*
 * Stops every vCPU for as long as @fn runs, on behalf of the first one, in
 * whose context guest memory may be written. EBUSY: one is running; EXDEV: the
 * VM belongs to another process.
 */
int hve_kvm_with_vcpus_stopped(struct kvm *kvm, void (*fn)(void *arg),
			       void *arg);
/* Likewise from any process; @fn must not read or write guest memory */
int hve_kvm_with_vcpus_still(struct kvm *kvm, void (*fn)(void *arg), void *arg);

/* native.c: a leaf as the VMM set it, zeros where it set none; in an ioctl on it */
void hve_kvm_vmm_leaf(struct kvm_vcpu *vcpu, u32 leaf, u32 reg[4]);
/* Whoever waits for the end of that interrupt is told; any context */
void hve_kvm_notify_acked(struct kvm *kvm, u32 gsi);

/* Registers */
/* XMM0 to XMM5, low half first */
void hve_kvm_read_xmm(struct kvm_vcpu *vcpu, u64 xmm[12]);
void hve_kvm_write_xmm(struct kvm_vcpu *vcpu, const u64 xmm[12]);
/*
 * Whether userspace put the boot vCPU at the reset vector, however it did that.
 * Called between ioctls on that vCPU, with its mutex held.
 */
bool hve_kvm_at_reset_vector(struct kvm_vcpu *vcpu);

/* memory.c: 0 or -EFAULT; the caller is a vCPU's thread */
int hve_kvm_read(struct kvm *kvm, u64 gpa, void *to, u32 len);
int hve_kvm_write(struct kvm *kvm, u64 gpa, const void *from, u32 len);
/*
 * Bit @nr of the page at @gpa, atomically: whether it was set already, or there
 * is no memory
 */
bool hve_kvm_set_bit(struct kvm *kvm, u64 gpa, u32 nr);
/*
 * zeroed.c: memory of the VM that nobody touched yet, so that it reads as zeros;
 * @ranges has room for @room, the largest come first. How many there are, or
 * -EINTR when the thread is to die.
 */
struct tlfs_zeroed_range;
int hve_kvm_zeroed_memory(struct kvm *kvm, struct tlfs_zeroed_range *ranges,
			  u32 room);
bool hve_kvm_gpa_possible(struct kvm_vcpu *vcpu, u64 gpa);
/* Whether it could be written; any process that holds kvm->srcu */
bool hve_kvm_has_memory(struct kvm *kvm, u64 gpa);

/* interrupts.c: other vCPUs of the same VM; bit n of @targets is VP n */
u32 hve_kvm_interrupt(struct hve_vm *vm, const unsigned long *targets,
		      u32 nr_words, u8 vector);
u32 hve_kvm_interrupt_all(struct kvm *kvm, u8 vector);
/* flush.c: likewise */
void hve_kvm_flush(struct kvm *kvm, unsigned long *targets);
void hve_kvm_flush_all(struct kvm *kvm);
/* Those in the guest have left it when this returns */
void hve_kvm_request_entry_of(struct kvm *kvm, unsigned long *targets);
/*
 * On this vCPU's own way into the guest: its whole TLB; or @count ranges, each a
 * page's address and in the low bits how many more pages follow
 */
void hve_kvm_flush_self(struct kvm_vcpu *vcpu);
void hve_kvm_flush_ranges(struct kvm_vcpu *vcpu, const u64 *range, u32 count);
void hve_kvm_yield(struct kvm_vcpu *vcpu);

/*
 * interrupts.c: one vCPU, from any context. Woken, it passes hve_vcpu_entering()
 * soon, even when it was halted; requested, when it next enters the guest.
 */
bool hve_kvm_interrupt_one(struct kvm_vcpu *vcpu, u8 vector);
void hve_kvm_wake(struct kvm_vcpu *vcpu);
void hve_kvm_request_entry(struct kvm_vcpu *vcpu);
/* What woke it has been seen; in its thread */
void hve_kvm_woken(struct kvm_vcpu *vcpu);
/*
 * @vector is requested and not taken yet; false where that cannot be known, true
 * where the processor delivers and any vector is on its way to this vCPU
 */
bool hve_kvm_vector_pending(struct kvm_vcpu *vcpu, u8 vector);

/*
 * idle.c: sleeps until an interrupt is pending in this vCPU's local APIC, whether
 * or not the guest would take it now; may return before
 */
void hve_kvm_idle(struct kvm_vcpu *vcpu);

/* interrupts.c: the vCPU's local APIC: 0, or not */
enum hve_apic_reg { HVE_APIC_EOI, HVE_APIC_ICR, HVE_APIC_TPR };
int hve_kvm_apic_read(struct kvm_vcpu *vcpu, enum hve_apic_reg reg, u64 *data);
int hve_kvm_apic_write(struct kvm_vcpu *vcpu, enum hve_apic_reg reg, u64 data);
/* "Virtual Interrupt Controller", EOI Assist: in the u32 at @gpa; 0: nowhere */
int hve_kvm_apic_assist(struct kvm_vcpu *vcpu, u64 gpa);

/* interrupts.c: ends the interrupt that this vCPU just took */
void hve_kvm_end_interrupt(struct kvm_vcpu *vcpu);
/* Whether the processor must not deliver interrupts by itself */
void hve_kvm_inhibit_apicv(struct kvm *kvm, bool inhibit);

/* Any context */
void hve_kvm_signal(struct eventfd_ctx *event);

/* clock.c: time */
/* CPU time of the calling thread so far, in ns */
u64 hve_kvm_cpu_time(void);
void hve_kvm_hrtimer_init(struct hrtimer *timer,
			  enum hrtimer_restart (*fired)(struct hrtimer *timer));
struct hve_kvm_tsc {
	bool usable;	/* host TSC is its clock, all vCPUs agree, no catch-up */
	u32 khz;
	u64 offset;	/* guest TSC at host TSC 0, of every vCPU */
};
void hve_kvm_tsc_state(struct kvm *kvm, struct hve_kvm_tsc *tsc);
u64 hve_kvm_guest_tsc(struct kvm_vcpu *vcpu);
u64 hve_kvm_tsc_without_offset(struct kvm_vcpu *vcpu);
u64 hve_kvm_tsc_offset(struct kvm_vcpu *vcpu);
u32 hve_kvm_tsc_khz(struct kvm_vcpu *vcpu);
u64 hve_kvm_apic_hz(struct kvm *kvm);
/* The VM's own clock, which its VMM can set; any context */
u64 hve_kvm_clock_ns(struct kvm *kvm);
/* Calls @changed from a worker whenever the host's TSC became (un)usable */
int hve_kvm_watch_clock(void (*changed)(void));
void hve_kvm_unwatch_clock(void);

/*
 * Every vCPU passes hve_vcpu_entering() before it is in the guest
 * again. Any context that holds a reference on the VM.
 */
void hve_kvm_request_entry_check(struct kvm *kvm);
/* With every vCPU stopped, when the VM is not served any more */
void hve_kvm_forget_requests(struct kvm *kvm);

/*
 * The VMM's KVM_RUN ends with KVM_EXIT_SYSTEM_EVENT, at most five of @data, once
 * the instruction that is emulated now is finished.
 */
void hve_kvm_system_event(struct hve_vcpu *vcpu, u32 event, u32 ndata,
			  const u64 *data);
/* native_exit.c: likewise with KVM_EXIT_HYPERV, in native mode */
struct kvm_hyperv_exit;
void hve_kvm_hyperv_exit(struct hve_vcpu *vcpu,
			 const struct kvm_hyperv_exit *exit);
/* In the vCPU's thread, or while it is stopped: an exit that is due is not made */
void hve_kvm_forget_exit(struct hve_vcpu *vcpu);
/* Behind KVM_RUN, when vcpu->exit.event is set */
void hve_kvm_exit(struct hve_vcpu *vcpu);
/* Likewise, with KVM_EXIT_SHUTDOWN */
void hve_kvm_shutdown(struct kvm_vcpu *vcpu);

#endif /* HVE_KVM_SERVICES_H */
