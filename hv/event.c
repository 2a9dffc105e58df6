// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Events of a context
 *
 * In: what happened to a VM. Out: read() and poll() of the context that it is
 * served with. A ring of fixed size: when nobody reads, the oldest events stay
 * and newer ones are counted as lost, so that a guest that restarts for ever
 * costs nothing; one that rewrites its OS id for ever, or crashes for ever,
 * fills one entry. State: the ring, under queue->lock; callers may hold any lock
 * of this module, none is taken inside.
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include "context.h"
#include "hve.h"

#define RING	64u

struct hve_event_queue {
	spinlock_t lock;
	wait_queue_head_t wait;
	u32 first;		/* all under @lock */
	u32 count;
	u64 lost;
	struct hve_event ring[RING];
};

struct hve_event_queue *hve_events_new(void)
{
	struct hve_event_queue *queue = kzalloc(sizeof(*queue),
						GFP_KERNEL_ACCOUNT);

	if (queue) {
		spin_lock_init(&queue->lock);
		init_waitqueue_head(&queue->wait);
	}
	return queue;
}

void hve_events_free(struct hve_event_queue *queue)
{
	kfree(queue);
}

static struct hve_event *newest(struct hve_event_queue *queue)
{
	lockdep_assert_held(&queue->lock);
	if (!queue->count)
		return NULL;
	return &queue->ring[(queue->first + queue->count - 1) % RING];
}

/* Does @event say the same of something that a guest can do for ever? */
static bool repeats(const struct hve_event *event, const struct hve_vm *vm,
		    u32 type)
{
	return event && event->type == type && event->vm_id == vm->id &&
	       (type == HVE_EVENT_GUEST_OS || type == HVE_EVENT_CRASH);
}

static struct hve_event *append(struct hve_event_queue *queue)
{
	lockdep_assert_held(&queue->lock);
	if (queue->count == RING) {
		queue->lost++;
		return NULL;
	}
	return &queue->ring[(queue->first + queue->count++) % RING];
}

void hve_event_post(struct hve_vm *vm, u32 type, u64 data, const char *fmt, ...)
{
	struct hve_event_queue *queue = hve_context_events(vm->context);
	struct hve_event *event;
	va_list args;

	spin_lock(&queue->lock);
	event = newest(queue);
	if (!repeats(event, vm, type))
		event = append(queue);
	if (event) {
		memset(event, 0, sizeof(*event));
		event->type = type;
		event->vm_id = vm->id;
		event->time = ktime_get_ns();
		event->data = data;
		va_start(args, fmt);
		vscnprintf(event->text, sizeof(event->text), fmt, args);
		va_end(args);
	}
	spin_unlock(&queue->lock);
	wake_up_interruptible(&queue->wait);
}

static bool take(struct hve_event_queue *queue, struct hve_event *event)
{
	bool taken = true;

	spin_lock(&queue->lock);
	if (queue->count) {
		*event = queue->ring[queue->first];
		queue->first = (queue->first + 1) % RING;
		queue->count--;
	} else if (queue->lost) {
		memset(event, 0, sizeof(*event));
		event->type = HVE_EVENT_LOST;
		event->time = ktime_get_ns();
		event->data = queue->lost;
		queue->lost = 0;
	} else {
		taken = false;
	}
	spin_unlock(&queue->lock);
	return taken;
}

static bool readable(struct hve_event_queue *queue)
{
	bool is;

	spin_lock(&queue->lock);
	is = queue->count || queue->lost;
	spin_unlock(&queue->lock);
	return is;
}

ssize_t hve_events_read(struct hve_event_queue *queue, char __user *to,
			size_t len, bool wait)
{
	struct hve_event event;
	size_t done = 0;
	int err;

	if (len < sizeof(event))
		return -EINVAL;
	while (!done) {
		while (done + sizeof(event) <= len && take(queue, &event)) {
			if (copy_to_user(to + done, &event, sizeof(event)))
				return done ?: -EFAULT;
			done += sizeof(event);
		}
		if (done)
			break;
		if (!wait)
			return -EAGAIN;
		err = wait_event_interruptible(queue->wait, readable(queue));
		if (err)
			return err;
	}
	return done;
}

__poll_t hve_events_poll(struct hve_event_queue *queue, struct file *file,
			 poll_table *wait)
{
	poll_wait(file, &queue->wait, wait);
	return readable(queue) ? EPOLLIN | EPOLLRDNORM : 0;
}
