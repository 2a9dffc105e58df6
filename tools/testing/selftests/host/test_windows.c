// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest like Windows, and what the module noted of it
 *
 * In: options as below and the enlightenments that the VM must have, by name;
 * started by `hve run`, so that the VM is armed by a profile (module/windows.sh).
 * Out: exactly these are served; the guest's own findings; then that each row of
 * them was used, on each vCPU where it belongs to one, that no access was #GP and
 * no call failed but those that had to, and the record of the crash.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "tap.h"
#include "../lib/windows.h"

#define ROOM		512u

static struct vm vm = { .nr_vcpus = 2, .irqchip = true, .memory = MEM_DEFAULT };
static struct hve_counter counters[ROOM];
static unsigned int nr_counters;

static void get_counters(int device, unsigned int vm_id, unsigned int vcpu)
{
	struct hve_counters request = {
		.size = sizeof(request), .vm_id = vm_id, .vcpu = vcpu,
		.count = ROOM, .counters = (unsigned long)counters,
	};

	HVE_MUST(device, HVE_GET_COUNTERS, &request);
	nr_counters = request.count;
}

static unsigned long counted(unsigned int kind, unsigned int key)
{
	unsigned int i;

	for (i = 0; i < nr_counters; i++)
		if (counters[i].kind == kind && counters[i].key == key)
			return counters[i].value;
	return 0;
}

/* Windows asks for what it can have, so a served row without a use is a mistake. */
static void check_rows(unsigned long used)
{
	unsigned int i, idle = 0, rows = 0;

	for (i = 0; i < HVE_NR_MSRS; i++) {
		const struct hve_msr_info *row = &hve_msrs[i];

		if (!(used & 1ul << row->feature))
			continue;
		rows++;
		if (counted(HVE_COUNTER_MSR_READ, row->number) ||
		    counted(HVE_COUNTER_MSR_WRITE, row->number))
			continue;
		idle++;
		diag("MSR %s was not used", row->name);
	}
	for (i = 0; i < HVE_NR_CALLS; i++) {
		if (!(used & 1ul << hve_calls[i].feature))
			continue;
		rows++;
		if (counted(HVE_COUNTER_CALL, hve_calls[i].code))
			continue;
		idle++;
		diag("call %s was not made", hve_calls[i].name);
	}
	ok(rows && !idle, "host: %u rows are counted, %u are not", rows - idle, idle);
}

/* What each processor sets up for itself */
static void check_vcpu(unsigned int index, unsigned long used)
{
	static const enum hve_msr_row msrs[] = {
		HVE_MSR_vp_assist_page, HVE_MSR_scontrol, HVE_MSR_simp,
		HVE_MSR_siefp, HVE_MSR_sint, HVE_MSR_stimer, HVE_MSR_icr,
	};
	unsigned int i, missing = 0;

	for (i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		const struct hve_msr_info *row = &hve_msrs[msrs[i]];

		if (!(used & 1ul << row->feature) ||
		    counted(HVE_COUNTER_MSR_WRITE, row->number))
			continue;
		missing++;
		diag("vCPU %u did not write %s", index, row->name);
	}
	ok(!missing && counted(HVE_COUNTER_MSR_READ,
			       hve_msrs[HVE_MSR_vp_index].number),
	   "host: vCPU %u set up its own", index);
}

static void check_events(unsigned long used)
{
	static const struct {
		unsigned long feature;
		unsigned int event;
	} expected[] = {
		{ HVE_BIT(HYPERCALL), HVE_EV_CPUID },
		{ HVE_BIT(TLBFLUSH), HVE_EV_FLUSH_TARGETS },
		{ HVE_BIT(IPI), HVE_EV_IPI_TARGETS },
		{ HVE_BIT(TIME), HVE_EV_TSC_UPDATES },
		{ HVE_BIT(STIMER), HVE_EV_TIMERS },
		{ HVE_BIT(STIMER), HVE_EV_MESSAGES },
	};
	unsigned int i, missing = 0;

	for (i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		if (!(used & expected[i].feature) ||
		    counted(HVE_COUNTER_EVENT, expected[i].event))
			continue;
		missing++;
		diag("event %u never happened", expected[i].event);
	}
	ok(!missing, "host: flushes, interrupts, timers and messages are counted");
	ok(!counted(HVE_COUNTER_EVENT, HVE_EV_GP), "host: %lu accesses were #GP",
	   counted(HVE_COUNTER_EVENT, HVE_EV_GP));
	ok(counted(HVE_COUNTER_EVENT, HVE_EV_CALL_FAILED) ==
	   vm.param->scratch[WINDOWS_REFUSED],
	   "host: %lu calls failed, as %lu had to",
	   counted(HVE_COUNTER_EVENT, HVE_EV_CALL_FAILED),
	   vm.param->scratch[WINDOWS_REFUSED]);
}

static void check_info(const struct hve_vm_info *info, bool reboot)
{
	const unsigned int flags = HVE_VM_HYPERCALL_PAGE | HVE_VM_TSC_PAGE;

	ok(info->guest_os_id == WINDOWS_OS_ID(WINDOWS_BUILD(vm.arg)),
	   "host: OS id 0x%llx", info->guest_os_id);
	ok((info->flags & flags) == flags, "host: its pages are in use (0x%x)",
	   info->flags);
	ok(info->nr_vcpus == vm.nr_vcpus, "host: %u vCPUs", info->nr_vcpus);
	ok(info->resets == reboot && vm.param->scratch[WINDOWS_LIVES] == 1u + reboot,
	   "host: %llu restarts, %lu lives", info->resets,
	   vm.param->scratch[WINDOWS_LIVES]);
}

static void check_crash(int device, unsigned int vm_id)
{
	static const unsigned long plain[HVE_CRASH_PARAMS] = {
		WINDOWS_BUGCHECK, WINDOWS_P1, WINDOWS_P2, WINDOWS_P3, WINDOWS_P4,
	};
	bool with_message = vm.arg & WINDOWS_MESSAGE;
	unsigned int i, wrong = 0, length = strlen(WINDOWS_TEXT);
	char message[4096];
	struct hve_crash crash = {
		.size = sizeof(crash), .vm_id = vm_id, .length = sizeof(message),
		.message = (unsigned long)message,
	};

	HVE_MUST(device, HVE_GET_CRASH, &crash);
	ok(crash.count == 1 && crash.vcpu == 0 && crash.reference,
	   "host: %llu crash, told by vCPU %u", crash.count, crash.vcpu);
	ok(crash.ctl == (TLFS_CRASH_NOTIFY |
			 (with_message ? TLFS_CRASH_MESSAGE : 0)),
	   "host: control 0x%llx", crash.ctl);
	for (i = 0; i < HVE_CRASH_PARAMS; i++)
		if (!with_message || i < 3)
			wrong += crash.params[i] != plain[i];
	if (with_message)
		wrong += crash.params[4] != length;
	ok(!wrong, "host: stop code 0x%llx and its parameters", crash.params[0]);
	ok(crash.length == (with_message ? length : 0) &&
	   !memcmp(message, WINDOWS_TEXT, crash.length),
	   "host: a message of %u bytes", crash.length);
}

static void parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "vcpus", required_argument, NULL, 'v' },
		{ "build", required_argument, NULL, 'b' },
		{ "reboot", no_argument, NULL, 'r' },
		{ "message", no_argument, NULL, 'm' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "v:b:rm", options, NULL)) > 0) {
		if (c == 'v')
			vm.nr_vcpus = strtoul(optarg, NULL, 0);
		else if (c == 'b')
			vm.arg |= WINDOWS_BUILD(strtoul(optarg, NULL, 0));
		else if (c == 'r')
			vm.arg |= WINDOWS_REBOOT;
		else if (c == 'm')
			vm.arg |= WINDOWS_MESSAGE;
		else
			exit(STATUS_TROUBLE);
	}
	if (optind != argc - 1 || vm.nr_vcpus < 2 || vm.nr_vcpus > 64)
		trouble("usage: test-windows [--vcpus N] [--build N] [--reboot] [--message] LIST");
}

/* As hve-vmm does with a VM that it attaches; this one is served as it is made. */
static void make(const char *here, unsigned long served)
{
	char image[300];

	vm.config.features[0] = served;
	vm.flags = TEST_HVE;
	snprintf(image, sizeof(image), "%s/guests/windows.bin", here);
	vm_load(&vm, image);
	vm_add_vcpus(&vm);
}

int main(int argc, char **argv)
{
	int device = hve_open();
	struct hve_vm_info info;
	unsigned long want, used;
	unsigned int i;

	if (device < 0)
		return STATUS_SKIP;
	parse(argc, argv);
	hve_parse(&vm.config, argv[optind], 0);
	want = vm.config.features[0] | hve_base_features();
	vm_create(&vm);
	if (hve_count_vms(device, &info) != 1 || info.pid != getpid())
		trouble("the VM is not served, or not the only one: start this by hve run");
	ok(info.features[0] == want, "host: served 0x%llx, of the profile 0x%lx",
	   info.features[0], want);
	make(getenv("here") ?: ".", info.features[0]);
	ok(vm_run(&vm) == STATUS_PASS, "host: the guest is content");
	hve_count_vms(device, &info);
	used = vm.param->scratch[WINDOWS_USED];
	ok(!info.refused[0] && info.features[0] ==
	   (used | vm.param->scratch[WINDOWS_WITHHELD]),
	   "host: it used 0x%lx, and was advised against 0x%lx", used,
	   vm.param->scratch[WINDOWS_WITHHELD]);
	check_info(&info, vm.arg & WINDOWS_REBOOT);
	get_counters(device, info.vm_id, HVE_ALL_VCPUS);
	check_rows(used);
	check_events(used);
	for (i = 0; i < vm.nr_vcpus; i++) {
		get_counters(device, info.vm_id, i);
		check_vcpu(i, used);
	}
	check_crash(device, info.vm_id);
	return done();
}
