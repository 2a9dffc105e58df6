/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * DOC: The ioctl interface of /dev/kvm-hve: a guest's debugger
 *
 * In: HVE_OPEN_DEBUG. Out: what it takes, and what is read from and written to
 * the descriptor that it returns. The rules of kvm_hve.h hold, which includes
 * this file. Owns no state.
 */
#ifndef _UAPI_LINUX_KVM_HVE_DEBUG_H
#define _UAPI_LINUX_KVM_HVE_DEBUG_H

#include <linux/types.h>

/**
 * struct hve_debug_request - be the debugger of a guest that has "syndbg"
 * @size: size of this structure in bytes
 * @flags: zero
 * @vm_id: which VM
 * @address: IPv4 address of the debugger as the guest is told, 127.0.0.1 is
 *	0x7f000001; 0: none
 * @port: its UDP port, as the guest is told
 * @reserved: zero
 *
 * HVE_OPEN_DEBUG returns a descriptor. It is read or written, one packet a call:
 * EAGAIN none there or no room, EPIPE and end of file the VM is gone. What waits
 * in either direction is dropped when it is closed. Errors: ENOENT no such VM,
 * EOPNOTSUPP it has no "syndbg", EPERM it is another user's, EBUSY it has a
 * debugger, EINVAL.
 */
struct hve_debug_request {
	__u32 size;
	__u32 flags;
	__u32 vm_id;
	__u32 address;
	__u16 port;
	__u16 reserved[3];
};

/* hve_debug_packet.flags: an Ethernet frame; else what a UDP datagram holds */
#define HVE_DEBUG_FRAME		(1u << 0)

#define HVE_DEBUG_DATA		4096

/**
 * struct hve_debug_packet - one packet
 * @flags: HVE_DEBUG_FRAME or zero: as the guest sent it, or as it wants it. One
 *	that sends by hypercall takes frames only, one that sends by MSR none
 * @size: bytes of @data that there are
 * @data: the bytes; only @size of them are read or written
 *
 * Reading needs room for the whole structure.
 */
struct hve_debug_packet {
	__u32 flags;
	__u32 size;
	__u8  data[HVE_DEBUG_DATA];
};

#define HVE_DEBUG_HEAD		8	/* bytes of a packet before its data */

#endif /* _UAPI_LINUX_KVM_HVE_DEBUG_H */
