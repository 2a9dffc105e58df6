// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Where saved values and pages belong
 *
 * In: rows, slots and kinds. Out: places in struct hve_vm and struct hve_vcpu, so
 * that saving and restoring cannot differ in what they mean. Owns no state; who
 * asks holds the VM's lock.
 */
#include "saved.h"
#include "enl/synic.h"
#include "kvm/services.h"

enum {
	NR_WRITABLE = 0
#define COUNT_RW	+ 1
#define COUNT_RO
#define COUNT_WO
#define HVE_MSR(name, id, number, access, ...)	COUNT_##access
#define HVE_MSRS(name, id, number, count, access, ...) COUNT_##access
#include <hve/enlightenments.def>
	, NR_NAMED = 0
#define HVE_SAVED(...)		+ 1
#define HVE_UNSAVED(...)	+ 1
#include "saved.def"
};

static_assert(NR_WRITABLE == NR_NAMED,
	      "saved.def has not a row for each MSR that is read and written");

/* Slot and one, 0: not saved; also finds names that the registry has not */
static const u8 slot_of[HVE_NR_MSRS] = {
#define HVE_SAVED(name, ...)	[HVE_MSR_##name] = HVE_SLOT_##name + 1,
#define HVE_UNSAVED(name)	[HVE_MSR_##name] = 0,
#include "saved.def"
};

bool hve_saved_row(enum hve_msr_row row, enum hve_scope scope, u64 features)
{
	return slot_of[row] && hve_msrs[row].scope == scope &&
	       features & 1ull << hve_msrs[row].feature;
}

enum hve_saved_slot hve_saved_slot(enum hve_msr_row row, u32 i)
{
	return slot_of[row] - 1 + i;
}

u64 *hve_saved_place(struct hve_vm *vm, struct hve_vcpu *vcpu,
		     enum hve_msr_row row, u32 i)
{
	switch (row) {
#define HVE_SAVED(name, place)	case HVE_MSR_##name: return &place;
#include "saved.def"
	default:
		return NULL;
	}
}

struct hve_overlay *hve_saved_page(struct hve_vm *vm, struct hve_vcpu *vcpu,
				   enum hve_blob_page_kind kind)
{
	struct hve_synic *synic = vcpu ? vcpu->synic : NULL;

	switch (kind) {
	case HVE_BLOB_HYPERCALL_PAGE:
		return vcpu ? NULL : &vm->hypercall_page;
	case HVE_BLOB_TSC_PAGE:
		return vcpu ? NULL : &vm->tsc_page;
	case HVE_BLOB_ASSIST_PAGE:
		return vcpu ? &vcpu->assist_page : NULL;
	case HVE_BLOB_MESSAGE_PAGE:
		return synic ? &synic->message_page : NULL;
	case HVE_BLOB_EVENT_PAGE:
		return synic ? &synic->event_page : NULL;
	default:
		return NULL;
	}
}

void hve_saved_name_pages(struct hve_vm *vm, struct hve_vcpu *vcpu)
{
	enum hve_blob_page_kind kind;

	for (kind = 1; kind < HVE_BLOB_PAGE_KINDS; kind++) {
		struct hve_overlay *page = hve_saved_page(vm, vcpu, kind);

		if (!page)
			continue;
		page->owner = vcpu;
		page->kind = kind;
	}
}

enum hve_saved_slot hve_saved_page_slot(enum hve_blob_page_kind kind)
{
	static const u8 slots[HVE_BLOB_PAGE_KINDS] = {
		[HVE_BLOB_HYPERCALL_PAGE] = HVE_SLOT_hypercall,
		[HVE_BLOB_TSC_PAGE] = HVE_SLOT_reference_tsc,
		[HVE_BLOB_ASSIST_PAGE] = HVE_SLOT_vp_assist_page,
		[HVE_BLOB_MESSAGE_PAGE] = HVE_SLOT_simp,
		[HVE_BLOB_EVENT_PAGE] = HVE_SLOT_siefp,
	};

	return slots[kind];
}

int hve_saved_make_vcpus(struct hve_vm *vm)
{
	u32 i, nr = hve_kvm_online_vcpus(vm->kvm);

	for (i = 0; i < nr; i++)
		if (!vm->vcpus[i] && !hve_vcpu_make(vm, hve_kvm_vcpu(vm->kvm, i)))
			return -ENOMEM;
	return 0;
}
