// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Two VMs in one process, for tests of saving and restoring
 *
 * In: struct vm. Out: see two_vms.h. Both VMs are served by one context with
 * everything there is. What guests print goes to a file without a name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <hve/registry.h>
#include "tap.h"
#include "two_vms.h"
#include "../save.h"

static int device = -1, said = -1, out;
static unsigned int began_id;

unsigned int first_id(void)
{
	return began_id;
}

const char *two_why(void)
{
	return hve_why(device);
}

int two_ioctl(unsigned long request, void *argument)
{
	return ioctl(device, request, argument);
}

unsigned int two_make(struct vm *vm)
{
	if (device < 0) {
		device = configured(hve_all_features());
		said = memfd_create("said", 0);
		out = dup(STDOUT_FILENO);
	}
	vm->nr_vcpus = 2;
	vm->irqchip = true;
	vm->config.features[0] = hve_all_features();
	return vm_prepare(vm, device, "save");
}

static void quiet(bool on)
{
	fflush(stdout);
	dup2(on ? said : out, STDOUT_FILENO);
}

void two_begin(struct vm *vm)
{
	volatile unsigned long *ready;
	unsigned int i;

	began_id = two_make(vm);
	ready = &vm->param->scratch[SAVE_READY];
	quiet(true);
	vm_start(vm);
	for (i = 0; i < 30000 && !*ready && !vm->done; i++)
		ms_sleep(1);
	quiet(false);
	if (!*ready)
		exit(two_finish(NULL));
}

static int open_port(unsigned int id, unsigned int connection, int event)
{
	struct hve_port_request request = {
		.size = sizeof(request), .vm_id = id, .connection = connection,
		.flags = HVE_PORT_TO_GUEST |
			 (event < 0 ? HVE_PORT_MESSAGE : HVE_PORT_EVENT),
		.sint = event < 0 ? SAVE_SINT_PORT : SAVE_SINT_EVENT,
		.flag = event < 0 ? 0 : SAVE_FLAG, .eventfd = event,
	};
	int fd = ioctl(device, HVE_OPEN_PORT, &request);

	if (fd < 0)
		trouble("HVE_OPEN_PORT: %s", two_why());
	return fd;
}

void two_send(unsigned int id, unsigned int connection)
{
	struct hve_port_message message = { .size = 8 };
	int port = open_port(id, connection, -1);
	int event = eventfd(0, 0);
	unsigned long one = 1;
	unsigned int i;

	open_port(id, connection, event);
	for (i = 0; i < 2; i++) {
		message.type = SAVE_TYPE + i;
		if (write(port, &message, sizeof(message)) != sizeof(message))
			trouble("message %u: %s", i, strerror(errno));
	}
	if (write(event, &one, sizeof(one)) != sizeof(one))
		trouble("event: %s", strerror(errno));
}

unsigned long two_get(unsigned int id, void *blob, unsigned int room)
{
	struct hve_state state = {
		.size = sizeof(state), .vm_id = id, .length = room,
		.data = (unsigned long)blob,
	};

	HVE_MUST(device, HVE_GET_STATE, &state);
	return state.length;
}

int two_set(unsigned int id, const void *blob, unsigned int length)
{
	struct hve_state state = {
		.size = sizeof(state), .vm_id = id, .length = length,
		.data = (unsigned long)blob,
	};

	return ioctl(device, HVE_SET_STATE, &state) ? errno : 0;
}

static void show(void)
{
	FILE *file = fdopen(said, "r");
	char line[300];

	rewind(file);
	while (fgets(line, sizeof(line), file))
		printf("# %s", line);
	fflush(stdout);
}

int two_finish(struct vm *vm)
{
	int status = STATUS_FAIL;

	if (vm) {
		quiet(true);
		status = vm_run(vm);
		quiet(false);
	}
	if (status != STATUS_PASS || getenv("VERBOSE"))
		show();
	return status;
}
