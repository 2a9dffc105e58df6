// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: HvCallPostMessage and HvCallSignalEvent
 *
 * In: a connection that the guest names. Out: a message waits to be read from
 * the port that a program opened for it, or that port's eventfd is signalled.
 * Owns no state: a message is copied once, then checked. Source: TLFS,
 * "Hypercall Reference".
 */
#include "../hypercall.h"
#include "../port.h"

enum hve_verdict hve_do_post_message(struct hve_vcpu *vcpu,
				     struct hve_hcall *call)
{
	struct tlfs_message message = {};
	enum hve_verdict verdict;
	struct tlfs_post_message in;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.reserved || !in.type || in.type & TLFS_MESSAGE_HYPERVISOR ||
	    in.payload_size > sizeof(in.payload))
		return HVE_BAD_PARAMETER;
	message.type = in.type;
	message.payload_size = in.payload_size;
	memcpy(message.payload, in.payload, in.payload_size);
	return hve_port_post(vcpu->vm, in.connection, &message);
}

enum hve_verdict hve_do_signal_event(struct hve_vcpu *vcpu,
				     struct hve_hcall *call)
{
	struct tlfs_signal_event in;
	enum hve_verdict verdict;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.reserved || in.flag >= TLFS_EVENT_FLAGS)
		return HVE_BAD_PARAMETER;
	return hve_port_event(vcpu->vm, in.connection, in.flag);
}
