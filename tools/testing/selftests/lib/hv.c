// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Hypercalls of test guests, and message slots
 *
 * In: control word and input. Out: result value, or the vector that the call
 * raised. Input pages are one for each vCPU, made on first use by vCPU 0. The
 * hypercall page is shared and stays where hv_setup() put it.
 */
#include "hv.h"

void *hv_page;
static void *inputs, *outputs;

bool hv_serves(u64 features)
{
	return (param->features & features) == features;
}

bool hv_apic_is_virtualized(void)
{
	u32 reg[4];

	if (!hv_serves(HVE_BIT(HW_FEATURES)))
		return false;
	cpuid(0x40000006, 0, reg);
	return reg[0] & TLFS_HW_APIC;
}

void hv_setup(void)
{
	u8 *page = alloc_pages(1);

	wrmsr(MSR_guest_os_id, OS_ID);
	hv_page = page;
	wrmsr(MSR_hypercall, (u64)page | TLFS_MSR_ENABLE);
	if (!(rdmsr(MSR_hypercall) & TLFS_MSR_ENABLE) || !page[0])
		die("the hypercall page is not there");
	hv_buffers();
}

void hv_buffers(void)
{
	if (inputs)
		return;
	inputs = alloc_pages(param->nr_vcpus);
	outputs = alloc_pages(param->nr_vcpus);
}

void *hv_input(void)
{
	return (char *)inputs + this_cpu()->index * PAGE_SIZE;
}

void *hv_output(void)
{
	return (char *)outputs + this_cpu()->index * PAGE_SIZE;
}

static u64 call(u64 control, u64 rdx, u64 r8, const u64 *xmm)
{
	u64 result;

	this_cpu()->fault = NO_FAULT;
	result = hcall_xmm(control, rdx, r8, xmm, hv_page);
	if (this_cpu()->fault != NO_FAULT)
		return HV_FAULT | this_cpu()->fault;
	return result & ~(u64)0xffff0000;
}

u64 hv_call(u64 control, u64 rdx, u64 r8)
{
	return call(control, rdx, r8, NULL);
}

u64 hv_call_slow(u64 control)
{
	return call(control, (u64)hv_input(), (u64)hv_output(), NULL);
}

u64 hv_call_input(u64 control, bool fast, const u64 *input, u32 qwords)
{
	u64 block[14] = { 0 };

	if (!fast) {
		memcpy(hv_input(), input, qwords * 8);
		return hv_call_slow(control);
	}
	if (qwords > ARRAY_SIZE(block))
		die("%u qwords do not fit registers", qwords);
	memcpy(block, input, qwords * 8);
	return call(control | TLFS_HYPERCALL_FAST, block[0], block[1], block + 2);
}

u64 hv_call_out(u64 control, u64 block[14])
{
	u64 result;

	this_cpu()->fault = NO_FAULT;
	result = hcall_out(control | TLFS_HYPERCALL_FAST, block, hv_page);
	if (this_cpu()->fault != NO_FAULT)
		return HV_FAULT | this_cpu()->fault;
	return result & ~(u64)0xffff0000;
}

bool hv_page_time(const volatile struct tlfs_reference_tsc_page *page, u64 *time)
{
	u32 sequence;

	do {
		u64 tsc, scale;
		long offset;

		sequence = page->sequence;
		if (!sequence)
			return false;
		barrier();
		tsc = rdtsc();
		scale = page->scale;
		offset = page->offset;
		*time = (u64)((unsigned __int128)tsc * scale >> 64) + offset;
		barrier();
	} while (page->sequence != sequence);
	return true;
}

void hv_empty_slot(struct tlfs_message *slot)
{
	slot->type = TLFS_MESSAGE_NONE;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (slot->flags & TLFS_MESSAGE_PENDING)
		wrmsr(MSR_eom, 0);
}
