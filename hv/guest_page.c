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
 * overlay is placed but not mapped. In native mode nothing is laid over anything:
 * the VMM does that itself. All state is under hve_vm.lock.
 */
#include <linux/rbtree.h>
#include <linux/slab.h>
#include "hve.h"
#include "kvm/services.h"

static struct hve_overlay *overlay_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct hve_overlay, node);
}

/* Where there is no RAM nothing lies on anything: those come first. */
static bool is_lower(const struct hve_overlay *page,
		     const struct hve_overlay *other)
{
	return page->gpa < other->gpa ||
	       (page->gpa == other->gpa && !page->mapped && other->mapped);
}

/* In native mode each is plain memory, and may be the same. */
static bool is_stacked(const struct hve_vm *vm, const struct hve_overlay *page,
		       const struct hve_overlay *next)
{
	return !vm->native && page->mapped && next && next->mapped &&
	       next->gpa == page->gpa;
}

static struct hve_overlay *above(struct hve_vm *vm, struct hve_overlay *page)
{
	struct hve_overlay *next = overlay_of(rb_next(&page->node));

	return is_stacked(vm, page, next) ? next : NULL;
}

static struct hve_overlay *below(struct hve_vm *vm, struct hve_overlay *page)
{
	struct hve_overlay *next = overlay_of(rb_prev(&page->node));

	return is_stacked(vm, page, next) ? next : NULL;
}

static int read_page(struct hve_vm *vm, struct hve_overlay *page, u32 offset,
		     void *to, u32 len)
{
	struct hve_overlay *over;

	lockdep_assert_held(&vm->lock);
	over = above(vm, page);
	if (!over)
		return hve_kvm_read(vm->kvm, page->gpa + offset, to, len);
	if (over->saved)
		memcpy(to, over->saved + offset, len);
	else
		memset(to, 0, len);
	return 0;
}

static void put_on_top(struct hve_vm *vm, struct hve_overlay *page)
{
	struct rb_node **link = &vm->overlays.rb_node, *parent = NULL;
	struct hve_overlay *under;

	while (*link) {
		parent = *link;
		link = is_lower(page, overlay_of(parent)) ? &parent->rb_left :
							    &parent->rb_right;
	}
	rb_link_node(&page->node, parent, link);
	rb_insert_color(&page->node, &vm->overlays);
	page->placed = true;
	under = below(vm, page);
	if (!under)
		return;
	WRITE_ONCE(under->covered, true);
	hve_vapic_covered(under);
}

/* What RAM has below goes to @saved, unless it is all zero. */
static void cover(struct hve_vm *vm, struct hve_overlay *page, void *saved,
		  const void *content)
{
	page->mapped = !hve_kvm_read(vm->kvm, page->gpa, saved, TLFS_PAGE_SIZE) &&
		       !hve_kvm_write(vm->kvm, page->gpa, content, TLFS_PAGE_SIZE);
	if (!page->mapped || !memchr_inv(saved, 0, TLFS_PAGE_SIZE)) {
		kfree(saved);
		saved = NULL;
	} else {
		vm->memory += TLFS_PAGE_SIZE;
	}
	page->saved = saved;
	put_on_top(vm, page);
}

static enum hve_verdict move(struct hve_vm *vm, struct hve_overlay *page,
			     u64 gpa, const void *content)
{
	void *saved, *own = NULL;

	saved = kmalloc(TLFS_PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	if (!content)
		content = own = kzalloc(TLFS_PAGE_SIZE, GFP_KERNEL);
	if (!saved || !content) {
		kfree(saved);
		kfree(own);
		return HVE_NO_MEMORY;
	}
	if (own && page->mapped && read_page(vm, page, 0, own, TLFS_PAGE_SIZE))
		memset(own, 0, TLFS_PAGE_SIZE);
	hve_overlay_remove(vm, page);
	page->gpa = gpa;
	cover(vm, page, saved, content);
	kfree(own);
	return HVE_OK;
}

/* What lies there is the VMM's; there may be nothing yet. */
static enum hve_verdict place_plain(struct hve_vm *vm, struct hve_overlay *page,
				    u64 gpa)
{
	hve_overlay_forget(vm, page);
	page->gpa = gpa;
	page->mapped = true;
	put_on_top(vm, page);
	return HVE_OK;
}

enum hve_verdict hve_overlay_place(struct hve_vm *vm, struct hve_overlay *page,
				   u64 gpa, const void *content)
{
	lockdep_assert_held(&vm->lock);
	if (vm->native)
		return place_plain(vm, page, gpa);
	if (!page->mapped || page->gpa != gpa)
		return move(vm, page, gpa, content);
	/* Nobody may see RAM in between when nothing moves. */
	return content ? hve_overlay_write(vm, page, 0, content, TLFS_PAGE_SIZE) :
	       HVE_OK;
}

/* What lies below it, if anything */
static struct hve_overlay *drop(struct hve_vm *vm, struct hve_overlay *page)
{
	struct hve_overlay *under = below(vm, page);

	if (under)
		WRITE_ONCE(under->covered, above(vm, page));
	rb_erase(&page->node, &vm->overlays);
	if (page->saved)
		vm->memory -= TLFS_PAGE_SIZE;
	kfree(page->saved);
	page->saved = NULL;
	page->placed = false;
	page->mapped = false;
	page->covered = false;
	return under;
}

void hve_overlay_remove(struct hve_vm *vm, struct hve_overlay *page)
{
	static const u8 zeros[TLFS_PAGE_SIZE];
	struct hve_overlay *over, *under;

	lockdep_assert_held(&vm->lock);
	if (!page->placed)
		return;
	over = above(vm, page);
	if (over)
		swap(over->saved, page->saved);
	else if (page->mapped)
		hve_kvm_write(vm->kvm, page->gpa, page->saved ?: zeros,
			      TLFS_PAGE_SIZE);
	under = drop(vm, page);
	if (under)
		hve_vapic_covered(under);
}

void hve_overlay_forget(struct hve_vm *vm, struct hve_overlay *page)
{
	lockdep_assert_held(&vm->lock);
	if (page->placed)
		drop(vm, page);
}

void hve_overlay_adopt(struct hve_vm *vm, struct hve_overlay *page, u64 gpa,
		       bool mapped, void *saved)
{
	lockdep_assert_held(&vm->lock);
	page->gpa = gpa;
	page->mapped = mapped;
	page->saved = saved;
	if (saved)
		vm->memory += TLFS_PAGE_SIZE;
	put_on_top(vm, page);
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

int hve_overlay_get(struct hve_vm *vm, struct hve_overlay *page, u32 offset,
		    void *to, u32 len)
{
	int err;

	if (!READ_ONCE(page->mapped))
		return -EFAULT;
	if (likely(!READ_ONCE(page->covered)))
		return hve_kvm_read(vm->kvm, page->gpa + offset, to, len);
	mutex_lock(&vm->lock);
	err = page->mapped ? read_page(vm, page, offset, to, len) : -EFAULT;
	mutex_unlock(&vm->lock);
	return err;
}

int hve_overlay_put(struct hve_vm *vm, struct hve_overlay *page, u32 offset,
		    const void *from, u32 len)
{
	enum hve_verdict verdict;

	if (!READ_ONCE(page->mapped))
		return -EFAULT;
	if (likely(!READ_ONCE(page->covered)))
		return hve_kvm_write(vm->kvm, page->gpa + offset, from, len);
	mutex_lock(&vm->lock);
	verdict = hve_overlay_write(vm, page, offset, from, len);
	mutex_unlock(&vm->lock);
	return verdict == HVE_OK ? 0 : -EFAULT;
}

bool hve_overlay_set_bit(struct hve_vm *vm, struct hve_overlay *page, u32 nr)
{
	u8 byte, mask = 1u << nr % 8;

	if (READ_ONCE(page->mapped) && likely(!READ_ONCE(page->covered)))
		return hve_kvm_set_bit(vm->kvm, page->gpa, nr);
	/* Below another one nobody else sees it. */
	if (hve_overlay_get(vm, page, nr / 8, &byte, 1) || byte & mask)
		return true;
	byte |= mask;
	return hve_overlay_put(vm, page, nr / 8, &byte, 1);
}
