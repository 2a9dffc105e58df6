// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: exits to a VMM that knows Hyper-V
 *
 * In: what a guest did that its VMM must know of. Out: KVM_EXIT_HYPERV in its
 * struct kvm_run; and when it enters KVM_RUN again, its answer for the guest: the
 * result of a hypercall, the status of a debugger's packet. KVM calls what is to
 * be done then by pointer; a VM in native mode pins the module. State:
 * hve_native_vcpu.exit and hve_vcpu.call, the vCPU's own.
 */
#include "calls.h"
#include "native.h"
#include "services.h"
#include "vmcall.h"
#include "../lookup.h"

void hve_kvm_hyperv_exit(struct hve_vcpu *vcpu,
			 const struct kvm_hyperv_exit *exit)
{
	vcpu->native->exit = *exit;
	hve_kvm_system_event(vcpu, HVE_EXIT_HYPERV, 0, NULL);
}

static struct hve_vcpu *vcpu_of(struct kvm_vcpu *vcpu)
{
	return hve_lookup(vcpu->kvm)->vcpus[vcpu->vcpu_idx];
}

static int complete_syndbg(struct kvm_vcpu *vcpu)
{
	hve_native_syndbg_done(vcpu_of(vcpu),
			       vcpu->run->hyperv.u.syndbg.status);
	return 1;
}

void hve_native_exit(struct hve_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->kvm->run;

	run->exit_reason = KVM_EXIT_HYPERV;
	run->hyperv = vcpu->native->exit;
	if (run->hyperv.type == KVM_EXIT_HYPERV_SYNDBG)
		vcpu->kvm->arch.complete_userspace_io = complete_syndbg;
}

static int complete_call(struct kvm_vcpu *vcpu)
{
	return hve_vmcall_finish(vcpu_of(vcpu),
				 vcpu->run->hyperv.u.hcall.result);
}

int hve_native_exit_call(struct hve_vcpu *vcpu, u64 control)
{
	struct kvm_run *run = vcpu->kvm->run;

	run->exit_reason = KVM_EXIT_HYPERV;
	run->hyperv.type = KVM_EXIT_HYPERV_HCALL;
	run->hyperv.u.hcall.input = control;
	run->hyperv.u.hcall.params[0] = vcpu->call.regs[0];
	run->hyperv.u.hcall.params[1] = vcpu->call.regs[1];
	vcpu->kvm->arch.complete_userspace_io = complete_call;
	return 0;
}
