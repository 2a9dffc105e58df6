/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Packets between a guest and its debugger
 *
 * In: packets of the guest (enl/syndbg.c) and of the debugger (debug_file.c).
 * Out: two bounded queues for each VM. struct hve_debug belongs to the VM and to
 * the open descriptor together, so that either may go first. A packet is in one
 * queue at a time, and belongs to whoever took it out.
 */
#ifndef HVE_DEBUG_H
#define HVE_DEBUG_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "hve.h"

/**
 * struct hve_packet - one packet on its way
 * @link: in a queue
 * @flags: HVE_DEBUG_FRAME, or 0
 * @size: bytes of @data
 * @data: the bytes
 */
struct hve_packet {
	struct list_head link;
	u32 flags;
	u32 size;
	u8 data[];
};

/**
 * struct hve_packets - a queue of packets; the lock of who has it
 * @list: struct hve_packet
 * @count: how many
 */
struct hve_packets {
	struct list_head list;
	u32 count;
};

/**
 * struct hve_debug - a guest and its debugger
 * @ref: the VM's, and that of the descriptor
 * @lock: what follows; nothing sleeps inside
 * @vm: NULL: gone
 * @attached: there is a descriptor
 * @address: what the guest is told of it
 * @port: likewise
 * @from_guest: packets that nobody read yet
 * @to_guest: packets that the guest did not take yet
 * @news: whether there are some changed since the guest was told; read without
 *	the lock
 * @wait: who reads or polls; has a lock of its own
 */
struct hve_debug {
	struct kref ref;
	spinlock_t lock;
	struct hve_vm *vm;
	bool attached;
	u32 address;
	u16 port;
	struct hve_packets from_guest;
	struct hve_packets to_guest;
	bool news;
	wait_queue_head_t wait;
};

/* debug.c: for the VM */
struct hve_debug *hve_debug_new(struct hve_vm *vm);
void hve_debug_vm_gone(struct hve_debug *debug);
/* NULL: no memory */
struct hve_packet *hve_debug_packet(u32 flags, u32 size);

/* From the guest; the packet is not the caller's any more */
enum hve_posted { HVE_POSTED, HVE_NOBODY_THERE, HVE_NO_ROOM };
enum hve_posted hve_debug_post(struct hve_debug *debug,
			       struct hve_packet *packet);
/*
 * The next packet for the guest with these @flags and at most @room bytes, or
 * NULL; those before it that are not are dropped, and counted in @lost
 */
struct hve_packet *hve_debug_take(struct hve_debug *debug, u32 flags, u32 room,
				  u64 *lost);
/* Whether there is a packet for the guest, which is being told so */
bool hve_debug_pending(struct hve_debug *debug);
/* It is to be told anew */
void hve_debug_renew(struct hve_debug *debug);
void hve_debug_purge(struct hve_debug *debug, bool to_guest, bool from_guest);
/* What the guest is told of its debugger; zeros: there is none */
void hve_debug_whereabouts(struct hve_debug *debug, u32 *address, u16 *port);

/* debug.c: for the descriptor */
/* Its number, or -errno */
int hve_debug_open(struct hve_context *context,
		   const struct hve_debug_request *request);
void hve_debug_close(struct hve_debug *debug);
/* The next packet of the guest, or NULL and whether the VM is gone */
struct hve_packet *hve_debug_read(struct hve_debug *debug, bool *gone);
/* EPIPE: the VM is gone, EAGAIN: no room; else the packet was taken over */
int hve_debug_write(struct hve_debug *debug, struct hve_packet *packet);
bool hve_debug_has_room(const struct hve_debug *debug);

/* debug_file.c */
extern const struct file_operations hve_debug_fops;

#endif /* HVE_DEBUG_H */
