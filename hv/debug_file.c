// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The descriptor of a guest's debugger
 *
 * In: read, write, poll, close. Out: one struct hve_debug_packet a call, from
 * the guest or to it; of its data only the bytes that count. Owns nothing; see
 * debug.c.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "debug.h"

static_assert(offsetof(struct hve_debug_packet, data) == HVE_DEBUG_HEAD);

static bool can_read(struct hve_debug *debug)
{
	return !READ_ONCE(debug->vm) ||
	       !list_empty_careful(&debug->from_guest.list);
}

static ssize_t give(struct hve_packet *packet, char __user *to)
{
	const u32 head[] = { packet->flags, packet->size };

	if (copy_to_user(to, head, sizeof(head)) ||
	    copy_to_user(to + sizeof(head), packet->data, packet->size))
		return -EFAULT;
	return sizeof(head) + packet->size;
}

static ssize_t debug_read(struct file *file, char __user *to, size_t len,
			  loff_t *pos)
{
	struct hve_debug *debug = file->private_data;
	struct hve_packet *packet;
	ssize_t done;
	bool gone;
	int err;

	if (len < sizeof(struct hve_debug_packet))
		return -EINVAL;
	while (!(packet = hve_debug_read(debug, &gone))) {
		if (gone)
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(debug->wait, can_read(debug));
		if (err)
			return err;
	}
	done = give(packet, to);
	kfree(packet);
	return done;
}

static ssize_t debug_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	struct hve_packet *packet;
	u32 head[2];
	int err;

	if (len < sizeof(head))
		return -EINVAL;
	if (copy_from_user(head, from, sizeof(head)))
		return -EFAULT;
	if (head[0] & ~HVE_DEBUG_FRAME || !head[1] || head[1] > HVE_DEBUG_DATA ||
	    len != sizeof(head) + head[1])
		return -EINVAL;
	packet = hve_debug_packet(head[0], head[1]);
	if (!packet)
		return -ENOMEM;
	err = copy_from_user(packet->data, from + sizeof(head), packet->size) ?
	      -EFAULT : hve_debug_write(file->private_data, packet);
	if (!err)
		return len;
	kfree(packet);
	return err;
}

static __poll_t debug_poll(struct file *file, poll_table *wait)
{
	struct hve_debug *debug = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &debug->wait, wait);
	spin_lock(&debug->lock);
	if (!debug->vm)
		mask |= EPOLLHUP;
	if (debug->from_guest.count)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (hve_debug_has_room(debug))
		mask |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock(&debug->lock);
	return mask;
}

static int debug_release(struct inode *inode, struct file *file)
{
	hve_debug_close(file->private_data);
	return 0;
}

const struct file_operations hve_debug_fops = {
	.owner = THIS_MODULE,
	.read = debug_read,
	.write = debug_write,
	.poll = debug_poll,
	.release = debug_release,
	.llseek = noop_llseek,
};
