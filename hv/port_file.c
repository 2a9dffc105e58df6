// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The descriptor of a port
 *
 * In: read, write, poll, close. Out: one struct hve_port_message a call, from
 * the guest or to it. Events have nothing to read or write: their eventfd says
 * it all, and the descriptor keeps them alive. Owns nothing; see port.c.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "port_file.h"

static struct hve_message *take(struct hve_port *port, bool *gone)
{
	struct hve_message *message;
	unsigned long flags;

	raw_spin_lock_irqsave(&port->lock, flags);
	message = list_first_entry_or_null(&port->messages, struct hve_message,
					   link);
	if (message) {
		list_del(&message->link);
		port->buffers--;
	}
	*gone = !port->vm;
	raw_spin_unlock_irqrestore(&port->lock, flags);
	return message;
}

static bool can_read(struct hve_port *port)
{
	return !READ_ONCE(port->vm) || !list_empty_careful(&port->messages);
}

static ssize_t port_read(struct file *file, char __user *to, size_t len,
			 loff_t *pos)
{
	struct hve_port *port = file->private_data;
	struct hve_port_message out = {};
	struct hve_message *message;
	bool gone;
	int err;

	if (!hve_port_is(port, HVE_PORT_MESSAGE | HVE_PORT_FROM_GUEST) ||
	    len < sizeof(out))
		return -EINVAL;
	while (!(message = take(port, &gone))) {
		if (gone)
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(port->wait, can_read(port));
		if (err)
			return err;
	}
	out.type = message->message.type;
	out.size = message->message.payload_size;
	memcpy(out.payload, message->message.payload, out.size);
	kfree(message);
	return copy_to_user(to, &out, sizeof(out)) ? -EFAULT : sizeof(out);
}

static struct hve_message *message_from(const char __user *from, u32 connection)
{
	struct hve_port_message in;
	struct hve_message *message;

	if (copy_from_user(&in, from, sizeof(in)))
		return ERR_PTR(-EFAULT);
	if (!in.type || in.type & TLFS_MESSAGE_HYPERVISOR ||
	    in.size > sizeof(in.payload))
		return ERR_PTR(-EINVAL);
	message = kzalloc(sizeof(*message), GFP_KERNEL_ACCOUNT);
	if (!message)
		return ERR_PTR(-ENOMEM);
	message->message.type = in.type;
	message->message.payload_size = in.size;
	message->message.port = connection;
	memcpy(message->message.payload, in.payload, in.size);
	return message;
}

static ssize_t port_write(struct file *file, const char __user *from,
			  size_t len, loff_t *pos)
{
	struct hve_port *port = file->private_data;
	struct hve_message *message;
	int err;

	if (!hve_port_is(port, HVE_PORT_MESSAGE | HVE_PORT_TO_GUEST) ||
	    len != sizeof(struct hve_port_message))
		return -EINVAL;
	message = message_from(from, port->want.connection);
	if (IS_ERR(message))
		return PTR_ERR(message);
	err = hve_port_send(port, message);
	if (!err)
		return len;
	kfree(message);
	return err;
}

static __poll_t port_poll(struct file *file, poll_table *wait)
{
	struct hve_port *port = file->private_data;
	unsigned long flags;
	__poll_t mask = 0;

	poll_wait(file, &port->wait, wait);
	raw_spin_lock_irqsave(&port->lock, flags);
	if (!port->vm)
		mask |= EPOLLHUP;
	if (!list_empty(&port->messages))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (hve_port_is(port, HVE_PORT_MESSAGE | HVE_PORT_TO_GUEST) &&
	    hve_port_has_room(port))
		mask |= EPOLLOUT | EPOLLWRNORM;
	raw_spin_unlock_irqrestore(&port->lock, flags);
	return mask;
}

static int port_release(struct inode *inode, struct file *file)
{
	hve_port_close(file->private_data);
	return 0;
}

const struct file_operations hve_port_fops = {
	.owner = THIS_MODULE,
	.read = port_read,
	.write = port_write,
	.poll = port_poll,
	.release = port_release,
	.llseek = noop_llseek,
};
