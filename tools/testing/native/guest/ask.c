// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a guest sees of Hyper-V: leaves, and which MSRs it may use
 *
 * In: a VM just reset, 16-bit mode (start.S). Out: on port 0xe9 lines "cpuid
 * LEAF EAX EBX ECX EDX", "read MSR VALUE|fault", "zero MSR fine|fault" and
 * "done"; then a write to port 0xf4, which ends QEMU (isa-debug-exit). What
 * cannot be the same twice is masked: values of clocks. Deliberately absent: a
 * judgement; the host compares what two providers gave.
 */
typedef unsigned int u32;

#define PORT_TEXT	0xe9
#define PORT_END	0xf4

#define OS_ID		0x40000000
#define HYPERCALL	0x40000001
#define RESET		0x40000003
#define RUNTIME		0x40000010
#define REF_COUNT	0x40000020
#define ICR		0x40000071
#define SYNDBG_CONTROL	0x400000f1

extern u32 msr_low, msr_high;
extern u32 msr_read(u32 index);
extern u32 msr_write(u32 index, u32 low, u32 high);

static void out8(u32 port, unsigned char value)
{
	asm volatile("outb %0, %w1" : : "a" (value), "Nd" (port));
}

static void text(const char *string)
{
	while (*string)
		out8(PORT_TEXT, *string++);
}

static void hex(u32 value)
{
	int shift;

	for (shift = 28; shift >= 0; shift -= 4)
		out8(PORT_TEXT, "0123456789abcdef"[(value >> shift) & 15]);
}

static void leaf(u32 number)
{
	u32 a = number, b, c = 0, d;

	asm volatile("cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d));
	text("cpuid ");
	hex(number);
	text(" ");
	hex(a);
	text(" ");
	hex(b);
	text(" ");
	hex(c);
	text(" ");
	hex(d);
	text("\n");
}

static int is_clock(u32 msr)
{
	return msr == RUNTIME || msr == REF_COUNT;
}

static void read_one(u32 msr)
{
	u32 fault = msr_read(msr);

	text("read ");
	hex(msr);
	if (fault) {
		text(" fault\n");
	} else if (is_clock(msr)) {
		text(" running\n");
	} else {
		text(" ");
		hex(msr_high);
		hex(msr_low);
		text("\n");
	}
}

/* Some would act on it: an IPI, a packet for a debugger; the name stays */
static void zero_one(u32 msr)
{
	if (msr == OS_ID || msr == ICR || msr == SYNDBG_CONTROL || msr == RESET)
		return;
	text("zero ");
	hex(msr);
	text(msr_write(msr, 0, 0) ? " fault\n" : " fine\n");
}

/* Each MSR that the specification has in these ranges */
static const struct range {
	u32 first, last;
} ranges[] = {
	{ 0x40000000, 0x40000003 }, { 0x40000010, 0x40000010 },
	{ 0x40000020, 0x40000023 }, { 0x40000070, 0x40000073 },
	{ 0x40000080, 0x40000084 }, { 0x40000090, 0x4000009f },
	{ 0x400000b0, 0x400000b7 }, { 0x400000f0, 0x400000f5 },
	{ 0x40000100, 0x40000108 }, { 0x40000118, 0x40000118 },
};

static void each(void (*fn)(u32 msr))
{
	const struct range *range;
	u32 msr, i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		range = &ranges[i];
		for (msr = range->first; msr <= range->last; msr++)
			fn(msr);
	}
}

void main(void)
{
	u32 number;

	for (number = 0x40000000; number <= 0x4000000a; number++)
		leaf(number);
	for (number = 0x40000080; number <= 0x40000082; number++)
		leaf(number);
	each(read_one);
	/* Writes before a guest has named itself are refused */
	text(msr_write(OS_ID, 1, 0x81000000) ? "name fault\n" : "name fine\n");
	each(zero_one);
	text("done\n");
	out8(PORT_END, 0);
}
