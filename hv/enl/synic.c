// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: synic: the synthetic interrupt controller of a vCPU
 *
 * In: accesses to its MSRs, EOIs, and word that something waits for the vCPU.
 * Out: where messages and event flags go, which vector a SINT has, and another
 * try for what could not be delivered. Messages themselves: message.c, timers:
 * stimer.c. State: hve_vcpu.synic, whose fields name their owner; the MSRs are
 * the vCPU's own, and a restart's. SIRBP is kept and does nothing: there is no
 * event log. Save/restore: the MSRs, both pages with what they cover, messages
 * that wait. Source: TLFS, "Inter-Partition Communication", SynIC Registers.
 */
#include <linux/slab.h>
#include "synic.h"
#include "../kvm/services.h"
#include "../saved.h"

int hve_synic_init(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic;

	if (!hve_vm_has(vcpu->vm, HVE_F_SYNIC))
		return 0;
	synic = kzalloc(sizeof(*synic), GFP_KERNEL_ACCOUNT);
	if (!synic)
		return -ENOMEM;
	raw_spin_lock_init(&synic->lock);
	INIT_LIST_HEAD(&synic->messages);
	INIT_LIST_HEAD(&synic->signals);
	vcpu->synic = synic;
	vcpu->vm->memory += sizeof(*synic);
	hve_stimer_init(vcpu);
	hve_synic_reset(vcpu);
	return 0;
}

/*
 * Of the list of signals. What must be freed goes to @spent: the allocator has
 * locks that may not be taken under a raw one.
 */
static void take_out(struct hve_signal *signal, struct list_head *spent)
{
	list_del_init(&signal->link);
	if (signal->restored)
		list_add(&signal->link, spent);
}

static void free_spent(struct list_head *spent)
{
	struct hve_signal *signal, *next;

	list_for_each_entry_safe(signal, next, spent, link)
		kfree(signal);
	INIT_LIST_HEAD(spent);
}

/* Messages on their way never arrive; signals belong to their ports. */
static void drop_queues(struct hve_synic *synic)
{
	LIST_HEAD(messages);
	LIST_HEAD(spent);
	unsigned long flags;

	raw_spin_lock_irqsave(&synic->lock, flags);
	synic->resets++;
	list_splice_init(&synic->messages, &messages);
	while (!list_empty(&synic->signals))
		take_out(list_first_entry(&synic->signals, struct hve_signal,
					  link), &spent);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	free_spent(&spent);
	hve_messages_drop(&messages);
}

void hve_synic_free(struct hve_vcpu *vcpu)
{
	if (!vcpu->synic)
		return;
	hve_stimer_stop(vcpu);
	drop_queues(vcpu->synic);
	hve_overlay_forget(vcpu->vm, &vcpu->synic->message_page);
	hve_overlay_forget(vcpu->vm, &vcpu->synic->event_page);
	kfree(vcpu->synic);
}

void hve_synic_inhibit_apicv(struct hve_vcpu *vcpu, u32 auto_eoi)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_vm *vm = vcpu->vm;
	bool before = vm->auto_eoi_vcpus;

	lockdep_assert_held(&vm->lock);
	vm->auto_eoi_vcpus += !!auto_eoi - !!synic->auto_eoi;
	WRITE_ONCE(synic->auto_eoi, auto_eoi);
	/* Hardware delivers without an exit, and nobody could end it. */
	if (before != !!vm->auto_eoi_vcpus)
		hve_kvm_inhibit_apicv(vm->kvm, vm->auto_eoi_vcpus);
}

void hve_synic_reset(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	u32 i;

	if (!synic)
		return;
	hve_stimer_stop(vcpu);
	if (synic->auto_eoi)
		hve_synic_inhibit_apicv(vcpu, 0);
	WRITE_ONCE(synic->control, 0);
	WRITE_ONCE(synic->siefp, 0);
	WRITE_ONCE(synic->simp, 0);
	WRITE_ONCE(synic->sirbp, 0);
	for (i = 0; i < TLFS_SINT_COUNT; i++)
		WRITE_ONCE(synic->sint[i], TLFS_SINT_MASKED);
	/* Nothing is queued any more, so nothing is left over. */
	drop_queues(synic);
	hve_overlay_forget(vcpu->vm, &synic->message_page);
	hve_overlay_forget(vcpu->vm, &synic->event_page);
}

void hve_synic_detach(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;

	if (!synic)
		return;
	hve_overlay_remove(vcpu->vm, &synic->message_page);
	hve_overlay_remove(vcpu->vm, &synic->event_page);
	hve_synic_reset(vcpu);
}

static void signal_work(struct hve_vcpu *vcpu)
{
	struct hve_synic *synic = vcpu->synic;
	struct hve_signal *signal;
	unsigned long flags;
	LIST_HEAD(spent);
	u32 sint, flag;

	for (;;) {
		raw_spin_lock_irqsave(&synic->lock, flags);
		signal = list_first_entry_or_null(&synic->signals,
						  struct hve_signal, link);
		if (signal) {
			sint = signal->sint;
			flag = signal->flag;
			take_out(signal, &spent);
		}
		raw_spin_unlock_irqrestore(&synic->lock, flags);
		free_spent(&spent);
		if (!signal)
			return;
		hve_event_flag_set(vcpu, sint, flag);
	}
}

void hve_synic_work(struct hve_vcpu *vcpu)
{
	if (!vcpu->synic)
		return;
	WRITE_ONCE(vcpu->synic->blocked, false);
	if (unlikely(READ_ONCE(vcpu->synic->rearm)))
		hve_stimer_rearm(vcpu);
	if (unlikely(READ_ONCE(vcpu->synic->again)))
		hve_stimer_look_again(vcpu);
	hve_stimer_messages(vcpu);
	if (!list_empty_careful(&vcpu->synic->messages))
		hve_message_work(vcpu);
	if (!list_empty_careful(&vcpu->synic->signals))
		signal_work(vcpu);
}

bool hve_synic_can_receive(const struct hve_vcpu *vcpu, bool event)
{
	const struct hve_synic *synic = vcpu->synic;

	return synic && READ_ONCE(synic->control) & TLFS_SYNIC_ENABLE &&
	       (event ? READ_ONCE(synic->siefp) : READ_ONCE(synic->simp)) &
	       TLFS_MSR_ENABLE;
}

bool hve_synic_queue(struct hve_vcpu *vcpu, struct hve_message *message)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;
	bool listens;

	raw_spin_lock_irqsave(&synic->lock, flags);
	listens = hve_synic_can_receive(vcpu, false);
	if (listens)
		list_add_tail(&message->link, &synic->messages);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	if (listens)
		hve_kvm_wake(vcpu->kvm);
	return listens;
}

bool hve_synic_signal(struct hve_vcpu *vcpu, struct hve_signal *signal)
{
	struct hve_synic *synic = vcpu->synic;
	unsigned long flags;
	bool listens;

	raw_spin_lock_irqsave(&synic->lock, flags);
	listens = hve_synic_can_receive(vcpu, true);
	if (listens && list_empty(&signal->link))
		list_add_tail(&signal->link, &synic->signals);
	raw_spin_unlock_irqrestore(&synic->lock, flags);
	if (listens)
		hve_kvm_wake(vcpu->kvm);
	return listens;
}

void hve_synic_unsignal(struct hve_vcpu *vcpu, struct hve_signal *signal)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&vcpu->synic->lock, flags);
	list_del_init(&signal->link);
	raw_spin_unlock_irqrestore(&vcpu->synic->lock, flags);
}

void hve_synic_eoi(struct hve_vcpu *vcpu)
{
	if (vcpu->synic && READ_ONCE(vcpu->synic->blocked))
		hve_kvm_request_entry(vcpu->kvm);
}

bool hve_synic_is_auto_eoi(struct hve_vcpu *vcpu, u8 vector)
{
	unsigned long mask = vcpu->synic ? READ_ONCE(vcpu->synic->auto_eoi) : 0;
	u32 sint;

	for_each_set_bit(sint, &mask, TLFS_SINT_COUNT)
		if ((READ_ONCE(vcpu->synic->sint[sint]) & TLFS_SINT_VECTOR) ==
		    vector)
			return true;
	return false;
}

enum hve_verdict hve_get_scontrol(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->synic->control);
	return HVE_OK;
}

enum hve_verdict hve_set_scontrol(struct hve_vcpu *vcpu, u64 data)
{
	WRITE_ONCE(vcpu->synic->control, data);
	hve_synic_work(vcpu);
	return HVE_OK;
}

enum hve_verdict hve_get_sversion(struct hve_vcpu *vcpu, u64 *data)
{
	*data = TLFS_SYNIC_VERSION;
	return HVE_OK;
}

static enum hve_verdict place(struct hve_vcpu *vcpu, struct hve_overlay *page,
			      u64 *msr, u64 data)
{
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict = HVE_OK;

	mutex_lock(&vm->lock);
	if (data & TLFS_MSR_ENABLE)
		verdict = hve_overlay_place(vm, page,
					    data & ~(TLFS_PAGE_SIZE - 1ull), NULL);
	else
		hve_overlay_remove(vm, page);
	if (verdict == HVE_OK)
		WRITE_ONCE(*msr, data);
	mutex_unlock(&vm->lock);
	hve_synic_work(vcpu);
	return verdict;
}

enum hve_verdict hve_get_siefp(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->synic->siefp);
	return HVE_OK;
}

enum hve_verdict hve_set_siefp(struct hve_vcpu *vcpu, u64 data)
{
	return place(vcpu, &vcpu->synic->event_page, &vcpu->synic->siefp, data);
}

enum hve_verdict hve_get_simp(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->synic->simp);
	return HVE_OK;
}

enum hve_verdict hve_set_simp(struct hve_vcpu *vcpu, u64 data)
{
	return place(vcpu, &vcpu->synic->message_page, &vcpu->synic->simp, data);
}

enum hve_verdict hve_get_eom(struct hve_vcpu *vcpu, u64 *data)
{
	*data = 0;
	return HVE_OK;
}

enum hve_verdict hve_set_eom(struct hve_vcpu *vcpu, u64 data)
{
	hve_synic_work(vcpu);
	return HVE_OK;
}

enum hve_verdict hve_get_sirbp(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->synic->sirbp);
	return HVE_OK;
}

enum hve_verdict hve_set_sirbp(struct hve_vcpu *vcpu, u64 data)
{
	WRITE_ONCE(vcpu->synic->sirbp, data);
	return HVE_OK;
}

enum hve_verdict hve_get_sint(struct hve_vcpu *vcpu, u32 index, u64 *data)
{
	*data = READ_ONCE(vcpu->synic->sint[index]);
	return HVE_OK;
}

enum hve_verdict hve_sint_check(u64 value)
{
	/* A masked one may say anything: guests mask by writing that bit alone. */
	if (!(value & TLFS_SINT_MASKED) &&
	    (value & TLFS_SINT_VECTOR) < TLFS_SINT_VECTOR_MIN)
		return HVE_BAD_PARAMETER;
	return HVE_OK;
}

void hve_sint_set(struct hve_vcpu *vcpu, u32 index, u64 data)
{
	struct hve_synic *synic = vcpu->synic;
	u32 auto_eoi = synic->auto_eoi & ~BIT(index);

	if (hve_sint_is_auto_eoi(data))
		auto_eoi |= BIT(index);
	WRITE_ONCE(synic->sint[index], data);
	if (auto_eoi == synic->auto_eoi)
		return;
	mutex_lock(&vcpu->vm->lock);
	hve_synic_inhibit_apicv(vcpu, auto_eoi);
	mutex_unlock(&vcpu->vm->lock);
}

enum hve_verdict hve_set_sint(struct hve_vcpu *vcpu, u32 index, u64 data)
{
	enum hve_verdict verdict = hve_sint_check(data);

	if (verdict == HVE_OK)
		hve_sint_set(vcpu, index, data);
	return verdict;
}
