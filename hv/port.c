// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Ports: what a program and a guest's SynIC have between them
 *
 * In: HVE_OPEN_PORT, an eventfd, and hypercalls that name a connection. Out: a
 * message or an event goes from the guest to the program, or to a vCPU, which
 * delivers it in its own thread (enl/message.c). No VMM takes part. A port may
 * outlive its VM: then it is at its end. State: struct hve_port, under its lock,
 * which is taken in interrupts; which VM a port belongs to changes under
 * ports_lock. Reading and writing: port_file.c.
 */
#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/slab.h>
#include "kvm/services.h"
#include "port_file.h"

/* "Inter-Partition Communication", Guest Message Buffers: sixteen a port */
#define BUFFERS		16u

static DEFINE_MUTEX(ports_lock);

bool hve_port_is(const struct hve_port *port, u32 flags)
{
	return (port->want.flags & flags) == flags;
}

static void free_port(struct kref *ref)
{
	struct hve_port *port = container_of(ref, struct hve_port, ref);
	struct hve_message *message, *next;

	list_for_each_entry_safe(message, next, &port->messages, link)
		kfree(message);
	if (port->event)
		eventfd_ctx_put(port->event);
	kfree(port);
}

/* Where hypercalls find it: an event has a flag, a message none */
static unsigned long key_of(u32 flags, u32 connection, u32 flag)
{
	return (unsigned long)connection << 16 |
	       (flags & HVE_PORT_EVENT ? flag : 0xffff);
}

/* The vCPU that what goes to the guest is for */
static struct hve_vcpu *target_of(struct hve_port *port)
{
	bool event = hve_port_is(port, HVE_PORT_EVENT);
	struct hve_vm *vm = port->vm;
	struct hve_vcpu *vcpu;
	u32 i, nr;

	lockdep_assert_held(&port->lock);
	if (port->want.vp != HVE_ANY_VP) {
		vcpu = smp_load_acquire(&vm->vcpus[port->want.vp]);
		return vcpu && hve_synic_can_receive(vcpu, event) ? vcpu : NULL;
	}
	nr = hve_kvm_online_vcpus(vm->kvm);
	for (i = 0; i < nr; i++) {
		vcpu = smp_load_acquire(&vm->vcpus[i]);
		if (vcpu && hve_synic_can_receive(vcpu, event))
			return vcpu;
	}
	return NULL;
}

static int send_signal(struct hve_port *port, struct hve_vcpu *vcpu)
{
	lockdep_assert_held(&port->lock);
	/* A signal is in one vCPU's list, under that vCPU's lock. */
	if (port->signalled && port->signalled != vcpu)
		hve_synic_unsignal(port->signalled, &port->signal);
	port->signalled = vcpu;
	return hve_synic_signal(vcpu, &port->signal) ? 0 : -ENOTCONN;
}

static int send_message(struct hve_port *port, struct hve_vcpu *vcpu,
			struct hve_message *message)
{
	lockdep_assert_held(&port->lock);
	if (!hve_port_has_room(port))
		return -EAGAIN;
	message->port = port;
	message->sint = port->signal.sint;
	/* Who delivers it takes this port's lock before it gives them back. */
	if (!hve_synic_queue(vcpu, message))
		return -ENOTCONN;
	port->buffers++;
	kref_get(&port->ref);
	return 0;
}

int hve_port_send(struct hve_port *port, struct hve_message *message)
{
	struct hve_vcpu *vcpu = NULL;
	unsigned long flags;
	int err;

	raw_spin_lock_irqsave(&port->lock, flags);
	if (port->vm)
		vcpu = target_of(port);
	if (!port->vm)
		err = -EPIPE;
	else if (!vcpu)
		err = -ENOTCONN;
	else if (message)
		err = send_message(port, vcpu, message);
	else
		err = send_signal(port, vcpu);
	raw_spin_unlock_irqrestore(&port->lock, flags);
	return err;
}

bool hve_port_has_room(const struct hve_port *port)
{
	return port->buffers < BUFFERS;
}

void hve_port_delivered(struct hve_message *message)
{
	struct hve_port *port = message->port;
	unsigned long flags;

	if (!port) {
		kfree(message);
		return;
	}
	raw_spin_lock_irqsave(&port->lock, flags);
	port->buffers--;
	raw_spin_unlock_irqrestore(&port->lock, flags);
	wake_up_interruptible(&port->wait);
	kfree(message);
	kref_put(&port->ref, free_port);
}

enum hve_verdict hve_port_post(struct hve_vm *vm, u32 connection,
			       const struct tlfs_message *from)
{
	struct hve_message *message = kzalloc(sizeof(*message),
					      GFP_KERNEL_ACCOUNT);
	enum hve_verdict verdict = HVE_OK;
	struct hve_port *port;
	unsigned long flags;

	if (!message)
		return HVE_NO_BUFFERS;
	message->message = *from;
	rcu_read_lock();
	port = xa_load(&vm->connections, key_of(0, connection, 0));
	if (port) {
		raw_spin_lock_irqsave(&port->lock, flags);
		if (hve_port_has_room(port)) {
			port->buffers++;
			list_add_tail(&message->link, &port->messages);
		} else {
			verdict = HVE_NO_BUFFERS;
		}
		raw_spin_unlock_irqrestore(&port->lock, flags);
		wake_up_interruptible(&port->wait);
	} else {
		verdict = HVE_BAD_CONNECTION;
	}
	rcu_read_unlock();
	if (verdict != HVE_OK)
		kfree(message);
	return verdict;
}

enum hve_verdict hve_port_event(struct hve_vm *vm, u32 connection, u32 flag)
{
	struct hve_port *port;

	rcu_read_lock();
	port = xa_load(&vm->connections,
		       key_of(HVE_PORT_EVENT, connection, flag));
	if (port)
		hve_kvm_signal(port->event);
	rcu_read_unlock();
	return port ? HVE_OK : HVE_BAD_CONNECTION;
}

static int eventfd_woke(wait_queue_entry_t *wait, unsigned int mode, int sync,
			void *key)
{
	struct hve_port *port = container_of(wait, struct hve_port, waiting);
	u64 count;

	if (!(key_to_poll(key) & EPOLLIN))
		return 0;
	eventfd_ctx_do_read(port->event, &count);
	hve_port_send(port, NULL);
	return 1;
}

static void eventfd_queued(struct file *file, wait_queue_head_t *head,
			   poll_table *poll)
{
	struct hve_port *port = container_of(poll, struct hve_port, poll);

	add_wait_queue(head, &port->waiting);
}

/* The VM knows nothing of it any more */
static void part(struct hve_vm *vm, struct hve_port *port)
{
	unsigned long flags;

	lockdep_assert_held(&ports_lock);
	if (hve_port_is(port, HVE_PORT_FROM_GUEST))
		xa_erase(&vm->connections, key_of(port->want.flags,
						  port->want.connection,
						  port->want.flag));
	raw_spin_lock_irqsave(&port->lock, flags);
	if (port->signalled)
		hve_synic_unsignal(port->signalled, &port->signal);
	port->signalled = NULL;
	port->vm = NULL;
	raw_spin_unlock_irqrestore(&port->lock, flags);
	list_del(&port->link);
	wake_up_interruptible(&port->wait);
}

void hve_port_close(struct hve_port *port)
{
	u64 count;

	if (!list_empty(&port->waiting.entry))
		eventfd_ctx_remove_wait_queue(port->event, &port->waiting,
					      &count);
	mutex_lock(&ports_lock);
	if (port->vm)
		part(port->vm, port);
	mutex_unlock(&ports_lock);
	/* For hypercalls that found it before. */
	if (hve_port_is(port, HVE_PORT_FROM_GUEST))
		synchronize_rcu();
	kref_put(&port->ref, free_port);
}

void hve_port_vm_gone(struct hve_vm *vm)
{
	struct hve_port *port, *next;

	mutex_lock(&ports_lock);
	list_for_each_entry_safe(port, next, &vm->ports, link)
		part(vm, port);
	mutex_unlock(&ports_lock);
	xa_destroy(&vm->connections);
}

/* Under vm.c's mutex, which keeps the VM */
static int join(struct hve_vm *vm, void *arg)
{
	struct hve_port *port = arg;
	int err = 0;

	/* In native mode what a guest sends is its VMM's. */
	if (!hve_vm_has(vm, HVE_F_SYNIC) || vm->native)
		return -EOPNOTSUPP;
	if (!hve_vm_permits(vm, port->context))
		return -EPERM;
	if (hve_port_is(port, HVE_PORT_TO_GUEST) && port->want.vp != HVE_ANY_VP &&
	    port->want.vp >= vm->nr_slots)
		return -EINVAL;
	mutex_lock(&ports_lock);
	if (hve_port_is(port, HVE_PORT_FROM_GUEST))
		err = xa_insert(&vm->connections,
				key_of(port->want.flags, port->want.connection,
				       port->want.flag), port, GFP_KERNEL);
	if (!err) {
		port->vm = vm;
		list_add(&port->link, &vm->ports);
	}
	mutex_unlock(&ports_lock);
	return err == -EBUSY ? -EEXIST : err;
}

static int check(const struct hve_port_request *want)
{
	const u32 kind = want->flags & (HVE_PORT_MESSAGE | HVE_PORT_EVENT);
	const u32 way = want->flags & (HVE_PORT_FROM_GUEST | HVE_PORT_TO_GUEST);
	const u32 known = HVE_PORT_MESSAGE | HVE_PORT_EVENT |
			  HVE_PORT_FROM_GUEST | HVE_PORT_TO_GUEST;

	if (want->flags & ~known || hweight32(kind) != 1 || hweight32(way) != 1)
		return -EINVAL;
	if (way == HVE_PORT_TO_GUEST &&
	    (!want->sint || want->sint >= TLFS_SINT_COUNT))
		return -EINVAL;
	if (way == HVE_PORT_FROM_GUEST && (want->sint || want->vp))
		return -EINVAL;
	if (kind == HVE_PORT_EVENT ? want->flag >= TLFS_EVENT_FLAGS :
				     want->flag || want->eventfd != -1)
		return -EINVAL;
	return 0;
}

static struct hve_port *new_port(struct hve_context *context,
				 const struct hve_port_request *want)
{
	struct hve_port *port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);

	if (!port)
		return NULL;
	port->want = *want;
	port->context = context;
	port->signal.sint = want->sint;
	port->signal.flag = want->flag;
	kref_init(&port->ref);
	raw_spin_lock_init(&port->lock);
	init_waitqueue_head(&port->wait);
	INIT_LIST_HEAD(&port->messages);
	INIT_LIST_HEAD(&port->signal.link);
	init_waitqueue_func_entry(&port->waiting, eventfd_woke);
	INIT_LIST_HEAD(&port->waiting.entry);
	init_poll_funcptr(&port->poll, eventfd_queued);
	return port;
}

/* In this order: no hypercall finds a port without its eventfd */
static int connect(struct hve_port *port, struct file *file)
{
	int err;

	if (file) {
		struct eventfd_ctx *event = eventfd_ctx_fileget(file);

		if (IS_ERR(event))
			return PTR_ERR(event);
		port->event = event;
	}
	err = hve_vm_with(port->want.vm_id, join, port);
	if (err || !hve_port_is(port, HVE_PORT_EVENT | HVE_PORT_TO_GUEST))
		return err;
	/* What was signalled before counts as well. */
	if (vfs_poll(file, &port->poll) & EPOLLIN)
		hve_port_send(port, NULL);
	return 0;
}

int hve_port_open(struct hve_context *context,
		  const struct hve_port_request *want)
{
	struct file *file = NULL;
	struct hve_port *port;
	int err = check(want);

	if (err)
		return err;
	if (want->flags & HVE_PORT_EVENT) {
		file = eventfd_fget(want->eventfd);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	port = new_port(context, want);
	err = port ? connect(port, file) : -ENOMEM;
	if (file)
		fput(file);
	if (!err)
		err = anon_inode_getfd("[kvm-hve-port]", &hve_port_fops, port,
				       O_RDWR | O_CLOEXEC);
	if (err < 0 && port)
		hve_port_close(port);
	return err;
}
