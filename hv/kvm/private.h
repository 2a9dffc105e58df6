/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: KVM's private structures
 *
 * In: offsets out of the target kernel's BTF (layout.h). Out: accessors for the
 * rows of fields.def. A module built with HVE_NO_BTF=1 knows no offset: there
 * each accessor gives NULL, and what depends on it is left out. Owns nothing.
 */
#ifndef HVE_KVM_PRIVATE_H
#define HVE_KVM_PRIVATE_H

#include <linux/kvm_host.h>
#include "layout.h"

struct kvm_lapic;

#ifdef HVE_LAYOUT_KNOWN
#define HVE_PRIVATE_KNOWN	true
#define HVE_PRIVATE(type, structure, member, pointer)			\
	(*(type *)((char *)(pointer) + HVE_OFFSET_##structure##_##member))
#else
#define HVE_PRIVATE_KNOWN	false
#define HVE_PRIVATE(type, structure, member, pointer)	((type)NULL)
#endif

static inline struct kvm_vcpu *hve_lapic_vcpu(struct kvm_lapic *apic)
{
	return HVE_PRIVATE(struct kvm_vcpu *, kvm_lapic, vcpu, apic);
}

/* The page of registers, or NULL */
static inline void *hve_lapic_regs(struct kvm_lapic *apic)
{
	return HVE_PRIVATE(void *, kvm_lapic, regs, apic);
}

#endif /* HVE_KVM_PRIVATE_H */
