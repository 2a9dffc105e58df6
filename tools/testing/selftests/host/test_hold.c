// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Keeps one VM served until it is killed; no test
 *
 * In: nothing. Out: a line "held" once the hooks are there. Installing and
 * removing them takes seconds in an emulated host, and dozens of tests need
 * not wait for that. See ./run.
 */
#include <stdio.h>
#include <unistd.h>
#include "tap.h"

int main(void)
{
	int device = configured(0), vm = bare_vm(NULL);

	if (attach(device, vm))
		return STATUS_FAIL;
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
