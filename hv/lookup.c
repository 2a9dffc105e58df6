// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: From KVM's VM to ours: the writers
 *
 * In: VMs that begin and cease to be served. Out: hve_slots. A removed entry
 * becomes a tombstone that no VM's address equals, unless nothing follows it:
 * then it and the tombstones before it become empty. Three quarters of the
 * table may be used. Callers hold vm.c's mutex; readers hold nothing.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include "hve.h"
#include "lookup.h"

#define TOMBSTONE	((struct kvm *)1)
#define MAX_USED	(HVE_LOOKUP_SLOTS / 4 * 3)

struct hve_slot hve_slots[HVE_LOOKUP_SLOTS] __aligned(64);
static unsigned int used;	/* slots that are not empty */

static struct hve_slot *next(struct hve_slot *slot)
{
	return hve_slots + (slot - hve_slots + 1) % HVE_LOOKUP_SLOTS;
}

static struct hve_slot *previous(struct hve_slot *slot)
{
	return hve_slots +
	       (slot - hve_slots + HVE_LOOKUP_SLOTS - 1) % HVE_LOOKUP_SLOTS;
}

int hve_lookup_add(struct kvm *kvm, struct hve_vm *vm)
{
	struct hve_slot *slot = hve_lookup_slot(kvm);

	if (used >= MAX_USED)
		return -ENOSPC;
	while (slot->kvm && slot->kvm != TOMBSTONE)
		slot = next(slot);
	if (!slot->kvm)
		used++;
	slot->vm = vm;
	smp_store_release(&slot->kvm, kvm);
	return 0;
}

void hve_lookup_del(struct kvm *kvm)
{
	struct hve_slot *slot = hve_lookup_slot(kvm);

	while (slot->kvm != kvm)
		slot = next(slot);
	WRITE_ONCE(slot->kvm, TOMBSTONE);
	if (next(slot)->kvm)
		return;
	for (; slot->kvm == TOMBSTONE; slot = previous(slot)) {
		WRITE_ONCE(slot->kvm, NULL);
		used--;
	}
}
