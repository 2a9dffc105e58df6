// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Contexts: one open /dev/kvm-hve
 *
 * In: the calls of device.c. Out: a context, which lives as long as its file or a
 * VM served with it, and the sentence that says why its last call failed. State:
 * the reason, under context->lock. Deliberately absent: configuration and arming
 * (arming.c), events (event.c).
 */
#include <linux/slab.h>
#include "context.h"
#include "hve.h"

struct hve_context *hve_context_new(void)
{
	struct hve_context *context = kzalloc(sizeof(*context),
					      GFP_KERNEL_ACCOUNT);

	if (!context)
		return NULL;
	context->events = hve_events_new();
	if (!context->events) {
		kfree(context);
		return NULL;
	}
	kref_init(&context->ref);
	mutex_init(&context->lock);
	INIT_LIST_HEAD(&context->link);
	return context;
}

static void free_context(struct kref *ref)
{
	struct hve_context *context = container_of(ref, struct hve_context,
						   ref);

	hve_events_free(context->events);
	kfree(context);
}

void hve_context_get(struct hve_context *context)
{
	kref_get(&context->ref);
}

void hve_context_put(struct hve_context *context)
{
	kref_put(&context->ref, free_context);
}

struct hve_event_queue *hve_context_events(struct hve_context *context)
{
	return context->events;
}

int hve_context_refuse(struct hve_context *context, int error,
		       const char *fmt, ...)
{
	va_list args;

	mutex_lock(&context->lock);
	context->reason.error = -error;
	va_start(args, fmt);
	vscnprintf(context->reason.text, sizeof(context->reason.text), fmt,
		   args);
	va_end(args);
	mutex_unlock(&context->lock);
	return error;
}

int hve_context_refuse_vm(struct hve_context *context, int error, u32 vm_id)
{
	if (error == -ENOENT)
		hve_context_refuse(context, error, "no VM %u", vm_id);
	else if (error == -EPERM)
		hve_context_refuse(context, error, "VM %u is another user's",
				   vm_id);
	return error;
}

void hve_context_forget_reason(struct hve_context *context)
{
	mutex_lock(&context->lock);
	context->reason.error = 0;
	context->reason.text[0] = '\0';
	mutex_unlock(&context->lock);
}

void hve_context_reason(struct hve_context *context, struct hve_reason *reason)
{
	mutex_lock(&context->lock);
	reason->error = context->reason.error;
	memcpy(reason->text, context->reason.text, sizeof(reason->text));
	mutex_unlock(&context->lock);
}

void hve_context_close(struct hve_context *context)
{
	hve_context_disarm(context);
	hve_context_put(context);
}
