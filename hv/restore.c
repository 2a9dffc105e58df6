// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: HVE_SET_STATE: a blob becomes the Hyper-V state of a VM
 *
 * In: a blob, and a VM that stands still and whose guest has not run. Out: the
 * VM as the saved one was: all of it or, where anything is not right, as it is.
 * Guest memory is not touched: it holds the overlays' content since the VMM
 * loaded it. What must be done in a vCPU's thread (the TSC page, timers, KVM's
 * EOI mark) each does before it first enters the guest. Owns no state; under
 * hve_vm.lock, with every vCPU stopped.
 */
#include "hve.h"
#include "kvm/services.h"
#include "lookup.h"
#include "saved.h"

struct setting {
	struct hve_restoring restoring;
	u32 id;
	struct kvm *kvm;
	int err;
};

static void load_msrs(struct hve_restoring *r, struct hve_vcpu *vcpu,
		      const u64 *msrs)
{
	enum hve_scope scope = vcpu ? HVE_VP : HVE_VM;
	u32 row, i;

	for (row = 0; row < HVE_NR_MSRS; row++) {
		if (!hve_saved_row(row, scope, r->blob.head.features))
			continue;
		for (i = 0; i < hve_msrs[row].count; i++)
			WRITE_ONCE(*hve_saved_place(r->vm, vcpu, row, i),
				   msrs[hve_saved_slot(row, i)]);
	}
}

static void load_pages(struct hve_vm *vm, struct hve_image *image)
{
	u32 i;

	for (i = 0; i < image->nr_pages; i++) {
		struct hve_image_page *page = &image->page[i];

		hve_overlay_adopt(vm, page->page, page->gpa, page->mapped,
				  page->saved);
		page->saved = NULL;
	}
}

/* Nothing here can fail. */
static void load(struct hve_restoring *r)
{
	struct hve_image *image = r->image;
	struct hve_vm *vm = r->vm;
	u32 vp;

	load_msrs(r, NULL, image->msrs);
	for (vp = 0; vp < image->nr_vcpus; vp++) {
		struct hve_vcpu *vcpu = vm->vcpus[vp];

		hve_synic_reset(vcpu);
		load_msrs(r, vcpu, image->vcpus[vp].msrs);
		vcpu->runtime = image->vcpus[vp].runtime;
		WRITE_ONCE(vcpu->remark, hve_vm_has(vm, HVE_F_VAPIC));
	}
	load_pages(vm, image);
	hve_time_restore(vm, &image->time);
	hve_reenlightenment_restore(vm, r->blob.head.tsc_khz);
	hve_syndbg_restored(vm);
	for (vp = 0; vp < image->nr_vcpus; vp++)
		hve_synic_restore(vm->vcpus[vp], &image->vcpus[vp]);
}

/* A halted vCPU would not look by itself. */
static bool has_work(const struct hve_image_vcpu *image)
{
	u32 i;

	for (i = 0; i < TLFS_STIMER_COUNT; i++)
		if (image->timers[i].config & TLFS_STIMER_ENABLED ||
		    image->timers[i].flags)
			return true;
	return image->queued[0] || image->queued[1];
}

static void send_all(struct hve_restoring *r)
{
	u32 vp;

	hve_kvm_request_entry_check(r->vm->kvm);
	for (vp = 0; vp < r->image->nr_vcpus; vp++)
		if (has_work(&r->image->vcpus[vp]))
			hve_kvm_wake(r->vm->vcpus[vp]->kvm);
}

/* Whether the VM is one that such a guest can go on in */
static int check_vm(struct hve_restoring *r)
{
	const struct hve_blob_head *head = &r->blob.head;
	u32 nr = hve_kvm_online_vcpus(r->vm->kvm);
	char names[160];

	if (r->vm->guest_os_id || r->vm->hypercall ||
	    !RB_EMPTY_ROOT(&r->vm->overlays))
		return hve_context_refuse(r->context, -EEXIST,
					  "VM %u has Hyper-V state already, of its guest or restored: restore into a new VM, before it runs",
					  r->vm->id);
	if (head->features & ~r->vm->features) {
		hve_vm_name_features(head->features & ~r->vm->features, names,
				     sizeof(names));
		return hve_context_refuse(r->context, -EOPNOTSUPP,
					  "VM %u is not served what its guest had, so start it with the same list: %s",
					  r->vm->id, names[0] ? names :
					  "what this version does not know");
	}
	if (head->nr_vcpus > nr)
		return hve_context_refuse(r->context, -E2BIG,
					  "the state is that of %u vCPUs, and VM %u has %u: start it with as many",
					  head->nr_vcpus, r->vm->id, nr);
	return 0;
}

static void set_stopped(void *arg)
{
	struct setting *setting = arg;
	struct hve_restoring *r = &setting->restoring;

	r->vm = hve_lookup(setting->kvm);
	/* It may have been detached, and served anew, in between. */
	if (!r->vm || r->vm->id != setting->id) {
		setting->err = -ENOENT;
		return;
	}
	setting->err = hve_saved_make_vcpus(r->vm);
	if (setting->err)
		return;
	mutex_lock(&r->vm->lock);
	setting->err = check_vm(r) ?: hve_restore_check(r);
	if (!setting->err)
		load(r);
	mutex_unlock(&r->vm->lock);
	if (setting->err)
		return;
	send_all(r);
	hve_event_post(r->vm, HVE_EVENT_GUEST_OS, r->vm->guest_os_id,
		       "its Hyper-V state was restored");
}

/* What has no sentence yet */
static int refuse(struct hve_context *context, u32 id, int err)
{
	switch (err) {
	case -EBUSY:
		return hve_context_refuse(context, err,
					  "VM %u is running: start it paused, and restore before it runs",
					  id);
	case -ENODATA:
		return hve_context_refuse(context, err,
					  "VM %u has no vCPU yet: let its VMM make them first",
					  id);
	}
	return hve_context_refuse_vm(context, err, id);
}

int hve_state_set(struct hve_context *context, u32 id, const void *from,
		  u32 length)
{
	struct setting setting = { .id = id, .restoring.context = context };
	struct hve_blob *blob = &setting.restoring.blob;
	const char *wrong = hve_blob_open(blob, from, length);
	int err;

	if (wrong)
		return hve_context_refuse(context,
					  length >= sizeof(blob->head) &&
					  blob->head.magic == HVE_BLOB_MAGIC &&
					  blob->head.version > HVE_BLOB_VERSION ?
					  -EOPNOTSUPP : -EINVAL,
					  "this is no state of a VM: %s", wrong);
	err = hve_vm_hold(id, context, &setting.kvm);
	if (err)
		return refuse(context, id, err);
	err = hve_kvm_with_vcpus_still(setting.kvm, set_stopped, &setting);
	hve_vm_release(setting.kvm);
	hve_restore_free(setting.restoring.image);
	return refuse(context, id, err ?: setting.err);
}
