// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: HVE_GET_STATE: a VM's Hyper-V state becomes a blob
 *
 * In: a VM that stands still. Out: all that the guest sees of Hyper-V and that
 * is in neither its memory nor in KVM: MSRs, time reached, timers, what lies
 * below overlays, what waits for a VP. Guest memory is not touched, so that any
 * process may ask. Owns no state. Under hve_vm.lock, with every vCPU stopped;
 * what interrupts change meanwhile is under locks of its own (enl/).
 */
#include "hve.h"
#include "kvm/services.h"
#include "lookup.h"
#include "saved.h"

struct saving {
	u32 id;
	struct kvm *kvm;
	struct hve_blob_writer writer;
	struct hve_blob_head head;
	int err;
};

static void save_msrs(struct saving *saving, struct hve_vm *vm,
		      struct hve_vcpu *vcpu)
{
	enum hve_scope scope = vcpu ? HVE_VP : HVE_VM;
	struct hve_blob_msr msr = { .vp = vcpu ? vcpu->index : HVE_BLOB_VM };
	u32 row, i;

	for (row = 0; row < HVE_NR_MSRS; row++) {
		if (!hve_saved_row(row, scope, saving->head.features))
			continue;
		for (i = 0; i < hve_msrs[row].count; i++) {
			msr.number = hve_msrs[row].number + i;
			msr.value = *hve_saved_place(vm, vcpu, row, i);
			hve_blob_put(&saving->writer, HVE_BLOB_MSR, &msr,
				     sizeof(msr), NULL, 0);
		}
	}
}

/* Of those at one address the lowest comes first. */
static void save_pages(struct saving *saving, struct hve_vm *vm)
{
	const struct hve_overlay *page;
	struct rb_node *node;

	for (node = rb_first(&vm->overlays); node; node = rb_next(node)) {
		struct hve_blob_page is = {};

		page = rb_entry(node, struct hve_overlay, node);
		is.vp = page->owner ? page->owner->index : HVE_BLOB_VM;
		is.kind = page->kind;
		is.gpa = page->gpa;
		if (page->mapped)
			is.flags |= HVE_BLOB_PAGE_MAPPED;
		if (page->saved)
			is.flags |= HVE_BLOB_PAGE_CONTENT;
		hve_blob_put(&saving->writer, HVE_BLOB_PAGE, &is, sizeof(is),
			     page->saved, page->saved ? TLFS_PAGE_SIZE : 0);
	}
}

static void save_vcpu(struct saving *saving, struct hve_vcpu *vcpu)
{
	const struct hve_blob_vcpu own = {
		.vp = vcpu->index, .runtime = vcpu->runtime,
	};

	hve_blob_put(&saving->writer, HVE_BLOB_VCPU, &own, sizeof(own), NULL, 0);
}

static void save_vm(struct saving *saving, struct hve_vm *vm)
{
	u32 i, nr = hve_kvm_online_vcpus(vm->kvm);
	const struct hve_blob_time time = {
		.reference = hve_time_reached(vm),
		.sequence = vm->time.sequence,
	};

	saving->head.features = vm->features;
	saving->head.nr_vcpus = nr;
	saving->head.tsc_khz = hve_reenlightenment_khz(vm);
	save_msrs(saving, vm, NULL);
	for (i = 0; i < nr; i++)
		save_msrs(saving, vm, vm->vcpus[i]);
	hve_blob_put(&saving->writer, HVE_BLOB_TIME, &time, sizeof(time), NULL, 0);
	for (i = 0; i < nr; i++)
		save_vcpu(saving, vm->vcpus[i]);
	for (i = 0; i < nr; i++)
		hve_stimer_save(vm->vcpus[i], &saving->writer);
	save_pages(saving, vm);
	for (i = 0; i < nr; i++)
		if (!hve_synic_save_messages(vm->vcpus[i], &saving->writer))
			saving->err = -EOVERFLOW;
	for (i = 0; i < nr; i++)
		if (!hve_synic_save_flags(vm->vcpus[i], &saving->writer))
			saving->err = -EOVERFLOW;
}

static void save_stopped(void *arg)
{
	struct saving *saving = arg;
	struct hve_vm *vm = hve_lookup(saving->kvm);

	/* It may have been detached, and served anew, in between. */
	if (!vm || vm->id != saving->id) {
		saving->err = -ENOENT;
		return;
	}
	saving->err = hve_saved_make_vcpus(vm);
	if (saving->err)
		return;
	mutex_lock(&vm->lock);
	save_vm(saving, vm);
	mutex_unlock(&vm->lock);
}

static int refuse(struct hve_context *context, u32 id, int err)
{
	switch (err) {
	case -EBUSY:
		return hve_context_refuse(context, err,
					  "VM %u is running: pause it first, in its VMM",
					  id);
	case -ENODATA:
		return hve_context_refuse(context, err,
					  "VM %u has no vCPU yet: there is nothing to save",
					  id);
	case -EOVERFLOW:
		return hve_context_refuse(context, err,
					  "more than %u messages or events wait for a vCPU of VM %u: let the guest run until it has taken some",
					  HVE_BLOB_QUEUE_MAX, id);
	}
	return hve_context_refuse_vm(context, err, id);
}

int hve_state_get(struct hve_context *context, u32 id, void *to, u32 *length)
{
	struct saving saving = { .id = id };
	u32 room = *length;
	int err;

	hve_blob_begin(&saving.writer, to, room);
	err = hve_vm_hold(id, context, &saving.kvm);
	if (err)
		return refuse(context, id, err);
	err = hve_kvm_with_vcpus_still(saving.kvm, save_stopped, &saving);
	hve_vm_release(saving.kvm);
	if (err || saving.err)
		return refuse(context, id, err ?: saving.err);
	*length = hve_blob_end(&saving.writer, &saving.head);
	if (*length > HVE_BLOB_MAX)
		return hve_context_refuse(context, -EFBIG,
					  "the state of VM %u has %u bytes, more than the most, %u",
					  id, *length, HVE_BLOB_MAX);
	return *length > room ? -ENOSPC : 0;
}
