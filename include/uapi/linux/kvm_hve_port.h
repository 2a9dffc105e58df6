/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * DOC: The ioctl interface of /dev/kvm-hve: ports
 *
 * In: HVE_OPEN_PORT. Out: what it takes, and what is read from and written to
 * the descriptor that it returns. The rules of kvm_hve.h hold, which includes
 * this file. Owns no state.
 */
#ifndef _UAPI_LINUX_KVM_HVE_PORT_H
#define _UAPI_LINUX_KVM_HVE_PORT_H

#include <linux/types.h>

/**
 * struct hve_port_request - open a port between a guest's SynIC and a program
 * @size: size of this structure in bytes
 * @flags: HVE_PORT_MESSAGE or HVE_PORT_EVENT, and HVE_PORT_FROM_GUEST or
 *	HVE_PORT_TO_GUEST
 * @vm_id: which VM
 * @connection: what the guest names in HvCallPostMessage or HvCallSignalEvent;
 *	in messages to a guest the port id in their header
 * @vp: VP index that it goes to, or HVE_ANY_VP; from a guest zero
 * @sint: SINT that it goes to, 1 to 15; from a guest zero
 * @flag: event flag, 0 to 2047; of messages zero
 * @eventfd: descriptor: signalled by the guest, or setting its flag; of messages
 *	-1
 *
 * HVE_OPEN_PORT returns a descriptor. A message port is read or written, one
 * struct hve_port_message a call: EAGAIN none there or no buffer free, ENOTCONN
 * the guest's SynIC does not listen, EPIPE and end of file the VM is gone. An
 * event towards a guest that does not listen is lost. Closing the descriptor
 * closes the port. Errors: ENOENT no such VM, EOPNOTSUPP it has no "synic",
 * EPERM it is another user's, EEXIST that connection has a port, EINVAL.
 */
struct hve_port_request {
	__u32 size;
	__u32 flags;
	__u32 vm_id;
	__u32 connection;
	__u32 vp;
	__u32 sint;
	__u32 flag;
	__s32 eventfd;
};

#define HVE_PORT_MESSAGE	(1u << 0)
#define HVE_PORT_EVENT		(1u << 1)
#define HVE_PORT_FROM_GUEST	(1u << 2)
#define HVE_PORT_TO_GUEST	(1u << 3)
#define HVE_ANY_VP		0xffffffffu

/**
 * struct hve_port_message - one message
 * @type: not zero, most significant bit clear
 * @size: bytes of @payload that count
 * @payload: the bytes
 */
struct hve_port_message {
	__u32 type;
	__u32 size;
	__u8  payload[240];
};

#endif /* _UAPI_LINUX_KVM_HVE_PORT_H */
