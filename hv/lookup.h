/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: From KVM's VM to ours, on every exit
 *
 * In: a struct kvm pointer. Out: the served VM, or NULL. An open-addressed
 * table of pointers: a VM that is not served nearly always meets an empty slot,
 * which costs one load. Readers take no lock: they compare pointers, and follow
 * the one that belongs to the VM whose vCPU they run, which cannot go away
 * meanwhile; whoever runs none does as native_vm() in hv/kvm/native_entry.c.
 * Writers hold vm.c's mutex; see lookup.c for removal.
 */
#ifndef HVE_LOOKUP_H
#define HVE_LOOKUP_H

#include <linux/compiler.h>
#include <linux/types.h>

#define HVE_LOOKUP_BITS		12
#define HVE_LOOKUP_SLOTS	(1u << HVE_LOOKUP_BITS)

struct kvm;
struct hve_vm;

struct hve_slot {
	struct kvm *kvm;	/* NULL: empty, and nothing was put beyond it */
	struct hve_vm *vm;
};

extern struct hve_slot hve_slots[HVE_LOOKUP_SLOTS];

static __always_inline struct hve_slot *hve_lookup_slot(const struct kvm *kvm)
{
	/* KVM allocates VMs in whole pages. */
	unsigned long bytes = (unsigned long)kvm >> 8 &
			      (HVE_LOOKUP_SLOTS - 1) * sizeof(struct hve_slot);

	return (void *)hve_slots + bytes;
}

/* False: certainly not served */
static __always_inline bool hve_lookup_maybe(const struct kvm *kvm)
{
	/* A plain load: the compiler then compares in memory. */
	return data_race(hve_lookup_slot(kvm)->kvm);
}

static inline struct hve_vm *hve_lookup(const struct kvm *kvm)
{
	struct hve_slot *slot = hve_lookup_slot(kvm);
	struct kvm *found;

	while ((found = smp_load_acquire(&slot->kvm))) {
		if (found == kvm)
			return slot->vm;
		if (++slot == hve_slots + HVE_LOOKUP_SLOTS)
			slot = hve_slots;
	}
	return NULL;
}

#endif /* HVE_LOOKUP_H */
