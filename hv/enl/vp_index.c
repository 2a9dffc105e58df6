// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: vp-index-calls: which virtual processor has an APIC id
 *
 * In: a list of initial APIC ids. Out: a list of VP indices; the call ends at the
 * first id that no processor has, with those before it done. The caller's own
 * partition is the only one, VTL 0 the only level. Owns no state, nothing to
 * reset or save; takes no lock. Source: TLFS, HvCallGetVpIndexFromApicId.
 */
#include "../hypercall.h"

enum hve_verdict hve_do_get_vp_index(struct hve_vcpu *vcpu,
				     struct hve_hcall *call)
{
	struct tlfs_vp_index out = {};
	struct tlfs_get_vp_index in;
	enum hve_verdict verdict;
	struct tlfs_apic_id apic;
	struct kvm_vcpu *found;
	u32 rep;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.partition != TLFS_PARTITION_SELF)
		return HVE_BAD_PARTITION;
	if (!hve_vtl_is_there(in.target_vtl))
		return HVE_BAD_PARAMETER;
	call->reps_done = call->rep_start;
	for (rep = call->rep_start; rep < call->reps; rep++) {
		verdict = hve_hcall_input(vcpu, call, sizeof(in) +
					  rep * sizeof(apic), &apic, sizeof(apic));
		if (verdict != HVE_OK)
			return verdict;
		found = hve_kvm_vcpu_by_apic_id(vcpu->vm->kvm, apic.id);
		if (!found)
			return HVE_BAD_PARAMETER;
		out.index = hve_kvm_vcpu_index(found);
		verdict = hve_hcall_output(vcpu, call, rep * sizeof(out), &out,
					   sizeof(out));
		if (verdict != HVE_OK)
			return verdict;
		call->reps_done++;
	}
	return HVE_OK;
}
