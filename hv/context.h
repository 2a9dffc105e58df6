/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What contexts, their events and the device have between them
 *
 * In and out: see context.c, event.c and device.c. Other files use what hve.h
 * offers.
 */
#ifndef HVE_CONTEXT_H
#define HVE_CONTEXT_H

#include <linux/poll.h>
#include <linux/types.h>

struct hve_context;
struct hve_event_queue;

bool hve_context_configured(struct hve_context *context);
void hve_context_forget_reason(struct hve_context *context);

/* event.c */
struct hve_event_queue *hve_events_new(void);
void hve_events_free(struct hve_event_queue *queue);
ssize_t hve_events_read(struct hve_event_queue *queue, char __user *to,
			size_t len, bool wait);
__poll_t hve_events_poll(struct hve_event_queue *queue, struct file *file,
			 poll_table *wait);

#endif /* HVE_CONTEXT_H */
