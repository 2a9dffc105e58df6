// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What ioctls on a VM cost that is not served
 *
 * In: KVM, and how many samples to take. Out: lines as guests print them
 * (guest/measure.h), for the hooked functions that a guest cannot reach.
 * Counted from user space, so system call entry and the C library are included;
 * only differences mean something. Deliberately absent: creating and destroying
 * a VM, once for each VM, 290,000 and 11 million instructions of memory
 * management and grace periods that differ by hundreds from VM to VM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <x86intrin.h>
#include "host/vm.h"

#define MAX_SAMPLES	4096u
#define WARM_UP		16u

static unsigned int samples[MAX_SAMPLES];

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

static void report(unsigned int n, const char *title)
{
	qsort(samples, n, sizeof(*samples), compare);
	printf("= 1 %u %u %u %s\n", samples[n / 2], samples[0], samples[n - 1],
	       title);
}

static void one_ioctl(int fd, unsigned long request, void *arg, unsigned int n,
		      const char *title)
{
	unsigned int i;

	for (i = 0; i < WARM_UP; i++)
		must(fd, request, title, arg);
	for (i = 0; i < n; i++) {
		unsigned int begin = __rdtsc();

		ioctl(fd, request, arg);
		samples[i] = (unsigned int)__rdtsc() - begin;
	}
	report(n, title);
}

static void vcpu_ioctls(unsigned int n)
{
	static struct vm vm = {
		.nr_vcpus = 1, .irqchip = true, .memory = MEM_DEFAULT,
	};
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	int fd;

	vm_create(&vm);
	fd = MUST(vm.fd, KVM_CREATE_VCPU, 0);
	MUST(fd, KVM_GET_REGS, &regs);
	MUST(fd, KVM_GET_SREGS, &sregs);
	one_ioctl(fd, KVM_SET_REGS, &regs, n, "ioctl KVM_SET_REGS");
	one_ioctl(fd, KVM_SET_SREGS, &sregs, n, "ioctl KVM_SET_SREGS");
	one_ioctl(fd, KVM_GET_TSC_KHZ, NULL, n, "ioctl KVM_GET_TSC_KHZ");
	close(fd);
	vm.nr_vcpus = 0;
	vm_destroy(&vm);
}

int main(int argc, char **argv)
{
	unsigned int n = argc == 2 ? strtoul(argv[1], NULL, 0) : 0;

	if (!n || n > MAX_SAMPLES)
		trouble("usage: ioctls SAMPLES");
	vcpu_ioctls(n);
	return STATUS_PASS;
}
