// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Making, loading and running a test VM
 *
 * In: struct vm's wishes and a flat image. Out: the guest's exit status; an exit
 * that no request explains is named and ends in STATUS_TROUBLE. One thread
 * for each vCPU; vm.lock guards how it ended. The process is the unit of
 * cleaning up: threads that still run are not waited for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "vm.h"

#define PTE_RWU		0x7ul
#define PTE_HUGE	0x80ul
#define PTE_UNCACHED	0x18ul
#define HUGE		(2ul << 20)

void trouble(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	fprintf(stderr, "Bail out! ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	_exit(STATUS_TROUBLE);
}

int must(int fd, unsigned long request, const char *name, void *arg)
{
	int r = ioctl(fd, request, arg);

	if (r < 0)
		trouble("%s: %s", name, strerror(errno));
	return r;
}

void vm_create(struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_EXIT_ON_EMULATION_FAILURE };

	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		trouble("/dev/kvm: %s", strerror(errno));
	vm->run_size = MUST(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);
	vm->fd = MUST(vm->kvm, KVM_CREATE_VM, NULL);
	cap.args[0] = 1;
	ioctl(vm->fd, KVM_ENABLE_CAP, &cap);	/* for a better message only */
	pthread_mutex_init(&vm->lock, NULL);
	pthread_cond_init(&vm->ended, NULL);
}

static void build_page_tables(struct vm *vm)
{
	unsigned long *pml4 = (void *)(vm->mem + GPA_PML4);
	unsigned long *pdpt = (void *)(vm->mem + GPA_PDPT);
	unsigned long *low = (void *)(vm->mem + GPA_PD_LOW);
	unsigned long *apic = (void *)(vm->mem + GPA_PD_APIC);
	unsigned long i, page = 0xfee00000ul & ~(HUGE - 1);

	pml4[0] = GPA_PDPT | PTE_RWU;
	pdpt[0] = GPA_PD_LOW | PTE_RWU;
	pdpt[page >> 30] = GPA_PD_APIC | PTE_RWU;
	for (i = 0; i < 512; i++)
		low[i] = i * HUGE | PTE_RWU | PTE_HUGE;
	apic[page >> 21 & 511] = page | PTE_RWU | PTE_HUGE | PTE_UNCACHED;
}

static void read_image(struct vm *vm, const char *image)
{
	size_t room = GPA_CPUS - GPA_IMAGE;
	FILE *file = fopen(image, "rb");
	size_t n;

	if (!file)
		trouble("%s: %s", image, strerror(errno));
	n = fread(vm->mem + GPA_IMAGE, 1, room, file);
	if (n < 16 || n == room)
		trouble("%s: %zu bytes are no test guest", image, n);
	fclose(file);
}

static void add_readonly(struct vm *vm)
{
	struct kvm_userspace_memory_region region = {
		.slot = 1, .flags = KVM_MEM_READONLY,
		.guest_phys_addr = GPA_READONLY, .memory_size = HOLE_SIZE,
	};
	void *mem = mmap(NULL, HOLE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		trouble("no memory for the guest");
	memset(mem, READONLY_BYTE, HOLE_SIZE);
	region.userspace_addr = (unsigned long)mem;
	MUST(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

void vm_load(struct vm *vm, const char *image)
{
	struct kvm_userspace_memory_region region = { 0 };

	if (vm->memory < GPA_POOL + HUGE || vm->memory > 1ul << 30)
		trouble("memory must be between 18 MiB and 1 GiB");
	vm->mem = mmap(NULL, vm->memory, PROT_READ | PROT_WRITE,
		       (vm->shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS |
		       MAP_NORESERVE, -1, 0);
	if (vm->mem == MAP_FAILED)
		trouble("no memory for the guest");
	region.memory_size = vm->memory;
	region.userspace_addr = (unsigned long)vm->mem;
	MUST(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
	if (vm->holes)
		add_readonly(vm);
	build_page_tables(vm);
	read_image(vm, image);
	vm->param = (void *)(vm->mem + GPA_PARAM);
	vm->param->magic = TEST_MAGIC;
	vm->param->nr_vcpus = vm->nr_vcpus;
	vm->param->features = vm->config.features[0];
	vm->param->flags = vm->flags | (vm->irqchip ? TEST_IRQCHIP : 0);
	vm->param->memory = vm->memory;
	vm->param->spinlock_retries = vm->config.spinlock_retries;
	vm->param->arg = vm->arg;
}

void vm_add_vcpus(struct vm *vm)
{
	unsigned int i;

	MUST(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000ul);
	if (vm->irqchip)
		MUST(vm->fd, KVM_CREATE_IRQCHIP, NULL);
	for (i = 0; i < vm->nr_vcpus; i++)
		vcpu_create(vm, i);
	vm->param->tsc_khz = MUST(vm->vcpus[0].fd, KVM_GET_TSC_KHZ, NULL);
}

void vm_end(struct vm *vm, int status)
{
	pthread_mutex_lock(&vm->lock);
	if (!vm->done || status > vm->status)
		vm->status = status;
	vm->done = true;
	pthread_cond_signal(&vm->ended);
	pthread_mutex_unlock(&vm->lock);
}

static const char *exit_name(unsigned int reason)
{
	static const char * const names[] = {
		[KVM_EXIT_UNKNOWN] = "UNKNOWN", [KVM_EXIT_IO] = "IO",
		[KVM_EXIT_HYPERCALL] = "HYPERCALL", [KVM_EXIT_DEBUG] = "DEBUG",
		[KVM_EXIT_HLT] = "HLT", [KVM_EXIT_MMIO] = "MMIO",
		[KVM_EXIT_SHUTDOWN] = "SHUTDOWN",
		[KVM_EXIT_FAIL_ENTRY] = "FAIL_ENTRY",
		[KVM_EXIT_INTERNAL_ERROR] = "INTERNAL_ERROR",
		[KVM_EXIT_SYSTEM_EVENT] = "SYSTEM_EVENT",
		[KVM_EXIT_HYPERV] = "HYPERV",
		[KVM_EXIT_X86_RDMSR] = "X86_RDMSR",
		[KVM_EXIT_X86_WRMSR] = "X86_WRMSR",
	};

	if (reason >= sizeof(names) / sizeof(*names) || !names[reason])
		return "?";
	return names[reason];
}

static void unexpected(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct kvm_regs regs = { 0 };

	ioctl(vcpu->fd, KVM_GET_REGS, &regs);
	fprintf(stderr, "# vCPU %u: exit %s (%u) at 0x%llx, stack 0x%llx",
		vcpu->index, exit_name(run->exit_reason), run->exit_reason,
		regs.rip, regs.rsp);
	if (run->exit_reason == KVM_EXIT_MMIO)
		fprintf(stderr, ", %s 0x%llx",
			run->mmio.is_write ? "writes" : "reads",
			run->mmio.phys_addr);
	if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
		fprintf(stderr, ", suberror %u", run->internal.suberror);
	fprintf(stderr, "\n");
	vm_end(vcpu->vm, STATUS_TROUBLE);
}

/* True where the guest goes on */
static bool system_event(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct vm *vm = vcpu->vm;

	if (run->system_event.type == KVM_SYSTEM_EVENT_RESET &&
	    vm->config.reset_policy != HVE_RESET_SYSTEM_EVENT)
		return false;
	vm->system_events++;
	vm->system_event = run->system_event.type;
	vm->system_ndata = run->system_event.ndata;
	memcpy(vm->system_data, run->system_event.data, sizeof(vm->system_data));
	if (run->system_event.type == KVM_SYSTEM_EVENT_RESET)
		vm_reboot(vcpu);
	return run->system_event.type == KVM_SYSTEM_EVENT_RESET ||
	       run->system_event.type == KVM_SYSTEM_EVENT_CRASH;
}

/* A device that forgets what is written; read-only memory does so, too */
static bool mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	unsigned long gpa = run->mmio.phys_addr;

	if (!vcpu->vm->holes || (gpa - GPA_DEVICE >= HOLE_SIZE &&
				 gpa - GPA_READONLY >= HOLE_SIZE))
		return false;
	if (!run->mmio.is_write)
		memset(run->mmio.data, DEVICE_BYTE, sizeof(run->mmio.data));
	return true;
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	struct kvm_run *run = vcpu->run;

	for (;;) {
		char *data = (char *)run + run->io.data_offset;
		unsigned int gpa;

		if (ioctl(vcpu->fd, KVM_RUN, NULL) < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			fprintf(stderr, "# vCPU %u: KVM_RUN: %s\n", vcpu->index,
				strerror(errno));
			vm_end(vcpu->vm, STATUS_TROUBLE);
			return NULL;
		}
		data = (char *)run + run->io.data_offset;
		if (run->exit_reason == KVM_EXIT_IO &&
		    run->io.port == TEST_PORT && run->io.size == 4) {
			memcpy(&gpa, data, sizeof(gpa));
			vm_request(vcpu, gpa);
		} else if (run->exit_reason == KVM_EXIT_MMIO && mmio(vcpu)) {
			continue;
		} else if (run->exit_reason == KVM_EXIT_HLT && !vcpu->vm->irqchip) {
			sem_wait(&vcpu->kicks);
		} else if (run->exit_reason == KVM_EXIT_SHUTDOWN &&
			   vcpu->vm->config.reset_policy == HVE_RESET_SHUTDOWN) {
			vm_reboot(vcpu);
		} else if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT ||
			   !system_event(vcpu)) {
			unexpected(vcpu);
			return NULL;
		}
	}
}

int vm_run(struct vm *vm)
{
	pthread_attr_t attr;
	unsigned int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 << 10);
	for (i = 0; i < vm->nr_vcpus; i++)
		if (pthread_create(&vm->vcpus[i].thread, &attr, vcpu_thread,
				   &vm->vcpus[i]))
			trouble("no thread for vCPU %u", i);
	pthread_mutex_lock(&vm->lock);
	while (!vm->done)
		pthread_cond_wait(&vm->ended, &vm->lock);
	pthread_mutex_unlock(&vm->lock);
	return vm->status;
}

/* For VMs that never ran: threads are not looked after */
void vm_destroy(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		if (!vm->vcpus[i].run)
			continue;
		munmap(vm->vcpus[i].run, vm->run_size);
		close(vm->vcpus[i].fd);
	}
	if (vm->mem)
		munmap(vm->mem, vm->memory);
	close(vm->fd);
	close(vm->kvm);
}
