// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: SynIC messages and the interrupts of SINTs
 *
 * In: a message for a SINT of this vCPU, in its own thread. Out: the message is
 * in its slot of the message page and the SINT's vector is pending; or the slot
 * is taken, then it says that more is to come, and EOI or EOM make the owner of
 * the message try again. The type is written last: other vCPUs may look at the
 * slot. Owns no state. Source: TLFS, "Inter-Partition Communication", SynIC
 * Messages.
 */
#include "synic.h"
#include "../kvm/services.h"

/* Interrupts for @sint, unless it is masked or polled */
static void sint_assert(struct hve_vcpu *vcpu, u32 sint)
{
	u64 value = vcpu->synic->sint[sint];

	if (value & (TLFS_SINT_MASKED | TLFS_SINT_POLLING))
		return;
	hve_kvm_interrupt_one(vcpu->kvm, value & TLFS_SINT_VECTOR);
}

struct slot_head {
	u32 type;
	u8 payload_size;
	u8 flags;
	u16 reserved;
};

/* Whether the slot at @offset is empty; a taken one is told to wake us. */
static bool slot_is_empty(struct hve_vcpu *vcpu, u32 offset)
{
	struct hve_synic *synic = vcpu->synic;
	const u32 at = offset + offsetof(struct slot_head, flags);
	struct slot_head head;

	if (hve_overlay_get(vcpu->vm, &synic->message_page, offset, &head,
			    sizeof(head)))
		return false;
	if (head.type == TLFS_MESSAGE_NONE)
		return true;
	head.flags |= TLFS_MESSAGE_PENDING;
	hve_overlay_put(vcpu->vm, &synic->message_page, at, &head.flags,
			sizeof(head.flags));
	/* A guest that emptied the slot before it saw the flag will not call. */
	smp_mb();
	if (hve_overlay_get(vcpu->vm, &synic->message_page, offset, &head.type,
			    sizeof(head.type)))
		return false;
	if (head.type == TLFS_MESSAGE_NONE)
		return true;
	WRITE_ONCE(synic->blocked, true);
	return false;
}

bool hve_message_deliver(struct hve_vcpu *vcpu, u32 sint,
			 const struct tlfs_message *message)
{
	struct hve_synic *synic = vcpu->synic;
	const u32 offset = sint * sizeof(*message);
	const u32 rest = sizeof(message->type);
	u32 len = offsetof(struct tlfs_message, payload) +
		  message->payload_size;

	if (!hve_synic_can_receive(vcpu, false) || !slot_is_empty(vcpu, offset))
		return false;
	if (hve_overlay_put(vcpu->vm, &synic->message_page, offset + rest,
			    (const u8 *)message + rest, len - rest))
		return false;
	smp_wmb();
	hve_overlay_put(vcpu->vm, &synic->message_page, offset, &message->type,
			sizeof(message->type));
	vcpu->events[HVE_EV_MESSAGES]++;
	sint_assert(vcpu, sint);
	return true;
}

void hve_messages_drop(struct list_head *messages)
{
	struct hve_message *message, *next;

	list_for_each_entry_safe(message, next, messages, link)
		hve_port_delivered(message);
}

/* @waiting is this thread's alone then; after how many resets it was queued */
static u32 take_queue(struct hve_synic *synic, struct list_head *waiting)
{
	unsigned long flags;
	u32 resets;

	raw_spin_lock_irqsave(&synic->lock, flags);
	list_splice_init(&synic->messages, waiting);
	resets = synic->resets;
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return resets;
}

/* False: what waited was for the operating system before the restart. */
static bool give_back(struct hve_synic *synic, struct list_head *waiting,
		      u32 resets)
{
	unsigned long flags;
	bool same;

	raw_spin_lock_irqsave(&synic->lock, flags);
	same = synic->resets == resets;
	if (same)
		list_splice_init(waiting, &synic->messages);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return same;
}

/*
 * A restart may empty the queue at any time: what is delivered here is not in
 * it. A message whose slot is taken holds up those behind it for the same SINT
 * only.
 */
void hve_message_work(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_message *message, *next;
	LIST_HEAD(waiting);
	u32 taken = 0, resets;

	resets = take_queue(synic, &waiting);
	list_for_each_entry_safe(message, next, &waiting, link) {
		if (!(taken & BIT(message->sint)) &&
		    hve_message_deliver(vcpu, message->sint,
					&message->message)) {
			list_del(&message->link);
			hve_port_delivered(message);
			continue;
		}
		taken |= BIT(message->sint);
	}
	if (!give_back(synic, &waiting, resets))
		hve_messages_drop(&waiting);
}

void hve_event_flag_set(struct hve_vcpu *vcpu, u32 sint, u32 flag)
{
	struct hve_synic *synic = vcpu->synic;
	const u32 bit = sint * TLFS_EVENT_FLAGS + flag;

	if (!hve_synic_can_receive(vcpu, true))
		return;
	if (hve_overlay_set_bit(vcpu->vm, &synic->event_page, bit))
		return;
	vcpu->events[HVE_EV_FLAGS]++;
	sint_assert(vcpu, sint);
}
