// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Flushing the TLBs of vCPUs, or parts of them
 *
 * In: sets of vCPUs, and ranges of a guest's virtual addresses. Out: members of a
 * set flush all, as KVM does it itself, or pass hve_vcpu_entering(), before they
 * run again; in their own threads there, with KVM's function for one page, ranges
 * are flushed, for the whole virtual processor id and so for every address space.
 * A vCPU that moves to another CPU meanwhile gets a new id or a full flush there
 * from KVM. Owns no state.
 */
#include "calls.h"
#include "compat.h"
#include "services.h"

void hve_kvm_flush(struct kvm *kvm, unsigned long *targets)
{
	static_call(hve_kvm_make_vcpus_request_mask)(kvm,
						     KVM_REQ_TLB_FLUSH_GUEST,
						     targets);
}

void hve_kvm_flush_all(struct kvm *kvm)
{
	static_call(hve_kvm_make_all_cpus_request)(kvm,
						   KVM_REQ_TLB_FLUSH_GUEST);
}

void hve_kvm_request_entry_of(struct kvm *kvm, unsigned long *targets)
{
	static_call(hve_kvm_make_vcpus_request_mask)(kvm, HVE_REQUEST, targets);
}

static bool runs_nested(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.hflags & HF_GUEST_MASK;
}

void hve_kvm_flush_self(struct kvm_vcpu *vcpu)
{
	/* The guest's own guest has an id of its own; both are flushed then. */
	if (runs_nested(vcpu))
		kvm_make_request(KVM_REQ_TLB_FLUSH, vcpu);
	else
		kvm_make_request(KVM_REQ_TLB_FLUSH_GUEST, vcpu);
}

static bool is_canonical(const struct kvm_vcpu *vcpu, u64 gva)
{
	/* The one bit of CR4 that matters here KVM always knows. */
	const u32 unused = vcpu->arch.cr4 & X86_CR4_LA57 ? 64 - 57 : 64 - 48;

	return (u64)((s64)(gva << unused) >> unused) == gva;
}

void hve_kvm_flush_ranges(struct kvm_vcpu *vcpu, const u64 *range, u32 count)
{
	bool all = runs_nested(vcpu);
	u32 i, page;

	if (all)
		hve_kvm_flush_self(vcpu);
	for (i = 0; i < count; i++) {
		u32 pages = (range[i] & ~PAGE_MASK) + 1;
		u64 gva = range[i] & PAGE_MASK;

		for (page = 0; page < pages && !all; page++, gva += PAGE_SIZE)
			if (is_canonical(vcpu, gva))
				HVE_FLUSH_GVA(static_call(hve_flush_tlb_gva),
					      vcpu, gva, &all);
	}
}
