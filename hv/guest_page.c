// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Overlay pages
 *
 * In: a page that the guest asked to have laid over its memory. Out: its
 * content in the guest's RAM, and what RAM held before kept until the overlay
 * is removed or moved. A module cannot put a page of its own there without the
 * VMM's memory slots; writing through KVM keeps dirty logging right. Overlays
 * may lie on one another: each keeps what was visible before it, and one that
 * is removed from below hands that to the one above. Without RAM below, an
 * overlay is placed but not mapped. All state is under hve_vm.lock.
 */
#include <linux/slab.h>
#include "hve.h"
#include "kvm/services.h"

static struct hve_overlay *above(struct hve_vm *vm, struct hve_overlay *page)
{
	struct hve_overlay *other = page;

	list_for_each_entry_continue(other, &vm->overlays, link)
		if (other->mapped && other->gpa == page->gpa)
			return other;
	return NULL;
}

enum hve_verdict hve_overlay_place(struct hve_vm *vm, struct hve_overlay *page,
				   u64 gpa, const void *content)
{
	void *saved;

	lockdep_assert_held(&vm->lock);
	/* Nobody may see RAM in between when nothing moves. */
	if (page->mapped && page->gpa == gpa)
		return hve_overlay_write(vm, page, 0, content, TLFS_PAGE_SIZE);
	saved = kmalloc(TLFS_PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	if (!saved)
		return HVE_NO_MEMORY;
	hve_overlay_remove(vm, page);
	page->gpa = gpa;
	page->placed = true;
	page->mapped = !hve_kvm_read(vm->kvm, gpa, saved, TLFS_PAGE_SIZE) &&
		       !hve_kvm_write(vm->kvm, gpa, content, TLFS_PAGE_SIZE);
	if (!page->mapped || !memchr_inv(saved, 0, TLFS_PAGE_SIZE)) {
		kfree(saved);
		saved = NULL;
	} else {
		vm->memory += TLFS_PAGE_SIZE;
	}
	page->saved = saved;
	list_add_tail(&page->link, &vm->overlays);
	return HVE_OK;
}

static void drop(struct hve_vm *vm, struct hve_overlay *page)
{
	if (page->saved)
		vm->memory -= TLFS_PAGE_SIZE;
	kfree(page->saved);
	page->saved = NULL;
	page->placed = false;
	page->mapped = false;
	list_del(&page->link);
}

void hve_overlay_remove(struct hve_vm *vm, struct hve_overlay *page)
{
	static const u8 zeros[TLFS_PAGE_SIZE];
	struct hve_overlay *over;

	lockdep_assert_held(&vm->lock);
	if (!page->placed)
		return;
	over = page->mapped ? above(vm, page) : NULL;
	if (over)
		swap(over->saved, page->saved);
	else if (page->mapped)
		hve_kvm_write(vm->kvm, page->gpa, page->saved ?: zeros,
			      TLFS_PAGE_SIZE);
	drop(vm, page);
}

void hve_overlay_forget(struct hve_vm *vm, struct hve_overlay *page)
{
	lockdep_assert_held(&vm->lock);
	if (page->placed)
		drop(vm, page);
}

enum hve_verdict hve_overlay_write(struct hve_vm *vm, struct hve_overlay *page,
				   u32 offset, const void *from, u32 len)
{
	struct hve_overlay *over;

	lockdep_assert_held(&vm->lock);
	if (!page->mapped)
		return HVE_OK;
	over = above(vm, page);
	if (!over)
		return hve_kvm_write(vm->kvm, page->gpa + offset, from, len) ?
		       HVE_BAD_ALIGNMENT : HVE_OK;
	if (!over->saved) {
		over->saved = kzalloc(TLFS_PAGE_SIZE, GFP_KERNEL_ACCOUNT);
		if (!over->saved)
			return HVE_NO_MEMORY;
		vm->memory += TLFS_PAGE_SIZE;
	}
	memcpy(over->saved + offset, from, len);
	return HVE_OK;
}
