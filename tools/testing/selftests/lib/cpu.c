// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Descriptor tables, traps, local APIC and other modes of one vCPU
 *
 * In: traps from start.S. Out: faults that a table or the hypercall page expects
 * become a vector in struct cpu, interrupts are counted and acknowledged,
 * anything else ends the test with registers. The IDT and the handlers are
 * shared and set up by vCPU 0; the rest belongs to its vCPU. Deliberately
 * absent: interrupt priorities, which tests arrange themselves.
 */
#include "guest.h"
#include "hv.h"

#define MSR_APIC_BASE	0x1b
#define APIC_ENABLE	(1ul << 11)
#define APIC_X2		(1ul << 10)
#define APIC_PAGE	0xfee00000ul
#define X2APIC_EOI	0x80b
#define X2APIC_TPR	0x808
#define X2APIC_SVR	0x80f
#define XAPIC_EOI	0xb0
#define XAPIC_TPR	0x80
#define XAPIC_SVR	0xf0
#define RFLAGS_IF	(1ul << 9)
#define SVR_ENABLE	0x1ff		/* spurious vector 0xff */

extern char trap_stubs[];
extern const u64 fixup_start[][2], fixup_end[][2];
extern u8 *const hcall_start[], *const hcall_end[];
void user_exit(u64 user_rsp) __attribute__((noreturn));
void trap(struct regs *regs);

static u64 idt[256][2] __attribute__((aligned(16)));
static void (*handlers[256])(struct regs *regs);
static bool x2apic;

struct table_register {
	u16 limit;
	u64 base;
} __attribute__((packed));

bool cpu_is_intel(void)
{
	u32 reg[4];

	cpuid(0, 0, reg);
	return reg[1] == 0x756e6547;		/* "Genu" */
}

static void idt_build(void)
{
	u32 i;

	for (i = 0; i < 256; i++) {
		u64 to = (u64)trap_stubs + i * 16;
		u64 type = i == VEC_USER ? 0xee00 : 0x8e00;

		idt[i][0] = (to & 0xffff) | SEL_CODE << 16 | type << 32 |
			    (to >> 16 & 0xffff) << 48;
		idt[i][1] = to >> 32;
	}
	if (cpu_is_intel())
		for (i = 0; &hcall_start[i] < hcall_end; i++)
			hcall_start[i][2] = 0xc1;	/* VMCALL */
}

static void gdt_build(struct cpu *cpu)
{
	u64 tss = (u64)&cpu->tss;

	cpu->gdt[SEL_CODE / 8] = 0x00af9b000000ffff;
	cpu->gdt[SEL_DATA / 8] = 0x00cf93000000ffff;
	cpu->gdt[SEL_CODE32 / 8] = 0x00cf9b000000ffff;
	cpu->gdt[SEL_USER / 8] = 0x00affb000000ffff;
	cpu->gdt[SEL_USER_DATA / 8] = 0x00cff3000000ffff;
	cpu->gdt[SEL_USER32 / 8] = 0x00cffb000000ffff;
	cpu->gdt[SEL_TSS / 8] = (sizeof(cpu->tss) - 1) | (tss & 0xffffff) << 16 |
				0x89ul << 40 | (tss >> 24 & 0xff) << 56;
	cpu->gdt[SEL_TSS / 8 + 1] = tss >> 32;
}

void cpu_init(u32 index)
{
	struct cpu *cpu = this_cpu();
	struct table_register gdtr = { sizeof(cpu->gdt) - 1, (u64)cpu->gdt };
	struct table_register idtr = { sizeof(idt) - 1, (u64)idt };

	memset(cpu, 0, sizeof(*cpu));
	cpu->index = index;
	if (!index && !idt[0][0])
		idt_build();
	gdt_build(cpu);
	asm volatile("lgdt %0" : : "m"(gdtr));
	asm volatile("mov %0,%%ds; mov %0,%%es; mov %0,%%ss" : : "r"(SEL_DATA));
	asm volatile("lidt %0; ltr %w1" : : "m"(idtr), "r"(SEL_TSS));
	if (param->flags & TEST_IRQCHIP)
		xapic_enable();
}

void irq_handler(u32 vector, void (*handler)(struct regs *regs))
{
	handlers[vector] = handler;
}

u32 irq_count(u32 index, u32 vector)
{
	return cpu_of(index)->irqs[vector];
}

static volatile u32 *xapic(u32 offset)
{
	return (volatile u32 *)(APIC_PAGE + offset);
}

void irq_eoi(void)
{
	if (x2apic)
		asm volatile("wrmsr" : : "c"(X2APIC_EOI), "a"(0), "d"(0) : "memory");
	else
		*xapic(XAPIC_EOI) = 0;
}

void xapic_enable(void)
{
	u64 base = rdmsr(MSR_APIC_BASE);

	if (base & APIC_X2)
		wrmsr(MSR_APIC_BASE, base & ~(APIC_X2 | APIC_ENABLE));
	wrmsr(MSR_APIC_BASE, (base & ~APIC_X2) | APIC_ENABLE);
	x2apic = false;
	*xapic(XAPIC_SVR) = SVR_ENABLE;
	*xapic(XAPIC_TPR) = 0;
}

/* Every vCPU must change over before the first interrupt arrives */
void x2apic_enable(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_ENABLE);
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_X2);
	x2apic = true;
	wrmsr(X2APIC_SVR, SVR_ENABLE);
	wrmsr(X2APIC_TPR, 0);
}

void irq_window(void)
{
	asm volatile("sti; nop; nop; cli" : : : "memory");
}

void irq_halt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

/* Vectors below 0x20 that no exception of these tests uses are interrupts */
static bool is_interrupt(u64 vector)
{
	return vector >= 0x20 || vector == 0x10 || vector == 0x1f;
}

static bool fixed_up(struct regs *regs)
{
	u64 page = (u64)hv_page;
	u32 i;

	for (i = 0; &fixup_start[i] < fixup_end; i++) {
		if (fixup_start[i][0] != regs->rip)
			continue;
		regs->rip = fixup_start[i][1];
		return true;
	}
	if (regs->rip < page || regs->rip >= page + PAGE_SIZE || regs->cs & 3)
		return false;
	regs->rip = *(u64 *)regs->rsp;		/* as the page's RET would */
	regs->rsp += 8;
	regs->rax = ~0ul;
	return true;
}

void trap(struct regs *regs)
{
	struct cpu *cpu = this_cpu();
	u32 vector = regs->vector;

	if (vector != VEC_USER && is_interrupt(vector)) {
		/* What QEMU emulates a second time, see lab.rst: not an interrupt */
		if (!(regs->rflags & RFLAGS_IF)) {
			cpu->spurious++;
			return;
		}
		cpu->irqs[vector]++;
		if (handlers[vector])
			handlers[vector](regs);
		else
			irq_eoi();
		return;
	}
	cpu->fault = vector;
	if (regs->cs & 3)
		user_exit(cpu->user_rsp);
	if (fixed_up(regs))
		return;
	die("vCPU %u: exception %lu (error 0x%lx) at 0x%lx:0x%lx, stack 0x%lx",
	    cpu->index, regs->vector, regs->error, regs->cs, regs->rip, regs->rsp);
}

u32 in_user(void *snippet, bool compat)
{
	struct cpu *cpu = this_cpu();

	cpu->fault = NO_FAULT;
	run_user((u64)snippet, compat ? SEL_USER32 : SEL_USER, &cpu->user_rsp,
		 cpu->tss.rsp0);
	return cpu->fault;
}

/*
 * 16-bit code at GPA_REAL: xor al,al; hypercall; out dx,al; and the handler of
 * vector 6 at +16: mov al,6; out dx,al. DX is TEST_PORT_REAL.
 */
u32 in_real_mode(void)
{
	static const u8 code[] = {
		0xba, TEST_PORT_REAL & 0xff, TEST_PORT_REAL >> 8,
		0x30, 0xc0, 0x0f, 0x01, 0xd9, 0xee, 0xf4, 0, 0, 0, 0, 0, 0,
		0xba, TEST_PORT_REAL & 0xff, TEST_PORT_REAL >> 8,
		0xb0, 0x06, 0xee, 0xf4
	};
	u32 *ivt = (u32 *)GPA_IVT;
	u8 *real = (u8 *)GPA_REAL;
	u32 i;

	asm volatile("" : "+r"(ivt));
	memcpy(real, code, sizeof(code));
	if (cpu_is_intel())
		real[7] = 0xc1;
	for (i = 0; i < 256; i++)
		ivt[i] = GPA_REAL + 16;
	if (vmm_call(TEST_OP_REAL, 0, 0, 0))
		die("the VMM cannot run real mode");
	return vmm_arg(0) ? vmm_arg(0) : NO_FAULT;
}
