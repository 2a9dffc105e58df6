// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the synthetic interrupt controller
 *
 * In: synic and stimer, whose messages are what there is to deliver; one vCPU or
 * two. Out: registers begin as the specification says and refuse what it
 * forbids; the message page is an overlay; a message finds its slot, waits for a
 * taken one and comes with EOM, or EOI where that exits; masked, polled and
 * AutoEOI sources.
 */
#include "hv.h"

#define VECTOR		0x52u
#define SINT		2u
#define CONFIG		((u64)SINT << TLFS_STIMER_SINT_SHIFT | TLFS_STIMER_ENABLED)
#define MS		10000ul		/* in reference time */
#define PATTERN		0x6b

static struct tlfs_message *slots;
static volatile u32 no_eoi;

static u64 now(void)
{
	return rdmsr(MSR_time_ref_count);
}

static void on_irq(struct regs *regs)
{
	(void)regs;
	if (!no_eoi)
		irq_eoi();
}

static struct tlfs_message *slot(void)
{
	barrier();
	return &slots[SINT];
}

static void clear_slot(void)
{
	memset(slot(), 0, sizeof(*slots));
	barrier();
}

/* Timer @n expires at once */
static void fire(u32 n)
{
	wrmsr(MSR_stimer + 2 * n + 1, 1);
	wrmsr(MSR_stimer + 2 * n, CONFIG);
}

static void test_registers(void)
{
	u32 i, wrong = 0;
	u64 value;

	ok(rdmsr(MSR_sversion) == TLFS_SYNIC_VERSION, "version 1");
	ok(wrmsr_safe(MSR_sversion, 1) == VEC_GP, "which cannot be written");
	ok(!rdmsr(MSR_scontrol) && !rdmsr(MSR_siefp) && !rdmsr(MSR_simp) &&
	   !rdmsr(MSR_eom), "control, pages and EOM are 0");
	for (i = 0; i < TLFS_SINT_COUNT; i++)
		wrong += rdmsr(MSR_sint + i) != TLFS_SINT_MASKED;
	ok(!wrong, "every SINT is masked");
	for (i = 0; i < TLFS_SINT_VECTOR_MIN; i++)
		wrong += wrmsr_safe(MSR_sint + i, i) != VEC_GP;
	ok(!wrong, "vectors 0 to 15 are #GP");
	ok(wrmsr_safe(MSR_sint, TLFS_SINT_MASKED | 3) == NO_FAULT,
	   "unless the source is masked");
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE | 0x50);
	value = rdmsr(MSR_scontrol);
	ok(value == (TLFS_SYNIC_ENABLE | 0x50), "other bits of SCONTROL are kept (0x%lx)",
	   value);
	wrmsr(MSR_scontrol, 0);
	ok(wrmsr_safe(MSR_sint + TLFS_SINT_COUNT, 0) == VEC_GP, "there is no SINT 16");
}

static void test_page(u32 msr, const char *name)
{
	u8 *one = alloc_pages(1), *two = alloc_pages(1);

	memset(one, PATTERN, PAGE_SIZE);
	memset(two, PATTERN, PAGE_SIZE);
	wrmsr(msr, (u64)one | TLFS_MSR_ENABLE | 0xff0);
	ok(rdmsr(msr) == ((u64)one | TLFS_MSR_ENABLE | 0xff0),
	   "%s: bits 11 to 1 are kept", name);
	ok(is_filled(one, 0), "%s: the page begins empty", name);
	one[100] = 7;
	barrier();
	wrmsr(msr, (u64)two | TLFS_MSR_ENABLE);
	ok(two[100] == 7 && !two[101], "%s: moved with its content", name);
	ok(is_filled(one, PATTERN), "%s: what memory held is back", name);
	wrmsr(msr, 0);
	ok(is_filled(two, PATTERN), "%s: and when it is disabled", name);
	ok(wrmsr_safe(msr, (param->memory + (1ul << 30)) | TLFS_MSR_ENABLE) == NO_FAULT,
	   "%s: a place without memory is no error", name);
	ok(wrmsr_safe(msr, ~0ul) == NO_FAULT, "%s: nor is one beyond everything", name);
	wrmsr(msr, 0);
}

static void test_message(void)
{
	const struct tlfs_timer_payload *payload;
	u32 before = irq_count(0, VECTOR);
	u64 at = now() + 2 * MS;

	wrmsr(MSR_stimer + 1, at);
	wrmsr(MSR_stimer, CONFIG);
	while (irq_count(0, VECTOR) == before && now() < at + 3000 * MS)
		irq_window();
	ok(irq_count(0, VECTOR) == before + 1, "a message interrupts");
	payload = (void *)slot()->payload;
	ok(slot()->type == TLFS_MESSAGE_TIMER_EXPIRED &&
	   slot()->payload_size == sizeof(*payload) && !slot()->flags &&
	   !slot()->port, "its header says what it is (0x%x, %u, %u)",
	   slot()->type, slot()->payload_size, slot()->flags);
	ok(payload->timer == 0 && payload->expiration == at &&
	   payload->delivery >= at && payload->delivery <= now(),
	   "its payload, %lu after the expiration", (u64)(payload->delivery - at));
	ok(!(rdmsr(MSR_stimer) & TLFS_STIMER_ENABLED) && rdmsr(MSR_stimer + 1) == at,
	   "the timer is disabled and keeps its count");
	clear_slot();
}

/* @how: what makes the hypervisor look again */
static void test_taken_slot(const char *how, bool eoi)
{
	u32 before = irq_count(0, VECTOR);

	fire(0);
	fire(1);
	no_eoi = eoi;
	irq_window();
	ok(irq_count(0, VECTOR) == before + 1, "%s: the first of two comes", how);
	ok(slot()->flags & TLFS_MESSAGE_PENDING, "%s: and says that there are more", how);
	clear_slot();
	irq_window();
	ok(!slot()->type, "%s: nothing comes by itself", how);
	no_eoi = 0;
	if (eoi)
		irq_eoi();
	if (!eoi || hv_apic_is_virtualized())
		wrmsr(MSR_eom, 0);
	irq_window();
	ok(slot()->type == TLFS_MESSAGE_TIMER_EXPIRED && slot()->payload[0] == 1,
	   "%s: the second comes", how);
	ok(irq_count(0, VECTOR) == before + 2, "%s: with its interrupt", how);
	ok(!(slot()->flags & TLFS_MESSAGE_PENDING), "%s: and was the last", how);
	clear_slot();
}

static void test_silent(u64 bit, const char *name)
{
	u32 before = irq_count(0, VECTOR);

	wrmsr(MSR_sint + SINT, VECTOR | bit);
	fire(0);
	irq_window();
	ok(slot()->type && irq_count(0, VECTOR) == before,
	   "%s: the message comes, no interrupt", name);
	clear_slot();
	wrmsr(MSR_sint + SINT, VECTOR);
	irq_window();
	ok(irq_count(0, VECTOR) == before, "%s: nor does it come later", name);
}

static void test_off(u32 msr, const char *name)
{
	u32 before = irq_count(0, VECTOR);
	u64 value = rdmsr(msr);

	wrmsr(msr, 0);
	fire(0);
	irq_window();
	ok(irq_count(0, VECTOR) == before, "%s off: nothing comes", name);
	wrmsr(msr, value);
	irq_window();
	ok(irq_count(0, VECTOR) == before + 1 && slot()->type,
	   "%s on: what waited comes", name);
	clear_slot();
}

/* Never ended by the guest: only if it is done for it a second one comes */
static void test_auto_eoi(void)
{
	u32 before = irq_count(0, VECTOR), i;

	wrmsr(MSR_sint + SINT, VECTOR | TLFS_SINT_AUTO_EOI);
	no_eoi = 1;
	for (i = 0; i < 5; i++) {
		fire(0);
		irq_window();
		clear_slot();
	}
	ok(irq_count(0, VECTOR) == before + 5, "AutoEOI: 5 without an EOI (%u)",
	   irq_count(0, VECTOR) - before);
	wrmsr(MSR_sint + SINT, VECTOR);
	fire(0);
	irq_window();
	clear_slot();
	fire(0);
	irq_window();
	ok(irq_count(0, VECTOR) == before + 6, "AutoEOI off: one needs its EOI");
	no_eoi = 0;
	irq_eoi();
	irq_window();
	clear_slot();
}

void test_main(void)
{
	hv_setup();
	irq_handler(VECTOR, on_irq);
	x2apic_enable();
	test_registers();
	test_page(MSR_simp, "SIMP");
	test_page(MSR_siefp, "SIEFP");
	slots = alloc_pages(1);
	wrmsr(MSR_simp, (u64)slots | TLFS_MSR_ENABLE);
	wrmsr(MSR_sint + SINT, VECTOR);
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
	test_message();
	test_taken_slot("EOM", false);
	test_taken_slot(hv_apic_is_virtualized() ? "EOI and EOM" : "EOI", true);
	test_silent(TLFS_SINT_MASKED, "masked");
	test_silent(TLFS_SINT_POLLING, "polled");
	test_off(MSR_scontrol, "SCONTROL");
	test_off(MSR_simp, "SIMP");
	test_auto_eoi();
}
