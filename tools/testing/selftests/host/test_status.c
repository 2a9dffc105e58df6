// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: status, counters and events of a served VM
 *
 * In: nothing. Out: a guest run in this very process is listed with what it is
 * served, counted for each row it used, and its life shows as events; a VM
 * without in-kernel APIC names what it is refused.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"

#define PER_VCPU	8192ul
#define ROOM		512u

static struct hve_counter counters[ROOM];

static unsigned int get_counters(int device, unsigned int vm, unsigned int vcpu)
{
	struct hve_counters request = {
		.size = sizeof(request), .vm_id = vm, .vcpu = vcpu,
		.count = ROOM, .counters = (unsigned long)counters,
	};

	if (ioctl(device, HVE_GET_COUNTERS, &request))
		return 0;
	return request.count;
}

static unsigned long counted(unsigned int n, unsigned int kind, unsigned int key)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (counters[i].kind == kind && counters[i].key == key)
			return counters[i].value;
	return 0;
}

/* Counters go by the number of the MSR itself */
static unsigned int msr(enum hve_msr_row row)
{
	return hve_msrs[row].number;
}

static bool poll_in(int device)
{
	struct pollfd p = { .fd = device, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents & POLLIN;
}

static unsigned int events_of(int device, unsigned int type, const char **text)
{
	static struct hve_event events[64];
	static unsigned int n;
	unsigned int i, found = 0;
	ssize_t r;

	if (!type) {
		n = 0;
		while ((r = read(device, events + n, sizeof(*events) * (64 - n))) > 0)
			n += r / sizeof(*events);
		return n;
	}
	for (i = 0; i < n; i++) {
		if (events[i].type != type)
			continue;
		found++;
		if (text)
			*text = events[i].text;
	}
	return found;
}

static struct vm vm;

static int run(int device, const char *guest, unsigned int vcpus, bool irqchip)
{
	memset(&vm, 0, sizeof(vm));
	vm.nr_vcpus = vcpus;
	vm.irqchip = irqchip;
	vm.memory = MEM_DEFAULT;
	vm.flags = TEST_HVE;
	vm.arg = 200;
	vm.config.features[0] = hve_base_features() | HVE_BIT(TIME) |
				HVE_BIT(TLBFLUSH) | HVE_BIT(IPI) | HVE_BIT(VAPIC);
	if (!irqchip)
		vm.config.features[0] &= ~hve_features_with(HVE_LAPIC);
	return vm_inside(&vm, device, guest);
}

static void test_busy(int device, unsigned long features)
{
	struct hve_vm_info info;
	unsigned int n;

	ok(run(device, "busy", 3, true) == STATUS_PASS, "a busy guest passes");
	ok(hve_count_vms(device, &info) == 1, "one VM is listed");
	ok(info.pid == getpid() && !strcmp(info.comm, "test-status"),
	   "made by %s (%d)", info.comm, info.pid);
	ok(info.nr_vcpus == 3, "%u vCPUs", info.nr_vcpus);
	ok(info.features[0] == features && !info.refused[0],
	   "served 0x%llx, refused 0x%llx", info.features[0], info.refused[0]);
	ok(info.guest_os_id == 0x8100060100000000ull, "OS id 0x%llx",
	   info.guest_os_id);
	ok(info.flags & HVE_VM_HYPERCALL_PAGE && info.flags & HVE_VM_TSC_PAGE,
	   "both pages are in use (0x%x)", info.flags);
	ok(info.memory && info.memory < 3 * PER_VCPU + 65536, "%llu bytes held",
	   info.memory);
	n = get_counters(device, info.vm_id, HVE_ALL_VCPUS);
	ok(n, "%u counters", n);
	ok(counted(n, HVE_COUNTER_MSR_READ, msr(HVE_MSR_vp_index)), "VP index read %lu times",
	   counted(n, HVE_COUNTER_MSR_READ, msr(HVE_MSR_vp_index)));
	ok(counted(n, HVE_COUNTER_MSR_WRITE, msr(HVE_MSR_hypercall)) == 1,
	   "hypercall MSR written once");
	ok(counted(n, HVE_COUNTER_CALL, 2), "flush called %lu times",
	   counted(n, HVE_COUNTER_CALL, 2));
	ok(counted(n, HVE_COUNTER_CALL, 0xb), "IPI called %lu times",
	   counted(n, HVE_COUNTER_CALL, 0xb));
	ok(counted(n, HVE_COUNTER_EVENT, HVE_EV_FLUSH_TARGETS) &&
	   counted(n, HVE_COUNTER_EVENT, HVE_EV_IPI_TARGETS), "and had targets");
	n = get_counters(device, info.vm_id, 2);
	ok(counted(n, HVE_COUNTER_CALL, 2) &&
	   !counted(n, HVE_COUNTER_MSR_WRITE, msr(HVE_MSR_hypercall)),
	   "vCPU 2 has its own");
	ok(!get_counters(device, info.vm_id, 3), "vCPU 3 does not exist");
	events_of(device, 0, NULL);
	ok(events_of(device, HVE_EVENT_SERVED, NULL) == 1, "event: served");
	ok(events_of(device, HVE_EVENT_GUEST_OS, NULL) == 1, "event: guest OS");
	ok(!events_of(device, HVE_EVENT_RESET, NULL), "no event: reset");
	ok(!poll_in(device), "all events were read");
}

static void parent(pid_t pid, const char *what)
{
	int status = reap(pid);

	ok(status == STATUS_PASS, "%s (%d)", what, status);
}

static int child_reset(void *arg)
{
	return run(*(int *)arg, "reset", 2, true);
}

static int child_refused(void *arg)
{
	struct hve_vm_info info;
	int device = *(int *)arg;

	if (run(device, "vpindex", 1, false) || hve_count_vms(device, &info) != 1)
		return STATUS_FAIL;
	diag("refused 0x%llx of a VM without in-kernel APIC", info.refused[0]);
	return info.refused[0] != (HVE_BIT(IPI) | HVE_BIT(VAPIC)) ||
	       info.features[0] & info.refused[0];
}

int main(void)
{
	int device = configured(hve_base_features() | HVE_BIT(TIME) |
				HVE_BIT(TLBFLUSH) | HVE_BIT(IPI) | HVE_BIT(VAPIC));
	const char *text = "";

	if (!getenv("here"))
		setenv("here", ".", 1);
	fcntl(device, F_SETFL, O_NONBLOCK);
	ok(!poll_in(device), "no event to begin with");
	parent(spawn(child_reset, &device), "a rebooting guest passes");
	wait_served(device, 0);
	ok(poll_in(device), "poll sees events");
	events_of(device, 0, NULL);
	ok(events_of(device, HVE_EVENT_SERVED, NULL) == 1 &&
	   events_of(device, HVE_EVENT_GONE, NULL) == 1, "events: served, gone");
	ok(events_of(device, HVE_EVENT_RESET, NULL) == 2, "event: reset, twice");
	parent(spawn(child_refused, &device), "refused is what needs the APIC");
	wait_served(device, 0);
	events_of(device, 0, NULL);
	ok(events_of(device, HVE_EVENT_REFUSED, &text) == 1 && text[0],
	   "event: refused: \"%s\"", text);
	test_busy(device, hve_base_features() | HVE_BIT(TIME) |
		  HVE_BIT(TLBFLUSH) | HVE_BIT(IPI) | HVE_BIT(VAPIC));
	return done();
}
