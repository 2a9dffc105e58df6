// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: tlbflush: the TLBs of other vCPUs, by one hypercall
 *
 * In: address space, flags and a set of VPs, in four forms. Out: each VP of the
 * set has flushed its whole TLB before it executes another instruction; one
 * that is not running does so when it next enters, without being woken. The
 * lists of addresses are checked for their count and else are flush_list.c's:
 * flushing all is allowed and correct. VPs that do not exist are ignored. The scratch
 * bitmap is the calling vCPU's. Source: TLFS, "Virtual MMU".
 */
#include "../hypercall.h"
#include "../trace.h"

#define SPACE_FLAGS	(TLFS_FLUSH_ALL_PROCESSORS |			\
			 TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES |		\
			 TLFS_FLUSH_NON_GLOBAL_MAPPINGS_ONLY)
#define LIST_FLAGS	(TLFS_FLUSH_ALL_PROCESSORS |			\
			 TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES)

/* What a call may have set, and with that: the format of a list's elements */
static u64 allowed_flags(const struct hve_vcpu *vcpu, u64 allowed)
{
	/* KVM looks at none but those that it knows. */
	if (vcpu->vm->native)
		return ~0ull;
	if (allowed == LIST_FLAGS && hve_vm_has(vcpu->vm, HVE_F_TLBFLUSH_EXT))
		return allowed | TLFS_FLUSH_USE_EXTENDED_RANGE_FORMAT;
	return allowed;
}

static void flush(struct hve_vcpu *vcpu, struct hve_hcall *call,
		  struct hve_targets *targets, u32 header, u64 flags)
{
	u32 count = hve_targets_count(vcpu, targets);

	trace_hve_flush(vcpu->vm->id, vcpu->index, targets->all, count, flags);
	vcpu->events[HVE_EV_FLUSH_TARGETS] += count;
	call->reps_done = call->reps;
	if (call->reps && hve_flush_list(vcpu, call, targets, header, flags))
		return;
	if (targets->all) {
		hve_kvm_flush_all(vcpu->vm->kvm);
		return;
	}
	hve_kvm_flush(vcpu->vm->kvm, vcpu->targets);
}

static enum hve_verdict flush_mask(struct hve_vcpu *vcpu,
				   struct hve_hcall *call, u64 allowed)
{
	struct hve_targets targets;
	enum hve_verdict verdict;
	struct tlfs_flush in;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.flags & ~allowed_flags(vcpu, allowed))
		return HVE_BAD_PARAMETER;
	/* An empty mask means all: Windows Server 2012 relies on that. */
	hve_targets_mask(vcpu, in.flags & TLFS_FLUSH_ALL_PROCESSORS ||
			 !in.processor_mask, in.processor_mask, &targets);
	flush(vcpu, call, &targets, sizeof(in), in.flags);
	return HVE_OK;
}

static enum hve_verdict flush_set(struct hve_vcpu *vcpu, struct hve_hcall *call,
				  u64 allowed)
{
	struct hve_targets targets;
	enum hve_verdict verdict;
	struct tlfs_flush_ex in;
	bool all;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.flags & ~allowed_flags(vcpu, allowed))
		return HVE_BAD_PARAMETER;
	all = in.flags & TLFS_FLUSH_ALL_PROCESSORS;
	/* The set then counts for nothing; KVM, which native mode is, reads it. */
	if (all && !vcpu->vm->native) {
		hve_targets_mask(vcpu, true, 0, &targets);
	} else {
		verdict = hve_targets_set(vcpu, call, &in.set, sizeof(in),
					  &targets);
		if (verdict != HVE_OK)
			return verdict;
		targets.all |= all;
	}
	flush(vcpu, call, &targets, sizeof(in) + call->var_qwords * 8,
	      in.flags);
	return HVE_OK;
}

enum hve_verdict hve_do_flush_space(struct hve_vcpu *vcpu,
				    struct hve_hcall *call)
{
	return flush_mask(vcpu, call, SPACE_FLAGS);
}

enum hve_verdict hve_do_flush_list(struct hve_vcpu *vcpu,
				   struct hve_hcall *call)
{
	return flush_mask(vcpu, call, LIST_FLAGS);
}

enum hve_verdict hve_do_flush_space_ex(struct hve_vcpu *vcpu,
				       struct hve_hcall *call)
{
	return flush_set(vcpu, call, SPACE_FLAGS);
}

enum hve_verdict hve_do_flush_list_ex(struct hve_vcpu *vcpu,
				      struct hve_hcall *call)
{
	return flush_set(vcpu, call, LIST_FLAGS);
}
