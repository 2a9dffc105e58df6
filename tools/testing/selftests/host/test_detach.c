// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a VM that has run ceases to be served
 *
 * In: vCPUs (2). Out: detaching is refused while a vCPU runs and to a process that
 * did not create the VM; afterwards it works, what the guest's memory held below
 * the hypercall page is back, and the context can be used again. Also the order
 * of calls on one context that test_ioctls.c leaves out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"
#include "../busy.h"

#define PAGE	4096ul
#define RUN_MS	3000

static const unsigned char return_int3[] = { 0xc3, 0xcc, 0xcc, 0xcc };

/* Pages that look like a hypercall page: the call, a return, int3 to the end */
static unsigned int hypercall_pages(const struct vm *vm)
{
	unsigned int found = 0;
	unsigned long at;

	for (at = 0; at < vm->memory; at += PAGE) {
		const unsigned char *page = (unsigned char *)vm->mem + at;

		found += !memcmp(page + 3, return_int3, sizeof(return_int3)) &&
			 page[PAGE - 1] == 0xcc;
	}
	return found;
}

static const char *busy_image(void)
{
	static char self[256], image[300];

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		trouble("/proc is not mounted");
	snprintf(image, sizeof(image), "%s/guests/busy.bin", dirname(self));
	return image;
}

static void *run(void *arg)
{
	return (void *)(long)vm_run(arg);
}

struct foreign {
	int device;
	int vm;
};

static int detach_foreign(void *arg)
{
	struct foreign *foreign = arg;

	return detach(foreign->device, foreign->vm) == EXDEV ? STATUS_PASS :
	       STATUS_FAIL;
}

static void test_order(int device)
{
	struct hve_config config = { .size = sizeof(config) };

	ok(ioctl(device, HVE_DISARM, 0) && errno == ENOENT,
	   "disarming what is not armed: %s", hve_why(device));
	ok(!arm(device, HVE_ARM_NEXT), "armed");
	ok(ioctl(device, HVE_SET_CONFIG, &config) && errno == EBUSY,
	   "configuring while armed: %s", hve_why(device));
	ok(!ioctl(device, HVE_DISARM, 0), "disarmed");
}

int main(int argc, char **argv)
{
	unsigned long features = hve_base_features() | HVE_BIT(TIME) |
				 HVE_BIT(TLBFLUSH);
	static struct vm vm = { .irqchip = true, .memory = 32ul << 20,
				.arg = RUN_MS };
	int device = configured(features);
	struct foreign foreign = { .device = device };
	pthread_t thread;
	void *status;

	vm.nr_vcpus = argc > 1 ? atoi(argv[1]) : 2;
	vm.config.features[0] = features;
	vm_create(&vm);
	foreign.vm = vm.fd;
	ok(!attach(device, vm.fd), "attached");
	vm_load(&vm, busy_image());
	vm_add_vcpus(&vm);
	ok(attach(device, vm.fd) == EBUSY, "attaching with vCPUs: %s",
	   hve_why(device));
	pthread_create(&thread, NULL, run, &vm);
	ok(vm_comes_to(&vm, BUSY_WORKS, 1) && hypercall_pages(&vm) == 1, "the guest has its hypercall page");
	ok(detach(device, vm.fd) == EBUSY, "detaching while it runs: %s",
	   hve_why(device));
	pthread_join(thread, &status);
	ok(!status, "the guest was not disturbed (%ld)", (long)status);
	ok(reap(spawn(detach_foreign, &foreign)) == STATUS_PASS,
	   "another process cannot detach it");
	ok(!detach(device, vm.fd), "detached: %s", hve_why(device));
	ok(!hypercall_pages(&vm), "what its memory held is back");
	ok(detach(device, vm.fd) == ENOENT, "twice: %s", hve_why(device));
	test_order(device);
	vm_destroy(&vm);
	ok(wait_served(device, 0), "nothing is served at the end");
	return done();
}
