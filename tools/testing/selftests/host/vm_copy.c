// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A VM goes on in another one, as far as KVM and memory are concerned
 *
 * In: a VM whose vCPUs are all parked, and one that was made with the same
 * wishes. Out: memory, registers, APICs and the TSC of the first one in the
 * second. What a VMM does that knows nothing of Hyper-V; any MSR of ours is
 * deliberately absent.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include "tap.h"
#include "vm_copy.h"

#define MSR_TSC		0x10u
#define MSR_PAT		0x277u

static void msrs_of(struct vcpu *vcpu, struct cpu_state *state, bool set)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry[2];
	} msrs = { .head.nmsrs = 2 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		msrs.entry[i].index = i ? MSR_TSC : MSR_PAT;
		msrs.entry[i].data = state->msrs[i];
	}
	if (ioctl(vcpu->fd, set ? KVM_SET_MSRS : KVM_GET_MSRS, &msrs) != 2)
		trouble("vCPU %u: its MSRs", vcpu->index);
	for (i = 0; i < 2; i++)
		state->msrs[i] = msrs.entry[i].data;
}

void vm_stop(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		struct vcpu *vcpu = &vm->vcpus[i];

		vcpu_wait_parked(vcpu);
		if (!vcpu_finish_out(vcpu))
			trouble("vCPU %u does not stop", i);
	}
}

void vm_read_apics(struct vm *vm, struct cpu_state *states)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		MUST(vm->vcpus[i].fd, KVM_GET_LAPIC, &states[i].lapic);
}

void vm_read_cpus(struct vm *vm, struct cpu_state *states)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		struct vcpu *vcpu = &vm->vcpus[i];

		MUST(vcpu->fd, KVM_GET_MP_STATE, &states[i].mp);
		MUST(vcpu->fd, KVM_GET_REGS, &states[i].regs);
		MUST(vcpu->fd, KVM_GET_SREGS, &states[i].sregs);
		MUST(vcpu->fd, KVM_GET_FPU, &states[i].fpu);
		MUST(vcpu->fd, KVM_GET_VCPU_EVENTS, &states[i].events);
		msrs_of(vcpu, &states[i], false);
	}
}

void vm_write_cpus(struct vm *vm, struct cpu_state *states)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		struct vcpu *vcpu = &vm->vcpus[i];

		MUST(vcpu->fd, KVM_SET_SREGS, &states[i].sregs);
		MUST(vcpu->fd, KVM_SET_REGS, &states[i].regs);
		MUST(vcpu->fd, KVM_SET_FPU, &states[i].fpu);
		MUST(vcpu->fd, KVM_SET_LAPIC, &states[i].lapic);
		MUST(vcpu->fd, KVM_SET_VCPU_EVENTS, &states[i].events);
		MUST(vcpu->fd, KVM_SET_MP_STATE, &states[i].mp);
		msrs_of(vcpu, &states[i], true);
	}
}

void vm_copy_memory(struct vm *to, const struct vm *from)
{
	memcpy(to->mem, from->mem, from->memory);
}
