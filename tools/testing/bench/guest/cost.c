// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What Hyper-V's operations cost, with KVM's own code and with kvm-hve
 *
 * In: a VM that has every enlightenment, from the one or from the other; --arg
 * says what to measure. MODE_ONE: everything a vCPU does for itself. MODE_MANY:
 * what it does to others: first parked outside of the VM, so that nothing but
 * the sender is counted; then halted in the guest. MODE_SCALE: calls with one
 * target, to be compared between VMs of different sizes. Out: see measure.h.
 */
#include "measure.h"

enum { MODE_ONE, MODE_MANY, MODE_SCALE };

#define X2APIC_EOI	0x80b
#define VECTOR		0x40
#define ANSWER		0x41
#define FAST		TLFS_HYPERCALL_FAST
#define CODE_NONE	0x0fff		/* that nobody has */

static volatile struct tlfs_reference_tsc_page *tsc_page;

static u64 tsc_page_time(void)
{
	u64 value = 0;
	u32 sequence;

	do {
		u32 low, high;

		sequence = tsc_page->sequence;
		if (!sequence)
			break;
		barrier();
		asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
		value = (u64)((unsigned __int128)(low | (u64)high << 32) *
			      tsc_page->scale >> 64) + tsc_page->offset;
		barrier();
	} while (tsc_page->sequence != sequence);
	return value;
}

static void handle(struct regs *regs)
{
	(void)regs;
	write_msr(MSR_eoi, 0);
}

/* On a halted peer: end the interrupt and interrupt vCPU 0 in turn */
static void answer(struct regs *regs)
{
	(void)regs;
	write_msr(MSR_eoi, 0);
	hypercall(CODE_send_ipi | FAST, ANSWER, 1);
}

static void fill_flush(u64 targets)
{
	struct tlfs_flush *in = hv_input();

	in->address_space = 0;
	in->flags = TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES;
	in->processor_mask = targets;
}

static void fill_flush_ex(u64 targets)
{
	struct tlfs_flush_ex *in = hv_input();

	in->address_space = 0;
	in->flags = TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES;
	in->set.format = TLFS_VP_SET_SPARSE;
	in->set.valid_bank_mask = 1;
	*(u64 *)(in + 1) = targets;
}

static u64 flush_fast(u64 targets)
{
	return hypercall_xmm(CODE_flush_space | FAST, 0,
			     TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES, targets);
}

static u64 flush_slow(void)
{
	return hypercall(CODE_flush_space, (u64)hv_input(), 0);
}

static u64 flush_ex(void)
{
	return hypercall(CODE_flush_space_ex | VARHEAD(1), (u64)hv_input(), 0);
}

static u64 send_ipi(u64 targets, u32 vector)
{
	return hypercall(CODE_send_ipi | FAST, vector, targets);
}

static void expect(u64 result, const char *what)
{
	if (hv_status(result))
		die("%s: status 0x%x", what, hv_status(result));
}

static void check_calls(u64 targets)
{
	expect(flush_fast(targets), "a fast flush");
	fill_flush(targets);
	expect(flush_slow(), "a slow flush");
	fill_flush_ex(targets);
	expect(flush_ex(), "a flush of a set");
}

/*
 * TCG delivers an interrupt again when one of the host's own cuts its delivery
 * short, once in thousands, whoever serves the VM.
 */
static void check_arrived(u32 interrupts)
{
	u32 sent = nr_samples + WARM_UP;

	if (interrupts < sent || interrupts > sent + sent / 100)
		die("%u interrupts arrived for %u sent", interrupts, sent);
}

static void registers(void)
{
	MEASURE(1, "CPUID leaf 0x40000000", read_cpuid(HVE_CPUID_BASE));
	MEASURE(1, "RDMSR vp_index", read_msr(MSR_vp_index));
	MEASURE(1, "RDMSR guest_os_id", read_msr(MSR_guest_os_id));
	MEASURE(1, "RDMSR time_ref_count", read_msr(MSR_time_ref_count));
	tsc_page = alloc_pages(1);
	wrmsr(MSR_reference_tsc, (u64)tsc_page | TLFS_MSR_ENABLE);
	if (!tsc_page_time())
		die("the TSC page is not valid");
	MEASURE(0, "TSC page read, no exit", tsc_page_time());
	MEASURE(1, "WRMSR eoi", write_msr(MSR_eoi, 0));
	MEASURE(1, "WRMSR x2APIC EOI, for comparison", write_msr(X2APIC_EOI, 0));
}

static void calls(void)
{
	u32 taken;

	MEASURE(1, "hypercall, unknown code", hypercall(CODE_NONE | FAST, 0, 0));
	MEASURE(1, "long_spin_wait", hypercall(CODE_long_spin_wait | FAST, 1, 0));
	MEASURE(1, "send_ipi to itself, masked", send_ipi(1, VECTOR));
	irq_window();
	taken = irq_count(0, VECTOR);
	MEASURE(2, "send_ipi to itself, interrupt, eoi",
		send_ipi(1, VECTOR); irq_window());
	check_arrived(irq_count(0, VECTOR) - taken);
	check_calls(1);
	MEASURE(2, "flush_space of itself, fast", flush_fast(1));
	fill_flush(1);
	MEASURE(2, "flush_space of itself, slow", flush_slow());
	fill_flush_ex(1);
	MEASURE(2, "flush_space_ex of itself, slow", flush_ex());
}

static void halt_loop(void *arg)
{
	(void)arg;
	for (;;)
		irq_halt();
}

/* Out by hypercall, and halted until the answer came the same way */
static void ping_pong(void)
{
	send_ipi(2, VECTOR);
	irq_halt();
}

static void enable_x2apic(void *arg)
{
	(void)arg;
	x2apic_enable();
}

static void many(void)
{
	u64 all = (1ul << param->nr_vcpus) - 1, others = all & ~1ul;
	u32 taken;

	check_calls(others);
	MEASURE(1, "send_ipi to the others, parked", send_ipi(others, VECTOR));
	MEASURE(1, "flush_space of the others, fast, parked", flush_fast(others));
	fill_flush(others);
	MEASURE(1, "flush_space of the others, slow, parked", flush_slow());
	fill_flush_ex(others);
	MEASURE(1, "flush_space_ex of the others, slow, parked", flush_ex());
	MEASURE(2, "flush_space of all, fast, parked", flush_fast(all));
	irq_handler(VECTOR, answer);
	irq_handler(ANSWER, handle);
	start_each_other(halt_loop, NULL);
	pause_us(100000);
	irq_window();		/* for what parked vCPUs had pending */
	MEASURE(1, "flush_space of the others, fast, halted", flush_fast(others));
	taken = irq_count(0, ANSWER);
	MEASURE(4, "send_ipi to one that is halted, and its answer", ping_pong());
	check_arrived(irq_count(0, ANSWER) - taken);
}

static void scale(void)
{
	check_calls(2);
	MEASURE(1, "send_ipi", send_ipi(2, VECTOR));
	MEASURE(1, "flush_space, fast", flush_fast(2));
	fill_flush(2);
	MEASURE(1, "flush_space, slow", flush_slow());
	fill_flush_ex(2);
	MEASURE(1, "flush_space_ex, slow", flush_ex());
}

void test_main(void)
{
	measure_start();
	hv_setup();
	irq_handler(VECTOR, handle);
	on_each_other(enable_x2apic, NULL);
	x2apic_enable();
	switch (ARG_MODE(param->arg)) {
	case MODE_ONE:
		registers();
		calls();
		break;
	case MODE_MANY:
		many();
		break;
	case MODE_SCALE:
		scale();
		break;
	default:
		die("nothing to measure for --arg 0x%lx", param->arg);
	}
}
