// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: reset: the guest asks for a restart by an MSR
 *
 * In: a write with bit 0. Out: KVM_RUN of the writing vCPU ends, by policy as
 * KVM_SYSTEM_EVENT_RESET or as after a triple fault; what comes of it is the
 * VMM's affair, and hv/reset.c sees it when it does restart the guest. Reads are
 * 0. The other bits mean nothing and are ignored: no guest sets them. Hint 4 of
 * CPUID, which recommends this way, is deliberately not given: a VMM that does
 * not know either exit would end the VM, while the guest has other ways. Owns
 * no state, nothing to save. Source: TLFS, HV_PARTITION_PRIVILEGE_MASK,
 * AccessResetReg.
 */
#include <linux/kvm.h>
#include "../hve.h"
#include "../kvm/services.h"

#define RESET	0x1ull

enum hve_verdict hve_get_reset(struct hve_vcpu *vcpu, u64 *data)
{
	*data = 0;
	return HVE_OK;
}

enum hve_verdict hve_set_reset(struct hve_vcpu *vcpu, u64 data)
{
	if (!(data & RESET))
		return HVE_OK;
	if (vcpu->vm->config.reset_policy == HVE_RESET_SHUTDOWN)
		hve_kvm_shutdown(vcpu->kvm);
	else
		hve_kvm_system_event(vcpu, KVM_SYSTEM_EVENT_RESET, 0, NULL);
	return HVE_OK;
}
