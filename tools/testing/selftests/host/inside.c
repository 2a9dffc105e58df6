// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve-vmm's life inside a host test
 *
 * In: a struct vm with its wishes, a configured context, the name of a guest
 * beside the program. Out: the guest's status, its output thrown away; the VM
 * stays, so that the module can be asked about it. Or a guest that runs beside
 * the test, says what it has to say in test_param.scratch, and ends with it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tap.h"

#define WAIT_MS	20000u

unsigned int vm_prepare(struct vm *vm, int device, const char *guest)
{
	struct hve_attach request = { .size = sizeof(request) };
	const char *here = getenv("here");
	char image[300];

	snprintf(image, sizeof(image), "%s/guests/%s.bin", here ? here : ".",
		 guest);
	vm->flags = TEST_HVE;
	if (!vm->memory)
		vm->memory = MEM_DEFAULT;
	vm_create(vm);
	request.vm_fd = vm->fd;
	HVE_MUST(device, HVE_ATTACH, &request);
	vm_load(vm, image);
	vm_add_vcpus(vm);
	return request.vm_id;
}

static void *run(void *arg)
{
	return (void *)(long)vm_run(arg);
}

void vm_start(struct vm *vm)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, vm))
		trouble("pthread_create");
}

unsigned int vm_begin(struct vm *vm, int device, const char *guest)
{
	unsigned int id = vm_prepare(vm, device, guest);

	vm_start(vm);
	return id;
}

bool vm_comes_to(struct vm *vm, unsigned int word, unsigned long value)
{
	volatile unsigned long *at = &vm->param->scratch[word];
	unsigned int ms;

	for (ms = 0; ms < WAIT_MS && *at != value; ms++)
		ms_sleep(1);
	return *at == value;
}

int vm_inside(struct vm *vm, int device, const char *guest)
{
	int null = open("/dev/null", O_WRONLY), out = dup(STDOUT_FILENO), status;

	vm_prepare(vm, device, guest);
	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	status = vm_run(vm);
	dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
	return status;
}
