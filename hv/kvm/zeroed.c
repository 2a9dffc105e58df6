// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Guest memory that nobody has touched
 *
 * In: a vCPU's thread, kvm->srcu held. Out: ranges of guest pages for which the
 * VMM's private anonymous mapping has no page table yet. Such memory reads as
 * zeros, whoever reads it. Looked at in steps of a page table (2 MiB): where
 * there is one, even an empty one, nothing is claimed. Files, shared memory,
 * hugetlb, read-only and confidential slots, and whatever userfaultfd may fill
 * with content yield nothing. The mapping is locked for reading, for a bounded
 * piece at a time. Owns no state.
 */
#include <linux/mm.h>
#include <linux/pagewalk.h>
#include <linux/sched/signal.h>
#include <linux/sort.h>
#include <linux/userfaultfd_k.h>
#include <hve/tlfs.h>
#include "calls.h"
#include "compat.h"
#include "services.h"

/* Of address space, with the lock held: some 8000 entries to look at */
#define PIECE	(16ul << 30)

/**
 * struct search - the largest ranges so far
 * @range: those
 * @room: entries of @range
 * @count: how many are in use
 * @base: guest page number of host page number 0 in this slot, wraps
 * @open: the range that may go on, in host addresses
 * @end: its end
 */
struct search {
	struct tlfs_zeroed_range *range;
	u32 room;
	u32 count;
	u64 base;
	unsigned long open;
	unsigned long end;
};

static struct tlfs_zeroed_range *place_for(struct search *search, u64 pages)
{
	struct tlfs_zeroed_range *least = search->range;
	u32 i;

	if (search->count < search->room)
		return &search->range[search->count++];
	for (i = 1; i < search->count; i++)
		if (search->range[i].count < least->count)
			least = &search->range[i];
	return least->count < pages ? least : NULL;
}

static void close_range(struct search *search)
{
	u64 pages = (search->end - search->open) >> PAGE_SHIFT;
	struct tlfs_zeroed_range *range;

	range = pages ? place_for(search, pages) : NULL;
	if (range) {
		range->first = search->base + (search->open >> PAGE_SHIFT);
		range->count = pages;
	}
	search->open = search->end = 0;
}

static bool reads_as_zero(struct vm_area_struct *vma)
{
	const unsigned long needed = VM_READ | VM_WRITE;
	const unsigned long wrong = VM_SHARED | VM_IO | VM_PFNMAP | VM_MIXEDMAP;

	return vma_is_anonymous(vma) && !userfaultfd_armed(vma) &&
	       (vma->vm_flags & (needed | wrong)) == needed;
}

static int test_walk(unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	return !reads_as_zero(walk->vma);
}

static int pte_hole(unsigned long addr, unsigned long next, int depth,
		    struct mm_walk *walk)
{
	struct search *search = walk->private;

	/* Between mappings */
	if (!walk->vma)
		return 0;
	if (search->end != addr) {
		close_range(search);
		search->open = addr;
	}
	search->end = next;
	return 0;
}

/* Something is there; its absence would make the walk stop one level above. */
static int pmd_entry(pmd_t *pmd, unsigned long addr, unsigned long next,
		     struct mm_walk *walk)
{
	walk->action = ACTION_CONTINUE;
	return 0;
}

/* Newer kernels want to know how the mapping is locked: 0 is for reading. */
static const struct mm_walk_ops walk_ops = {
	.test_walk = test_walk,
	.pte_hole = pte_hole,
	.pmd_entry = pmd_entry,
};

static bool is_candidate(const struct kvm_memory_slot *slot)
{
	/* Ours are the VMM's plain ones; a flag that is new may mean anything. */
	return slot->id < KVM_USER_MEM_SLOTS &&
	       !(slot->flags & ~KVM_MEM_LOG_DIRTY_PAGES);
}

static int search_slot(struct search *search, const struct kvm_memory_slot *slot)
{
	unsigned long addr = slot->userspace_addr, next;
	unsigned long end = addr + (slot->npages << PAGE_SHIFT);
	struct mm_struct *mm = current->mm;

	search->base = slot->base_gfn - (addr >> PAGE_SHIFT);
	for (; addr < end; addr = next) {
		next = end - addr > PIECE ? addr + PIECE : end;
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		static_call(hve_walk_page_range)(mm, addr, next, &walk_ops,
						 search);
		mmap_read_unlock(mm);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	close_range(search);
	return 0;
}

static int largest_first(const void *a, const void *b)
{
	const struct tlfs_zeroed_range *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

int hve_kvm_zeroed_memory(struct kvm *kvm, struct tlfs_zeroed_range *ranges,
			  u32 room)
{
	struct search search = { .range = ranges, .room = room };
	struct kvm_memslots *slots = kvm_memslots(kvm);
	struct kvm_memory_slot *slot;
	int bkt, err;

	if (current->mm != kvm->mm)
		return 0;
	kvm_for_each_memslot(slot, bkt, slots) {
		if (!is_candidate(slot))
			continue;
		err = search_slot(&search, slot);
		if (err)
			return err;
	}
	sort(ranges, search.count, sizeof(*ranges), largest_first, NULL);
	return search.count;
}
