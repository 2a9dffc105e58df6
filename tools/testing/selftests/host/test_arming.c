// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: whose VMs an armed context serves
 *
 * In: /dev/kvm-hve. Out: "next" serves one VM and "every" all of them, of the
 * process that armed, of its descendants, and of a daemon that holds the
 * context; nobody else's, no other user's unless root armed, and none after
 * disarming, closing or SIGKILL. One VM is kept served throughout, so that hooks
 * stay and cost no time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "tap.h"

#define SOMEBODY	1000u
#define MOST_ARMED	4096u

static int observer;		/* context that only looks */
static unsigned int base;	/* VMs served before a case */

/* Makes a VM, says whether it is served, drops it */
static bool vm_is_served(void)
{
	unsigned int before = served_vms(observer), after;
	int vm = bare_vm(NULL);

	after = served_vms(observer);
	close(vm);
	wait_served(observer, before);
	return after == before + 1;
}

static int child_vm(void *arg)
{
	(void)arg;
	return vm_is_served();
}

static int grandchild_vm(void *arg)
{
	return reap(spawn(child_vm, arg));
}

static void test_next(int device)
{
	int kvm, vm;

	ok(!arm(device, HVE_ARM_NEXT), "armed for the next");
	vm = bare_vm(&kvm);
	ok(served_vms(observer) == base + 1, "next: a VM is served");
	ok(!vm_is_served(), "next: a second one beside it is not");
	close(vm);
	wait_served(observer, base);
	ok(ioctl(kvm, KVM_CREATE_VM, NO_TYPE) < 0, "no VM of a type that is none");
	close(kvm);
	ok(vm_is_served(), "next: what never had a vCPU was not the next");
	close(vm_with_vcpu(NULL));
	wait_served(observer, base);
	ok(!vm_is_served(), "next: what had one was");
	ok(ioctl(device, HVE_DISARM, 0), "and nothing is armed any more");
}

static void test_modes(void)
{
	int device = configured(0), vm;

	ok(!vm_is_served(), "configured, not armed: not served");
	test_next(device);
	ok(!arm(device, HVE_ARM_EVERY), "armed for every");
	ok(vm_is_served() && vm_is_served() && vm_is_served(), "every: three are");
	ok(reap(spawn(child_vm, NULL)) == 1, "every: a child's is");
	ok(reap(spawn(grandchild_vm, NULL)) == 1, "every: a grandchild's is");
	ok(!ioctl(device, HVE_DISARM, 0) && !vm_is_served(), "disarmed: none is");
	ok(!arm(device, HVE_ARM_NEXT), "armed again");
	vm = bare_vm(NULL);
	close(device);
	ok(served_vms(observer) == base + 1, "a served VM stays so without context");
	ok(!vm_is_served(), "context closed: a new one is not served");
	close(vm);
	wait_served(observer, base);
}

struct two_pipes {
	int go[2];
	int answer[2];
};

/* Waits to be told, then makes a VM */
static int bystander(void *arg)
{
	struct two_pipes *pipes = arg;
	char c;

	if (read(pipes->go[0], &c, 1) != 1)
		return STATUS_TROUBLE;
	return vm_is_served();
}

static int armer(void *arg)
{
	struct two_pipes *pipes = arg;
	int device = configured(0);
	char c = arm(device, HVE_ARM_EVERY);

	if (write(pipes->answer[1], &c, 1) != 1)
		return STATUS_TROUBLE;
	for (;;)
		pause();
}

static void test_unrelated(void)
{
	struct two_pipes pipes;
	pid_t other, holder;
	char c = 1;

	if (pipe(pipes.go) || pipe(pipes.answer))
		trouble("no pipe");
	other = spawn(bystander, &pipes);
	holder = spawn(armer, &pipes);
	if (read(pipes.answer[0], &c, 1) != 1 || c)
		trouble("the other process could not arm");
	ok(!vm_is_served(), "armed by a child: the parent's VM is not served");
	if (write(pipes.go[1], &c, 1) != 1)
		trouble("no pipe");
	ok(reap(other) == 0, "nor that of a process beside it");
	kill(holder, SIGKILL);
	ok(reap(holder) == -SIGKILL, "the armed process is killed");
	ok(wait_served(observer, base) && !vm_is_served(),
	   "and leaves nothing armed");
}

static int roots_vm(void *arg)
{
	(void)arg;
	if (seteuid(0))
		return STATUS_TROUBLE;
	return vm_is_served();
}

/* Without a capability while the effective user is not root */
static void test_users(void)
{
	int device = configured(0);

	if (chmod("/dev/kvm", 0666) || seteuid(SOMEBODY))
		trouble("cannot become another user");
	ok(!arm(device, HVE_ARM_EVERY), "a user arms");
	ok(reap(spawn(child_vm, NULL)) == 1, "and has a VM served");
	ok(reap(spawn(roots_vm, NULL)) == 0, "one that root starts below is not");
	ioctl(device, HVE_DISARM, 0);
	if (seteuid(0) || arm(device, HVE_ARM_EVERY) || seteuid(SOMEBODY))
		trouble("cannot arm as root");
	ok(reap(spawn(child_vm, NULL)) == 1, "root arms for a VMM of another user");
	close(device);
	if (seteuid(0))
		trouble("cannot become root again");
}

struct daemon {
	int answer[2];
	bool keeps;
	int device;
};

static void be_daemon(struct daemon *d)
{
	char c;

	setsid();
	prctl(PR_SET_PDEATHSIG, 0);
	if (fork())
		_exit(0);
	while (getppid() != 1)
		usleep(1000);
	if (!d->keeps)
		close(d->device);
	c = vm_is_served();
	if (write(d->answer[1], &c, 1) != 1)
		_exit(STATUS_TROUBLE);
	_exit(0);
}

/* Arms, lets a daemon loose, and stays or goes */
static int daemon_parent(void *arg)
{
	struct daemon *d = arg;
	pid_t pid;

	d->device = configured(0);
	if (arm(d->device, HVE_ARM_EVERY))
		return STATUS_TROUBLE;
	pid = fork();
	if (!pid)
		be_daemon(d);
	return reap(pid);
}

static bool daemon_is_served(bool keeps)
{
	struct daemon d = { .keeps = keeps };
	pid_t pid;
	char c = 9;

	if (pipe(d.answer))
		trouble("no pipe");
	pid = spawn(daemon_parent, &d);
	if (read(d.answer[0], &c, 1) != 1)
		trouble("the daemon died");
	reap(pid);
	close(d.answer[0]);
	close(d.answer[1]);
	return c;
}

/* In a process of its own, so that all of them are closed */
static int arm_many(void *arg)
{
	struct rlimit files = { 2 * MOST_ARMED, 2 * MOST_ARMED };
	unsigned int i;
	int err = 0;

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &files))
		trouble("no more files");
	for (i = 0; i <= MOST_ARMED && !err; i++)
		err = arm(configured(0), HVE_ARM_EVERY);
	diag("context %u: error %d", i, err);
	if (!vm_is_served())
		return STATUS_FAIL;
	return i == MOST_ARMED + 1 && err == EMFILE ? STATUS_PASS : STATUS_FAIL;
}

int main(void)
{
	int device = configured(0), vm = bare_vm(NULL);

	observer = hve_open();
	ok(!attach(device, vm), "one VM is served throughout");
	base = served_vms(observer);
	test_modes();
	test_unrelated();
	test_users();
	ok(daemon_is_served(true), "a daemon that holds the context is served");
	ok(!daemon_is_served(false), "one that does not is not");
	ok(reap(spawn(arm_many, NULL)) == STATUS_PASS,
	   "a user arms %u contexts and no more", MOST_ARMED);
	ok(!vm_is_served(), "at the end nothing is armed");
	return done();
}
