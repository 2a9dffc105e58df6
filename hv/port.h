/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What ports, hypercalls and the SynIC hand each other
 *
 * In and out: see port.c, enl/post.c and enl/synic.c. A message or a signal is
 * in one list at a time, and belongs to whoever took it out.
 */
#ifndef HVE_PORT_H
#define HVE_PORT_H

#include <linux/list.h>
#include "hve.h"

struct hve_port;

/**
 * struct hve_message - a message on its way
 * @link: in a port's list, or in hve_synic.messages
 * @port: whose buffer it is, NULL: that port was left behind (restore)
 * @sint: where to, on the way to a guest
 * @message: as the guest sees it
 */
struct hve_message {
	struct list_head link;
	struct hve_port *port;
	u32 sint;
	struct tlfs_message message;
};

/**
 * struct hve_signal - an event flag to be set
 * @link: in hve_synic.signals; empty: nothing to do; hve_synic.lock
 * @sint: which SINT's flags; constant
 * @flag: which one; constant
 * @restored: nobody's but the list's, which frees it; constant
 */
struct hve_signal {
	struct list_head link;
	u32 sint;
	u32 flag;
	bool restored;
};

/* port.c */
int hve_port_open(struct hve_context *context, const struct hve_port_request *request);
/* The VM is served no more */
void hve_port_vm_gone(struct hve_vm *vm);
/* A message reached its slot, or never will; the buffer is free */
void hve_port_delivered(struct hve_message *message);
/* From the guest */
enum hve_verdict hve_port_post(struct hve_vm *vm, u32 connection,
			       const struct tlfs_message *message);
enum hve_verdict hve_port_event(struct hve_vm *vm, u32 connection, u32 flag);

/* enl/synic.c, from any context; false: the vCPU does not listen (any more) */
bool hve_synic_can_receive(const struct hve_vcpu *vcpu, bool event);
bool hve_synic_queue(struct hve_vcpu *vcpu, struct hve_message *message);
bool hve_synic_signal(struct hve_vcpu *vcpu, struct hve_signal *signal);
void hve_synic_unsignal(struct hve_vcpu *vcpu, struct hve_signal *signal);

#endif /* HVE_PORT_H */
