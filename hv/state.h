/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The state of a VM and of its vCPUs
 *
 * In: the registry. Out: struct hve_vm and struct hve_vcpu, which hold all
 * Hyper-V state there is. Locks are named at the field. What is an
 * enlightenment's own and large has a header beside its file (enl/synic.h).
 */
#ifndef HVE_STATE_H
#define HVE_STATE_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/rbtree.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/xarray.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "hcall.h"

struct kvm;
struct kvm_vcpu;
struct hve_context;
struct hve_debug;
struct hve_native;
struct hve_native_vcpu;
struct hve_synic;

/**
 * struct hve_overlay - a page that the TLFS lays over guest memory
 * @node: in hve_vm.overlays
 * @owner: whose it is, NULL: the VM's; constant
 * @kind: HVE_BLOB_*_PAGE; constant
 * @gpa: where it lies
 * @saved: what RAM held below, NULL when that was all zero
 * @placed: it is in hve_vm.overlays
 * @mapped: there was RAM below, so the guest sees the overlay
 * @covered: another one lies above it
 *
 * All of it is protected by hve_vm.lock; the vCPU that alone moves a page reads
 * the last two without.
 */
struct hve_overlay {
	struct rb_node node;
	struct hve_vcpu *owner;
	u32 kind;
	u64 gpa;
	void *saved;
	bool placed;
	bool mapped;
	bool covered;
};

/* Which functions of KVM are hooked: those of every mode, or all */
enum hve_hook_set { HVE_HOOKS_BASE, HVE_HOOKS_NATIVE, HVE_HOOK_SETS };

/* hve_exit.event: KVM_EXIT_HYPERV instead, with what hve_native_vcpu.exit says */
#define HVE_EXIT_HYPERV	(~0u)

/**
 * struct hve_exit - an exit to the VMM that a guest caused
 * @event: KVM_SYSTEM_EVENT_*, HVE_EXIT_HYPERV, 0: none
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
 * @seq: readers of @source .. @tsc_offset, in interrupts too; writers hold
 *	hve_vm.lock, with interrupts off
 * @source: what the other fields mean
 * @scale: HVE_TIME_TSC: as in the TSC page
 * @offset: HVE_TIME_TSC: as in the TSC page; HVE_TIME_CLOCK: added to the clock
 * @khz: guest TSC frequency that @scale was made for
 * @tsc_offset: the guests' TSC offset against the host, the same for all vCPUs
 * @anchor_clock: host clock when these were made; hve_vm.lock
 * @anchor: reference time at that moment; hve_vm.lock
 * @sequence: last sequence written to the TSC page; hve_vm.lock
 * @valid: that page's sequence is not 0; hve_vm.lock
 * @rewrite: that page is another host's: make it anew in any case; hve_vm.lock
 * @done: hve_vm.changes that all this was last made for; written under
 *	hve_vm.lock
 */
struct hve_time {
	seqcount_t seq;
	enum hve_time_source source;
	u64 scale;
	s64 offset;
	u32 khz;
	u64 tsc_offset;
	u64 anchor_clock;
	u64 anchor;
	u32 sequence;
	bool valid;
	bool rewrite;
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
 * struct hve_syndbg - the MSRs of the synthetic debugger
 * @control: the last order
 * @status: what became of it
 * @send: GPA of what is to be sent
 * @receive: GPA where a packet is to be put
 * @pending: GPA of the byte that says whether there is one, 0: none
 * @options: TLFS_SYNDBG_USE_CALLS
 *
 * All of it is protected by hve_vm.lock, and read without it.
 */
struct hve_syndbg {
	u64 control;
	u64 status;
	u64 send;
	u64 receive;
	u64 pending;
	u64 options;
};

#define HVE_FLUSH_RANGES	16u

/**
 * struct hve_flush_queue - what a vCPU has to flush before it is in the guest
 * @lock: all of it; nothing sleeps inside
 * @count: ranges in use; more than there are: the whole TLB
 * @range: as hve_kvm_flush_ranges() takes them
 */
struct hve_flush_queue {
	spinlock_t lock;
	u32 count;
	u64 range[HVE_FLUSH_RANGES];
};

/**
 * struct hve_vcpu - Hyper-V state of one virtual processor
 * @kvm: KVM's vCPU; exists longer than this
 * @vm: the VM
 * @index: KVM's vcpu_idx
 * @vp: VP index: the same, unless a VMM in native mode moved it; hve_vm.lock,
 *	read without it
 * @native: beside the TLFS; NULL unless the VM is a native one; constant
 * @vp_assist: the MSR; hve_vm.lock
 * @remark: KVM is to be told anew where it marks interrupts that need no EOI;
 *	set under hve_vm.lock, obeyed and cleared by this vCPU before it enters the
 *	guest
 * @forget_exit: @exit is the last system's; likewise
 * @assist_page: the overlay; hve_vm.lock
 * @runtime: ns of CPU time in the KVM_RUNs that are over; used by this vCPU only
 * @run_began: the thread's CPU time when the present one began; likewise
 * @synic: SynIC and timers, NULL: the VM has none; constant
 * @exit: why KVM_RUN is to end, where KVM itself has no reason; used by this
 *	vCPU only
 * @flush: listed addresses that other vCPUs want flushed; has a lock of its own
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
	u32 vp;
	struct hve_native_vcpu *native;
	u64 vp_assist;
	bool remark;
	bool forget_exit;
	struct hve_overlay assist_page;
	u64 runtime;
	u64 run_began;
	struct hve_synic *synic;
	struct hve_exit exit;
	struct hve_flush_queue flush;
	struct hve_hcall call;
	u32 target_words;
	unsigned long targets[TLFS_VP_SET_BANKS];
	u64 msr_reads[HVE_NR_MSRS];
	u64 msr_writes[HVE_NR_MSRS];
	u64 calls[HVE_NR_CALLS];
	u64 events[HVE_EV_DEBUG_LOST + 1];
};

/**
 * struct hve_vm - Hyper-V state of one served VM
 * @kvm: KVM's VM; exists longer than this
 * @id: number for userspace
 * @pid: who created it
 * @uid: that user; constant
 * @comm: its name then
 * @context: whose configuration and event queue; holds a reference
 * @config: what was asked for; constant
 * @features: what is served; changes once, before the guest runs; @lock
 * @told: what CPUID says is served: the same unless HVE_CONFIG_LENIENT is set
 * @refused: what was asked for and cannot be served; likewise
 * @hardware: what the processor does by itself, TLFS_HW_* and HVE_HW_*;
 *	likewise
 * @leaf: CPUID leaves for @features; likewise
 * @ready: @features are final
 * @native: beside the TLFS, NULL unless HVE_CONFIG_NATIVE is set; constant
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
 * @syndbg: the MSRs of syndbg
 * @debug: packets of syndbg, NULL: the VM cannot have it; constant, has a lock of
 *	its own
 * @overlays: placed overlays by address, and of one address the lowest first
 * @changes: counts changes of a TSC or of the host's clock; raised by anybody
 * @touching: how many threads are changing a TSC at this moment
 * @auto_eoi_vcpus: vCPUs that have a SINT with AutoEOI
 * @resets: restarts seen
 * @tsc_updates: rewrites of the TSC page
 * @memory: bytes held
 * @ports: ports there are; port.c's mutex
 * @connections: those from the guest; read under RCU, written likewise
 * @nr_slots: entries of @vcpus; constant
 * @vcpus: by VP index, set once under @lock, freed with the VM
 */
struct hve_vm {
	struct kvm *kvm;
	u32 id;
	struct pid *pid;
	kuid_t uid;
	char comm[16];
	struct hve_context *context;
	struct hve_config config;
	u64 features;
	u64 told;
	u64 refused;
	u32 hardware;
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	bool ready;
	struct hve_native *native;
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
	struct hve_syndbg syndbg;
	struct hve_debug *debug;
	struct rb_root overlays;
	atomic_t changes;
	atomic_t touching;
	u32 auto_eoi_vcpus;
	u64 resets;
	u64 tsc_updates;
	u64 memory;
	struct list_head ports;
	struct xarray connections;
	u32 nr_slots;
	struct hve_vcpu *vcpus[];
};

static inline bool hve_vm_has(const struct hve_vm *vm, enum hve_feature feature)
{
	return vm->features & 1ull << feature;
}

#endif /* HVE_STATE_H */
