/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What contexts, their events and the device have between them
 *
 * In and out: see context.c, event.c and device.c. Other files use what hve.h
 * offers.
 */
#ifndef HVE_CONTEXT_H
#define HVE_CONTEXT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/kvm_hve.h>

struct hve_event_queue;
struct kvm;

/**
 * struct hve_context - one open device
 * @ref: the file's, and one of each VM served with it
 * @events: what happened to its VMs; constant
 * @lock: @reason
 * @reason: of the last failure
 * @config: what VMs are to be served, constant while @armed; from here on under
 *	arming.c's mutex
 * @configured: there is one
 * @armed: HVE_ARM_*, 0: not
 * @taken: armed for the next VM, and this one, which has no vCPU yet, took it;
 *	compared, never followed
 * @owner: who armed
 * @uid: as whom
 * @admin: who might be any user
 * @link: in the list of those that are armed
 */
struct hve_context {
	struct kref ref;
	struct hve_event_queue *events;
	struct mutex lock;
	struct hve_reason reason;
	struct hve_config config;
	bool configured;
	u32 armed;
	struct kvm *taken;
	struct pid *owner;
	kuid_t uid;
	bool admin;
	struct list_head link;
};

/* arming.c */
bool hve_context_configured(struct hve_context *context);

/* context.c */
void hve_context_forget_reason(struct hve_context *context);

/* event.c */
struct hve_event_queue *hve_events_new(void);
void hve_events_free(struct hve_event_queue *queue);
ssize_t hve_events_read(struct hve_event_queue *queue, char __user *to,
			size_t len, bool wait);
__poll_t hve_events_poll(struct hve_event_queue *queue, struct file *file,
			 poll_table *wait);

#endif /* HVE_CONTEXT_H */
