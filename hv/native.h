/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Native mode: KVM's own Hyper-V interface, answered by us
 *
 * In: nothing. Out: what a VM and a vCPU have in native mode beside the TLFS, and
 * what the files of native mode offer each other and the hooks. Each field names
 * its lock. What the interface means is in KVM's documentation of its API; how it
 * differs for the guest from any-VMM mode, in Documentation/native.rst.
 */
#ifndef HVE_NATIVE_H
#define HVE_NATIVE_H

#include <linux/kvm.h>
#include "hve.h"

/* MSR_name: its number, of several the first */
enum {
#define HVE_MSR(name, id, number, ...)	MSR_##name = (number),
#include <hve/enlightenments.def>
};

/**
 * struct hve_native - of a VM
 * @crash_ctl: the MSR, as the VMM set it; hve_vm.lock, read without it
 * @page_by_guest: the guest itself enabled the TSC page last, and it was not
 *	written since; hve_vm.lock
 * @moved: vCPUs whose VP index is not their own number; hve_vm.lock, read
 *	without it
 * @events: eventfds by connection; written under hve_vm.lock, read under RCU
 * @routes: GSIs and one, by VP and SINT; has a lock of its own
 */
struct hve_native {
	u64 crash_ctl;
	bool page_by_guest;
	u32 moved;
	struct xarray events;
	struct xarray routes;
};

/**
 * struct hve_native_vcpu - of a vCPU; its thread's, and that of ioctls on it
 * @enabled: the VMM's CPUID has the interface "Hv#1"
 * @enforce: only what CPUID says answers
 * @leaf: that CPUID, by slot
 * @msrs: rows that answer the guest, one bit each
 * @calls: likewise
 * @synic: the VMM enabled the SynIC; read by anybody
 * @keep_pages: and the SynIC's pages are its affair
 * @sversion: the MSR
 * @exit: what KVM_EXIT_HYPERV is about to say
 */
struct hve_native_vcpu {
	bool enabled;
	bool enforce;
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	u64 msrs;
	u64 calls;
	bool synic;
	bool keep_pages;
	u64 sversion;
	struct kvm_hyperv_exit exit;
};

/* native.c */
int hve_native_init(struct hve_vm *vm);
void hve_native_free(struct hve_vm *vm);
int hve_native_vcpu_init(struct hve_vcpu *vcpu);
/* Under hve_vm.lock: what there is to be chosen from */
void hve_native_settle(struct hve_vm *vm);
/* The VMM set this vCPU's CPUID */
void hve_native_cpuid_set(struct hve_vcpu *vcpu);
void hve_native_enforce(struct hve_vcpu *vcpu, bool enforce);
/* The vCPU with that VP index, or NULL; any context */
struct hve_vcpu *hve_native_vp(struct hve_vm *vm, u32 vp);
int hve_native_move_vp(struct hve_vcpu *vcpu, u64 vp);

/* native_answer.c: what a VMM is told there is */
/* A capability's value, or negative: it is none of ours */
int hve_native_extension(long extension);
struct hve_native_leaf {
	u32 number;
	u32 reg[4];
};
#define HVE_NATIVE_LEAVES	10
/* @features as hve_native_features() has them */
void hve_native_leaves(u64 features, u32 max_vcpus,
		       struct hve_native_leaf leaf[HVE_NATIVE_LEAVES]);
/* What this host offers a VMM; @lapic: its VM has the in-kernel APIC */
u64 hve_native_features(bool lapic);
/* MSR number @i of those that KVM lists, 0: there are no more */
u32 hve_native_listed_msr(u32 i);

/* native_msr.c: 0, or 1 for #GP or failure; @host: the VMM itself asks */
int hve_native_msr_read(struct hve_vcpu *vcpu, u32 msr, bool host, u64 *data);
int hve_native_msr_write(struct hve_vcpu *vcpu, u32 msr, bool host, u64 data);
/* Whether KVM's own code would answer for @msr */
bool hve_native_has_msr(u32 msr);
/* native_synic.c; without the in-kernel APIC -EINVAL */
int hve_native_enable_synic(struct hve_vcpu *vcpu, bool keep_pages);
/* The rows of the SynIC and of its timers */
enum hve_verdict hve_native_synic_get(struct hve_vcpu *vcpu,
				      enum hve_msr_row row, u32 index,
				      bool host, u64 *data);
enum hve_verdict hve_native_synic_set(struct hve_vcpu *vcpu,
				      enum hve_msr_row row, u32 index,
				      bool host, u64 data);
/* The vCPU ended the interrupt @vector */
void hve_native_eoi(struct hve_vcpu *vcpu, int vector);
/* A SINT route is raised: as KVM's own functions return, any context */
int hve_native_raise(struct hve_vm *vm, u32 vp, u32 sint);
int hve_native_route(struct hve_vm *vm, u32 vp, u32 sint, u32 gsi);
/* native_syndbg.c */
bool hve_native_syndbg_has(u32 msr);
enum hve_verdict hve_native_syndbg_get(struct hve_vcpu *vcpu, u32 msr, bool host,
				       u64 *data);
enum hve_verdict hve_native_syndbg_set(struct hve_vcpu *vcpu, u32 msr, bool host,
				       u64 data);
bool hve_native_syndbg_enabled(const struct hve_vcpu *vcpu);
/* Whether the guest debugs by calls; and what the VMM said of an exit */
bool hve_native_syndbg_calls(const struct hve_vcpu *vcpu);
void hve_native_syndbg_done(struct hve_vcpu *vcpu, u64 status);

/* native_call.c */
enum hve_native_result {
	HVE_NATIVE_DONE,	/* the result value is there */
	HVE_NATIVE_UNDEFINED,	/* #UD */
	HVE_NATIVE_EXIT,	/* the VMM does it */
};

enum hve_native_result hve_native_call(struct hve_vcpu *vcpu, u64 control,
				       u64 *result);
/* native_event.c: KVM_HYPERV_EVENTFD */
int hve_native_eventfd(struct hve_vm *vm, const struct kvm_hyperv_eventfd *event);
/* Signals it; false: there is none */
bool hve_native_signal(struct hve_vm *vm, u32 connection);

#endif /* HVE_NATIVE_H */
