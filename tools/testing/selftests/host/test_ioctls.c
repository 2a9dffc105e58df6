// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: hostile configuration and ioctl input
 *
 * In: "--compat": calls go through the 32-bit entry of the kernel, as those of a
 * 32-bit program do. Out: for each structure every wrong size and pointer, for
 * each field every reserved bit, wrong order and wrong descriptors: the errno
 * that the interface promises, and a sentence with each. Everything that a call
 * points to is static, so that 32-bit pointers reach it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <hve/registry.h>
#include "tap.h"

#define NR_IOCTL_32	54

static bool compat;
static int device;
static unsigned char block[8192] __attribute__((aligned(4096)));

/* 0 or more, or a negative errno */
static int call(int fd, unsigned long request, unsigned long arg)
{
	int r;

	if (!compat) {
		r = ioctl(fd, request, arg);
		return r < 0 ? -errno : r;
	}
	asm volatile("int $0x80" : "=a"(r)
		     : "a"(NR_IOCTL_32), "b"(fd), "c"((unsigned int)request),
		       "d"((unsigned int)arg)
		     : "memory", "cc", "r8", "r9", "r10", "r11");
	return r;
}

/* A refusal has its errno and a sentence, unless nobody could be told */
static void refused(int r, int error, const char *what, const char *how)
{
	static struct hve_reason reason;

	memset(&reason, 0, sizeof(reason));
	reason.size = sizeof(reason);
	if (call(device, HVE_GET_REASON, (unsigned long)&reason) < 0)
		reason.error = 0;
	ok(r == -error, "%s: %s: %s (got %s)", what, how, strerror(error),
	   r < 0 ? strerror(-r) : "success");
	if (r >= 0)
		return;
	ok(reason.error == (unsigned int)-r && reason.text[0] &&
	   memchr(reason.text, 0, sizeof(reason.text)),
	   "%s: %s: \"%.80s\" (%u)", what, how, reason.text, reason.error);
}

static const struct {
	const char *name;
	unsigned long request;
	unsigned int size;
} shapes[] = {
	{ "GET_FEATURES", HVE_GET_FEATURES, sizeof(struct hve_features) },
	{ "SET_CONFIG", HVE_SET_CONFIG, sizeof(struct hve_config) },
	{ "ARM", HVE_ARM, sizeof(struct hve_arm) },
	{ "ATTACH", HVE_ATTACH, sizeof(struct hve_attach) },
	{ "DETACH", HVE_DETACH, sizeof(struct hve_attach) },
	{ "GET_REASON", HVE_GET_REASON, sizeof(struct hve_reason) },
	{ "LIST_VMS", HVE_LIST_VMS, sizeof(struct hve_list) },
	{ "GET_CRASH", HVE_GET_CRASH, sizeof(struct hve_crash) },
	{ "GET_COUNTERS", HVE_GET_COUNTERS, sizeof(struct hve_counters) },
};

static int shaped(unsigned int i, unsigned int size)
{
	memcpy(block, &size, sizeof(size));
	return call(device, shapes[i].request, (unsigned long)block);
}

static void test_shape(unsigned int i)
{
	const char *name = shapes[i].name;
	unsigned int size = shapes[i].size;
	unsigned long hole = compat ? 0xfffff000ul : 0xffff888000000000ul;
	unsigned char *edge = block + sizeof(block) / 2 - size;
	unsigned int more = size + 16;
	int exact;

	refused(call(device, shapes[i].request, 0), EFAULT, name, "no pointer");
	refused(call(device, shapes[i].request, hole), EFAULT, name,
		"a pointer into the kernel");
	memset(block, 0, sizeof(block));
	refused(shaped(i, 0), EINVAL, name, "size 0");
	refused(shaped(i, 4), EINVAL, name, "size 4");
	refused(shaped(i, size - 1), EINVAL, name, "one byte too small");
	refused(shaped(i, 0xffffffff), E2BIG, name, "the largest size");
	block[size + 7] = 1;
	refused(shaped(i, size + 8), E2BIG, name, "a tail that is not zero");
	block[size + 7] = 0;
	exact = shaped(i, size);
	memset(block, 0, sizeof(block));
	ok(shaped(i, size + 8) == exact, "%s: a zero tail changes nothing (%d)",
	   name, exact);
	memset(block, 0, sizeof(block));
	memcpy(edge, &more, sizeof(more));
	if (mprotect(block + sizeof(block) / 2, sizeof(block) / 2, PROT_NONE))
		trouble("mprotect");
	refused(call(device, shapes[i].request, (unsigned long)edge), EFAULT, name,
		"a tail that is not mapped");
	mprotect(block + sizeof(block) / 2, sizeof(block) / 2,
		 PROT_READ | PROT_WRITE);
}

static struct hve_config config;

static void bad_config(const char *how)
{
	refused(call(device, HVE_SET_CONFIG, (unsigned long)&config), EINVAL,
		"SET_CONFIG", how);
	memset(&config, 0, sizeof(config));
	config.size = sizeof(config);
}

static void test_config(void)
{
	memset(&config, 0, sizeof(config));
	config.size = sizeof(config);
	config.flags = 1u << 31;
	bad_config("an unknown flag");
	config.features[0] = 1ull << 63;
	bad_config("an unknown feature");
	config.features[1] = 1;
	bad_config("an unknown feature of the second word");
	config.reserved[sizeof(config.reserved) - 1] = 1;
	bad_config("a reserved byte");
	config.features[0] = HVE_BIT(SPINLOCKS);
	bad_config("spinlocks=0");
	config.features[0] = HVE_BIT(SPINLOCKS);
	config.spinlock_retries = 0xffe;
	bad_config("spinlocks=0xffe");
	config.flags = HVE_CONFIG_VERSION;
	config.version_snumber = 1u << 24;
	bad_config("a service number of 25 bits");
}

static struct hve_arm arm_request;

static int do_arm(unsigned int flags)
{
	arm_request.size = sizeof(arm_request);
	arm_request.flags = flags;
	return call(device, HVE_ARM, (unsigned long)&arm_request);
}

static struct hve_attach request;

static int do_attach(unsigned long how, int fd)
{
	memset(&request, 0, sizeof(request));
	request.size = sizeof(request);
	request.vm_fd = fd;
	return call(device, how, (unsigned long)&request);
}

static void test_order(void)
{
	int vm = bare_vm(NULL);

	refused(do_arm(HVE_ARM_NEXT), EINVAL, "ARM", "no configuration");
	refused(do_attach(HVE_ATTACH, vm), EINVAL, "ATTACH", "no configuration");
	config.features[0] = HVE_BIT(TIME);
	ok(!call(device, HVE_SET_CONFIG, (unsigned long)&config), "configured");
	refused(do_arm(0), EINVAL, "ARM", "no flag");
	refused(do_arm(HVE_ARM_NEXT | HVE_ARM_EVERY), EINVAL, "ARM", "both flags");
	refused(do_arm(4), EINVAL, "ARM", "an unknown flag");
	ok(!do_arm(HVE_ARM_EVERY), "armed");
	refused(do_arm(HVE_ARM_NEXT), EBUSY, "ARM", "armed already");
	ok(!call(device, HVE_DISARM, 0), "disarmed");
	ok(!do_arm(HVE_ARM_NEXT) && !call(device, HVE_DISARM, 0),
	   "armed and disarmed again");
	close(vm);
}

static void test_descriptors(void)
{
	int kvm, vm = bare_vm(&kvm), vcpu, other, null = open("/dev/null", O_RDWR);

	refused(do_attach(HVE_DETACH, vm), ENOENT, "DETACH", "not served");
	refused(do_attach(HVE_ATTACH, -1), EBADF, "ATTACH", "-1");
	refused(do_attach(HVE_ATTACH, 1000), EBADF, "ATTACH", "not open");
	refused(do_attach(HVE_ATTACH, null), EINVAL, "ATTACH", "/dev/null");
	refused(do_attach(HVE_ATTACH, kvm), EINVAL, "ATTACH", "/dev/kvm");
	refused(do_attach(HVE_ATTACH, device), EINVAL, "ATTACH", "the device itself");
	refused(do_attach(HVE_DETACH, null), EINVAL, "DETACH", "/dev/null");
	request.flags = 1;
	request.vm_fd = vm;
	refused(call(device, HVE_ATTACH, (unsigned long)&request), EINVAL,
		"ATTACH", "a flag");
	ok(!do_attach(HVE_ATTACH, vm), "attached as VM %u", request.vm_id);
	refused(do_attach(HVE_ATTACH, vm), EEXIST, "ATTACH", "twice");
	other = configured(0);
	ok(attach(other, vm) == EEXIST, "ATTACH: by another context as well");
	close(other);
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	refused(do_attach(HVE_ATTACH, vcpu), EINVAL, "ATTACH", "a vCPU");
	close(vcpu);
	close(vm);
	vm = bare_vm(NULL);
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	refused(do_attach(HVE_ATTACH, vm), EBUSY, "ATTACH", "a VM with vCPUs");
	close(vcpu);
	close(vm);
	close(kvm);
	close(null);
}

static void test_lists(void)
{
	static struct hve_list list;
	static struct hve_counters counters;
	static struct hve_vm_info info[2];
	int vm = bare_vm(NULL);

	ok(!do_attach(HVE_ATTACH, vm), "one VM is served");
	list = (struct hve_list){ .size = sizeof(list), .entry_size = sizeof(*info) };
	refused(call(device, HVE_LIST_VMS, (unsigned long)&list), ENOSPC,
		"LIST_VMS", "no room");
	ok(list.count == 2, "LIST_VMS: and says how many there are (%u)", list.count);
	list.count = 0xffffffff;
	list.vms = 8;
	refused(call(device, HVE_LIST_VMS, (unsigned long)&list), EFAULT,
		"LIST_VMS", "a bad pointer");
	list.count = 2;
	list.vms = (unsigned long)info;
	list.entry_size = 0;
	refused(call(device, HVE_LIST_VMS, (unsigned long)&list), EINVAL,
		"LIST_VMS", "entries of 0 bytes");
	list.entry_size = sizeof(*info);
	list.flags = 1;
	refused(call(device, HVE_LIST_VMS, (unsigned long)&list), EINVAL,
		"LIST_VMS", "a flag");
	list.flags = 0;
	ok(!call(device, HVE_LIST_VMS, (unsigned long)&list) && list.count == 2 &&
	   (info[0].vm_id == request.vm_id || info[1].vm_id == request.vm_id),
	   "LIST_VMS: works (%u, %u)", info[0].vm_id, info[1].vm_id);
	counters = (struct hve_counters){ .size = sizeof(counters),
		.vm_id = request.vm_id + 1000, .vcpu = HVE_ALL_VCPUS };
	refused(call(device, HVE_GET_COUNTERS, (unsigned long)&counters), ENOENT,
		"GET_COUNTERS", "no such VM");
	counters.vm_id = request.vm_id;
	counters.vcpu = 5;
	refused(call(device, HVE_GET_COUNTERS, (unsigned long)&counters), ENOENT,
		"GET_COUNTERS", "no such vCPU");
	counters.vcpu = HVE_ALL_VCPUS;
	counters.count = 0;
	refused(call(device, HVE_GET_COUNTERS, (unsigned long)&counters), ENOSPC,
		"GET_COUNTERS", "no room");
	counters.counters = 8;
	refused(call(device, HVE_GET_COUNTERS, (unsigned long)&counters), EFAULT,
		"GET_COUNTERS", "a bad pointer");
	close(vm);
}

static void test_rest(void)
{
	static struct hve_event event;

	ok(call(device, HVE_GET_VERSION, 0) == HVE_API_VERSION, "GET_VERSION");
	ok(call(device, _IO(HVE_IOC, 99), 0) == -ENOTTY, "an unknown number");
	ok(call(device, HVE_SELF_CHECK, 0) == 0, "SELF_CHECK");
	fcntl(device, F_SETFL, O_NONBLOCK);
	while (read(device, &event, sizeof(event)) > 0)
		;
	ok(errno == EAGAIN, "reading no event: %s", strerror(errno));
	ok(read(device, &event, sizeof(event) - 1) < 0 && errno == EINVAL,
	   "reading into too little: %s", strerror(errno));
	ok(write(device, &event, sizeof(event)) < 0, "writing is refused");
}

int main(int argc, char **argv)
{
	unsigned int i;
	int holder, vm;

	compat = argc > 1 && !strcmp(argv[1], "--compat");
	device = hve_open();
	if (device < 0)
		return STATUS_SKIP;
	if (compat && call(device, HVE_GET_VERSION, 0) == -ENOSYS)
		return STATUS_SKIP;
	/* One VM stays served: hooks need not come and go with every call */
	holder = configured(0);
	vm = bare_vm(NULL);
	ok(!attach(holder, vm), "one VM is served throughout");
	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		test_shape(i);
	close(device);
	device = hve_open();
	test_config();
	test_order();
	test_descriptors();
	test_lists();
	test_rest();
	close(vm);
	ok(wait_served(device, 0), "nothing is served at the end");
	return done();
}
