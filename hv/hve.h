/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Which file offers what
 *
 * In: the registry and state.h. Out: the functions that cross files, grouped by
 * the file that defines them: read it as the index. KVM's insides are
 * deliberately absent: they are behind kvm/services.h.
 */
#ifndef HVE_H
#define HVE_H

#include "state.h"
#include "verdict.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct file;

/* main.c */
const char *hve_break_symbol(void);

/* vm.c */
int hve_vm_serve(struct kvm *kvm, struct hve_context *context, u32 *id);
int hve_vm_created(struct kvm *kvm);
void hve_vm_gone(struct kvm *kvm);
int hve_vm_detach(struct kvm *kvm);
int hve_vm_cpuid_set(struct hve_vm *vm, struct kvm_vcpu *vcpu);
struct hve_vcpu *hve_vcpu_make(struct hve_vm *vm, struct kvm_vcpu *vcpu);
/* Whether whoever uses @context now may do more to the VM than look at it */
bool hve_vm_permits(const struct hve_vm *vm, const struct hve_context *context);
/* settle.c: with the first vCPU, under hve_vm.lock */
void hve_vm_settle(struct hve_vm *vm, struct kvm_vcpu *vcpu);
/* The names of @features, for people */
void hve_vm_name_features(u64 features, char *text, size_t len);
/*
 * KVM's VM behind a number, with a reference on it and the hooks installed, if
 * whoever uses @context now may do more to it than look: or -ENOENT, -EPERM,
 * -EOPNOTSUPP in native mode, with the reason told, or -ENODATA without a vCPU,
 * of which there is at least one otherwise
 */
int hve_vm_hold(u32 id, struct hve_context *context, struct kvm **kvm);
void hve_vm_release(struct kvm *kvm);
int hve_vm_for_each(int (*fn)(struct hve_vm *vm, void *arg), void *arg);
int hve_vm_with(u32 id, int (*fn)(struct hve_vm *vm, void *arg), void *arg);

/* lookup.c */
int hve_lookup_add(struct kvm *kvm, struct hve_vm *vm);
void hve_lookup_del(struct kvm *kvm);

/* context.c and arming.c */
struct hve_context *hve_context_new(void);
void hve_context_close(struct hve_context *context);
void hve_context_get(struct hve_context *context);
void hve_context_put(struct hve_context *context);
int hve_context_set_config(struct hve_context *context,
			   const struct hve_config *config);
void hve_context_get_config(struct hve_context *context,
			    struct hve_config *config);
int hve_context_arm(struct hve_context *context, u32 flags);
int hve_context_disarm(struct hve_context *context);
bool hve_context_any_armed(void);
/* The hooks that a VM with this configuration takes */
enum hve_hook_set hve_config_hooks(const struct hve_config *config);
/*
 * Whether a VM that the caller would create now had KVM's own interface from us;
 * if it would be nobody's: whether one that it has does
 */
bool hve_context_native_for_current(void);
/* For "native=all", with its hooks installed, or ERR_PTR(); NULL is put, too */
struct hve_context *hve_context_new_native(void);
void hve_context_put_native(struct hve_context *context);
/* Every VM that nobody else claims is @context's from now on; who had them before */
struct hve_context *hve_context_claim_all(struct hve_context *context);
/* The context whose file that is, or NULL; as long as the file is open */
struct hve_context *hve_context_of(const struct file *file);
/* Who serves @kvm, which the caller is creating, or NULL */
struct hve_context *hve_context_for_current(struct kvm *kvm);
/*
 * What became of @kvm, if it took the arming for the next VM. @lasting: it has a
 * vCPU; else it is gone, and another one is the next.
 */
void hve_context_taken(struct hve_context *context, struct kvm *kvm, bool lasting);
__printf(3, 4)
int hve_context_refuse(struct hve_context *context, int error,
		       const char *fmt, ...);
/* Of a VM that is not there, or another user's; other errors have no sentence */
int hve_context_refuse_vm(struct hve_context *context, int error, u32 vm_id);
void hve_context_reason(struct hve_context *context, struct hve_reason *reason);

/* event.c: the queue in a context */
struct hve_event_queue;
struct hve_event_queue *hve_context_events(struct hve_context *context);
__printf(4, 5)
void hve_event_post(struct hve_vm *vm, u32 type, u64 data, const char *fmt, ...);

/* device.c */
int hve_device_init(void);
void hve_device_exit(void);

/* cpuid.c */
bool hve_cpuid(struct hve_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);
/* The VMM's leaf that a guest means, and its "highest leaf" made to fit */
u32 hve_cpuid_moved(u32 leaf);
u32 hve_cpuid_moved_limit(u32 leaf, u32 eax);

/* msr.c: 0, or 1 for #GP, as KVM's MSR functions return */
int hve_msr_read(struct hve_vcpu *vcpu, u32 msr, u64 *data);
int hve_msr_write(struct hve_vcpu *vcpu, u32 msr, u64 data);
/* The same of a guest's access that was made elsewhere; counted and traced */
int hve_msr_done(struct hve_vcpu *vcpu, u32 msr, bool write, u64 data,
		 enum hve_verdict verdict);

/* The row's handler alone: nothing is checked and nothing is counted */
enum hve_verdict hve_msr_get(struct hve_vcpu *vcpu, u32 msr, u64 *data);
enum hve_verdict hve_msr_set(struct hve_vcpu *vcpu, u32 msr, u64 data);

/*
 * hypercall.c: does vcpu->call, whose registers the caller filled in, and
 * gives the result value; false when the guest must get #UD instead
 */
bool hve_hypercall(struct hve_vcpu *vcpu, u64 control, u64 *result);

/*
 * guest_page.c; call with hve_vm.lock held. A page that is placed without
 * @content keeps the one that it has, zeros at first.
 */
enum hve_verdict hve_overlay_place(struct hve_vm *vm, struct hve_overlay *page,
				   u64 gpa, const void *content);
void hve_overlay_remove(struct hve_vm *vm, struct hve_overlay *page);
void hve_overlay_forget(struct hve_vm *vm, struct hve_overlay *page);
/* Above all others; if it is mapped, memory holds its content already */
void hve_overlay_adopt(struct hve_vm *vm, struct hve_overlay *page, u64 gpa,
		       bool mapped, void *saved);
enum hve_verdict hve_overlay_write(struct hve_vm *vm, struct hve_overlay *page,
				   u32 offset, const void *from, u32 len);
/* Without that lock, for the vCPU that alone moves @page; 0 or -EFAULT */
int hve_overlay_get(struct hve_vm *vm, struct hve_overlay *page, u32 offset,
		    void *to, u32 len);
int hve_overlay_put(struct hve_vm *vm, struct hve_overlay *page, u32 offset,
		    const void *from, u32 len);
/* Atomically, bit @nr of the page; whether it was set, or cannot be */
bool hve_overlay_set_bit(struct hve_vm *vm, struct hve_overlay *page, u32 nr);

/* reset.c */
void hve_reset(struct hve_vm *vm);
/* In the vCPU's thread, before it enters the guest, where that was requested */
void hve_vcpu_entering(struct hve_vcpu *vcpu);

/* saved.c: tells overlays what they are; the VM's with @vcpu NULL */
void hve_saved_name_pages(struct hve_vm *vm, struct hve_vcpu *vcpu);

/* save.c, restore.c: blobs, aligned to eight bytes */
/* @length: in: room; out: bytes there are, with 0 or -ENOSPC */
int hve_state_get(struct hve_context *context, u32 id, void *to, u32 *length);
int hve_state_set(struct hve_context *context, u32 id, const void *from,
		  u32 length);

/* stats.c */
int hve_stats_list(struct hve_list *list);
int hve_stats_counters(struct hve_counters *request);

/* Handlers, one for each row of the registry; enl/ */
#define HVE_GETTER_RO(name, ...)					\
	enum hve_verdict hve_get_##name(struct hve_vcpu *vcpu,		\
					##__VA_ARGS__, u64 *data);
#define HVE_GETTER_WO(name, ...)
#define HVE_GETTER_RW(name, ...)	HVE_GETTER_RO(name, ##__VA_ARGS__)
#define HVE_SETTER_RO(name, ...)
#define HVE_SETTER_WO(name, ...)					\
	enum hve_verdict hve_set_##name(struct hve_vcpu *vcpu,		\
					##__VA_ARGS__, u64 data);
#define HVE_SETTER_RW(name, ...)	HVE_SETTER_WO(name, ##__VA_ARGS__)
#define HVE_MSR(name, id, number, access, scope, rsvdz) \
	HVE_GETTER_##access(name) HVE_SETTER_##access(name)
/* Of several MSRs the handler is told which one, counted from 0 */
#define HVE_MSRS(name, id, number, count, access, scope, rsvdz) \
	HVE_GETTER_##access(name, u32 index) \
	HVE_SETTER_##access(name, u32 index)
#define HVE_CALL(name, ...)						\
	enum hve_verdict hve_do_##name(struct hve_vcpu *vcpu,		\
				       struct hve_hcall *call);
#include <hve/enlightenments.def>

/* enl/identity.c: what a hypercall page begins with */
#define HVE_CALL_CODE_LEN	4
void hve_call_code(u8 code[HVE_CALL_CODE_LEN]);

/* enl/vapic.c: in the vCPU's thread, when vcpu->remark is set */
void hve_vapic_remark(struct hve_vcpu *vcpu);
/* Under hve_vm.lock: something lies above @page now, or nothing does any more */
void hve_vapic_covered(const struct hve_overlay *page);

/* enl/runtime.c: around KVM_RUN, in the vCPU's thread */
void hve_runtime_begin(struct hve_vcpu *vcpu);
void hve_runtime_end(struct hve_vcpu *vcpu);

/* enl/crash.c */
void hve_crash_init(struct hve_vm *vm);
void hve_crash_reset(struct hve_vm *vm);
void hve_crash_free(struct hve_vm *vm);
/* For userspace: @message has room for TLFS_CRASH_MESSAGE_MAX; or -ENOENT */
int hve_crash_get(const struct hve_context *context, u32 vm_id,
		  struct hve_crash *crash, void *message);

/* enl/reenlightenment.c; with hve_vm.lock held */
/* What the frequency is now; tells the guest if it was another one */
void hve_reenlightenment_frequency(struct hve_vm *vm, u32 khz);
void hve_reenlightenment_reset(struct hve_vm *vm);

/* enl/invtsc.c: on every CPUID leaf that KVM answered */
void hve_invtsc_hide(const struct hve_vm *vm, u32 leaf, u32 *edx);

/* enl/syndbg.c; of the second and third, with hve_vm.lock held */
int hve_syndbg_init(struct hve_vm *vm);
void hve_syndbg_reset(struct hve_vm *vm);
/* Its MSRs are there */
void hve_syndbg_restored(struct hve_vm *vm);
/* In the vCPU's thread, before it enters the guest */
void hve_syndbg_entering(struct hve_vcpu *vcpu);

/* enl/synic.c: all of it for vCPUs without SynIC too */
int hve_synic_init(struct hve_vcpu *vcpu);
/* When no thread of the vCPU is left; under hve_vm.lock, too */
void hve_synic_free(struct hve_vcpu *vcpu);
/* From any thread, under hve_vm.lock: as in a new vCPU, pages not written */
void hve_synic_reset(struct hve_vcpu *vcpu);
/* The last, with every vCPU stopped: pages are taken back */
void hve_synic_detach(struct hve_vcpu *vcpu);
/* In the vCPU's thread, before it enters the guest */
void hve_synic_work(struct hve_vcpu *vcpu);
/* The vCPU ended an interrupt; in its thread, must not sleep */
void hve_synic_eoi(struct hve_vcpu *vcpu);
/* Whether @vector, which the vCPU takes now, needs no EOI */
bool hve_synic_is_auto_eoi(struct hve_vcpu *vcpu, u8 vector);
/* The vCPU left KVM_RUN: from now on the VMM may read its APIC */
void hve_synic_left(struct hve_vcpu *vcpu);

/* enl/flush_list.c */
struct hve_targets;
/*
 * Flushes what the list at @offset of the call's input names, in those vCPUs;
 * false when all must be flushed instead, and nothing was lost by asking
 */
bool hve_flush_list(struct hve_vcpu *vcpu, const struct hve_hcall *call,
		    const struct hve_targets *targets, u32 offset, u64 flags);
/* In the vCPU's thread, before it enters the guest */
void hve_flush_entering(struct hve_vcpu *vcpu);

/* enl/time.c */
void hve_time_init(struct hve_vm *vm);
void hve_time_reset(struct hve_vm *vm);
/* A TSC of the VM is about to change: until it did, no timer is to look. */
void hve_time_touching(struct hve_vm *vm);
/* It may have changed: always after the former; or nobody was told before */
void hve_time_touched(struct hve_vm *vm, struct kvm_vcpu *vcpu);
void hve_time_moved(struct hve_vm *vm, struct kvm_vcpu *vcpu);
/* Makes @time anew, and the page; in a vCPU's thread. */
void hve_time_refresh(struct hve_vm *vm);
static inline bool hve_time_is_stale(const struct hve_vm *vm)
{
	return READ_ONCE(vm->time.done) != atomic_read(&vm->changes);
}

/* Reference time; the second may be called anywhere, and may be out of date */
u64 hve_time_now(struct hve_vcpu *vcpu);
u64 hve_time_peek(struct hve_vcpu *vcpu);
/* Likewise, but for a TSC that is being changed, or was since the last entry */
bool hve_time_is_known(struct hve_vcpu *vcpu, u64 *now);
/* In native mode: the page's MSR; and a clock of the VM was set */
void hve_time_native_page(struct hve_vm *vm, u64 data, bool host);
void hve_time_changed(struct hve_vm *vm);
int hve_time_start(void);
void hve_time_stop(void);

#endif /* HVE_H */
