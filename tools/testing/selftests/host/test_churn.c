// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: VMs come and go while others run
 *
 * In: rounds (200), as the only argument. Out: attaching, detaching, creating
 * and destroying leave no VM listed and do not disturb a served and a plain VM
 * that run all the while. Memory held for a VM is looked at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"

#define PER_VCPU	8192ul

static void attach_detach(int device, unsigned int rounds)
{
	unsigned int i, bad = 0;
	int vm = bare_vm(NULL);

	for (i = 0; i < rounds; i++)
		bad += attach(device, vm) || detach(device, vm);
	ok(!bad, "%u times attached and detached, %u refused", rounds, bad);
	ok(detach(device, vm) == ENOENT, "afterwards it is not served");
	close(vm);
}

static void create_destroy(int device, unsigned int rounds)
{
	unsigned int i, bad = 0;

	for (i = 0; i < rounds; i++) {
		int vm = bare_vm(NULL), vcpu;

		bad += !!attach(device, vm);
		if (i & 1) {
			vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
			bad += vcpu < 0;
			close(vcpu);
		}
		close(vm);
	}
	ok(!bad, "%u VMs created, attached and destroyed, %u refused", rounds, bad);
}

static void armed(int device, unsigned int rounds)
{
	unsigned int i, bad = 0;

	for (i = 0; i < rounds; i++) {
		bad += !!arm(device, HVE_ARM_NEXT);
		close(bare_vm(NULL));
		bad += ioctl(device, HVE_DISARM, 0) && errno == EFAULT;
	}
	ok(!bad, "%u times armed for one VM, %u refused", rounds, bad);
}

/* The one that has vCPUs */
static void busy_vm(int device, struct hve_vm_info *info)
{
	struct hve_vm_info vms[4] = { 0 };
	struct hve_list list = {
		.size = sizeof(list), .entry_size = sizeof(*vms), .count = 4,
		.vms = (unsigned long)vms,
	};
	unsigned int i;

	HVE_MUST(device, HVE_LIST_VMS, &list);
	for (i = 0; i < list.count; i++)
		if (vms[i].nr_vcpus)
			*info = vms[i];
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 200;
	int device = configured(hve_base_features() | HVE_BIT(TIME));
	struct hve_vm_info info = { 0 };
	int vm = bare_vm(NULL);
	pid_t served, plain;

	ok(!attach(device, vm), "hooks stay throughout");
	served = spawn_vmm("busy", "-v", "2", "-A", "8000", NULL);
	plain = spawn_vmm("unserved", "-p", "-A", "8000", NULL);
	ok(wait_served(device, 2), "a served VM runs");
	ms_sleep(500);
	busy_vm(device, &info);
	ok(info.nr_vcpus == 2 && info.memory && info.memory <= 2 * PER_VCPU + 65536,
	   "%u vCPUs, %llu bytes held", info.nr_vcpus,
	   (unsigned long long)info.memory);
	attach_detach(device, rounds);
	create_destroy(device, rounds);
	armed(device, rounds);
	ok(reap(served) == STATUS_PASS, "it ran undisturbed");
	ok(reap(plain) == STATUS_PASS, "so did the VM that is not served");
	ok(wait_served(device, 1), "no other VM is left");
	close(vm);
	ok(wait_served(device, 0), "at the end none is served");
	return done();
}
