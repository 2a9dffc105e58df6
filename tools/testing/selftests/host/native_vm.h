/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A VM in native mode for host tests
 *
 * In: what a test wants of it. Out: the functions of native_vm.c, which return 0
 * or errno; the caller owns struct vm. Absent on purpose: exits.
 */
#ifndef TEST_NATIVE_VM_H
#define TEST_NATIVE_VM_H

#include "vm.h"

#define NATIVE_LEAVES	10u

struct native_cpuid {
	struct kvm_cpuid2 head;
	struct kvm_cpuid_entry2 entries[NATIVE_LEAVES];
};

struct native_msrs {
	struct kvm_msrs head;
	struct kvm_msr_entry entry;
};

int native_context(void);		/* configured, not armed */
int native_leaves(int fd, struct native_cpuid *cpuid);
struct kvm_cpuid_entry2 *native_leaf(struct native_cpuid *cpuid,
				     unsigned int number);
int native_enable(struct vcpu *vcpu, unsigned int cap, unsigned long arg);
int native_get_msr(struct vcpu *vcpu, unsigned int msr, unsigned long *value);
int native_set_msr(struct vcpu *vcpu, unsigned int msr, unsigned long value);
/* @image: NULL, no memory either */
void native_create(struct vm *vm, unsigned int nr_vcpus, const char *image);

#endif /* TEST_NATIVE_VM_H */
