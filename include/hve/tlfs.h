/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Structures and codes shared with the guest
 *
 * In: the Hyper-V Top Level Functional Specification; each item names its
 * section. Out: the layout of what a guest reads and writes, in the TLFS's
 * terms. Pure declarations, also used by test guests and unit tests. MSR numbers
 * and call codes, which the registry knows, are deliberately absent, and CPUID's
 * bits but those that code asks for one by one.
 */
#ifndef HVE_TLFS_H
#define HVE_TLFS_H

#include <linux/types.h>

#define TLFS_PAGE_SIZE		4096u

/* "Feature and Interface Discovery": leaf 0x40000001 */
#define TLFS_INTERFACE_SIGNATURE	0x31237648u	/* "Hv#1" */

/* "Hypercall Interface", Common Hypercall Status Codes; datatype HV_STATUS */
#define TLFS_STATUS_SUCCESS			0x0000
#define TLFS_STATUS_INVALID_HYPERCALL_CODE	0x0002
#define TLFS_STATUS_INVALID_HYPERCALL_INPUT	0x0003
#define TLFS_STATUS_INVALID_ALIGNMENT		0x0004
#define TLFS_STATUS_INVALID_PARAMETER		0x0005
#define TLFS_STATUS_ACCESS_DENIED			0x0006
#define TLFS_STATUS_OPERATION_DENIED		0x0008
#define TLFS_STATUS_INSUFFICIENT_MEMORY		0x000b
#define TLFS_STATUS_INVALID_PARTITION_ID		0x000d
#define TLFS_STATUS_INVALID_CONNECTION_ID		0x0012
#define TLFS_STATUS_INSUFFICIENT_BUFFERS		0x0013
#define TLFS_STATUS_NO_DATA			0x001b

/* "Hypercall Interface", Hypercall Inputs: the input value */
#define TLFS_HYPERCALL_CODE		0x000000000000ffffull
#define TLFS_HYPERCALL_FAST		0x0000000000010000ull
#define TLFS_HYPERCALL_VARHEAD_SHIFT	17
#define TLFS_HYPERCALL_VARHEAD_MASK	0x3ffu
#define TLFS_HYPERCALL_NESTED		0x0000000080000000ull
#define TLFS_HYPERCALL_REP_COUNT_SHIFT	32
#define TLFS_HYPERCALL_REP_START_SHIFT	48
#define TLFS_HYPERCALL_REP_MASK		0xfffu
#define TLFS_HYPERCALL_RSVDZ		0xf000f00078000000ull

/* "Hypercall Interface", Hypercall Outputs: the result value */
#define TLFS_RESULT_REPS_SHIFT		32

/* "Hypercall Interface", Establishing the Hypercall Interface */
#define TLFS_MSR_ENABLE			0x1ull	/* of every overlay MSR */
#define TLFS_MSR_HYPERCALL_LOCKED		0x2ull

/* "Virtual MMU": HV_FLUSH_FLAGS */
#define TLFS_FLUSH_ALL_PROCESSORS			0x1ull
#define TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES	0x2ull
#define TLFS_FLUSH_NON_GLOBAL_MAPPINGS_ONLY	0x4ull
#define TLFS_FLUSH_USE_EXTENDED_RANGE_FORMAT	0x8ull

/* A range of addresses: pages behind the first one; and in the extended format */
#define TLFS_FLUSH_RANGE_MORE			0xfffull
#define TLFS_FLUSH_EXTENDED_LARGE		0x800ull	/* of large pages */

/* HvCallFlushVirtualAddressSpace, HvCallFlushVirtualAddressList */
struct tlfs_flush {
	__u64 address_space;
	__u64 flags;
	__u64 processor_mask;
};

/* Datatype HV_VP_SET, without its bank_contents[] */
struct tlfs_vp_set {
	__u64 format;
	__u64 valid_bank_mask;
};

#define TLFS_VP_SET_SPARSE	0
#define TLFS_VP_SET_ALL		1
#define TLFS_VP_SET_BANKS		64	/* banks that a set can name */

/* HvCallFlushVirtualAddressSpaceEx, HvCallFlushVirtualAddressListEx */
struct tlfs_flush_ex {
	__u64 address_space;
	__u64 flags;
	struct tlfs_vp_set set;
};

/* HvCallSendSyntheticClusterIpi */
struct tlfs_send_ipi {
	__u32 vector;
	__u8 target_vtl;
	__u8 padding[3];
	__u64 processor_mask;
};

/* HvCallSendSyntheticClusterIpiEx */
struct tlfs_send_ipi_ex {
	__u32 vector;
	__u8 target_vtl;
	__u8 padding[3];
	struct tlfs_vp_set set;
};

/* HvCallGetVpIndexFromApicId, without its list of tlfs_apic_id */
struct tlfs_get_vp_index {
	__u64 partition;
	__u8 target_vtl;
	__u8 padding[7];
};

struct tlfs_apic_id {
	__u32 id;
	__u32 padding;
};

struct tlfs_vp_index {
	__u32 index;
	__u32 padding;
};

#define TLFS_PARTITION_SELF	0xffffffffffffffffull
/* Datatype HV_INPUT_VTL: the target, whether it counts, bits that must be 0 */
#define TLFS_INPUT_VTL_TARGET	0x0fu
#define TLFS_INPUT_VTL_USED	0x10u
#define TLFS_INPUT_VTL_RSVDZ	0xe0u

/* HvExtCallQueryCapabilities */
#define TLFS_EXT_BOOT_ZEROED_MEMORY	0x1ull

/* HvExtCallGetBootZeroedMemory; in pages */
#define TLFS_ZEROED_RANGES		255u

struct tlfs_zeroed_range {
	__u64 first;
	__u64 count;
};

struct tlfs_zeroed_memory {
	__u64 count;
	struct tlfs_zeroed_range range[TLFS_ZEROED_RANGES];
};

#define TLFS_IPI_VECTOR_MIN	0x10
#define TLFS_IPI_VECTOR_MAX	0xff

/* "Inter-Partition Communication", SynIC Registers */
#define TLFS_SYNIC_VERSION		1
#define TLFS_SYNIC_ENABLE		0x1ull	/* of SCONTROL */
#define TLFS_SINT_COUNT			16u
#define TLFS_SINT_VECTOR		0x00000000000000ffull
#define TLFS_SINT_MASKED		0x0000000000010000ull
#define TLFS_SINT_AUTO_EOI		0x0000000000020000ull
#define TLFS_SINT_POLLING		0x0000000000040000ull
#define TLFS_SINT_VECTOR_MIN		16u

/* Datatype HV_MESSAGE; a slot whose type is 0 is empty */
#define TLFS_MESSAGE_PAYLOAD		240u

struct tlfs_message {
	__u32 type;
	__u8 payload_size;
	__u8 flags;
	__u16 reserved;
	__u64 port;		/* who sent it; 0: the hypervisor */
	__u64 payload[TLFS_MESSAGE_PAYLOAD / 8];
};

#define TLFS_MESSAGE_NONE		0u
#define TLFS_MESSAGE_HYPERVISOR		0x80000000u	/* types of its own */
#define TLFS_MESSAGE_TIMER_EXPIRED	0x80000010u
#define TLFS_MESSAGE_PENDING		0x1u	/* of flags: more are waiting */

/* Datatype HV_SYNIC_EVENT_FLAGS: bits for one SINT */
#define TLFS_EVENT_FLAGS		2048u

/* Datatype HV_TIMER_MESSAGE_PAYLOAD */
struct tlfs_timer_payload {
	__u32 timer;
	__u32 reserved;
	__u64 expiration;	/* reference time, as all of these */
	__u64 delivery;
};

/* HvCallPostMessage */
struct tlfs_post_message {
	__u32 connection;
	__u32 reserved;
	__u32 type;
	__u32 payload_size;
	__u64 payload[TLFS_MESSAGE_PAYLOAD / 8];
};

/* HvCallSignalEvent */
struct tlfs_signal_event {
	__u32 connection;
	__u16 flag;
	__u16 reserved;
};

/* "Timers", Synthetic Timer Configuration Register */
#define TLFS_STIMER_COUNT		4u
#define TLFS_STIMER_ENABLED		0x1ull
#define TLFS_STIMER_PERIODIC		0x2ull
#define TLFS_STIMER_LAZY			0x4ull
#define TLFS_STIMER_AUTO_ENABLE		0x8ull
#define TLFS_STIMER_VECTOR_SHIFT	4
#define TLFS_STIMER_DIRECT		0x1000ull
#define TLFS_STIMER_SINT_SHIFT		16
#define TLFS_STIMER_RSVDZ		0xfffffffffff0e000ull

/* "Timers", Partition Reference Time Stamp Counter Page */
struct tlfs_reference_tsc_page {
	__u32 sequence;		/* 0: not valid, read the MSR instead */
	__u32 reserved1;
	__u64 scale;
	__s64 offset;		/* 100 ns */
};

#define TLFS_TICKS_PER_SECOND	10000000ull	/* of 100 ns */

/* "Partitions", Partition Crash Enlightenment; HV_CRASH_CTL_REG_CONTENTS */
#define TLFS_CRASH_PRE_OS_SHIFT		58
#define TLFS_CRASH_PRE_OS_MASK		0x7u
#define TLFS_CRASH_NO_DUMP		(1ull << 61)
#define TLFS_CRASH_MESSAGE		(1ull << 62)
#define TLFS_CRASH_NOTIFY		(1ull << 63)
#define TLFS_CRASH_MESSAGE_MAX		4096u

/* "Nested Virtualization", Compatibility with Live Migration */
#define TLFS_REENLIGHTENMENT_ENABLE		(1ull << 16)	/* vector below */
#define TLFS_REENLIGHTENMENT_TARGET_SHIFT	32
#define TLFS_TSC_EMULATION_IN_PROGRESS		0x1ull

/*
 * The synthetic debugger is named by the TLFS and not described. What follows is
 * what guests and other hypervisors agree upon.
 */
/* MSR syndbg_control; of a send, bits 16 to 31 are its bytes */
#define TLFS_SYNDBG_SEND		0x1ull
#define TLFS_SYNDBG_RECEIVE		0x2ull
#define TLFS_SYNDBG_SIZE_SHIFT		16
#define TLFS_SYNDBG_SIZE_MASK		0xffffu
/* MSR syndbg_status; 0: it failed. Received bytes as in the control */
#define TLFS_SYNDBG_SENT		0x1ull
#define TLFS_SYNDBG_RECEIVED		0x4ull
/* MSR syndbg_options */
#define TLFS_SYNDBG_USE_CALLS		0x4ull

#define TLFS_DEBUG_DATA_MAX		4088u	/* a page, and two words in it */

/* HvCallPostDebugData: then the data; its output is the count that is left */
struct tlfs_debug_post {
	__u32 count;
	__u32 options;
};

/* HvCallRetrieveDebugData */
struct tlfs_debug_retrieve {
	__u32 count;
	__u32 options;
	__u64 timeout;		/* 100 ns */
};

/* Its output; then the data */
struct tlfs_debug_retrieved {
	__u32 retrieved;
	__u32 remaining;	/* of what was asked for */
};

/* HvCallResetDebugSession: options in the first half of its input; its output */
#define TLFS_DEBUG_PURGE_INCOMING	0x1u
#define TLFS_DEBUG_PURGE_OUTGOING	0x2u

struct tlfs_debug_session {
	__u32 host_ip;
	__u32 target_ip;
	__u16 host_port;
	__u16 target_port;
	__u8  host_mac[6];
	__u8  target_mac[6];
};

/* "Feature and Interface Discovery", leaf 0x40000004 EAX: recommendations */
#define TLFS_HINT_APIC_MSRS		(1u << 3)
#define TLFS_HINT_CLUSTER_IPI		(1u << 10)

#define TLFS_HINT_EX_MASKS		(1u << 11)	/* calls with a VP set */

/* Leaf 0x40000003: EAX and EBX where a feature has more than one privilege */
#define TLFS_ACCESS_REF_COUNTER		(1u << 1)
#define TLFS_ACCESS_REFERENCE_TSC	(1u << 9)
#define TLFS_POST_MESSAGES		(1u << 4)
#define TLFS_SIGNAL_EVENTS		(1u << 5)
#define TLFS_XMM_INPUT			(1u << 4)	/* EDX */
#define TLFS_STIMER_DIRECT_OFFERED	(1u << 19)	/* EDX */

/* "Nested Virtualization"; EAX: it says when its MSR bitmap changed */
#define TLFS_NESTED_FEATURES		0x4000000au
#define TLFS_NESTED_MSR_BITMAP		(1u << 19)

/* "Synthetic debugging", as KVM has it: leaves beside those of the TLFS */
#define TLFS_SYNDBG_VENDOR		0x40000080u
#define TLFS_SYNDBG_INTERFACE		0x40000081u
#define TLFS_SYNDBG_CAPABILITIES	0x40000082u
#define TLFS_SYNDBG_SIGNATURE		0x31235356u	/* "VS#1" */
#define TLFS_SYNDBG_ALLOWED		(1u << 1)	/* EAX of the last one */
#define TLFS_DEBUGGING			(1u << 11)	/* 0x40000003 EBX */
#define TLFS_GUEST_DEBUGGING		(1u << 1)	/* 0x40000003 EDX */
#define TLFS_DEBUG_MSRS			(1u << 11)	/* 0x40000003 EDX */

/* Leaf 0x40000006 EAX: what is in use */
#define TLFS_HW_APIC			(1u << 0)
#define TLFS_HW_MSR_BITMAPS		(1u << 1)
#define TLFS_HW_SLAT			(1u << 3)

#endif /* HVE_TLFS_H */
