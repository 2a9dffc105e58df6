// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: tlbflush-ext: flush what is listed, and leave the rest of a TLB alone
 *
 * In: the list of a flush call, and its targets. Out: the ranges wait in each
 * target's queue; a target in the guest has left it when the call returns, and
 * none enters it before it flushed what waits. A list that is long, or names many
 * or large pages, and a queue that is full mean the whole TLB instead, which is
 * always allowed. Source: TLFS, HvCallFlushVirtualAddressList; "Feature and
 * Interface Discovery", ExtendedGvaRangesForFlushVirtualAddressList. State: a
 * queue of each vCPU with its own lock. A restart leaves it: what waits there is
 * flushed in vain. Save/restore: nothing, a vCPU that is loaded has an empty TLB.
 */
#include "../hypercall.h"

/* More pages than this are slower to flush one by one than all at once. */
#define MOST_PAGES	128u

struct list {
	u32 count;
	u64 range[HVE_FLUSH_RANGES];
};

/* In the plain format; false for what is better flushed as a whole */
static bool normalize(struct list *list, bool extended)
{
	u32 i, pages = 0;

	for (i = 0; i < list->count; i++) {
		if (extended && list->range[i] & TLFS_FLUSH_EXTENDED_LARGE)
			return false;
		pages += (list->range[i] & TLFS_FLUSH_RANGE_MORE) + 1;
	}
	return pages <= MOST_PAGES;
}

static bool read_list(struct hve_vcpu *vcpu, const struct hve_hcall *call,
		      u32 offset, u64 flags, struct list *list)
{
	list->count = call->reps - call->rep_start;
	if (list->count > HVE_FLUSH_RANGES)
		return false;
	if (hve_hcall_input(vcpu, call, offset + call->rep_start * sizeof(u64),
			    list->range, list->count * sizeof(u64)) != HVE_OK)
		return false;
	return normalize(list, flags & TLFS_FLUSH_USE_EXTENDED_RANGE_FORMAT);
}

static void enqueue(struct hve_flush_queue *queue, const struct list *list)
{
	spin_lock(&queue->lock);
	if (queue->count + list->count > HVE_FLUSH_RANGES) {
		WRITE_ONCE(queue->count, HVE_FLUSH_RANGES + 1);
	} else {
		memcpy(queue->range + queue->count, list->range,
		       list->count * sizeof(u64));
		WRITE_ONCE(queue->count, queue->count + list->count);
	}
	spin_unlock(&queue->lock);
}

/* False for a vCPU that is there and that nothing is known of yet */
static bool enqueue_at(struct hve_vm *vm, u32 index, u32 online,
		       const struct list *list)
{
	struct hve_vcpu *target;

	if (index >= online)
		return true;
	target = smp_load_acquire(&vm->vcpus[index]);
	if (target)
		enqueue(&target->flush, list);
	return target;
}

static bool enqueue_all(struct hve_vcpu *vcpu, const struct hve_targets *targets,
			const struct list *list)
{
	struct hve_vm *vm = vcpu->vm;
	u32 i, online = hve_kvm_online_vcpus(vm->kvm);

	if (targets->all) {
		for (i = 0; i < online; i++)
			if (!enqueue_at(vm, i, online, list))
				return false;
		return true;
	}
	for_each_set_bit(i, vcpu->targets, targets->words * BITS_PER_LONG)
		if (!enqueue_at(vm, i, online, list))
			return false;
	return true;
}

bool hve_flush_list(struct hve_vcpu *vcpu, const struct hve_hcall *call,
		    const struct hve_targets *targets, u32 offset, u64 flags)
{
	struct hve_vm *vm = vcpu->vm;
	struct list list;

	if (!hve_vm_has(vm, HVE_F_TLBFLUSH_EXT) ||
	    !(vm->hardware & HVE_HW_FLUSH_PAGE))
		return false;
	if (!read_list(vcpu, call, offset, flags, &list) ||
	    !enqueue_all(vcpu, targets, &list))
		return false;
	if (targets->all)
		hve_kvm_request_entry_check(vm->kvm);
	else
		hve_kvm_request_entry_of(vm->kvm, vcpu->targets);
	return true;
}

void hve_flush_entering(struct hve_vcpu *vcpu)
{
	struct hve_flush_queue *queue = &vcpu->flush;
	struct list list;

	/* Whoever adds to it makes the request afterwards, which was just taken. */
	if (!READ_ONCE(queue->count))
		return;
	spin_lock(&queue->lock);
	list.count = queue->count;
	memcpy(list.range, queue->range,
	       min(list.count, HVE_FLUSH_RANGES) * sizeof(u64));
	WRITE_ONCE(queue->count, 0);
	spin_unlock(&queue->lock);
	if (list.count > HVE_FLUSH_RANGES)
		hve_kvm_flush_self(vcpu->kvm);
	else
		hve_kvm_flush_ranges(vcpu->kvm, list.range, list.count);
}
