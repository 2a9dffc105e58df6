/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: TAP and processes for host tests
 *
 * In: results. Out: lines on stdout, the plan and the exit status. Counters are
 * the process's own: a child that tests something tells its parent by its exit
 * status. Children die with their parent, so that a test that is killed leaves
 * no VMM behind.
 */
#ifndef TEST_TAP_H
#define TEST_TAP_H

#include <stdbool.h>
#include <sys/types.h>
#include "vm.h"

void ok_is(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* In this order: the sentence may be why just that failed, as hve_why() has it. */
#define ok(good, ...) do {						\
	bool good_ = (good);						\
	ok_is(good_, __VA_ARGS__);					\
} while (0)
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int done(void);				/* exit status */

pid_t spawn(int (*child)(void *arg), void *arg);
int reap(pid_t pid);			/* exit status, or -signal */
/* hve-vmm beside this program, its output thrown away: arguments up to NULL */
pid_t spawn_vmm(const char *guest, ...) __attribute__((sentinel));
void ms_sleep(unsigned int ms);

/* A context with a configuration that serves @features */
int configured(unsigned long features);
#define NO_TYPE	0xfful		/* of a VM: KVM refuses it late */
/* A bare VM; @kvm gets the descriptor of /dev/kvm unless NULL */
int bare_vm(int *kvm);
/* One with a vCPU whose VMM has begun to set it up; likewise */
int vm_with_vcpu(int *kvm);
int attach(int device, int vm_fd);	/* 0 or errno */
int detach(int device, int vm_fd);
int arm(int device, unsigned int how);
unsigned int served_vms(int device);
bool wait_served(int device, unsigned int count);

#endif /* TEST_TAP_H */
