// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The SynIC of a vCPU, saved and restored
 *
 * In: a SynIC whose vCPU stands still, or an image of one. Out: what waits for
 * the vCPU in a blob, or there again, where nobody is told of it when it is
 * delivered: its port was left behind. MSRs and pages are saved.c's. State:
 * none of its own; the queues are under hve_synic.lock, the rest under
 * hve_vm.lock.
 */
#include "synic.h"
#include "../kvm/services.h"
#include "../saved.h"

bool hve_synic_save_messages(struct hve_vcpu *vcpu,
			     struct hve_blob_writer *writer)
{
	struct hve_synic *synic = vcpu->synic;
	const struct hve_message *message;
	unsigned long flags;
	u32 nr = 0;

	if (!synic)
		return true;
	raw_spin_lock_irqsave(&synic->lock, flags);
	list_for_each_entry(message, &synic->messages, link) {
		const struct hve_blob_message is = {
			.vp = vcpu->index, .sint = message->sint,
			.message = message->message,
		};

		if (++nr > HVE_BLOB_QUEUE_MAX)
			break;
		hve_blob_put(writer, HVE_BLOB_MESSAGE, &is, sizeof(is), NULL, 0);
	}
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return nr <= HVE_BLOB_QUEUE_MAX;
}

bool hve_synic_save_flags(struct hve_vcpu *vcpu, struct hve_blob_writer *writer)
{
	struct hve_synic *synic = vcpu->synic;
	const struct hve_signal *signal;
	unsigned long flags;
	u32 nr = 0;

	if (!synic)
		return true;
	raw_spin_lock_irqsave(&synic->lock, flags);
	list_for_each_entry(signal, &synic->signals, link) {
		const struct hve_blob_flag is = {
			.vp = vcpu->index, .sint = signal->sint,
			.flag = signal->flag,
		};

		if (++nr > HVE_BLOB_QUEUE_MAX)
			break;
		hve_blob_put(writer, HVE_BLOB_FLAG, &is, sizeof(is), NULL, 0);
	}
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	return nr <= HVE_BLOB_QUEUE_MAX;
}

void hve_synic_restore(struct hve_vcpu *vcpu, struct hve_image_vcpu *image)
{
	struct hve_synic *synic = vcpu->synic;
	u32 i, auto_eoi = 0;
	unsigned long flags;

	lockdep_assert_held(&vcpu->vm->lock);
	if (!synic)
		return;
	for (i = 0; i < TLFS_SINT_COUNT; i++)
		if (hve_sint_is_auto_eoi(synic->sint[i]))
			auto_eoi |= BIT(i);
	if (auto_eoi)
		hve_synic_inhibit_apicv(vcpu, auto_eoi);
	raw_spin_lock_irqsave(&synic->lock, flags);
	list_splice_tail_init(&image->messages, &synic->messages);
	list_splice_tail_init(&image->signals, &synic->signals);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	hve_stimer_restore(vcpu, image->timers);
}

/* A timer that fires from now on may be in no APIC that is saved. */
void hve_synic_left(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;

	if (!synic || !READ_ONCE(synic->unseen))
		return;
	raw_spin_lock_irqsave(&synic->lock, flags);
	synic->unseen = 0;
	raw_spin_unlock_irqrestore(&synic->lock, flags);
}
