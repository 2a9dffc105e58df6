// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A VM in native mode for host tests
 *
 * In: an armed context of native mode, what is wanted of the VM. Out: vCPUs with
 * all of Hyper-V that KVM says it supports, and exits handed to the caller. One
 * thread for everything. Deliberately absent: any call into /dev/kvm-hve but
 * arming; the VM must look like any other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include "native_vm.h"
#include "tap.h"

int native_context(void)
{
	struct hve_config config = {
		.size = sizeof(config), .flags = HVE_CONFIG_NATIVE,
	};
	int device = hve_open();

	if (device < 0)
		trouble("no " HVE_DEVICE);
	HVE_MUST(device, HVE_SET_CONFIG, &config);
	return device;
}

int native_leaves(int fd, struct native_cpuid *cpuid)
{
	memset(cpuid, 0, sizeof(*cpuid));
	cpuid->head.nent = NATIVE_LEAVES;
	return ioctl(fd, KVM_GET_SUPPORTED_HV_CPUID, cpuid) ? errno : 0;
}

struct kvm_cpuid_entry2 *native_leaf(struct native_cpuid *cpuid,
				     unsigned int number)
{
	unsigned int i;

	for (i = 0; i < cpuid->head.nent; i++)
		if (cpuid->entries[i].function == number)
			return &cpuid->entries[i];
	return NULL;
}

/* What is not Hyper-V stays, the rest is @hyperv */
static void native_set_cpuid(struct vcpu *vcpu, const struct native_cpuid *hyperv)
{
	struct kvm_cpuid2 *all;
	unsigned int i, nr = 0;

	all = calloc(1, sizeof(*all) + 256 * sizeof(*all->entries));
	if (!all)
		trouble("no memory");
	all->nent = 200;
	MUST(vcpu->fd, KVM_GET_CPUID2, all);
	for (i = 0; i < all->nent; i++)
		if (all->entries[i].function >> 28 != 4)
			all->entries[nr++] = all->entries[i];
	for (i = 0; i < hyperv->head.nent; i++)
		all->entries[nr++] = hyperv->entries[i];
	all->nent = nr;
	MUST(vcpu->fd, KVM_SET_CPUID2, all);
	free(all);
}

int native_enable(struct vcpu *vcpu, unsigned int cap, unsigned long arg)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { arg } };

	return ioctl(vcpu->fd, KVM_ENABLE_CAP, &enable) ? errno : 0;
}

int native_get_msr(struct vcpu *vcpu, unsigned int msr, unsigned long *value)
{
	struct native_msrs msrs = { .head.nmsrs = 1, .entry.index = msr };
	int got = ioctl(vcpu->fd, KVM_GET_MSRS, &msrs);

	*value = msrs.entry.data;
	return got == 1 ? 0 : got < 0 ? errno : EPERM;
}

int native_set_msr(struct vcpu *vcpu, unsigned int msr, unsigned long value)
{
	struct native_msrs msrs = {
		.head.nmsrs = 1, .entry.index = msr, .entry.data = value,
	};
	int set = ioctl(vcpu->fd, KVM_SET_MSRS, &msrs);

	return set == 1 ? 0 : set < 0 ? errno : EPERM;
}

void native_create(struct vm *vm, unsigned int nr_vcpus, const char *image)
{
	struct native_cpuid leaves;
	unsigned int i;

	memset(vm, 0, sizeof(*vm));
	vm->nr_vcpus = nr_vcpus;
	vm->irqchip = true;
	vm->memory = MEM_DEFAULT;
	vm->flags = TEST_KVM_OWN;
	vm_create(vm);
	if (image)
		vm_load(vm, image);
	else
		vm->param = calloc(1, sizeof(*vm->param));
	if (!vm->param)
		trouble("no memory");
	vm_add_vcpus(vm);
	for (i = 0; i < nr_vcpus; i++) {
		if (native_leaves(vm->vcpus[i].fd, &leaves))
			trouble("no supported leaves");
		native_set_cpuid(&vm->vcpus[i], &leaves);
	}
}
