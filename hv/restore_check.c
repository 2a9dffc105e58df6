// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Whether a blob can be the state of a VM
 *
 * In: a blob of unknown origin and the VM that it is meant for. Out: struct
 * hve_image, or a sentence: each value is one that the guest of this VM could
 * have made, none is missing, and pages agree with the MSRs that enable them.
 * All memory is allocated here, so that what follows cannot fail. Under
 * hve_vm.lock, with every vCPU stopped; changes nothing of the VM.
 */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include "hve.h"
#include "kvm/services.h"
#include "port.h"
#include "saved.h"

/* Nobody's clock gets there: 14000 years */
#define TIME_MAX	(1ull << 62)
#define MESSAGES	0
#define SIGNALS		1

static int wrong(struct hve_restoring *r, const char *what)
{
	return hve_context_refuse(r->context, -EINVAL,
				  "this is no state of a VM: %s", what);
}

/* The next record, of type @want; or NULL and no error: there is none */
static int next(struct hve_restoring *r, enum hve_blob_type want,
		const void **body, u32 *length)
{
	struct hve_blob_item item;
	const char *why = hve_blob_next(&r->blob, want, &item);

	if (why)
		return wrong(r, why);
	*body = item.type ? item.body : NULL;
	if (length)
		*length = item.length;
	return 0;
}

static int need(struct hve_restoring *r, enum hve_blob_type want,
		const void **body)
{
	int err = next(r, want, body, NULL);

	if (!err && !*body)
		err = wrong(r, "a record is missing");
	return err;
}

static bool gpa_is_possible(struct hve_restoring *r, u64 value)
{
	return !(value & TLFS_MSR_ENABLE) ||
	       hve_kvm_gpa_possible(hve_kvm_vcpu(r->vm->kvm, 0),
				    value & ~(TLFS_PAGE_SIZE - 1ull));
}

static bool value_is_valid(struct hve_restoring *r, enum hve_msr_row row,
			   u64 value)
{
	switch (row) {
	case HVE_MSR_hypercall:
		if (value & TLFS_MSR_ENABLE &&
		    !r->image->msrs[HVE_SLOT_guest_os_id])
			return false;
		return gpa_is_possible(r, value);
	case HVE_MSR_vp_assist_page:
		return gpa_is_possible(r, value);
	case HVE_MSR_sint:
		return hve_sint_check(value) == HVE_OK;
	case HVE_MSR_tsc_emulation_status:
		/* A guest may write a zero only; we set it. */
		return value <= TLFS_TSC_EMULATION_IN_PROGRESS;
	case HVE_MSR_reenlightenment_control:
		return !(value & hve_msrs[row].rsvdz) &&
		       hve_reenlightenment_is_valid(value);
	default:
		return !(value & hve_msrs[row].rsvdz);
	}
}

static int read_msrs(struct hve_restoring *r, u32 vp, enum hve_scope scope,
		     u64 *msrs)
{
	const struct hve_blob_msr *msr;
	u32 row, i;
	int err;

	for (row = 0; row < HVE_NR_MSRS; row++) {
		if (!hve_saved_row(row, scope, r->blob.head.features))
			continue;
		for (i = 0; i < hve_msrs[row].count; i++) {
			err = need(r, HVE_BLOB_MSR, (const void **)&msr);
			if (err)
				return err;
			if (msr->vp != vp || msr->number != hve_msrs[row].number + i)
				return wrong(r, "an MSR is missing, or one too many");
			if (!value_is_valid(r, row, msr->value))
				return hve_context_refuse(r->context, -EINVAL,
							  "no guest can have written 0x%llx to MSR 0x%x (%s)",
							  msr->value, msr->number,
							  hve_msrs[row].name);
			msrs[hve_saved_slot(row, i)] = msr->value;
		}
	}
	return 0;
}

static int read_time(struct hve_restoring *r)
{
	const struct hve_blob_time *time;
	int err = need(r, HVE_BLOB_TIME, (const void **)&time);

	if (err)
		return err;
	if (time->reference > TIME_MAX || time->reserved)
		return wrong(r, "its reference time is impossible");
	r->image->time = *time;
	return 0;
}

static int read_vcpu(struct hve_restoring *r, u32 vp)
{
	const struct hve_blob_vcpu *vcpu;
	int err = need(r, HVE_BLOB_VCPU, (const void **)&vcpu);

	if (err)
		return err;
	if (vcpu->vp != vp || vcpu->reserved || vcpu->runtime > TIME_MAX)
		return wrong(r, "a vCPU is missing, or ran for ever");
	r->image->vcpus[vp].runtime = vcpu->runtime;
	return 0;
}

static int read_timers(struct hve_restoring *r, u32 vp)
{
	const struct hve_blob_timer *timer;
	u32 i;
	int err;

	for (i = 0; i < TLFS_STIMER_COUNT; i++) {
		err = need(r, HVE_BLOB_TIMER, (const void **)&timer);
		if (err)
			return err;
		if (timer->vp != vp || timer->index != i || timer->reserved)
			return wrong(r, "a timer is missing, or one too many");
		if (!hve_stimer_is_valid(r->vm, timer))
			return hve_context_refuse(r->context, -EINVAL,
						  "timer %u of VP %u cannot be in such a state",
						  i, vp);
		r->image->vcpus[vp].timers[i] = *timer;
	}
	return 0;
}

/* NULL unless @vp is that of a vCPU in the blob */
static struct hve_image_vcpu *image_of(struct hve_restoring *r, u32 vp)
{
	const u32 nr = r->image->nr_vcpus;

	return vp < nr ? &r->image->vcpus[array_index_nospec(vp, nr)] : NULL;
}

static struct hve_vcpu *vcpu_of(struct hve_restoring *r,
				const struct hve_image_vcpu *image)
{
	return image ? r->vm->vcpus[image - r->image->vcpus] : NULL;
}

static int keep_page(struct hve_restoring *r, const struct hve_blob_page *is,
		     bool content, struct hve_image_page *page)
{
	page->gpa = is->gpa;
	page->mapped = is->flags & HVE_BLOB_PAGE_MAPPED;
	if (page->mapped && !hve_kvm_has_memory(r->vm->kvm, is->gpa))
		return hve_context_refuse(r->context, -EINVAL,
					  "the VM has no memory at 0x%llx, where its guest had some: restore when the VMM has loaded the guest's memory, with as much of it as before",
					  is->gpa);
	if (content) {
		page->saved = kmemdup(is + 1, TLFS_PAGE_SIZE, GFP_KERNEL_ACCOUNT);
		if (!page->saved)
			return -ENOMEM;
	}
	r->image->nr_pages++;
	return 0;
}

static int read_page(struct hve_restoring *r, const struct hve_blob_page *is,
		     u32 length)
{
	struct hve_image_vcpu *vcpu = image_of(r, is->vp);
	u32 *seen = vcpu ? &vcpu->pages : &r->image->pages;
	const u64 *msrs = vcpu ? vcpu->msrs : r->image->msrs;
	const bool content = is->flags & HVE_BLOB_PAGE_CONTENT;
	const u32 kind = array_index_nospec(is->kind, HVE_BLOB_PAGE_KINDS);
	struct hve_overlay *page = NULL;
	u64 enabled;

	if ((vcpu || is->vp == HVE_BLOB_VM) && is->kind == kind)
		page = hve_saved_page(r->vm, vcpu_of(r, vcpu), kind);
	if (!page || *seen & BIT(kind))
		return wrong(r, "a page is nobody's, or there twice");
	if (is->flags & ~(HVE_BLOB_PAGE_MAPPED | HVE_BLOB_PAGE_CONTENT) ||
	    is->reserved || content != (length > sizeof(*is)) ||
	    (content && !(is->flags & HVE_BLOB_PAGE_MAPPED)))
		return wrong(r, "a page covers what cannot be");
	enabled = msrs[hve_saved_page_slot(kind)];
	if (!(enabled & TLFS_MSR_ENABLE) ||
	    is->gpa != (enabled & ~(TLFS_PAGE_SIZE - 1ull)))
		return wrong(r, "a page lies where its MSR has it not");
	*seen |= BIT(kind);
	r->image->page[r->image->nr_pages].page = page;
	return keep_page(r, is, content, &r->image->page[r->image->nr_pages]);
}

static bool pages_are_all(u32 seen, const u64 *msrs)
{
	u32 kind;

	for (kind = 1; kind < HVE_BLOB_PAGE_KINDS; kind++)
		if (msrs[hve_saved_page_slot(kind)] & TLFS_MSR_ENABLE &&
		    !(seen & BIT(kind)))
			return false;
	return true;
}

static int read_pages(struct hve_restoring *r)
{
	struct hve_image *image = r->image;
	const struct hve_blob_page *is;
	u32 length, vp;
	bool all;
	int err;

	do {
		err = next(r, HVE_BLOB_PAGE, (const void **)&is, &length);
		if (!err && is)
			err = read_page(r, is, length);
		if (err)
			return err;
	} while (is);
	all = pages_are_all(image->pages, image->msrs);
	for (vp = 0; vp < image->nr_vcpus; vp++)
		all &= pages_are_all(image->vcpus[vp].pages, image->vcpus[vp].msrs);
	return all ? 0 : wrong(r, "a page is missing");
}

/* Whether one more of @what can wait for @sint of @vp */
static bool may_wait(struct hve_restoring *r, u32 vp, u32 sint, u32 what)
{
	struct hve_image_vcpu *vcpu = image_of(r, vp);

	return vcpu && vcpu_of(r, vcpu)->synic && sint &&
	       sint < TLFS_SINT_COUNT &&
	       vcpu->queued[what]++ < HVE_BLOB_QUEUE_MAX;
}

static int read_message(struct hve_restoring *r, const struct hve_blob_message *m)
{
	struct hve_message *message;

	if (!may_wait(r, m->vp, m->sint, MESSAGES) || !m->message.type ||
	    m->message.type & TLFS_MESSAGE_HYPERVISOR ||
	    m->message.payload_size > TLFS_MESSAGE_PAYLOAD ||
	    m->message.flags || m->message.reserved)
		return wrong(r, "no port sends such a message");
	message = kzalloc(sizeof(*message), GFP_KERNEL_ACCOUNT);
	if (!message)
		return -ENOMEM;
	message->sint = m->sint;
	message->message = m->message;
	list_add_tail(&message->link, &image_of(r, m->vp)->messages);
	return 0;
}

static int read_flag(struct hve_restoring *r, const struct hve_blob_flag *f)
{
	struct hve_signal *signal;

	if (!may_wait(r, f->vp, f->sint, SIGNALS) || f->flag >= TLFS_EVENT_FLAGS ||
	    f->reserved)
		return wrong(r, "no port sets such an event flag");
	signal = kzalloc(sizeof(*signal), GFP_KERNEL_ACCOUNT);
	if (!signal)
		return -ENOMEM;
	signal->sint = f->sint;
	signal->flag = f->flag;
	signal->restored = true;
	list_add_tail(&signal->link, &image_of(r, f->vp)->signals);
	return 0;
}

static int read_queues(struct hve_restoring *r)
{
	const void *body;
	int err;

	do {
		err = next(r, HVE_BLOB_MESSAGE, &body, NULL);
		if (!err && body)
			err = read_message(r, body);
		if (err)
			return err;
	} while (body);
	do {
		err = next(r, HVE_BLOB_FLAG, &body, NULL);
		if (!err && body)
			err = read_flag(r, body);
		if (err)
			return err;
	} while (body);
	return r->blob.at == r->blob.head.length ? 0 :
	       wrong(r, "there are more records than it can have");
}

static struct hve_image *new_image(u32 nr)
{
	struct hve_image *image = kvzalloc(struct_size(image, vcpus, nr),
					   GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!image)
		return NULL;
	image->nr_vcpus = nr;
	for (i = 0; i < nr; i++) {
		INIT_LIST_HEAD(&image->vcpus[i].messages);
		INIT_LIST_HEAD(&image->vcpus[i].signals);
	}
	/* Each kind once for each VP is more than there can be. */
	image->page = kvcalloc((size_t)(nr + 1) * HVE_BLOB_PAGE_KINDS,
			       sizeof(*image->page), GFP_KERNEL_ACCOUNT);
	if (image->page)
		return image;
	kvfree(image);
	return NULL;
}

void hve_restore_free(struct hve_image *image)
{
	struct hve_message *message, *next_message;
	struct hve_signal *signal, *next_signal;
	u32 i;

	if (!image)
		return;
	for (i = 0; i < image->nr_vcpus; i++) {
		list_for_each_entry_safe(message, next_message,
					 &image->vcpus[i].messages, link)
			kfree(message);
		list_for_each_entry_safe(signal, next_signal,
					 &image->vcpus[i].signals, link)
			kfree(signal);
	}
	for (i = 0; i < image->nr_pages; i++)
		kfree(image->page[i].saved);
	kvfree(image->page);
	kvfree(image);
}

int hve_restore_check(struct hve_restoring *r)
{
	u32 vp, nr = r->blob.head.nr_vcpus;
	int err;

	lockdep_assert_held(&r->vm->lock);
	r->image = new_image(nr);
	if (!r->image)
		return -ENOMEM;
	err = read_msrs(r, HVE_BLOB_VM, HVE_VM, r->image->msrs);
	for (vp = 0; !err && vp < nr; vp++)
		err = read_msrs(r, vp, HVE_VP, r->image->vcpus[vp].msrs);
	if (!err)
		err = read_time(r);
	for (vp = 0; !err && vp < nr; vp++)
		err = read_vcpu(r, vp);
	for (vp = 0; !err && vp < nr; vp++)
		if (r->blob.head.features & HVE_BIT(STIMER))
			err = read_timers(r, vp);
	if (!err)
		err = read_pages(r);
	return err ?: read_queues(r);
}
