// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a test guest may ask of the VMM
 *
 * In: the guest-physical address of a struct test_request. Out: the answer in
 * place. Runs on the thread of the vCPU that asks; a reboot touches the others,
 * which must be parked. Guest memory is trusted: the guest is part of the test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include "vm.h"

static void *guest(struct vm *vm, unsigned long gpa, unsigned long size)
{
	if (gpa > vm->memory || size > vm->memory - gpa)
		trouble("the guest points to 0x%lx, outside its memory", gpa);
	return vm->mem + gpa;
}

static struct vcpu *target(struct vm *vm, unsigned long index)
{
	if (index >= vm->nr_vcpus)
		trouble("the guest names vCPU %lu", index);
	return &vm->vcpus[index];
}

static int access_msr(struct vm *vm, struct test_request *request, bool write)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msrs = { .head.nmsrs = 1 };
	struct vcpu *vcpu = target(vm, request->arg[0]);
	int r;

	msrs.entry.index = request->arg[1];
	msrs.entry.data = request->arg[2];
	r = ioctl(vcpu->fd, write ? KVM_SET_MSRS : KVM_GET_MSRS, &msrs);
	request->arg[2] = msrs.entry.data;
	return r == 1 ? 0 : r < 0 ? errno : EINVAL;
}

/* Of the vCPU that asks */
static int move_tsc(struct vcpu *vcpu, const struct test_request *request)
{
	struct test_request tsc = { .arg = { vcpu->index, 0x10 } };
	int err = access_msr(vcpu->vm, &tsc, false);

	tsc.arg[2] += request->arg[0];
	err = err ?: access_msr(vcpu->vm, &tsc, true);
	usleep(request->arg[1]);
	return err;
}

/* KVM's binary statistics of the vCPU that asks, else of the VM */
static int read_stat(int owner, const char *name, unsigned long *value)
{
	struct kvm_stats_header header;
	int r = ENOENT, fd = ioctl(owner, KVM_GET_STATS_FD, NULL);
	unsigned int i;

	if (fd < 0)
		return errno;
	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		header.num_desc = 0;
	for (i = 0; i < header.num_desc; i++) {
		struct {
			struct kvm_stats_desc desc;
			char name[128];
		} d;
		size_t size = sizeof(d.desc) + header.name_size;

		if (header.name_size > sizeof(d.name) ||
		    pread(fd, &d, size, header.desc_offset + i * size) != (ssize_t)size)
			break;
		if (strcmp(d.name, name))
			continue;
		if (pread(fd, value, sizeof(*value), header.data_offset +
			  d.desc.offset) == sizeof(*value))
			r = 0;
		break;
	}
	close(fd);
	return r;
}

static int stat_request(struct vcpu *vcpu, struct test_request *request)
{
	char *name = guest(vcpu->vm, request->arg[0], TEST_STAT_NAME);

	if (!read_stat(vcpu->fd, name, &request->arg[1]))
		return 0;
	return read_stat(vcpu->vm->fd, name, &request->arg[1]);
}

/* The guest knows that it asked for it before its thread gets here. */
void vcpu_wait_parked(const struct vcpu *vcpu)
{
	unsigned int ms;

	for (ms = 0; !__atomic_load_n(&vcpu->parked, __ATOMIC_SEQ_CST); ms++) {
		if (ms == 60000)
			trouble("vCPU %u does not park", vcpu->index);
		usleep(1000);
	}
}

bool vcpu_finish_out(struct vcpu *vcpu)
{
	bool finished;

	vcpu->run->immediate_exit = 1;
	finished = ioctl(vcpu->fd, KVM_RUN, NULL) < 0 && errno == EINTR;
	vcpu->run->immediate_exit = 0;
	return finished;
}

/* As a VMM does it that has never heard of Hyper-V: all of them, boot first */
void vm_reboot(struct vcpu *caller)
{
	struct vm *vm = caller->vm;
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		if (&vm->vcpus[i] != caller)
			vcpu_wait_parked(&vm->vcpus[i]);
	vcpu_finish_out(caller);
	for (i = 0; i < vm->nr_vcpus; i++) {
		struct vcpu *vcpu = &vm->vcpus[i];

		if (vcpu != caller)
			vcpu_finish_out(vcpu);
		vcpu_reset(vcpu);
	}
	vm->param->boots++;
	for (i = 0; i < vm->nr_vcpus; i++) {
		vcpu_start(&vm->vcpus[i], IMAGE_RESTART);
		if (&vm->vcpus[i] != caller)
			sem_post(&vm->vcpus[i].kicks);
	}
}

static void park(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->parked, true, __ATOMIC_SEQ_CST);
	while (sem_wait(&vcpu->kicks) && errno == EINTR)
		;
	__atomic_store_n(&vcpu->parked, false, __ATOMIC_SEQ_CST);
}

/* Registers are put back afterwards: the guest continues behind its request */
static int real_mode(struct vcpu *vcpu, struct test_request *request)
{
	struct kvm_run *run = vcpu->run;
	struct kvm_segment flat = {
		.limit = 0xffff, .type = 3, .present = 1, .s = 1,
	};
	struct kvm_regs regs = { .rip = GPA_REAL, .rflags = 2, .rsp = 0x6000 };
	struct kvm_regs old_regs;
	struct kvm_sregs old, sregs;

	vcpu_finish_out(vcpu);
	MUST(vcpu->fd, KVM_GET_REGS, &old_regs);
	MUST(vcpu->fd, KVM_GET_SREGS, &old);
	sregs = old;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = sregs.cs = flat;
	sregs.cs.type = 11;
	sregs.idt.base = GPA_IVT;
	sregs.idt.limit = 0x3ff;
	sregs.cr0 = 0x10;
	sregs.cr3 = sregs.cr4 = sregs.efer = 0;
	MUST(vcpu->fd, KVM_SET_SREGS, &sregs);
	MUST(vcpu->fd, KVM_SET_REGS, &regs);
	while (ioctl(vcpu->fd, KVM_RUN, NULL) < 0 && errno == EINTR)
		;
	if (run->exit_reason != KVM_EXIT_IO || run->io.port != TEST_PORT_REAL) {
		fprintf(stderr, "# real mode: exit %u\n", run->exit_reason);
		return EIO;
	}
	request->arg[0] = *((unsigned char *)run + run->io.data_offset);
	vcpu_finish_out(vcpu);
	MUST(vcpu->fd, KVM_SET_SREGS, &old);
	MUST(vcpu->fd, KVM_SET_REGS, &old_regs);
	return 0;
}

static void print(struct vm *vm, unsigned long gpa, unsigned long size)
{
	const char *text = guest(vm, gpa, size);

	if (write(STDOUT_FILENO, text, size) != (ssize_t)size)
		vm_end(vm, STATUS_TROUBLE);
}

static void spin(unsigned long us)
{
	struct timespec now;
	unsigned long end = 0;

	do {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
		if (!end)
			end = now.tv_sec * 1000000 + now.tv_nsec / 1000 + us;
	} while (now.tv_sec * 1000000ul + now.tv_nsec / 1000 < end);
}

void vm_request(struct vcpu *vcpu, unsigned int gpa)
{
	struct vm *vm = vcpu->vm;
	struct test_request *request = guest(vm, gpa, sizeof(*request));

	request->error = 0;
	switch (request->op) {
	case TEST_OP_PRINT:
		print(vm, request->arg[0], request->arg[1]);
		break;
	case TEST_OP_EXIT:
		vm_end(vm, request->arg[0] ? STATUS_FAIL : STATUS_PASS);
		for (;;)
			pause();
	case TEST_OP_PARK:
		park(vcpu);
		break;
	case TEST_OP_KICK:
		sem_post(&target(vm, request->arg[0])->kicks);
		break;
	case TEST_OP_YIELD:
		sched_yield();
		break;
	case TEST_OP_PAUSE:
		usleep(request->arg[0]);
		break;
	case TEST_OP_SPIN:
		spin(request->arg[0]);
		break;
	case TEST_OP_REBOOT:
		vm_reboot(vcpu);
		break;
	case TEST_OP_SET_MSR:
	case TEST_OP_GET_MSR:
		request->error = access_msr(vm, request,
					    request->op == TEST_OP_SET_MSR);
		break;
	case TEST_OP_MOVE_TSC:
		request->error = move_tsc(vcpu, request);
		break;
	case TEST_OP_STAT:
		request->error = stat_request(vcpu, request);
		break;
	case TEST_OP_SET_TSC_KHZ:
		if (ioctl(target(vm, request->arg[0])->fd, KVM_SET_TSC_KHZ,
			  request->arg[1]))
			request->error = errno;
		break;
	case TEST_OP_REAL:
		request->error = real_mode(vcpu, request);
		break;
	default:
		trouble("the guest asks for operation %u", request->op);
	}
}
