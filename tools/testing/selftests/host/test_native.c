// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: what native mode answers a VMM
 *
 * In: /dev/kvm, before and after arming. Out: capabilities, leaves and lists of
 * MSRs as the newest KVM has them, for those whose VMs would be served only;
 * capabilities that are enabled, CPUID that activates and enforces; the MSRs as a
 * VMM sets and reads them; what is refused, and how. No guest runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "native_vm.h"
#include "tap.h"

enum {
#define HVE_MSR(name, id, number, ...) MSR_##name = (number),
#include <hve/enlightenments.def>
};

static int kvm, device;

static const unsigned int caps[] = {
	KVM_CAP_HYPERV, KVM_CAP_HYPERV_VAPIC, KVM_CAP_HYPERV_SPIN,
	KVM_CAP_HYPERV_TIME, KVM_CAP_HYPERV_SYNIC, KVM_CAP_HYPERV_SYNIC2,
	KVM_CAP_HYPERV_VP_INDEX, KVM_CAP_HYPERV_EVENTFD,
	KVM_CAP_HYPERV_TLBFLUSH, KVM_CAP_HYPERV_SEND_IPI,
	KVM_CAP_HYPERV_CPUID, KVM_CAP_HYPERV_ENFORCE_CPUID,
	KVM_CAP_SYS_HYPERV_CPUID,
};

#define NR_CAPS	(sizeof(caps) / sizeof(*caps))

static void test_caps(int fd, const char *of)
{
	unsigned int i, there = 0;

	for (i = 0; i < NR_CAPS; i++)
		there += ioctl(fd, KVM_CHECK_EXTENSION, caps[i]) == 1;
	ok(there == NR_CAPS, "%s: %u of %zu capabilities", of, there, NR_CAPS);
	ok(!ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_HYPERV_ENLIGHTENED_VMCS) &&
	   !ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_HYPERV_DIRECT_TLBFLUSH),
	   "%s: none that is nested", of);
	ok(ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY) == 1,
	   "%s: and KVM's others", of);
}

static void test_leaves(int fd, const char *of)
{
	struct native_cpuid cpuid;

	ok(!native_leaves(fd, &cpuid) && cpuid.head.nent == NATIVE_LEAVES,
	   "%s: leaves", of);
	ok(native_leaf(&cpuid, 0x40000001)->eax == TLFS_INTERFACE_SIGNATURE &&
	   native_leaf(&cpuid, 0x40000000)->eax == 0x40000082,
	   "%s: with the signature", of);
	ok(native_leaf(&cpuid, 0x40000003)->ebx & 1u << 20 &&
	   native_leaf(&cpuid, 0x40000003)->edx & 1u << 14,
	   "%s: extended calls and flushes, on every kernel", of);
	cpuid.head.nent = NATIVE_LEAVES - 1;
	ok(ioctl(fd, KVM_GET_SUPPORTED_HV_CPUID, &cpuid) && errno == E2BIG,
	   "%s: too little room is told", of);
}

static void test_list(void)
{
	struct kvm_msr_list probe = { 0 }, *list;
	unsigned int i, k, wanted[] = {
		MSR_guest_os_id, MSR_scontrol, MSR_stimer, MSR_crash_ctl,
		MSR_tsc_invariant_control, 0x400000ff,
	}, found = 0, twice = 0;

	ok(ioctl(kvm, KVM_GET_MSR_INDEX_LIST, &probe) && errno == E2BIG,
	   "the list wants %u entries", probe.nmsrs);
	list = calloc(1, sizeof(*list) + probe.nmsrs * sizeof(list->indices[0]));
	if (!list)
		trouble("no memory");
	list->nmsrs = probe.nmsrs;
	ok(!ioctl(kvm, KVM_GET_MSR_INDEX_LIST, list) &&
	   list->nmsrs == probe.nmsrs, "and has that many");
	for (i = 0; i < list->nmsrs; i++)
		for (k = 0; k < sizeof(wanted) / sizeof(*wanted); k++)
			found += list->indices[i] == wanted[k];
	for (i = 0; i < list->nmsrs; i++)
		for (k = 0; k < i; k++)
			twice += list->indices[i] == list->indices[k];
	ok(found == sizeof(wanted) / sizeof(*wanted) && !twice,
	   "ours are in it, each once (%u, %u)", found, twice);
	free(list);
}

static void test_enabling(struct vcpu *vcpu)
{
	unsigned long value;

	ok(native_set_msr(vcpu, MSR_simp, 0x5001) == EPERM,
	   "before it is enabled the SynIC takes nothing");
	ok(!native_set_msr(vcpu, MSR_simp, 0), "but a reset");
	ok(native_enable(vcpu, KVM_CAP_HYPERV_SYNIC2, 1) == EINVAL,
	   "SYNIC2 has no argument");
	ok(!native_enable(vcpu, KVM_CAP_HYPERV_SYNIC2, 0), "SYNIC2 is enabled");
	ok(!native_get_msr(vcpu, MSR_scontrol, &value) && value == 1,
	   "and SCONTROL with it");
	ok(!native_enable(vcpu, KVM_CAP_HYPERV_ENFORCE_CPUID, 1) &&
	   !native_enable(vcpu, KVM_CAP_HYPERV_ENFORCE_CPUID, 0),
	   "enforcement goes on and off");
	ok(native_enable(vcpu, KVM_CAP_HYPERV_ENLIGHTENED_VMCS, 0) == ENOTTY &&
	   native_enable(vcpu, KVM_CAP_HYPERV_DIRECT_TLBFLUSH, 0) == ENOTTY,
	   "what is nested is not");
}

static void test_msrs(struct vcpu *vcpu)
{
	static const struct {
		unsigned int msr;
		unsigned long value;
	} kept[] = {
		{ MSR_vp_index, 3 }, { MSR_guest_os_id, 0x1234 },
		{ MSR_scontrol, 1 }, { MSR_siefp, 0x6001 }, { MSR_simp, 0x7001 },
		{ MSR_sint + 5, 0x70 }, { MSR_sint + 6, 0x10003 },
		{ MSR_stimer, 0x50009 }, { MSR_stimer + 1, 1ul << 40 },
		{ MSR_reference_tsc, 0x8000 }, { MSR_crash_p + 4, ~0ul },
		{ MSR_crash_ctl, 1ul << 63 },
		{ MSR_reenlightenment_control, 0x1000a },
		{ MSR_tsc_emulation_control, 1 },
		{ MSR_tsc_emulation_status, 1 },
		{ MSR_tsc_invariant_control, 1 }, { 0x400000ff, 4 },
	};
	unsigned long value;
	unsigned int i;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		value = ~kept[i].value;
		ok(!native_set_msr(vcpu, kept[i].msr, kept[i].value) &&
		   !native_get_msr(vcpu, kept[i].msr, &value) &&
		   value == kept[i].value, "MSR 0x%x keeps 0x%lx (0x%lx)",
		   kept[i].msr, kept[i].value, value);
	}
	ok(!native_set_msr(vcpu, MSR_time_ref_count, 5) &&
	   !native_set_msr(vcpu, MSR_tsc_frequency, 5),
	   "what KVM measures is ignored");
	ok(!native_get_msr(vcpu, MSR_tsc_frequency, &value) && value > 1000000,
	   "and read");
	ok(native_set_msr(vcpu, MSR_vp_index, 100000) == EPERM,
	   "there is no VP 100000");
	ok(native_set_msr(vcpu, MSR_sirbp, 0) == EPERM,
	   "nor an MSR that KVM has not");
	ok(!native_set_msr(vcpu, MSR_tsc_invariant_control, 0),
	   "a VMM may take invariance back");
	native_set_msr(vcpu, MSR_vp_index, vcpu->index);
}

/* KVM_SET_CLOCK is where the reference time goes on */
static void test_clock(struct vm *vm)
{
	struct kvm_clock_data clock = { .clock = 5000000000ul }, now = { 0 };
	unsigned long before, after;

	ok(!ioctl(vm->fd, KVM_SET_CLOCK, &clock), "the clock is set to 5 s");
	native_get_msr(&vm->vcpus[0], MSR_time_ref_count, &before);
	MUST(vm->fd, KVM_GET_CLOCK, &now);
	native_get_msr(&vm->vcpus[0], MSR_time_ref_count, &after);
	ok(before >= 50000000 && before <= now.clock / 100 + 1 &&
	   after + 1 >= now.clock / 100,
	   "reference time is that clock (%lu, %llu, %lu)", before,
	   now.clock / 100, after);
}

static int bystander(void *arg)
{
	struct native_cpuid *ours = arg, own;
	struct vcpu vcpu = { 0 };
	int vm = bare_vm(NULL), r;

	vcpu.fd = MUST(vm, KVM_CREATE_VCPU, 0);
	r = native_leaves(vcpu.fd, &own);
	return !r && !memcmp(ours, &own, sizeof(own));
}

static void test_unarmed(void)
{
	struct native_cpuid ours, own;
	int r;

	native_leaves(kvm, &ours);
	ioctl(device, HVE_DISARM, 0);
	r = native_leaves(kvm, &own);
	ok(r || memcmp(&ours, &own, sizeof(own)), "disarmed: KVM's own leaves");
	ok(!reap(spawn(bystander, &ours)), "and its own VMs");
	ok(wait_served(device, 0), "of which none is served");
}

/* QEMU asks /dev/kvm when it has its VM already. */
static void test_next(void)
{
	struct native_cpuid ours, own;
	int vm;

	ok(!arm(device, HVE_ARM_NEXT) && !native_leaves(kvm, &ours),
	   "armed for the next VM");
	vm = vm_with_vcpu(NULL);
	ok(!native_leaves(kvm, &own) && !memcmp(&ours, &own, sizeof(own)),
	   "the system answers the same while it is there");
	close(vm);
	ok(wait_served(device, 0) &&
	   (native_leaves(kvm, &own) || memcmp(&ours, &own, sizeof(own))),
	   "and not any more when it is gone");
}

static void test_refused(struct vm *vm)
{
	struct hve_config config = {
		.size = sizeof(config), .flags = HVE_CONFIG_NATIVE,
		.features = { HVE_BIT(TIME) },
	};
	struct hve_state state = { .size = sizeof(state) };
	struct hve_vm_info info;
	int other = hve_open(), err;

	err = ioctl(other, HVE_SET_CONFIG, &config) ? errno : 0;
	ok(err == EINVAL, "no enlightenments with native mode: %s",
	   hve_why(other));
	close(other);
	hve_count_vms(device, &info);
	state.vm_id = info.vm_id;
	err = ioctl(device, HVE_GET_STATE, &state) ? errno : 0;
	ok(err == EOPNOTSUPP, "not saved by us: %s", hve_why(device));
	err = detach(device, vm->fd);
	ok(err == EOPNOTSUPP, "not detached: %s", hve_why(device));
	ok(info.flags & HVE_VM_NATIVE && !(info.flags & HVE_VM_KVM_AWAKE),
	   "KVM's own code sleeps (0x%x)", info.flags);
}

int main(void)
{
	struct vm vm;

	device = native_context();
	ok(!arm(device, HVE_ARM_EVERY), "armed: %s", hve_why(device));
	native_create(&vm, 2, NULL);
	kvm = vm.kvm;
	test_caps(kvm, "system");
	test_caps(vm.fd, "VM");
	test_leaves(kvm, "system");
	test_leaves(vm.vcpus[0].fd, "vCPU");
	test_list();
	test_enabling(&vm.vcpus[0]);
	test_msrs(&vm.vcpus[0]);
	test_clock(&vm);
	test_refused(&vm);
	vm_destroy(&vm);
	ok(wait_served(device, 0), "the VM is gone");
	close(bare_vm(&kvm));
	test_unarmed();
	test_next();
	return done();
}
