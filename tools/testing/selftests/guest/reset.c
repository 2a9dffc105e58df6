// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a reboot under a VMM that knows nothing of Hyper-V
 *
 * In: two vCPUs; the VMM puts all of them to the reset vector and starts them
 * again, memory kept, no Hyper-V MSR touched. Out: after it every MSR is 0 on
 * every vCPU, pages of the life before are not written any more whatever
 * happens, and everything can be set up again. Twice.
 */
#include "hv.h"

#define PATTERN		0x77
#define REBOOTS		2u
#define MSR_TSC		0x10
#define VECTOR		0x45u

enum { HYPERCALL_PAGE, TSC_PAGE, ASSIST_PAGES };	/* param->scratch */

static void enable_assist(void *arg)
{
	u8 *pages = arg;

	wrmsr(MSR_vp_assist_page, (u64)(pages + this_cpu()->index * PAGE_SIZE) |
	      TLFS_MSR_ENABLE);
}

static void setup(void)
{
	u8 *pages = alloc_pages(param->nr_vcpus);

	hv_setup();
	param->scratch[HYPERCALL_PAGE] = (u64)hv_page;
	ok(hv_status(hv_call(0xfff | TLFS_HYPERCALL_FAST, 0, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_CODE, "life %u: hypercalls work",
	   param->boots);
	if (hv_serves(HVE_BIT(TIME))) {
		param->scratch[TSC_PAGE] = (u64)alloc_pages(1);
		wrmsr(MSR_reference_tsc, param->scratch[TSC_PAGE] | TLFS_MSR_ENABLE);
	}
	if (hv_serves(HVE_BIT(REENLIGHTENMENT))) {
		wrmsr(MSR_reenlightenment_control,
		      TLFS_REENLIGHTENMENT_ENABLE | VECTOR);
		wrmsr(MSR_tsc_emulation_control, 1);
	}
	if (hv_serves(HVE_BIT(CRASH))) {
		wrmsr(MSR_crash_p, 1);
		wrmsr(MSR_crash_p + 4, ~0ul);
	}
	if (hv_serves(HVE_BIT(SYNDBG))) {
		wrmsr(MSR_syndbg_send_buffer, (u64)pages);
		wrmsr(MSR_syndbg_receive_buffer, (u64)pages);
		wrmsr(MSR_syndbg_control, 1ul << TLFS_SYNDBG_SIZE_SHIFT |
		      TLFS_SYNDBG_SEND);
		wrmsr(MSR_syndbg_pending_buffer, (u64)pages);
		wrmsr(MSR_syndbg_options, TLFS_SYNDBG_USE_CALLS);
	}
	param->scratch[ASSIST_PAGES] = (u64)pages;
	enable_assist(pages);
	on_each_other(enable_assist, pages);
	ok(!*(u32 *)pages, "life %u: assist pages are there", param->boots);
}

static volatile u32 not_zero;

static void look(void *arg)
{
	static const struct {
		u32 number;
		u64 needs;
	} msrs[] = {
		{ MSR_guest_os_id, 0 }, { MSR_hypercall, 0 },
		{ MSR_vp_assist_page, 0 }, { MSR_reference_tsc, HVE_BIT(TIME) },
		{ MSR_crash_p, HVE_BIT(CRASH) },
		{ MSR_crash_p + 4, HVE_BIT(CRASH) },
		{ MSR_reenlightenment_control, HVE_BIT(REENLIGHTENMENT) },
		{ MSR_tsc_emulation_control, HVE_BIT(REENLIGHTENMENT) },
		{ MSR_tsc_invariant_control, HVE_BIT(INVTSC) },
		{ MSR_syndbg_control, HVE_BIT(SYNDBG) },
		{ MSR_syndbg_status, HVE_BIT(SYNDBG) },
		{ MSR_syndbg_send_buffer, HVE_BIT(SYNDBG) },
		{ MSR_syndbg_receive_buffer, HVE_BIT(SYNDBG) },
		{ MSR_syndbg_pending_buffer, HVE_BIT(SYNDBG) },
		{ MSR_syndbg_options, HVE_BIT(SYNDBG) },
		{ MSR_tpr, HVE_BIT(VAPIC) }, { MSR_icr, HVE_BIT(VAPIC) },
	};
	u32 i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		u64 value;

		if (!hv_serves(msrs[i].needs))
			continue;
		value = rdmsr(msrs[i].number);
		if (!value)
			continue;
		not_zero++;
		diag("vCPU %u: MSR 0x%x is 0x%lx", this_cpu()->index,
		     msrs[i].number, value);
	}
}

static void on_irq(struct regs *regs)
{
	(void)regs;
	irq_eoi();
}

/* All that makes a hypervisor write to such pages */
static void provoke(void *arg)
{
	u32 i;

	(void)arg;
	wrmsr(MSR_TSC, rdtsc() + (1ul << 40));
	for (i = 0; i < 20 && param->flags & TEST_IRQCHIP; i++) {
		wrmsr(X2APIC_ICR, 1ul << 18 | VECTOR);
		irq_window();
	}
}

static bool untouched(void)
{
	u8 *assist = (u8 *)param->scratch[ASSIST_PAGES];
	u32 i;

	for (i = 0; i < param->nr_vcpus; i++)
		if (!is_filled(assist + i * PAGE_SIZE, PATTERN))
			return false;
	return is_filled((void *)param->scratch[HYPERCALL_PAGE], PATTERN) &&
	       (!param->scratch[TSC_PAGE] ||
		is_filled((void *)param->scratch[TSC_PAGE], PATTERN));
}

static void to_x2apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

static void test_old_pages(void)
{
	memset((void *)param->scratch[HYPERCALL_PAGE], PATTERN, PAGE_SIZE);
	memset((void *)param->scratch[ASSIST_PAGES], PATTERN,
	       param->nr_vcpus * PAGE_SIZE);
	if (param->scratch[TSC_PAGE])
		memset((void *)param->scratch[TSC_PAGE], PATTERN, PAGE_SIZE);
	if (param->flags & TEST_IRQCHIP) {
		irq_handler(VECTOR, on_irq);
		to_x2apic(NULL);
		on_each_other(to_x2apic, NULL);
	}
	provoke(NULL);
	on_each_other(provoke, NULL);
	pause_us(30000);
	ok(untouched(), "life %u: pages of the last life are left alone",
	   param->boots);
}

void test_after_reboot(void)
{
	u8 *page = alloc_pages(1);

	hv_page = NULL;
	not_zero = 0;
	look(NULL);
	on_each_other(look, NULL);
	ok(!not_zero, "life %u: every MSR is 0 again", param->boots);
	test_old_pages();
	if (wrmsr_safe(MSR_hypercall, (u64)page | TLFS_MSR_ENABLE) != NO_FAULT)
		diag("enabling the hypercall page without an OS id faulted");
	ok(!(rdmsr(MSR_hypercall) & TLFS_MSR_ENABLE),
	   "life %u: the OS id must be set again", param->boots);
	setup();
	ok(untouched() == false, "life %u: new pages are in use", param->boots);
	if (param->boots < REBOOTS)
		reboot();
}

void test_main(void)
{
	setup();
	/* Locked: only a reset can free it */
	wrmsr(MSR_hypercall, rdmsr(MSR_hypercall) | TLFS_MSR_HYPERCALL_LOCKED);
	reboot();
}
