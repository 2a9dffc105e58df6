// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: ext-calls: what is known to be zero
 *
 * In: a question without input. Out: which extended calls there are, one; and
 * ranges of guest memory that nobody has touched, the largest first, as it is at
 * this moment, not at boot. It may be less than there is. Owns no state, nothing
 * to reset or save; takes no lock of ours. Source: TLFS, "Hypercall Interface",
 * Extended Hypercall Interface; HvExtCallQueryCapabilities,
 * HvExtCallGetBootZeroedMemory. Deliberately absent: memory heat hints.
 */
#include <linux/slab.h>
#include "../hypercall.h"

enum hve_verdict hve_do_ext_capabilities(struct hve_vcpu *vcpu,
					 struct hve_hcall *call)
{
	const u64 capabilities = TLFS_EXT_BOOT_ZEROED_MEMORY;

	return hve_hcall_output(vcpu, call, 0, &capabilities,
				sizeof(capabilities));
}

static enum hve_verdict fill(struct hve_vcpu *vcpu, struct hve_hcall *call,
			     struct tlfs_zeroed_memory *out)
{
	enum hve_verdict verdict;
	int found;

	/* Touched before anybody looks: the output's own page will not be zero. */
	verdict = hve_hcall_output(vcpu, call, 0, out, sizeof(*out));
	if (verdict != HVE_OK)
		return verdict;
	found = hve_kvm_zeroed_memory(vcpu->vm->kvm, out->range,
				      ARRAY_SIZE(out->range));
	/* The thread dies, and the guest with it. */
	if (found < 0)
		return HVE_NO_MEMORY;
	out->count = found;
	return hve_hcall_output(vcpu, call, 0, out, sizeof(*out));
}

enum hve_verdict hve_do_ext_zeroed_memory(struct hve_vcpu *vcpu,
					  struct hve_hcall *call)
{
	struct tlfs_zeroed_memory *out = kzalloc(sizeof(*out),
						 GFP_KERNEL_ACCOUNT);
	enum hve_verdict verdict;

	if (!out)
		return HVE_NO_MEMORY;
	verdict = fill(vcpu, call, out);
	kfree(out);
	return verdict;
}
