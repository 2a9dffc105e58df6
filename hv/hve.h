/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The module's own types, and which file offers what
 *
 * In: the registry. Out: struct hve_vm and struct hve_vcpu, which hold all
 * Hyper-V state there is, and the functions that cross files, grouped by the
 * file that defines them: read it as the index. Locks are named at the field.
 * KVM's insides are deliberately absent: they are behind kvm/services.h.
 */
#ifndef HVE_H
#define HVE_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/seqlock.h>
#include <linux/types.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "hcall.h"
#include "verdict.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct kvm;
struct kvm_vcpu;
struct file;
struct hve_context;

/**
 * struct hve_overlay - a page that the TLFS lays over guest memory
 * @link: in hve_vm.overlays, in the order of placing
 * @gpa: where it lies
 * @saved: what RAM held below, NULL when that was all zero
 * @placed: it is in the list
 * @mapped: there was RAM below, so the guest sees the overlay
 *
 * All of it is protected by hve_vm.lock.
 */
struct hve_overlay {
	struct list_head link;
	u64 gpa;
	void *saved;
	bool placed;
	bool mapped;
};

/**
 * struct hve_exit - an exit to the VMM that a guest caused
 * @event: KVM_SYSTEM_EVENT_*, 0: none
 * @ndata: how many of @data count
 * @data: what KVM hands over with that event
 */
struct hve_exit {
	u32 event;
	u32 ndata;
	u64 data[5];
};

/* Where the reference time comes from; enl/tsc.h has the arithmetic */
enum hve_time_source {
	HVE_TIME_CLOCK,		/* the host's clock; the TSC page is not valid */
	HVE_TIME_TSC,		/* the guest's TSC, same for page and MSR */
};

/**
 * struct hve_time - the partition's reference time, 100 ns units
 * @seq: readers of @source .. @tsc_offset; writers hold hve_vm.lock
 * @source: what the other fields mean
 * @scale: HVE_TIME_TSC: as in the TSC page
 * @offset: HVE_TIME_TSC: as in the TSC page; HVE_TIME_CLOCK: added to the clock
 * @khz: guest TSC frequency that @scale was made for
 * @tsc_offset: the guests' TSC offset against the host, the same for all vCPUs
 * @anchor_clock: host clock when these were made; hve_vm.lock
 * @anchor: reference time at that moment; hve_vm.lock
 * @sequence: last sequence written to the TSC page; hve_vm.lock
 * @valid: that page's sequence is not 0; hve_vm.lock
 * @done: hve_vm.changes that all this was last made for; written under
 *	hve_vm.lock
 */
struct hve_time {
	seqcount_mutex_t seq;
	enum hve_time_source source;
	u64 scale;
	s64 offset;
	u32 khz;
	u64 tsc_offset;
	u64 anchor_clock;
	u64 anchor;
	u32 sequence;
	bool valid;
	int done;
};

/**
 * struct hve_crash_state - what a guest said of its end
 * @params: the MSRs P0 to P4; hve_vm.lock, read without it
 * @limit: of lines in the log
 * @lock: the rest; nothing sleeps inside, so that whoever asks need not wait
 *	for a vCPU
 * @last: as userspace is told, but for its size and pointer
 * @message: the bytes, NULL when there are none
 */
struct hve_crash_state {
	u64 params[HVE_CRASH_PARAMS];
	struct ratelimit_state limit;
	spinlock_t lock;
	struct hve_crash last;
	void *message;
};

/**
 * struct hve_reenlightenment - who is told that the TSC's frequency changed
 * @control: the MSR
 * @emulation: the MSR of TSC emulation's control
 * @status: and of its status
 * @khz: frequency that the guest knows of, 0: none yet
 *
 * All of it is protected by hve_vm.lock; the MSRs are read without it.
 */
struct hve_reenlightenment {
	u64 control;
	u64 emulation;
	u64 status;
	u32 khz;
};

/**
 * struct hve_vcpu - Hyper-V state of one virtual processor
 * @kvm: KVM's vCPU; exists longer than this
 * @vm: the VM
 * @index: VP index, the same as KVM's vcpu_idx
 * @vp_assist: the MSR; hve_vm.lock
 * @unmark: the guest restarted: no more marks in the old assist page; set under
 *	hve_vm.lock, obeyed and cleared by this vCPU before it enters the guest
 * @assist_page: the overlay; hve_vm.lock
 * @runtime: ns of CPU time in the KVM_RUNs that are over; used by this vCPU only
 * @run_began: the thread's CPU time when the present one began; likewise
 * @exit: why KVM_RUN is to end, where KVM itself has no reason; used by this
 *	vCPU only
 * @call: the hypercall being done; used by this vCPU only
 * @targets: the set of VPs of that call; used by this vCPU only
 * @target_words: words of @targets that may hold a bit; the others are zero
 * @msr_reads: by row; written by this vCPU only, read without a lock
 * @msr_writes: likewise
 * @calls: likewise
 * @events: by HVE_EV_*; likewise
 */
struct hve_vcpu {
	struct kvm_vcpu *kvm;
	struct hve_vm *vm;
	u32 index;
	u64 vp_assist;
	bool unmark;
	struct hve_overlay assist_page;
	u64 runtime;
	u64 run_began;
	struct hve_exit exit;
	struct hve_hcall call;
	u32 target_words;
	unsigned long targets[TLFS_VP_SET_BANKS];
	u64 msr_reads[HVE_NR_MSRS];
	u64 msr_writes[HVE_NR_MSRS];
	u64 calls[HVE_NR_CALLS];
	u64 events[HVE_EV_IPI_TARGETS + 1];
};

/**
 * struct hve_vm - Hyper-V state of one served VM
 * @kvm: KVM's VM; exists longer than this
 * @id: number for userspace
 * @pid: who created it
 * @comm: its name then
 * @context: whose configuration and event queue; holds a reference
 * @config: what was asked for; constant
 * @features: what is served; changes once, before the guest runs; @lock
 * @told: what CPUID says is served: the same unless HVE_CONFIG_LENIENT is set
 * @refused: what was asked for and cannot be served; likewise
 * @hardware: what the processor does by itself, TLFS_HW_* and HVE_HW_IPI;
 *	likewise
 * @leaf: CPUID leaves for @features; likewise
 * @ready: @features are final
 * @link: in the list of served VMs; vm.c's mutex
 * @lock: everything below, overlays, and what is marked in hve_vcpu
 * @guest_os_id: the MSR; read without the lock
 * @hypercall: the MSR
 * @hypercall_page: its overlay
 * @reference_tsc: the MSR
 * @tsc_page: its overlay
 * @time: reference time
 * @crash: what the guest said of its end; has a lock of its own
 * @reenlightenment: who is told of a new TSC frequency
 * @tsc_invariant: the MSR of invtsc; read without the lock
 * @overlays: placed overlays, oldest first
 * @changes: counts changes of a TSC or of the host's clock; raised by anybody
 * @resets: restarts seen
 * @tsc_updates: rewrites of the TSC page
 * @memory: bytes held
 * @nr_slots: entries of @vcpus; constant
 * @vcpus: by VP index, set once under @lock, freed with the VM
 */
struct hve_vm {
	struct kvm *kvm;
	u32 id;
	struct pid *pid;
	char comm[16];
	struct hve_context *context;
	struct hve_config config;
	u64 features;
	u64 told;
	u64 refused;
	u32 hardware;
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	bool ready;
	struct list_head link;

	struct mutex lock;
	u64 guest_os_id;
	u64 hypercall;
	struct hve_overlay hypercall_page;
	u64 reference_tsc;
	struct hve_overlay tsc_page;
	struct hve_time time;
	struct hve_crash_state crash;
	struct hve_reenlightenment reenlightenment;
	u64 tsc_invariant;
	struct list_head overlays;
	atomic_t changes;
	u64 resets;
	u64 tsc_updates;
	u64 memory;
	u32 nr_slots;
	struct hve_vcpu *vcpus[];
};

static inline bool hve_vm_has(const struct hve_vm *vm, enum hve_feature feature)
{
	return vm->features & 1ull << feature;
}

/* main.c */
const char *hve_break_symbol(void);

/* vm.c */
int hve_vm_serve(struct kvm *kvm, struct hve_context *context, u32 *id);
int hve_vm_created(struct kvm *kvm);
void hve_vm_gone(struct kvm *kvm);
int hve_vm_detach(struct kvm *kvm);
int hve_vm_cpuid_set(struct hve_vm *vm, struct kvm_vcpu *vcpu);
struct hve_vcpu *hve_vcpu_make(struct hve_vm *vm, struct kvm_vcpu *vcpu);
int hve_vm_for_each(int (*fn)(struct hve_vm *vm, void *arg), void *arg);
int hve_vm_with(u32 id, int (*fn)(struct hve_vm *vm, void *arg), void *arg);

/* lookup.c */
int hve_lookup_add(struct kvm *kvm, struct hve_vm *vm);
void hve_lookup_del(struct kvm *kvm);

/* context.c */
struct hve_context *hve_context_new(struct file *file);
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
struct hve_context *hve_context_for_current(void);
__printf(3, 4)
int hve_context_refuse(struct hve_context *context, int error,
		       const char *fmt, ...);
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

/*
 * hypercall.c: does vcpu->call, whose registers the caller filled in, and
 * gives the result value; false when the guest must get #UD instead
 */
bool hve_hypercall(struct hve_vcpu *vcpu, u64 control, u64 *result);

/* guest_page.c; call with hve_vm.lock held */
enum hve_verdict hve_overlay_place(struct hve_vm *vm, struct hve_overlay *page,
				   u64 gpa, const void *content);
void hve_overlay_remove(struct hve_vm *vm, struct hve_overlay *page);
void hve_overlay_forget(struct hve_vm *vm, struct hve_overlay *page);
enum hve_verdict hve_overlay_write(struct hve_vm *vm, struct hve_overlay *page,
				   u32 offset, const void *from, u32 len);

/* reset.c */
void hve_reset(struct hve_vm *vm);
/* In the vCPU's thread, before it enters the guest, where that was requested */
void hve_vcpu_entering(struct hve_vcpu *vcpu);

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

/* enl/runtime.c: around KVM_RUN, in the vCPU's thread */
void hve_runtime_begin(struct hve_vcpu *vcpu);
void hve_runtime_end(struct hve_vcpu *vcpu);

/* enl/crash.c */
void hve_crash_init(struct hve_vm *vm);
void hve_crash_reset(struct hve_vm *vm);
void hve_crash_free(struct hve_vm *vm);
/* For userspace: @message has room for TLFS_CRASH_MESSAGE_MAX; or -ENOENT */
int hve_crash_get(u32 vm_id, struct hve_crash *crash, void *message);

/* enl/reenlightenment.c; with hve_vm.lock held */
/* Tells the guest; the lock is enough, any thread that may kick vCPUs */
void hve_reenlightenment_tsc_changed(struct hve_vm *vm);
/* What the frequency is now; tells the guest if it was another one */
void hve_reenlightenment_frequency(struct hve_vm *vm, u32 khz);
void hve_reenlightenment_reset(struct hve_vm *vm);

/* enl/invtsc.c: on every CPUID leaf that KVM answered */
void hve_invtsc_hide(const struct hve_vm *vm, u32 leaf, u32 *edx);

/* enl/time.c */
void hve_time_init(struct hve_vm *vm);
void hve_time_reset(struct hve_vm *vm);
/* A TSC of the VM may have changed. */
void hve_time_touched(struct hve_vm *vm, struct kvm_vcpu *vcpu);
/* Makes @time anew, and the page; in a vCPU's thread. */
void hve_time_refresh(struct hve_vm *vm);
static inline bool hve_time_is_stale(const struct hve_vm *vm)
{
	return READ_ONCE(vm->time.done) != atomic_read(&vm->changes);
}

/* Reference time; the second may be called anywhere, and may be out of date */
u64 hve_time_now(struct hve_vcpu *vcpu);
u64 hve_time_peek(struct hve_vcpu *vcpu);
int hve_time_start(void);
void hve_time_stop(void);

#endif /* HVE_H */
