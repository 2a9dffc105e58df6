/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What a hypercall's handler works with
 *
 * In: a decoded call of a vCPU. Out: its input, copied once, sets of VPs, and a
 * way for its output.
 * Owns no state; the scratch for sets is the vCPU's own.
 */
#ifndef HVE_HYPERCALL_H
#define HVE_HYPERCALL_H

#include <linux/bitmap.h>
#include <linux/string.h>
#include "hve.h"
#include "kvm/services.h"

/**
 * struct hve_targets - the vCPUs that a call names
 * @all: every vCPU of the VM
 * @words: words of hve_vcpu.targets that may hold a bit
 */
struct hve_targets {
	bool all;
	u32 words;
};

/* native.c: VPs in vcpu->targets become vCPUs, where a VMM moved some */
void hve_native_translate(struct hve_vcpu *vcpu, struct hve_targets *targets);

/* Copies @len bytes of input from @offset on. The caller checked the row. */
static __always_inline enum hve_verdict
hve_hcall_input(struct hve_vcpu *vcpu, const struct hve_hcall *call, u32 offset,
		void *to, u32 len)
{
	if (!call->fast)
		return hve_kvm_read(vcpu->vm->kvm, call->input + offset, to,
				    len) ? HVE_BAD_ALIGNMENT : HVE_OK;
	if (offset + len > sizeof(call->regs))
		return HVE_BAD_INPUT;
	memcpy(to, (const u8 *)call->regs + offset, len);
	return HVE_OK;
}

/*
 * Output, from @offset on: to memory, or to the registers that the TLFS names. The
 * dispatcher checked the place of all that the row can give.
 */
enum hve_verdict hve_hcall_output(struct hve_vcpu *vcpu, struct hve_hcall *call,
				  u32 offset, const void *from, u32 len);

/* Words of the last set that the new one does not write */
static __always_inline void hve_targets_trim(struct hve_vcpu *vcpu, u32 words)
{
	if (unlikely(vcpu->target_words > words))
		memset(vcpu->targets + words, 0, (vcpu->target_words - words) *
		       sizeof(*vcpu->targets));
	vcpu->target_words = words;
}

/* Whether an HV_INPUT_VTL means the only level there is, 0 */
static inline bool hve_vtl_is_there(u8 vtl)
{
	return !(vtl & TLFS_INPUT_VTL_RSVDZ) &&
	       !(vtl & TLFS_INPUT_VTL_USED && vtl & TLFS_INPUT_VTL_TARGET);
}

/* The first 64 VPs, or every one */
static __always_inline void hve_targets_mask(struct hve_vcpu *vcpu, bool all,
					     u64 mask,
					     struct hve_targets *targets)
{
	vcpu->targets[0] = mask;
	hve_targets_trim(vcpu, 1);
	targets->all = all;
	targets->words = 1;
	if (unlikely(vcpu->vm->native) && mask)
		hve_native_translate(vcpu, targets);
}

/* @set and its banks, which follow the header of @header bytes */
enum hve_verdict hve_targets_set(struct hve_vcpu *vcpu,
				 const struct hve_hcall *call,
				 const struct tlfs_vp_set *set, u32 header,
				 struct hve_targets *targets);

static inline u32 hve_targets_count(const struct hve_vcpu *vcpu,
				    const struct hve_targets *targets)
{
	if (targets->all)
		return hve_kvm_online_vcpus(vcpu->vm->kvm);
	if (targets->words == 1)
		return hweight64(vcpu->targets[0]);
	return bitmap_weight(vcpu->targets, targets->words * BITS_PER_LONG);
}

#endif /* HVE_HYPERCALL_H */
