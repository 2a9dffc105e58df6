/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Two VMs in one process, for tests of saving and restoring
 *
 * In: nothing. Out: what two_vms.c offers. All of it is the caller's main
 * thread's.
 */
#ifndef TEST_TWO_VMS_H
#define TEST_TWO_VMS_H

#include "vm.h"

/* guest/save.c runs in @vm until it is ready, on threads of its own */
void two_begin(struct vm *vm);
unsigned int first_id(void);
/* A VM like it that does not run; its number */
unsigned int two_make(struct vm *vm);
/* Two messages and an event for the guest */
void two_send(unsigned int id, unsigned int connection);
/* Length of the state; the test ends where it cannot be had */
unsigned long two_get(unsigned int id, void *blob, unsigned int room);
int two_set(unsigned int id, const void *blob, unsigned int length);
/* On the context of both */
int two_ioctl(unsigned long request, void *argument);
const char *two_why(void);
/* Runs @vm to its end: status. What a guest says is shown where it failed. */
int two_finish(struct vm *vm);

#endif /* TEST_TWO_VMS_H */
