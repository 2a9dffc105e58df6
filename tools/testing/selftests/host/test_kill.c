// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: SIGKILL of the VMM at random moments
 *
 * In: rounds (20) and a seed, which is printed. Out: no VM stays listed and the
 * module serves the next one. Half of the VMMs attach, half are armed. One VM
 * is kept served, so that most rounds do not wait for hooks; the last rounds go
 * without it.
 */
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

#define LONGEST_MS	250u
#define WITHOUT		2u		/* rounds with hooks coming and going */

static void killed(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		pid_t pid = rand() & 1 ?
			spawn_vmm("busy", "-v", "3", "-A", "60000", NULL) :
			spawn_vmm("busy", "-v", "3", "-A", "60000", "-a", "next",
				  NULL);

		ms_sleep(rand() % LONGEST_MS);
		kill(pid, SIGKILL);
		reap(pid);
	}
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 20;
	unsigned int seed = argc > 2 ? strtoul(argv[2], NULL, 0) :
			    (unsigned long)time(NULL);
	int device = configured(0), vm = bare_vm(NULL);

	diag("seed %u", seed);
	srand(seed);
	ok(!attach(device, vm), "one VM is served throughout");
	killed(rounds);
	ok(wait_served(device, 1), "%u killed: only that one is left", rounds);
	close(vm);
	ok(wait_served(device, 0), "closed: none is left");
	killed(WITHOUT);
	ok(wait_served(device, 0), "%u killed: none is left", WITHOUT);
	ok(reap(spawn_vmm("busy", "-v", "2", "-A", "200", NULL)) == STATUS_PASS,
	   "the next VM is served and runs");
	return done();
}
