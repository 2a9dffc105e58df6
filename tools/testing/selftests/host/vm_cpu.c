// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: One vCPU: created in long mode, put to the reset vector, started again
 *
 * In: a vCPU descriptor that no other thread runs. Out: its state in KVM. The
 * start state is kept in struct vcpu. A reset here does what a VMM without any
 * knowledge of Hyper-V does: registers, segments, local APIC; no MSR of ours.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "vm.h"

#define CR0_LONG	0x80050033ul	/* PG AM WP NE ET MP PE */
#define CR0_RESET	0x60000010ul
#define CR4_LONG	0x620ul		/* PAE OSFXSR OSXMMEXCPT */
#define EFER_LONG	0x500ul
#define APIC_BASE	0xfee00800ul
#define APIC_BSP	0x100ul

static void long_mode(struct vcpu *vcpu, struct kvm_sregs *sregs)
{
	struct kvm_segment code = {
		.limit = 0xffffffff, .selector = 0x08, .type = 11, .present = 1,
		.s = 1, .l = 1, .g = 1,
	};
	struct kvm_segment data = {
		.limit = 0xffffffff, .selector = 0x10, .type = 3, .present = 1,
		.s = 1, .db = 1, .g = 1,
	};

	sregs->cs = code;
	sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss = data;
	sregs->cr0 = CR0_LONG;
	sregs->cr3 = GPA_PML4;
	sregs->cr4 = CR4_LONG;
	sregs->efer = EFER_LONG;
	sregs->apic_base = APIC_BASE | (vcpu->index ? 0 : APIC_BSP);
}

void vcpu_create(struct vm *vm, unsigned int index)
{
	struct kvm_mp_state running = { KVM_MP_STATE_RUNNABLE };
	struct vcpu *vcpu = &vm->vcpus[index];

	vcpu->vm = vm;
	vcpu->index = index;
	sem_init(&vcpu->kicks, 0, 0);
	vcpu->fd = MUST(vm->fd, KVM_CREATE_VCPU, (unsigned long)index);
	vcpu->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		trouble("vCPU %u: cannot map its page", index);
	if (vm->tsc_khz)
		MUST(vcpu->fd, KVM_SET_TSC_KHZ, vm->tsc_khz);
	vcpu_set_cpuid(vcpu);
	MUST(vcpu->fd, KVM_GET_SREGS, &vcpu->start_sregs);
	long_mode(vcpu, &vcpu->start_sregs);
	vcpu_start(vcpu, IMAGE_START);
	if (!vm->irqchip)
		return;
	MUST(vcpu->fd, KVM_GET_LAPIC, &vcpu->start_lapic);
	MUST(vcpu->fd, KVM_SET_MP_STATE, &running);
}

void vcpu_start(struct vcpu *vcpu, unsigned long head)
{
	unsigned long entry = GPA_IMAGE;
	struct kvm_regs regs = { .rflags = 2, .rdi = vcpu->index };

	if (head == IMAGE_RESTART)
		memcpy(&entry, vcpu->vm->mem + GPA_IMAGE + head, sizeof(entry));
	regs.rip = entry;
	/* As after a CALL: 16 bytes aligned when the entry itself calls */
	regs.rsp = GPA_CPUS + (vcpu->index + 1ul) * CPU_AREA - 16;
	MUST(vcpu->fd, KVM_SET_SREGS, &vcpu->start_sregs);
	MUST(vcpu->fd, KVM_SET_REGS, &regs);
}

static struct kvm_segment reset_segment(unsigned int type)
{
	struct kvm_segment segment = {
		.limit = 0xffff, .type = type, .present = 1, .s = 1,
	};

	return segment;
}

void vcpu_reset(struct vcpu *vcpu)
{
	struct kvm_mp_state running = { KVM_MP_STATE_RUNNABLE };
	struct kvm_sregs sregs = vcpu->start_sregs;
	struct kvm_regs regs = { .rip = 0xfff0, .rflags = 2, .rdx = 0x600 };
	struct kvm_vcpu_events events = { 0 };

	sregs.cs = reset_segment(11);
	sregs.cs.selector = 0xf000;
	sregs.cs.base = 0xffff0000;
	sregs.ds = reset_segment(3);
	sregs.es = sregs.fs = sregs.gs = sregs.ss = sregs.ds;
	sregs.gdt.base = sregs.idt.base = 0;
	sregs.gdt.limit = sregs.idt.limit = 0xffff;
	sregs.cr0 = CR0_RESET;
	sregs.cr3 = sregs.cr4 = sregs.efer = 0;
	MUST(vcpu->fd, KVM_SET_SREGS, &sregs);
	MUST(vcpu->fd, KVM_SET_REGS, &regs);
	MUST(vcpu->fd, KVM_SET_VCPU_EVENTS, &events);
	if (!vcpu->vm->irqchip)
		return;
	MUST(vcpu->fd, KVM_SET_LAPIC, &vcpu->start_lapic);
	MUST(vcpu->fd, KVM_SET_MP_STATE, &running);
}
