// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest that goes on in another VM
 *
 * In: two vCPUs, everything served; host/test_save.c, which stops the VM once
 * the guest says that it is ready, and goes on with another. Out: every MSR is
 * as it was, the clock goes on without a jump, timers expire, what waited
 * arrives, once, hypercalls and EOI assist work, and memory below each page,
 * stacked ones too, is back when the page is disabled.
 */
#include "hv.h"
#include "../save.h"

#define PATTERN		0x3c
#define VEC_TIMER	0x50u
#define VEC_ONCE	0x51u
#define VEC_PORT	0x52u
#define VEC_EVENT	0x53u
#define VEC_DIRECT	0x54u
#define VEC_PERIOD	0x55u
#define VEC_FREQUENCY	0x56u
#define VEC_SELF	0x57u
#define MESSAGE(sint)	((u64)(sint) << TLFS_STIMER_SINT_SHIFT | TLFS_STIMER_ENABLED)
#define DIRECT(vector)	((u64)(vector) << TLFS_STIMER_VECTOR_SHIFT |	\
			 TLFS_STIMER_DIRECT | TLFS_STIMER_ENABLED)

enum { CALLS, CLOCK, ASSIST, ASSIST_1, MESSAGES, EVENTS, STACK, NR_PAGES };

static u8 *pages[NR_PAGES];
static volatile u32 not_needed;
static volatile u8 waiting;	/* the debugger's byte */
static u64 reference, runtime, once_at, direct_at;
static u32 periods;

static const struct {
	u32 number;
	u32 count;
} msrs[] = {
	{ MSR_guest_os_id, 1 }, { MSR_hypercall, 1 }, { MSR_vp_assist_page, 1 },
	{ MSR_reference_tsc, 1 }, { MSR_crash_p, 5 }, { MSR_scontrol, 1 },
	{ MSR_siefp, 1 }, { MSR_simp, 1 }, { MSR_sirbp, 1 },
	{ MSR_sint, TLFS_SINT_COUNT }, { MSR_reenlightenment_control, 1 },
	{ MSR_tsc_emulation_control, 1 }, { MSR_tsc_invariant_control, 1 },
	{ MSR_syndbg_control, 1 }, { MSR_syndbg_status, 1 },
	{ MSR_syndbg_send_buffer, 1 }, { MSR_syndbg_receive_buffer, 1 },
	{ MSR_syndbg_pending_buffer, 1 }, { MSR_syndbg_options, 1 },
	{ MSR_stimer, 2 },	/* of the others the state goes on */
};

static u64 values[2][64];
static volatile u32 differ;

static void each_msr(bool compare)
{
	u32 me = this_cpu()->index, i, k, n = 0;

	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		for (k = 0; k < msrs[i].count; k++, n++) {
			u64 value = rdmsr(msrs[i].number + k);

			if (!compare)
				values[me][n] = value;
			if (values[me][n] == value)
				continue;
			diag("vCPU %u: MSR 0x%x is 0x%lx, was 0x%lx", me,
			     msrs[i].number + k, value, values[me][n]);
			differ++;
		}
	}
}

static void remember(void *arg)
{
	(void)arg;
	each_msr(false);
}

static void compare(void *arg)
{
	(void)arg;
	each_msr(true);
}

static u64 now(void)
{
	return rdmsr(MSR_time_ref_count);
}

static struct tlfs_message *slot(u32 sint)
{
	barrier();
	return (struct tlfs_message *)pages[MESSAGES] + sint;
}

static void empty(u32 sint)
{
	memset(slot(sint), 0, sizeof(struct tlfs_message));
}

static void on_irq(struct regs *regs)
{
	volatile u32 *assist = (void *)pages[this_cpu()->index ? ASSIST_1 : ASSIST];

	(void)regs;
	if (__atomic_fetch_and(assist, ~1u, __ATOMIC_SEQ_CST) & 1) {
		not_needed++;
		irq_settle();
		return;
	}
	wrmsr(MSR_eoi, 0);
}

/* AutoEOI does the rest. */
static void on_once(struct regs *regs)
{
	(void)regs;
}

static void common(void)
{
	x2apic_enable();
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
}

/* One page on another in one place; the lower one's byte 0 is 7 */
static void setup_other(void *arg)
{
	(void)arg;
	common();
	wrmsr(MSR_vp_assist_page, (u64)pages[ASSIST_1] | TLFS_MSR_ENABLE);
	wrmsr(MSR_simp, (u64)pages[STACK] | TLFS_MSR_ENABLE);
	pages[STACK][0] = 7;
	barrier();
	wrmsr(MSR_siefp, (u64)pages[STACK] | TLFS_MSR_ENABLE);
	wrmsr(MSR_sirbp, 0x123);
	wrmsr(MSR_sint + 9, TLFS_SINT_MASKED | 4);
	/* Expires while nobody runs */
	direct_at = now() + SAVE_DIRECT_MS * MS;
	wrmsr(MSR_stimer + 5, direct_at);
	wrmsr(MSR_stimer + 4, DIRECT(VEC_DIRECT));
}

static void setup_pages(void)
{
	u32 i;

	/* Out of the memory of a VM that is smaller by this much */
	alloc_pages(SAVE_SKIPPED);
	for (i = 0; i < NR_PAGES; i++) {
		pages[i] = alloc_pages(1);
		memset(pages[i], PATTERN, PAGE_SIZE);
	}
	hv_setup();
	wrmsr(MSR_hypercall, (u64)pages[CALLS] | TLFS_MSR_ENABLE |
	      TLFS_MSR_HYPERCALL_LOCKED);
	hv_page = pages[CALLS];
	wrmsr(MSR_reference_tsc, (u64)pages[CLOCK] | TLFS_MSR_ENABLE);
	wrmsr(MSR_vp_assist_page, (u64)pages[ASSIST] | TLFS_MSR_ENABLE);
	wrmsr(MSR_simp, (u64)pages[MESSAGES] | TLFS_MSR_ENABLE);
	wrmsr(MSR_siefp, (u64)pages[EVENTS] | TLFS_MSR_ENABLE);
}

static void setup_rest(void)
{
	u32 i;

	for (i = 0; i < 5; i++)
		wrmsr(MSR_crash_p + i, 0x1111111111111111ul * (i + 1));
	wrmsr(MSR_reenlightenment_control,
	      TLFS_REENLIGHTENMENT_ENABLE | VEC_FREQUENCY |
	      1ul << TLFS_REENLIGHTENMENT_TARGET_SHIFT);
	wrmsr(MSR_tsc_emulation_control, 1);
	for (i = 0; i < 4; i++)
		wrmsr(MSR_syndbg_status + i, (u64)&waiting);
	wrmsr(MSR_syndbg_options, TLFS_SYNDBG_USE_CALLS);
	waiting = 0x55;
	wrmsr(MSR_tsc_invariant_control, 1);
	wrmsr(MSR_sint + SAVE_SINT_TIMER, VEC_TIMER);
	wrmsr(MSR_sint + SAVE_SINT_ONCE, VEC_ONCE | TLFS_SINT_AUTO_EOI);
	wrmsr(MSR_sint + SAVE_SINT_PORT, VEC_PORT);
	wrmsr(MSR_sint + SAVE_SINT_EVENT, VEC_EVENT);
}

/* One message is in its slot, the next one waits for that. */
static void setup_timers(void)
{
	wrmsr(MSR_stimer + 1, 1);
	wrmsr(MSR_stimer, MESSAGE(SAVE_SINT_TIMER));
	wrmsr(MSR_stimer + 3, 1);
	wrmsr(MSR_stimer + 2, MESSAGE(SAVE_SINT_TIMER));
	irq_window();
	ok(slot(SAVE_SINT_TIMER)->type && slot(SAVE_SINT_TIMER)->payload[0] == 0 &&
	   slot(SAVE_SINT_TIMER)->flags & TLFS_MESSAGE_PENDING,
	   "one message is there, another waits");
	once_at = now() + SAVE_ONCE_MS * MS;
	wrmsr(MSR_stimer + 5, once_at);
	wrmsr(MSR_stimer + 4, MESSAGE(SAVE_SINT_ONCE));
	wrmsr(MSR_stimer + 7, SAVE_PERIOD_MS * MS);
	wrmsr(MSR_stimer + 6, DIRECT(VEC_PERIOD) | TLFS_STIMER_PERIODIC);
	slot(SAVE_SINT_PORT)->type = 1;
}

static void test_clock(u64 first, u64 least)
{
	u64 elapsed = param->scratch[SAVE_ELAPSED], by_page, again;
	bool valid = hv_page_time((void *)pages[CLOCK], &by_page);

	ok(first >= least, "the clock does not step back (%ld)", first - least);
	ok(first - least <= elapsed, "nor does it jump: %lu ms of %lu at most",
	   (first - least) / MS, elapsed / MS);
	again = now();
	if (valid)
		ok(by_page >= first && by_page <= again,
		   "the page says the same: %ld behind, %ld ahead",
		   first - by_page, by_page - again);
	else
		diag("the page is not valid");
	ok(param->arg == SAVE_OTHER_TSC || valid, "the page is valid");
}

static u32 wait_irq(u32 vector, u32 count, u64 ms)
{
	u64 end = now() + ms * MS;

	while (irq_count(0, vector) < count && now() < end)
		irq_window();
	return irq_count(0, vector);
}

/* A direct timer's vector on vCPU 1 */
static void take(void *arg)
{
	u32 i;

	(void)arg;
	for (i = 0; i < 200; i++) {
		irq_window();
		pause_us(500);
	}
}

static void test_timers(void)
{
	u32 count;

	ok(wait_irq(VEC_PERIOD, periods + 3, 3000) >= periods + 3,
	   "the periodic timer goes on");
	wrmsr(MSR_stimer + 6, 0);
	ok(rdmsr(MSR_stimer + 5) == once_at && rdmsr(MSR_stimer + 4) & 1,
	   "the timer of later is armed");
	on_cpu(1, take, NULL);
	wait_cpu(1);
	count = irq_count(1, VEC_DIRECT);
	ok(count == 1, "the timer that expired meanwhile came once (%u)", count);
	count = irq_count(1, VEC_FREQUENCY);
	ok(count == (param->arg == SAVE_OTHER_TSC),
	   "interrupts because of the frequency: %u", count);
	ok(rdmsr(MSR_tsc_emulation_status) == (param->arg == SAVE_OTHER_TSC),
	   "and emulation's status");
	/* Sooner, with what is left of the hour */
	for (count = 1; count <= 2; count++) {
		wrmsr(MSR_stimer + 5, now() + 5 * MS);
		wrmsr(MSR_stimer + 4, MESSAGE(SAVE_SINT_ONCE));
		ok(wait_irq(VEC_ONCE, count, 3000) == count &&
		   slot(SAVE_SINT_ONCE)->type,
		   "a timer that is set now expires, with AutoEOI: %u", count);
		empty(SAVE_SINT_ONCE);
	}
	/* With it there is no EOI assist where the APIC is the processor's. */
	wrmsr(MSR_sint + SAVE_SINT_ONCE, VEC_ONCE);
}

static void test_messages(void)
{
	u32 i, count, before = irq_count(0, VEC_TIMER);

	ok(slot(SAVE_SINT_TIMER)->payload[0] == 0, "the message is still there");
	empty(SAVE_SINT_TIMER);
	wrmsr(MSR_eom, 0);
	irq_window();
	ok(slot(SAVE_SINT_TIMER)->type == TLFS_MESSAGE_TIMER_EXPIRED &&
	   slot(SAVE_SINT_TIMER)->payload[0] == 1 &&
	   slot(SAVE_SINT_TIMER)->payload[1] == 1,
	   "the one that waited comes, with its expiration");
	ok(wait_irq(VEC_TIMER, before + 1, 1000) == before + 1,
	   "and its interrupt");
	for (i = 0; i < 3; i++) {
		empty(SAVE_SINT_PORT);
		wrmsr(MSR_eom, 0);
		count = wait_irq(VEC_PORT, i < 2 ? i + 1 : 2, 1000);
		if (i == 2)
			ok(!slot(SAVE_SINT_PORT)->type, "and no third");
		else
			ok(slot(SAVE_SINT_PORT)->type == SAVE_TYPE + i &&
			   slot(SAVE_SINT_PORT)->port == SAVE_CONNECTION,
			   "a port's message %u (0x%x)", i,
			   slot(SAVE_SINT_PORT)->type);
	}
	ok(count == 2, "with its interrupt: %u of two", count);
	i = SAVE_SINT_EVENT * TLFS_EVENT_FLAGS + SAVE_FLAG;
	ok(pages[EVENTS][i / 8] == 1u << i % 8 && wait_irq(VEC_EVENT, 1, 1000) == 1,
	   "a port's event flag");
}

static void test_assist(void)
{
	u32 i, before;

	not_needed = 0;
	before = irq_count(0, VEC_SELF);
	for (i = 0; i < 20; i++) {
		wrmsr(MSR_icr, 1ul << 18 | VEC_SELF);
		wait_irq(VEC_SELF, before + i + 1, 1000);
	}
	ok(irq_count(0, VEC_SELF) == before + 20 &&
	   (hv_apic_is_virtualized() ? !not_needed : not_needed > 10),
	   "EOI assist: %u of 20 without an EOI", not_needed);
}

static void disable_other(void *arg)
{
	(void)arg;
	wrmsr(MSR_siefp, 0);
	ok(pages[STACK][0] == 7 && !pages[STACK][1],
	   "below the page on top there is the other one");
	wrmsr(MSR_simp, 0);
	wrmsr(MSR_vp_assist_page, 0);
	ok(is_filled(pages[STACK], PATTERN), "and below that, memory");
	ok(is_filled(pages[ASSIST_1], PATTERN), "below vCPU 1's assist page, too");
}

static void test_covered(void)
{
	u32 i, wrong = 0;

	on_cpu(1, disable_other, NULL);
	wait_cpu(1);
	wrmsr(MSR_siefp, 0);
	wrmsr(MSR_simp, 0);
	wrmsr(MSR_vp_assist_page, 0);
	wrmsr(MSR_reference_tsc, 0);
	ok(wrmsr_safe(MSR_hypercall, 0) == VEC_GP, "the locked page is locked");
	wrmsr(MSR_guest_os_id, 0);
	hv_page = NULL;
	for (i = 0; i < NR_PAGES; i++)
		if (!is_filled(pages[i], PATTERN)) {
			diag("page %u: 0x%x", i, pages[i][0]);
			wrong++;
		}
	ok(!wrong, "below every page memory is as it was");
}

static void setup(void)
{
	u32 vector;

	for (vector = VEC_TIMER; vector <= VEC_SELF; vector++)
		irq_handler(vector, vector == VEC_ONCE ? on_once : on_irq);
	setup_pages();
	common();
	setup_rest();
	setup_timers();
	on_cpu(1, setup_other, NULL);
	wait_cpu(1);
	remember(NULL);
	on_cpu(1, remember, NULL);
	wait_cpu(1);
	irq_window();
	periods = irq_count(0, VEC_PERIOD);
	runtime = rdmsr(MSR_vp_runtime);
}

void test_main(void)
{
	u64 first;

	setup();
	reference = now();
	param->scratch[SAVE_READY] = 1;
	vmm_call(TEST_OP_PARK, 0, 0, 0);
	/* Another VM from here on */
	first = now();
	test_clock(first, reference);
	ok(rdmsr(MSR_vp_runtime) >= runtime, "the vCPU's run time goes on");
	differ = 0;
	compare(NULL);
	on_cpu(1, compare, NULL);
	wait_cpu(1);
	ok(!differ, "every MSR is as it was");
	ok(!waiting, "the debugger's byte says that nothing waits");
	ok(hv_status(hv_call(0xfff | TLFS_HYPERCALL_FAST, 0, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_CODE, "hypercalls work");
	test_timers();
	test_messages();
	test_assist();
	test_covered();
}
