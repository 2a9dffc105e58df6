// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: what is kept of a guest's crash, and who is told
 *
 * In: nothing. Out: for each way that guest/crash.c knows, what HVE_GET_CRASH
 * returns, the event, and the exit where the policy asks for one; that a guest
 * which crashes for ever fills neither the queue of events nor the log. Each
 * case is a process of its own, because a VM lives as long as its process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "tap.h"
#include "../lib/crash.h"

struct crash_case {
	const char *name;
	unsigned int how;
	unsigned int policy;
	unsigned int vcpus;
	unsigned int count;
	unsigned int length;
	unsigned long ctl;
};

#define BOTH	(TLFS_CRASH_NOTIFY | TLFS_CRASH_MESSAGE)

static const struct crash_case cases[] = {
	{ "a message", CRASH_MESSAGE, HVE_CRASH_LOG, 1, 1, CRASH_LEN, BOTH },
	{ "no message", CRASH_PLAIN, HVE_CRASH_LOG, 1, 1, 0, TLFS_CRASH_NOTIFY },
	{ "every bit", CRASH_RESERVED, HVE_CRASH_LOG, 1, 1, CRASH_LEN, ~0ul },
	{ "too long", CRASH_LONG, HVE_CRASH_EVENT, 1, 1, 4096, BOTH },
	{ "empty", CRASH_EMPTY, HVE_CRASH_EVENT, 1, 1, 0, BOTH },
	{ "no memory there", CRASH_NOWHERE, HVE_CRASH_EVENT, 1, 1, 0, BOTH },
	{ "half in memory", CRASH_EDGE, HVE_CRASH_EVENT, 1, 1, 0, BOTH },
	{ "no address", CRASH_WILD, HVE_CRASH_EVENT, 1, 1, 0, BOTH },
	{ "no crash", CRASH_NOT, HVE_CRASH_EXIT, 1, 0, 0, 0 },
	{ "an exit", CRASH_MESSAGE, HVE_CRASH_EXIT, 1, 1, CRASH_LEN, BOTH },
	{ "many", CRASH_MANY, HVE_CRASH_LOG, 2, 2 * CRASH_TIMES, 1, BOTH },
};

static struct vm vm;
static char message[5000];
static int device;
static bool good = true;

static void check(bool is, const char *what, unsigned long got)
{
	if (is)
		return;
	good = false;
	diag("%s: 0x%lx", what, got);
}

static int ask(struct hve_crash *crash, unsigned int vm_id, unsigned int room)
{
	memset(message, 0x5a, sizeof(message));
	*crash = (struct hve_crash) {
		.size = sizeof(*crash), .vm_id = vm_id, .length = room,
		.message = (unsigned long)message,
	};
	return ioctl(device, HVE_GET_CRASH, crash) ? errno : 0;
}

static void check_message(const struct hve_crash *crash)
{
	unsigned int i;

	for (i = 0; i < crash->length; i++)
		if (message[i] != CRASH_BYTE(i)) {
			check(false, "wrong byte", i);
			break;
		}
	for (; i < sizeof(message); i++)
		if (message[i] != 0x5a) {
			check(false, "written beyond its length", i);
			break;
		}
}

static void check_room(struct hve_crash *crash, const struct crash_case *c)
{
	struct hve_crash small;
	int err = ask(&small, crash->vm_id, c->length - 1);

	check(err == ENOSPC, "too little room", err);
	check(small.length == c->length && small.count == crash->count,
	      "and then", small.length);
	check(message[0] == CRASH_BYTE(0) && message[c->length - 1] == 0x5a,
	      "and no byte more", message[c->length - 1]);
	small.message = 8;
	err = ioctl(device, HVE_GET_CRASH, &small) ? errno : 0;
	check(err == EFAULT, "a bad pointer", err);
}

static void check_record(const struct crash_case *c, unsigned int vm_id)
{
	struct hve_crash crash;
	int err = ask(&crash, vm_id, sizeof(message));

	check(err == (c->count ? 0 : ENOENT), "asking", err);
	if (err)
		return;
	check(crash.count == c->count, "count", crash.count);
	check(crash.ctl == c->ctl, "control", crash.ctl);
	check(crash.params[0] == CRASH_P0 && crash.params[1] == CRASH_P1 &&
	      crash.params[2] == CRASH_P2, "parameters", crash.params[0]);
	check(crash.vcpu < c->vcpus && crash.vm_id == vm_id, "vCPU", crash.vcpu);
	check(crash.time > 1000000000ul && crash.reference, "time", crash.time);
	if (c->how == CRASH_MANY) {
		check(crash.length && crash.length <= 4096, "length", crash.length);
		return;
	}
	check(crash.length == c->length, "length", crash.length);
	check_message(&crash);
	if (c->length)
		check_room(&crash, c);
}

static void check_events(const struct crash_case *c)
{
	struct hve_event event;
	unsigned int found = 0, last = 0, lost = 0;

	while (read(device, &event, sizeof(event)) == sizeof(event)) {
		found += event.type == HVE_EVENT_CRASH;
		lost += event.type == HVE_EVENT_LOST;
		if (event.type == HVE_EVENT_CRASH) {
			last = event.data;
			check(!strncmp(event.text, "crashed: 1111000000000001 ",
				       26), event.text, 0);
		}
	}
	check(found == !!c->count && !lost, "events", found);
	check(last == c->count, "the event's count", last);
}

static int child(void *arg)
{
	const struct crash_case *c = arg;
	struct hve_config config = {
		.size = sizeof(config), .crash_policy = c->policy,
		.features = { hve_base_features() | HVE_BIT(CRASH) },
	};
	struct hve_vm_info info;
	bool exits = c->policy == HVE_CRASH_EXIT && c->count;

	device = hve_open();
	fcntl(device, F_SETFL, O_NONBLOCK);
	HVE_MUST(device, HVE_SET_CONFIG, &config);
	vm.nr_vcpus = c->vcpus;
	vm.irqchip = true;
	vm.arg = c->how;
	vm.config = config;
	check(vm_inside(&vm, device, "crash") == STATUS_PASS, "guest", c->how);
	check(hve_count_vms(device, &info) == 1, "VMs", 0);
	check_record(c, info.vm_id);
	check_events(c);
	check(vm.system_events == exits, "exits", vm.system_events);
	if (exits)
		check(vm.system_event == KVM_SYSTEM_EVENT_CRASH &&
		      vm.system_ndata == 5 && vm.system_data[0] == CRASH_P0 &&
		      vm.system_data[4] == CRASH_LEN, "exit", vm.system_ndata);
	return good ? STATUS_PASS : STATUS_FAIL;
}

/* Lines about crashes in the kernel's log; @from: where it ended before */
static unsigned int logged(bool from_now)
{
	static int kmsg = -1;
	char line[2048];
	unsigned int found = 0;
	ssize_t len;

	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (from_now) {
		lseek(kmsg, 0, SEEK_END);
		return 0;
	}
	while ((len = read(kmsg, line, sizeof(line) - 1)) > 0) {
		line[len] = '\0';
		found += !!strstr(line, "kvm_hve") && strstr(line, "crash");
	}
	return found;
}

int main(void)
{
	struct hve_crash crash;
	unsigned int i, lines, most;

	device = hve_open();
	if (device < 0)
		return STATUS_SKIP;
	ok(ask(&crash, 0xffffffff, 0) == ENOENT, "no such VM: %s", hve_why(device));
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct crash_case *c = &cases[i];
		int status;

		logged(true);
		status = reap(spawn(child, (void *)c));
		ok(status == STATUS_PASS, "%s (%d)", c->name, status);
		lines = logged(false);
		most = c->policy == HVE_CRASH_EVENT || !c->count ? 0 :
		       c->count > 1 ? 3 : 1;
		ok(lines == most, "%s: %u lines in the log", c->name, lines);
	}
	close(device);
	return done();
}
