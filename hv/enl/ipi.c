// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: ipi: a fixed interrupt to any set of vCPUs, by one hypercall
 *
 * In: a vector and a set of VPs. Out: the vector is pending in the local APIC
 * of each VP of the set. Loops over the set, not over the VM. VPs that do not
 * exist are ignored; the only VTL there is is 0. The scratch bitmap is the
 * calling vCPU's. Source: TLFS, "Virtual Interrupt Controller", Synthetic
 * Cluster IPI.
 */
#include "../hypercall.h"
#include "../trace.h"

static enum hve_verdict send(struct hve_vcpu *vcpu, u32 vector, bool level_is_there,
			     const struct hve_targets *targets)
{
	struct hve_vm *vm = vcpu->vm;
	u32 delivered;

	if (vector < TLFS_IPI_VECTOR_MIN || vector > TLFS_IPI_VECTOR_MAX ||
	    !level_is_there)
		return vm->native ? HVE_BAD_INPUT : HVE_BAD_PARAMETER;
	if (targets->all)
		delivered = hve_kvm_interrupt_all(vm->kvm, vector);
	else
		delivered = hve_kvm_interrupt(vm, vcpu->targets,
					      targets->words, vector);
	vcpu->events[HVE_EV_IPI_TARGETS] += delivered;
	trace_hve_ipi(vm->id, vcpu->index, targets->all, delivered,
		      vector);
	return HVE_OK;
}

enum hve_verdict hve_do_send_ipi(struct hve_vcpu *vcpu, struct hve_hcall *call)
{
	struct hve_targets targets;
	enum hve_verdict verdict;
	struct tlfs_send_ipi in;
	bool level;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	hve_targets_mask(vcpu, false, in.processor_mask, &targets);
	/* KVM wants the register to have nothing there, and looks at no memory. */
	if (vcpu->vm->native)
		level = !call->fast || !(in.target_vtl | in.padding[0] |
					 in.padding[1] | in.padding[2]);
	else
		level = hve_vtl_is_there(in.target_vtl);
	return send(vcpu, in.vector, level, &targets);
}

enum hve_verdict hve_do_send_ipi_ex(struct hve_vcpu *vcpu,
				    struct hve_hcall *call)
{
	struct hve_targets targets;
	enum hve_verdict verdict;
	struct tlfs_send_ipi_ex in;

	verdict = hve_hcall_input(vcpu, call, 0, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	verdict = hve_targets_set(vcpu, call, &in.set, sizeof(in), &targets);
	if (verdict != HVE_OK)
		return verdict;
	/* To nobody: KVM does not look at the rest then. */
	if (vcpu->vm->native && !targets.all && !call->var_qwords)
		return HVE_OK;
	return send(vcpu, in.vector, vcpu->vm->native ||
		    hve_vtl_is_there(in.target_vtl), &targets);
}
