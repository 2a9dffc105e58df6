/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What saving and restoring have between them
 *
 * In: saved.def and a blob. Out: where each value and each page belongs, and
 * struct hve_image, a blob that was found to be right, with all memory that
 * putting it into a VM takes. An image belongs to the restore that made it.
 */
#ifndef HVE_SAVED_H
#define HVE_SAVED_H

#include "blob.h"
#include "hve.h"

/* HVE_COUNT_name: how many MSRs the row stands for */
enum {
#define HVE_MSRS(name, id, number, count, ...)	HVE_COUNT_##name = (count),
#define HVE_MSR(name, ...)			HVE_COUNT_##name = 1,
#include <hve/enlightenments.def>
};

/* One for each value; of a VM or of a VP */
enum hve_saved_slot {
#define HVE_SAVED(name, ...)						\
	HVE_SLOT_##name,						\
	HVE_SLOT_##name##_last = HVE_SLOT_##name + HVE_COUNT_##name - 1,
#include "saved.def"
	HVE_NR_SLOTS
};

/**
 * struct hve_image_page - an overlay that is to be
 * @page: which one
 * @gpa: where
 * @mapped: there is memory
 * @saved: what that held, NULL: zeros; becomes the overlay's
 */
struct hve_image_page {
	struct hve_overlay *page;
	u64 gpa;
	bool mapped;
	void *saved;
};

/**
 * struct hve_image_vcpu - one VP
 * @msrs: by slot
 * @runtime: in ns
 * @pages: kinds of pages that it has, one bit each
 * @timers: all of them
 * @messages: struct hve_message; become the SynIC's
 * @signals: struct hve_signal; likewise
 * @queued: messages, and signals
 */
struct hve_image_vcpu {
	u64 msrs[HVE_NR_SLOTS];
	u64 runtime;
	u32 pages;
	struct hve_blob_timer timers[TLFS_STIMER_COUNT];
	struct list_head messages;
	struct list_head signals;
	u32 queued[2];
};

/**
 * struct hve_image - all of it
 * @msrs: the VM's, by slot
 * @time: where the reference time goes on
 * @pages: kinds of pages that the VM has, one bit each
 * @nr_pages: entries of @page in use, the lowest page first
 * @page: room for every page there can be
 * @nr_vcpus: entries of @vcpus
 * @vcpus: by VP index
 */
struct hve_image {
	u64 msrs[HVE_NR_SLOTS];
	struct hve_blob_time time;
	u32 pages;
	u32 nr_pages;
	struct hve_image_page *page;
	u32 nr_vcpus;
	struct hve_image_vcpu vcpus[];
};

/**
 * struct hve_restoring - a restore on its way
 * @context: who asks, and is told why not
 * @vm: the VM
 * @blob: what is read
 * @image: what came of it
 */
struct hve_restoring {
	struct hve_context *context;
	struct hve_vm *vm;
	struct hve_blob blob;
	struct hve_image *image;
};

/* saved.c. Whether @row is saved for a guest that is served @features */
bool hve_saved_row(enum hve_msr_row row, enum hve_scope scope, u64 features);
enum hve_saved_slot hve_saved_slot(enum hve_msr_row row, u32 i);
/* Where the value is; of the VM with @vcpu NULL */
u64 *hve_saved_place(struct hve_vm *vm, struct hve_vcpu *vcpu,
		     enum hve_msr_row row, u32 i);
/* The overlay, or NULL: there is no such kind in the VM, or in a VP */
struct hve_overlay *hve_saved_page(struct hve_vm *vm, struct hve_vcpu *vcpu,
				   enum hve_blob_page_kind kind);
/* The slot of the MSR that enables it */
enum hve_saved_slot hve_saved_page_slot(enum hve_blob_page_kind kind);
/* Every vCPU has a state; with all of them stopped, in a VM that is held */
int hve_saved_make_vcpus(struct hve_vm *vm);

/* restore_check.c: with the VM's lock held. Either way there may be an image */
int hve_restore_check(struct hve_restoring *restoring);
void hve_restore_free(struct hve_image *image);

/* enl/: whether a guest can have written that */
enum hve_verdict hve_sint_check(u64 value);
bool hve_reenlightenment_is_valid(u64 control);
bool hve_stimer_is_valid(const struct hve_vm *vm,
			 const struct hve_blob_timer *timer);

/* enl/: with every vCPU stopped and the VM's lock held */
u64 hve_time_reached(struct hve_vm *vm);
void hve_time_restore(struct hve_vm *vm, const struct hve_blob_time *time);
u32 hve_reenlightenment_khz(const struct hve_vm *vm);
void hve_reenlightenment_restore(struct hve_vm *vm, u32 khz);
/* False: more waits than a blob takes */
bool hve_synic_save_messages(struct hve_vcpu *vcpu,
			     struct hve_blob_writer *writer);
bool hve_synic_save_flags(struct hve_vcpu *vcpu, struct hve_blob_writer *writer);
void hve_stimer_save(struct hve_vcpu *vcpu, struct hve_blob_writer *writer);
/* The MSRs and the pages are there already */
void hve_synic_restore(struct hve_vcpu *vcpu, struct hve_image_vcpu *image);
void hve_stimer_restore(struct hve_vcpu *vcpu,
			const struct hve_blob_timer *timers);

#endif /* HVE_SAVED_H */
