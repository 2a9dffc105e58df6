/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A small virtual machine for tests
 *
 * In: what the command line or a host test asks for. Out: a VM whose vCPUs run
 * a flat test guest, each on a thread. struct vm belongs to the thread that
 * made it; a vCPU's descriptor is used by its own thread only, except while it
 * is parked. Deliberately absent: devices, and any knowledge of Hyper-V beyond
 * handing CPUID leaves to KVM's own code (vm_cpuid.c).
 */
#ifndef TEST_VM_H
#define TEST_VM_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <linux/kvm.h>
#include <linux/kvm_hve.h>
#include "../lib/abi.h"

#define STATUS_PASS	0
#define STATUS_FAIL	1
#define STATUS_TROUBLE	2
#define STATUS_SKIP	4		/* as kselftest has it */

struct vm;

struct vcpu {
	struct vm *vm;
	unsigned int index;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	sem_t kicks;
	bool parked;
	struct kvm_sregs start_sregs;
	struct kvm_lapic_state start_lapic;
};

struct vm {
	/* what is asked for */
	unsigned int nr_vcpus;
	bool irqchip;
	bool kvm_own;			/* KVM's Hyper-V code, features as below */
	unsigned long flags;		/* TEST_* for the guest */
	unsigned long memory;
	bool shared;			/* memory that is MAP_SHARED */
	bool holes;			/* read-only memory and a device, see abi.h */
	unsigned long tsc_khz;		/* 0: as KVM has it */
	unsigned long arg;
	struct hve_config config;
	/* what came of it */
	int kvm;
	int fd;
	unsigned int run_size;
	char *mem;
	struct test_param *param;
	struct vcpu vcpus[TEST_MAX_VCPUS];
	pthread_mutex_t lock;		/* done, status */
	pthread_cond_t ended;
	bool done;
	int status;
	unsigned int system_events;	/* exits of that kind; by one vCPU at a time */
	unsigned int system_event;	/* KVM_SYSTEM_EVENT_* of the last */
	unsigned int system_ndata;
	unsigned long system_data[16];
};

/* Ends the process with STATUS_TROUBLE and a sentence */
void trouble(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
/* ioctl() that must work */
int must(int fd, unsigned long request, const char *name, void *arg);
#define MUST(fd, request, arg) must(fd, request, #request, (void *)(arg))

/* vm.c: in this order */
void vm_create(struct vm *vm);			/* up to KVM_CREATE_VM */
void vm_load(struct vm *vm, const char *image);	/* memory and guest */
void vm_add_vcpus(struct vm *vm);
int vm_run(struct vm *vm);			/* until the guest exits: status */
void vm_destroy(struct vm *vm);
void vm_end(struct vm *vm, int status);		/* from any vCPU's thread */

/* vm_cpu.c */
void vcpu_create(struct vm *vm, unsigned int index);
void vcpu_reset(struct vcpu *vcpu);		/* the reset vector */
void vcpu_start(struct vcpu *vcpu, unsigned long head);	/* long mode again */

/* vm_cpuid.c */
void vcpu_set_cpuid(struct vcpu *vcpu);

/* vm_call.c: one request of the guest; a reboot by @caller, others parked */
void vm_request(struct vcpu *vcpu, unsigned int gpa);
void vm_reboot(struct vcpu *caller);
void vcpu_wait_parked(const struct vcpu *vcpu);
/* Lets KVM finish the OUT that a parked one asked by; whether it did */
bool vcpu_finish_out(struct vcpu *vcpu);

/* inside.c: hve-vmm's life in this process, with the guest's output thrown away */
int vm_inside(struct vm *vm, int device, const char *guest);
/* Up to its first run, and that on threads of its own; number of the VM */
unsigned int vm_prepare(struct vm *vm, int device, const char *guest);
void vm_start(struct vm *vm);
/* Both */
unsigned int vm_begin(struct vm *vm, int device, const char *guest);
/* Whether a word of its scratch gets that value, in 20 s */
bool vm_comes_to(struct vm *vm, unsigned int word, unsigned long value);

/* hve.c: the device */
int hve_open(void);				/* or -1 */
unsigned long hve_known(int fd);		/* supported features */
/* Names to features, prerequisites not added; ends with a sentence on error */
void hve_parse(struct hve_config *config, const char *list, unsigned long all);
void hve_must(int fd, unsigned long request, const char *name, void *arg);
#define HVE_MUST(fd, request, arg) hve_must(fd, request, #request, arg)
const char *hve_why(int fd);
unsigned int hve_count_vms(int fd, struct hve_vm_info *first);

#endif /* TEST_VM_H */
