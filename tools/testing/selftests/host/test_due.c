// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: what is due when KVM_RUN begins
 *
 * In: vCPUs in real mode with a few instructions. Out: a halted vCPU that its VMM
 * gave a timer, as after a migration in native mode, goes on when that expires;
 * an exit that the guest caused and KVM_RUN did not make yet is made once, and is
 * forgotten when the guest restarted meanwhile or is not served any more. The
 * vCPU is stepped, so that KVM_RUN ends right behind the instruction.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "native_vm.h"
#include "tap.h"

enum {
#define HVE_MSR(name, id, number, ...) MSR_##name = (number),
#include <hve/enlightenments.def>
};

#define MEMORY		0x10000u
#define CODE		0x1000u
#define SLOTS		0x8000u		/* the message page */
#define SINT		2u
#define PORT		0xf4u
#define TICKS_20_MS	200000u

/* 1: hlt; cmp dword [SLOTS + SINT * 256], 0; je 1b; out PORT, al */
static const unsigned char wait_for_message[] = {
	0xf4, 0x66, 0x83, 0x3e, 0x00, 0x82, 0x00, 0x74, 0xf7, 0xe6, PORT,
};
#define BEHIND_HLT	1u

/* mov ecx, reset's MSR; xor edx, edx; mov eax, 1; wrmsr; out PORT, al */
static const unsigned char ask_for_reset[] = {
	0x66, 0xb9, 0x03, 0x00, 0x00, 0x40, 0x66, 0x31, 0xd2,
	0x66, 0xb8, 0x01, 0x00, 0x00, 0x00, 0x0f, 0x30, 0xe6, PORT,
};
#define BEHIND_WRMSR	17u

static void on_alarm(int signal)
{
	(void)signal;
}

static void add_memory(struct vm *vm, const void *code, unsigned int size)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };

	vm->mem = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->mem == MAP_FAILED)
		trouble("no memory");
	memcpy(vm->mem + CODE, code, size);
	region.userspace_addr = (unsigned long)vm->mem;
	MUST(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static void put_at(struct vcpu *vcpu, unsigned int rip)
{
	struct kvm_regs regs = { .rip = rip, .rflags = 2 };
	struct kvm_sregs sregs;

	vcpu_reset(vcpu);
	MUST(vcpu->fd, KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	MUST(vcpu->fd, KVM_SET_SREGS, &sregs);
	MUST(vcpu->fd, KVM_SET_REGS, &regs);
}

/* The exit's reason, or 0 for none within five seconds */
static unsigned int run(struct vcpu *vcpu)
{
	int r;

	alarm(5);
	r = ioctl(vcpu->fd, KVM_RUN, NULL);
	alarm(0);
	return r < 0 ? 0 : vcpu->run->exit_reason;
}

static void test_halted(void)
{
	struct kvm_mp_state halted = { KVM_MP_STATE_HALTED };
	int device = native_context();
	struct vcpu *vcpu;
	unsigned long now;
	unsigned int exit;
	struct vm vm;
	int err;

	arm(device, HVE_ARM_EVERY);
	native_create(&vm, 1, NULL);
	vcpu = &vm.vcpus[0];
	add_memory(&vm, wait_for_message, sizeof(wait_for_message));
	put_at(vcpu, CODE + BEHIND_HLT);
	err = native_enable(vcpu, KVM_CAP_HYPERV_SYNIC2, 0) |
	      native_set_msr(vcpu, MSR_scontrol, 1) |
	      native_set_msr(vcpu, MSR_simp, SLOTS | TLFS_MSR_ENABLE) |
	      native_set_msr(vcpu, MSR_sint + SINT, 0x40) |
	      native_get_msr(vcpu, MSR_time_ref_count, &now) |
	      native_set_msr(vcpu, MSR_stimer, TLFS_STIMER_ENABLED |
			     (unsigned long)SINT << TLFS_STIMER_SINT_SHIFT) |
	      native_set_msr(vcpu, MSR_stimer + 1, now + TICKS_20_MS);
	ok(!err, "a timer is loaded");
	MUST(vcpu->fd, KVM_SET_MP_STATE, &halted);
	exit = run(vcpu);
	ok(exit == KVM_EXIT_IO, "it wakes the vCPU that was loaded halted (%u)",
	   exit);
	vm_destroy(&vm);
	close(device);
}

/* The guest wrote the MSR, and KVM_RUN ended before it could say so. */
static void ask(struct vcpu *vcpu)
{
	struct kvm_guest_debug step = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
	};
	struct kvm_regs regs;

	put_at(vcpu, CODE);
	MUST(vcpu->fd, KVM_SET_GUEST_DEBUG, &step);
	do {
		if (run(vcpu) != KVM_EXIT_DEBUG)
			trouble("no step: exit %u", vcpu->run->exit_reason);
		MUST(vcpu->fd, KVM_GET_REGS, &regs);
	} while (regs.rip != CODE + BEHIND_WRMSR);
	step.control = 0;
	MUST(vcpu->fd, KVM_SET_GUEST_DEBUG, &step);
}

static void test_exit(void)
{
	int device = configured(HVE_BIT(RESET));
	struct vm vm = { .nr_vcpus = 1, .irqchip = true };
	struct vcpu *vcpu = &vm.vcpus[0];
	unsigned int exit;

	arm(device, HVE_ARM_EVERY);
	vm.param = calloc(1, sizeof(*vm.param));
	vm_create(&vm);
	vm_add_vcpus(&vm);
	add_memory(&vm, ask_for_reset, sizeof(ask_for_reset));
	ask(vcpu);
	exit = run(vcpu);
	ok(exit == KVM_EXIT_SYSTEM_EVENT &&
	   vcpu->run->system_event.type == KVM_SYSTEM_EVENT_RESET,
	   "an exit that was due is made (%u)", exit);
	exit = run(vcpu);
	ok(exit == KVM_EXIT_IO, "once (%u)", exit);
	ask(vcpu);
	put_at(vcpu, CODE + BEHIND_WRMSR);
	exit = run(vcpu);
	ok(exit == KVM_EXIT_IO, "not when the guest restarted meanwhile (%u)",
	   exit);
	ask(vcpu);
	ok(!detach(device, vm.fd), "detached: %s", hve_why(device));
	exit = run(vcpu);
	ok(exit == KVM_EXIT_IO, "nor when it is not served any more (%u)", exit);
	vm_destroy(&vm);
	close(device);
}

int main(void)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	test_halted();
	test_exit();
	return done();
}
