// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest goes on in another VM with its Hyper-V state
 *
 * In: guest/save.c. Out: the guest's own verdict, with the APICs read before
 * and behind HVE_GET_STATE, with a pause in between, with a TSC of another
 * frequency. Each case is a process with two VMs, because a VM lives as long as
 * its process. What is refused: test_restore.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include "tap.h"
#include "two_vms.h"
#include "vm_copy.h"
#include "../save.h"

struct save_case {
	const char *name;
	bool apic_first;
	unsigned int pause;	/* ms between saving and restoring */
	unsigned int faster;	/* kHz */
};

static const struct save_case cases[] = {
	{ "APICs, then Hyper-V", true, 0, 0 },
	{ "Hyper-V, then APICs", false, 0, 0 },
	{ "a pause of a second", true, 1000, 0 },
	{ "another frequency", false, 0, 100000 },
};

static struct vm first, second;
static struct cpu_state states[TEST_MAX_VCPUS];

static unsigned long clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Time enough for the timer that expires while the VM is stopped */
static void let_expire(void)
{
	ms_sleep(4 * SAVE_DIRECT_MS);
}

static int child(void *arg)
{
	const struct save_case *c = arg;
	unsigned long began, length;
	static char blob[1 << 20];
	unsigned int id;

	two_begin(&first);
	began = clock_ms();
	vm_stop(&first);
	two_send(first_id(), SAVE_CONNECTION);
	if (c->apic_first)
		vm_read_apics(&first, states);
	let_expire();
	length = two_get(first_id(), blob, sizeof(blob));
	let_expire();
	if (!c->apic_first)
		vm_read_apics(&first, states);
	vm_read_cpus(&first, states);
	ms_sleep(c->pause);
	second.arg = c->faster ? SAVE_OTHER_TSC : 0;
	second.tsc_khz = c->faster ? first.param->tsc_khz + c->faster : 0;
	id = two_make(&second);
	vm_copy_memory(&second, &first);
	second.param->arg = second.arg;
	vm_write_cpus(&second, states);
	if (two_set(id, blob, length)) {
		diag("restoring: %s", two_why());
		return STATUS_FAIL;
	}
	second.param->scratch[SAVE_ELAPSED] =
		(clock_ms() - began + 500 - c->pause) * MS;
	return two_finish(&second);
}

int main(void)
{
	unsigned int i;
	int device = hve_open();

	if (device < 0)
		return STATUS_SKIP;
	close(device);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int status = reap(spawn(child, (void *)&cases[i]));

		ok(status == STATUS_PASS, "%s (%d)", cases[i].name, status);
	}
	return done();
}
