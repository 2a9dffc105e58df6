// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a VM pays that is not served
 *
 * In: a VM that kvm-hve does not serve: without any Hyper-V, or with KVM's own.
 * Out: the cost of operations that pass through a hooked function of KVM, once
 * or as often as the line says. The same guest runs with the module absent,
 * idle, and busy with another VM; only differences mean something.
 */
#include "measure.h"

#define APIC_BASE	0x1b
#define X2APIC_EOI	0x80b
#define KVM_HC_NONE	0x7fff		/* that nobody has */
#define CR4_PGE		0x80ul
#define FAST		TLFS_HYPERCALL_FAST
#define CODE_NONE	0x0fff

static void kvm_hypercall(void)
{
	u64 result;

	asm volatile("vmmcall" : "=a"(result) : "a"(KVM_HC_NONE) : "memory");
}

/* Changing this bit flushes the TLB, which KVM asks itself to do. */
static void toggle_cr4(void)
{
	u64 cr4;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" : : "r"(cr4 ^ CR4_PGE) : "memory");
}

static void plain(void)
{
	MEASURE(1, "CPUID leaf 0", read_cpuid(0));
	MEASURE(1, "CPUID leaf 0x40000000", read_cpuid(HVE_CPUID_BASE));
	MEASURE(1, "RDMSR IA32_APIC_BASE", read_msr(APIC_BASE));
	MEASURE(2, "WRMSR x2APIC EOI", write_msr(X2APIC_EOI, 0));
	MEASURE(1, "VMMCALL, unknown number", kvm_hypercall());
	MEASURE(2, "CR4 written twice, TLB flush requests",
		toggle_cr4(); toggle_cr4());
}

static void kvm_own(void)
{
	struct tlfs_flush *in;

	hv_setup();
	in = hv_input();
	in->flags = TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES;
	in->processor_mask = 1;
	MEASURE(1, "CPUID leaf 0x40000000", read_cpuid(HVE_CPUID_BASE));
	MEASURE(1, "RDMSR vp_index", read_msr(MSR_vp_index));
	MEASURE(1, "RDMSR time_ref_count", read_msr(MSR_time_ref_count));
	MEASURE(2, "WRMSR eoi", write_msr(MSR_eoi, 0));
	MEASURE(1, "hypercall, unknown code", hypercall(CODE_NONE | FAST, 0, 0));
	MEASURE(2, "flush_space of itself, slow",
		hypercall(CODE_flush_space, (u64)in, 0));
}

void test_main(void)
{
	measure_start();
	x2apic_enable();
	if (param->flags & TEST_PLAIN)
		plain();
	else
		kvm_own();
}
