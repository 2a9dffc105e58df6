/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * DOC: The ioctl interface of /dev/kvm-hve
 *
 * In: what a program wants served, and for which VM. Out: what is served, how
 * often, and why something was refused. Every structure begins with its own
 * size as the caller knows it: a newer module accepts an older, shorter one
 * (what version 1 had is the least, else EINVAL), and an older module accepts a
 * longer one whose unknown tail is all zero (else E2BIG). Every unused field and
 * bit must be zero (else EINVAL). Fixed width only, so that a 32-bit program
 * needs no translation. Pointers travel as __u64. There is deliberately no call
 * that changes a running guest's enlightenments.
 *
 * An open file is a *context*: one configuration, at most one arming. Whatever
 * fails leaves the context as it was; HVE_GET_REASON then has a sentence.
 */
#ifndef _UAPI_LINUX_KVM_HVE_H
#define _UAPI_LINUX_KVM_HVE_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/kvm_hve_debug.h>
#include <linux/kvm_hve_port.h>

#define HVE_DEVICE		"/dev/kvm-hve"
#define HVE_API_VERSION		1
#define HVE_FEATURE_WORDS	2	/* room for 128 features */
#define HVE_REASON_LEN		256
#define HVE_NAME_LEN		32

/**
 * struct hve_features - which enlightenments the module can serve on this host
 * @size: size of this structure in bytes
 * @flags: zero
 * @known: out, bit n: feature number n of enlightenments.def is implemented
 * @supported: out, bit n: it can be served on this host
 * @base: out, bit n: it is served to every VM, whether named or not
 */
struct hve_features {
	__u32 size;
	__u32 flags;
	__u64 known[HVE_FEATURE_WORDS];
	__u64 supported[HVE_FEATURE_WORDS];
	__u64 base[HVE_FEATURE_WORDS];
};

/* hve_config.flags: where the leaves go that the VMM has at 0x40000000 */
#define HVE_CONFIG_KVM_HIDE	(1u << 0)	/* nowhere; else to 0x40000100 */
#define HVE_CONFIG_VERSION	(1u << 1)	/* the version fields are set */
/* Everything answers whatever CPUID says, as KVM's own code does by default */
#define HVE_CONFIG_LENIENT	(1u << 2)
/* Recommend what is configured even where this host's APIC hardware is faster */
#define HVE_CONFIG_HINTS	(1u << 3)
/* "no-nonarch-coresharing" as the host's SMT state is when the VM is created */
#define HVE_CONFIG_CORESHARING_AUTO	(1u << 4)
/* "syndbg": the guest is told to use hypercalls, not MSRs */
#define HVE_CONFIG_SYNDBG_CALLS	(1u << 5)
/* KVM's own Hyper-V interface, for the VMM to choose by: nothing else is set */
#define HVE_CONFIG_NATIVE	(1u << 6)

/* hve_config.crash_policy: what happens when the guest says that it crashed */
#define HVE_CRASH_LOG		0	/* kept, told; the guest goes on */
#define HVE_CRASH_EXIT		1	/* and KVM_EXIT_SYSTEM_EVENT for the VMM */
#define HVE_CRASH_EVENT		2	/* told only: no line in the kernel's log */

/* hve_config.reset_policy: what the VMM sees when the guest asks for a reset */
#define HVE_RESET_SYSTEM_EVENT	0
#define HVE_RESET_SHUTDOWN	1	/* as after a triple fault */

/**
 * struct hve_config - what a VM gets
 * @size: size of this structure in bytes
 * @flags: HVE_CONFIG_*
 * @features: bit n: feature number n; all that it needs must be set too
 * @vendor_id: twelve bytes for leaf 0x40000000, all zero: "Microsoft Hv"
 * @spinlock_retries: leaf 0x40000004 EBX with feature "spinlocks";
 *	0xffffffff: never notify; at least 0xfff, as Windows demands
 * @version_build: leaf 0x40000002 EAX; the six version fields are used with
 *	HVE_CONFIG_VERSION only
 * @version_major: EBX bits 31-16
 * @version_minor: EBX bits 15-0
 * @version_spack: ECX
 * @version_sbranch: EDX bits 31-24
 * @version_snumber: EDX bits 23-0
 * @crash_policy: HVE_CRASH_*
 * @reset_policy: HVE_RESET_*
 * @reserved: zero
 * @vp_limit: leaf 0x40000005 EAX, 0: what this host's KVM allows
 * @lp_limit: leaf 0x40000005 EBX, 0: 64
 */
struct hve_config {
	__u32 size;
	__u32 flags;
	__u64 features[HVE_FEATURE_WORDS];
	__u8  vendor_id[12];
	__u32 spinlock_retries;
	__u32 version_build;
	__u16 version_major;
	__u16 version_minor;
	__u32 version_spack;
	__u32 version_snumber;
	__u8  version_sbranch;
	__u8  crash_policy;
	__u8  reset_policy;
	__u8  reserved[5];
	__u32 vp_limit;
	__u32 lp_limit;
};

/**
 * struct hve_arm - serve VMs that do not exist yet
 * @size: size of this structure in bytes
 * @flags: HVE_ARM_NEXT or HVE_ARM_EVERY
 *
 * Concerns VMs created by the calling process, by a descendant of it, or by a
 * process that holds this very context open (a daemon whose parents are gone),
 * until the context is closed; of the caller's user only, unless the caller has
 * CAP_SYS_ADMIN or CAP_SETUID. The next is the first whose vCPU is set up.
 * Errors: EBUSY armed already, EINVAL no configuration, EMFILE the caller's user
 * has 4096 contexts armed, EOPNOTSUPP this kernel cannot be hooked (ask for the
 * reason).
 */
struct hve_arm {
	__u32 size;
	__u32 flags;
};

#define HVE_ARM_NEXT		1u
#define HVE_ARM_EVERY		2u

/**
 * struct hve_attach - serve a VM that the caller created itself
 * @size: size of this structure in bytes
 * @flags: zero
 * @vm_fd: descriptor from KVM_CREATE_VM
 * @vm_id: out, number of the VM in HVE_LIST_VMS
 *
 * HVE_ATTACH errors: EBADF not open, EINVAL not a VM, EBUSY has vCPUs already,
 * EEXIST served already. HVE_DETACH takes the same structure; errors: ENOENT
 * not served, EBUSY a vCPU is running, EOPNOTSUPP it is in native mode, EXDEV
 * another process created it.
 */
struct hve_attach {
	__u32 size;
	__u32 flags;
	__s32 vm_fd;
	__u32 vm_id;
};

/**
 * struct hve_reason - why the last call on this context failed
 * @size: size of this structure in bytes
 * @error: out, errno of that call, 0 when it did not fail
 * @text: out, one sentence, NUL-terminated
 */
struct hve_reason {
	__u32 size;
	__u32 error;
	char  text[HVE_REASON_LEN];
};

/**
 * struct hve_vm_info - one served VM
 * @vm_id: number, never used again while the module is loaded
 * @pid: process that created it, in the caller's pid namespace (0: not there)
 * @comm: its name at that time
 * @nr_vcpus: vCPUs that exist
 * @flags: HVE_VM_*
 * @features: what is served
 * @refused: what was asked for and is not served (no in-kernel APIC)
 * @guest_os_id: what the guest wrote, 0: not yet
 * @resets: how often the guest was seen to restart
 * @memory: bytes of kernel memory the module holds for this VM
 */
struct hve_vm_info {
	__u32 vm_id;
	__s32 pid;
	char  comm[16];
	__u32 nr_vcpus;
	__u32 flags;
	__u64 features[HVE_FEATURE_WORDS];
	__u64 refused[HVE_FEATURE_WORDS];
	__u64 guest_os_id;
	__u64 resets;
	__u64 memory;
};

#define HVE_VM_HYPERCALL_PAGE	(1u << 0)	/* the guest enabled it */
#define HVE_VM_TSC_PAGE		(1u << 1)	/* the guest enabled it */
#define HVE_VM_TSC_VALID	(1u << 2)	/* and its sequence is not 0 */
#define HVE_VM_LENIENT		(1u << 3)	/* HVE_CONFIG_LENIENT is set */
#define HVE_VM_APIC_HARDWARE	(1u << 4)	/* the processor virtualizes the APIC */
#define HVE_VM_IPI_HARDWARE	(1u << 5)	/* and IPIs */
#define HVE_VM_ALL_HINTS	(1u << 6)	/* HVE_CONFIG_HINTS is set */
#define HVE_VM_NATIVE		(1u << 7)	/* HVE_CONFIG_NATIVE is set */
#define HVE_VM_KVM_AWAKE	(1u << 8)	/* KVM's own code has state, too */

/**
 * struct hve_list - every served VM
 * @size: size of this structure in bytes
 * @flags: zero
 * @entry_size: sizeof(struct hve_vm_info) as the caller knows it
 * @count: in: room at @vms; out: VMs there are (ENOSPC when more than room)
 * @vms: pointer to @count entries
 */
struct hve_list {
	__u32 size;
	__u32 flags;
	__u32 entry_size;
	__u32 count;
	__u64 vms;
};

/* hve_counter.kind, and what .key then is */
#define HVE_COUNTER_MSR_READ	1	/* MSR number */
#define HVE_COUNTER_MSR_WRITE	2	/* MSR number */
#define HVE_COUNTER_CALL	3	/* call code */
#define HVE_COUNTER_EVENT	4	/* HVE_EV_* */

#define HVE_EV_CPUID		1	/* Hyper-V leaves answered */
#define HVE_EV_GP		2	/* accesses answered with #GP */
#define HVE_EV_CALL_FAILED	3	/* hypercalls with a status that is not 0 */
#define HVE_EV_FLUSH_TARGETS	4	/* vCPUs flushed, over all calls */
#define HVE_EV_IPI_TARGETS	5	/* interrupts delivered, over all calls */
#define HVE_EV_TSC_UPDATES	6	/* rewrites of the reference TSC page (VM) */
#define HVE_EV_TIMERS		7	/* expirations of synthetic timers */
#define HVE_EV_MESSAGES		8	/* messages written to a vCPU's page */
#define HVE_EV_FLAGS		9	/* event flags set in a vCPU's page */
#define HVE_EV_DEBUG_SENT	10	/* packets for the guest's debugger */
#define HVE_EV_DEBUG_RECEIVED	11	/* packets from it that the guest took */
#define HVE_EV_DEBUG_LOST	12	/* packets that nobody got, either way */

/**
 * struct hve_counter - how often one thing happened
 * @kind: HVE_COUNTER_*
 * @key: which one
 * @feature: feature number that it belongs to
 * @reserved: zero
 * @value: count since the VM is served
 */
struct hve_counter {
	__u32 kind;
	__u32 key;
	__u32 feature;
	__u32 reserved;
	__u64 value;
};

/**
 * struct hve_counters - counters of one VM
 * @size: size of this structure in bytes
 * @vm_id: which VM (ENOENT)
 * @vcpu: VP index, or HVE_ALL_VCPUS for the sum (ENOENT: it never ran)
 * @count: in: room; out: number of counters (ENOSPC when more than room)
 * @counters: pointer to @count entries
 */
struct hve_counters {
	__u32 size;
	__u32 vm_id;
	__u32 vcpu;
	__u32 count;
	__u64 counters;
};

#define HVE_ALL_VCPUS		0xffffffffu
#define HVE_CRASH_PARAMS	5
/**
 * struct hve_crash - the last crash that a guest told of
 * @size: size of this structure in bytes
 * @vm_id: which VM (ENOENT; also where its guest told of none)
 * @count: out, crashes told of since the VM is served
 * @time: out, CLOCK_REALTIME in ns
 * @reference: out, the guest's reference time, in 100 ns
 * @params: out, MSRs P0 to P4; what they mean is the guest's affair
 * @ctl: out, what the guest wrote to the control MSR
 * @vcpu: out, VP index of the one that told
 * @length: in: room at @message; out: bytes of the message (ENOSPC when more
 *	than room; all else is filled in then), 0: there was none
 * @message: pointer to @length bytes, which are as the guest left them
 */
struct hve_crash {
	__u32 size;
	__u32 vm_id;
	__u64 count;
	__u64 time;
	__u64 reference;
	__u64 params[HVE_CRASH_PARAMS];
	__u64 ctl;
	__u32 vcpu;
	__u32 length;
	__u64 message;
};

/* hve_event.type */
#define HVE_EVENT_SERVED	1	/* a VM is served from now on */
#define HVE_EVENT_GONE		2	/* it is not any more */
#define HVE_EVENT_REFUSED	3	/* not served, or served with less: text */
#define HVE_EVENT_GUEST_OS	4	/* the guest identified itself: data */
#define HVE_EVENT_RESET		5	/* the guest restarted */
#define HVE_EVENT_LOST		6	/* data events were dropped, none read */
#define HVE_EVENT_CRASH		7	/* the guest crashed, the data-th time: text */

/**
 * struct hve_event - what read() on a context returns, one or more of them
 * @type: HVE_EVENT_*
 * @vm_id: which VM
 * @time: CLOCK_MONOTONIC in ns
 * @data: see @type
 * @text: a sentence where one number cannot say it
 *
 * A context sees the events of the VMs served with its configuration. poll()
 * says POLLIN. A short buffer is EINVAL; with O_NONBLOCK and nothing there,
 * EAGAIN.
 */
struct hve_event {
	__u32 type;
	__u32 vm_id;
	__u64 time;
	__u64 data;
	char  text[104];
};

/**
 * struct hve_state - the Hyper-V state of a VM whose vCPUs all stand still
 * @size: size of this structure in bytes
 * @flags: zero
 * @vm_id: which VM
 * @length: bytes at @data; getting: in: room, out: what there is (ENOSPC: more)
 * @data: pointer to them
 *
 * Get it while the VM is paused; set it in a new VM with the same enlightenments
 * or more, when its memory is there and before its guest runs. All of it is set
 * or nothing. Errors: ENOENT, EPERM it is another user's, EBUSY a vCPU is
 * running, ENODATA it has no vCPU, EEXIST its guest has run, EOPNOTSUPP the
 * guest needs what is not served, E2BIG too few vCPUs, EINVAL no such state.
 */
struct hve_state {
	__u32 size;
	__u32 flags;
	__u32 vm_id;
	__u32 length;
	__u64 data;
};

#define HVE_IOC			0xBF
#define HVE_GET_VERSION		_IO(HVE_IOC, 0)	/* returns HVE_API_VERSION */
#define HVE_GET_FEATURES	_IO(HVE_IOC, 1)	/* struct hve_features */
#define HVE_SET_CONFIG		_IO(HVE_IOC, 2)	/* struct hve_config */
#define HVE_ARM			_IO(HVE_IOC, 3)	/* struct hve_arm */
#define HVE_DISARM		_IO(HVE_IOC, 4)	/* no argument */
#define HVE_ATTACH		_IO(HVE_IOC, 5)	/* struct hve_attach */
#define HVE_DETACH		_IO(HVE_IOC, 6)	/* struct hve_attach */
#define HVE_GET_REASON		_IO(HVE_IOC, 7)	/* struct hve_reason */
#define HVE_LIST_VMS		_IO(HVE_IOC, 8)	/* struct hve_list */
#define HVE_GET_COUNTERS	_IO(HVE_IOC, 9)	/* struct hve_counters */
#define HVE_SELF_CHECK		_IO(HVE_IOC, 10) /* hook all, unhook all */
#define HVE_GET_CRASH		_IO(HVE_IOC, 11) /* struct hve_crash */
#define HVE_OPEN_PORT		_IO(HVE_IOC, 12) /* struct hve_port_request */
#define HVE_GET_STATE		_IO(HVE_IOC, 13) /* struct hve_state */
#define HVE_SET_STATE		_IO(HVE_IOC, 14) /* struct hve_state */
#define HVE_OPEN_DEBUG		_IO(HVE_IOC, 15) /* struct hve_debug_request */

#endif /* _UAPI_LINUX_KVM_HVE_H */
