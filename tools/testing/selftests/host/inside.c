// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve-vmm's life inside a host test
 *
 * In: a struct vm with its wishes, a configured context, the name of a guest
 * beside the program. Out: the guest's status; the VM stays, so that the module
 * can be asked about it. What the guest prints is thrown away.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tap.h"

int vm_inside(struct vm *vm, int device, const char *guest)
{
	int null = open("/dev/null", O_WRONLY), out = dup(STDOUT_FILENO), status;
	const char *here = getenv("here");
	char image[300];

	snprintf(image, sizeof(image), "%s/guests/%s.bin", here ? here : ".",
		 guest);
	vm->flags = TEST_HVE;
	if (!vm->memory)
		vm->memory = MEM_DEFAULT;
	vm_create(vm);
	if (attach(device, vm->fd))
		trouble("ATTACH: %s", hve_why(device));
	vm_load(vm, image);
	vm_add_vcpus(vm);
	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	status = vm_run(vm);
	dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
	return status;
}
