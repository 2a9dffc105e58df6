/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What port.c and port_file.c have between them
 *
 * In: nothing. Out: struct hve_port, whose fields name their lock, and the few
 * functions that both use.
 */
#ifndef HVE_PORT_FILE_H
#define HVE_PORT_FILE_H

#include <linux/kref.h>
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "port.h"

struct eventfd_ctx;

/**
 * struct hve_port - one end of a connection
 * @want: what it was opened with; constant
 * @context: who opened it; compared while it is opened
 * @link: in hve_vm.ports; ports_lock
 * @ref: the file's, and one for each message on its way to the guest
 * @lock: what follows
 * @vm: NULL: gone; changes under ports_lock too
 * @wait: who reads or polls
 * @messages: from the guest, not read yet
 * @buffers: messages there are, here or on their way
 * @event: signalled by the guest, or waited for; constant
 * @waiting: in @event's queue, towards a guest
 * @poll: likewise
 * @signal: the flag that is set in the guest
 * @signalled: the vCPU that @signal was last given to
 */
struct hve_port {
	struct hve_port_request want;
	struct hve_context *context;
	struct list_head link;
	struct kref ref;
	raw_spinlock_t lock;
	struct hve_vm *vm;
	wait_queue_head_t wait;
	struct list_head messages;
	u32 buffers;
	struct eventfd_ctx *event;
	wait_queue_entry_t waiting;
	poll_table poll;
	struct hve_signal signal;
	struct hve_vcpu *signalled;
};

/* port.c */
bool hve_port_is(const struct hve_port *port, u32 flags);
bool hve_port_has_room(const struct hve_port *port);
/*
 * To the guest, from any context; without a message: the event. EPIPE: the VM
 * is gone, ENOTCONN: no SynIC listens, EAGAIN: no buffer is free.
 */
int hve_port_send(struct hve_port *port, struct hve_message *message);
void hve_port_close(struct hve_port *port);

/* port_file.c */
extern const struct file_operations hve_port_fops;

#endif /* HVE_PORT_FILE_H */
