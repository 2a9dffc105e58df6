// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Packets between a guest and its debugger
 *
 * In: see debug.h. Out: packets wait in the guest's queue until a debugger reads
 * them, and in the debugger's until the guest takes them; where nobody is
 * attached they are dropped, as a network would do it. A vCPU never waits for
 * the debugger. State: struct hve_debug, under its lock, which is taken inside
 * of vm.c's mutex and of hve_vm.lock. Nothing is saved: what is on its way is
 * lost, and a debugger sends again.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include "debug.h"
#include "kvm/services.h"

/* In each direction; some 64 KiB of kdnet's packets */
#define PACKETS_MAX	64u

struct hve_packet *hve_debug_packet(u32 flags, u32 size)
{
	struct hve_packet *packet = kmalloc(struct_size(packet, data, size),
					    GFP_KERNEL_ACCOUNT);

	if (packet) {
		packet->flags = flags;
		packet->size = size;
	}
	return packet;
}

static struct hve_packet *first_of(struct hve_packets *packets)
{
	struct hve_packet *packet;

	packet = list_first_entry_or_null(&packets->list, struct hve_packet,
					  link);
	if (packet) {
		list_del(&packet->link);
		packets->count--;
	}
	return packet;
}

static void append(struct hve_packets *packets, struct hve_packet *packet)
{
	list_add_tail(&packet->link, &packets->list);
	packets->count++;
}

static void drop_all(struct hve_packets *packets)
{
	struct hve_packet *packet;

	while ((packet = first_of(packets)))
		kfree(packet);
}

struct hve_debug *hve_debug_new(struct hve_vm *vm)
{
	struct hve_debug *debug = kzalloc(sizeof(*debug), GFP_KERNEL_ACCOUNT);

	if (!debug)
		return NULL;
	kref_init(&debug->ref);
	spin_lock_init(&debug->lock);
	debug->vm = vm;
	INIT_LIST_HEAD(&debug->from_guest.list);
	INIT_LIST_HEAD(&debug->to_guest.list);
	init_waitqueue_head(&debug->wait);
	return debug;
}

static void free_debug(struct kref *ref)
{
	struct hve_debug *debug = container_of(ref, struct hve_debug, ref);

	drop_all(&debug->from_guest);
	drop_all(&debug->to_guest);
	kfree(debug);
}

void hve_debug_vm_gone(struct hve_debug *debug)
{
	if (!debug)
		return;
	spin_lock(&debug->lock);
	debug->vm = NULL;
	drop_all(&debug->to_guest);
	spin_unlock(&debug->lock);
	wake_up_interruptible(&debug->wait);
	kref_put(&debug->ref, free_debug);
}

enum hve_posted hve_debug_post(struct hve_debug *debug,
			       struct hve_packet *packet)
{
	enum hve_posted posted = HVE_POSTED;

	spin_lock(&debug->lock);
	if (!debug->attached)
		posted = HVE_NOBODY_THERE;
	else if (debug->from_guest.count == PACKETS_MAX)
		posted = HVE_NO_ROOM;
	else
		append(&debug->from_guest, packet);
	spin_unlock(&debug->lock);
	if (posted == HVE_POSTED)
		wake_up_interruptible(&debug->wait);
	else
		kfree(packet);
	return posted;
}

struct hve_packet *hve_debug_take(struct hve_debug *debug, u32 flags, u32 room,
				  u64 *lost)
{
	struct hve_packet *packet;

	spin_lock(&debug->lock);
	while ((packet = first_of(&debug->to_guest))) {
		if (packet->flags == flags && packet->size <= room)
			break;
		(*lost)++;
		kfree(packet);
	}
	spin_unlock(&debug->lock);
	wake_up_interruptible(&debug->wait);
	return packet;
}

bool hve_debug_pending(struct hve_debug *debug)
{
	bool pending;

	spin_lock(&debug->lock);
	WRITE_ONCE(debug->news, false);
	pending = debug->to_guest.count;
	spin_unlock(&debug->lock);
	return pending;
}

void hve_debug_purge(struct hve_debug *debug, bool to_guest, bool from_guest)
{
	spin_lock(&debug->lock);
	if (to_guest)
		drop_all(&debug->to_guest);
	if (from_guest)
		drop_all(&debug->from_guest);
	spin_unlock(&debug->lock);
	wake_up_interruptible(&debug->wait);
}

void hve_debug_whereabouts(struct hve_debug *debug, u32 *address, u16 *port)
{
	spin_lock(&debug->lock);
	*address = debug->attached ? debug->address : 0;
	*port = debug->attached ? debug->port : 0;
	spin_unlock(&debug->lock);
}

/* Whoever is next in the guest says so in its memory. */
static void tell_guest(struct hve_debug *debug)
{
	lockdep_assert_held(&debug->lock);
	WRITE_ONCE(debug->news, true);
	/* Pairs with the one that sets it and then looks at the queue. */
	if (debug->vm && READ_ONCE(debug->vm->syndbg.pending))
		hve_kvm_request_entry_check(debug->vm->kvm);
}

void hve_debug_renew(struct hve_debug *debug)
{
	spin_lock(&debug->lock);
	tell_guest(debug);
	spin_unlock(&debug->lock);
}

struct hve_packet *hve_debug_read(struct hve_debug *debug, bool *gone)
{
	struct hve_packet *packet;

	spin_lock(&debug->lock);
	packet = first_of(&debug->from_guest);
	*gone = !debug->vm;
	spin_unlock(&debug->lock);
	return packet;
}

int hve_debug_write(struct hve_debug *debug, struct hve_packet *packet)
{
	int err = 0;

	spin_lock(&debug->lock);
	if (!debug->vm) {
		err = -EPIPE;
	} else if (!hve_debug_has_room(debug)) {
		err = -EAGAIN;
	} else {
		append(&debug->to_guest, packet);
		tell_guest(debug);
	}
	spin_unlock(&debug->lock);
	return err;
}

bool hve_debug_has_room(const struct hve_debug *debug)
{
	return debug->to_guest.count < PACKETS_MAX;
}

struct opening {
	struct hve_context *context;
	const struct hve_debug_request *request;
	struct hve_debug *debug;
};

/* Under vm.c's mutex, which keeps the VM */
static int attach(struct hve_vm *vm, void *arg)
{
	struct opening *opening = arg;
	struct hve_debug *debug = vm->debug;
	int err = 0;

	if (!debug || !hve_vm_has(vm, HVE_F_SYNDBG))
		return -EOPNOTSUPP;
	if (!hve_vm_permits(vm, opening->context))
		return -EPERM;
	spin_lock(&debug->lock);
	if (debug->attached) {
		err = -EBUSY;
	} else {
		debug->attached = true;
		debug->address = opening->request->address;
		debug->port = opening->request->port;
		kref_get(&debug->ref);
		opening->debug = debug;
	}
	spin_unlock(&debug->lock);
	return err;
}

int hve_debug_open(struct hve_context *context,
		   const struct hve_debug_request *request)
{
	struct opening opening = { .context = context, .request = request };
	int err;

	if (request->flags || request->reserved[0] || request->reserved[1] ||
	    request->reserved[2])
		return -EINVAL;
	err = hve_vm_with(request->vm_id, attach, &opening);
	if (err)
		return err;
	err = anon_inode_getfd("[kvm-hve-debug]", &hve_debug_fops, opening.debug,
			       O_RDWR | O_CLOEXEC);
	if (err < 0)
		hve_debug_close(opening.debug);
	return err;
}

void hve_debug_close(struct hve_debug *debug)
{
	spin_lock(&debug->lock);
	debug->attached = false;
	drop_all(&debug->from_guest);
	drop_all(&debug->to_guest);
	tell_guest(debug);
	spin_unlock(&debug->lock);
	kref_put(&debug->ref, free_debug);
}
