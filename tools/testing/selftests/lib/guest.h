/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The test guest library
 *
 * In: a vCPU that the VMM starts in long mode at ring 0 with memory mapped one
 * to one. Out: what a test is written with: TAP lines, faults as return values,
 * work on other vCPUs, interrupts counted by vector, page tables. A test
 * defines test_main(), which runs on vCPU 0 with interrupts off while the others
 * are parked in the VMM. struct cpu lies below the stack of its vCPU and belongs
 * to it; others only read its counters. Deliberately absent: Hyper-V (hv.h).
 */
#ifndef TEST_GUEST_H
#define TEST_GUEST_H

#include "abi.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef _Bool bool;

#define true		1
#define false		0
#define NULL		((void *)0)
#define PAGE_SIZE	4096ul
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(f, a)	__attribute__((__format__(printf, f, a)))
#define barrier()	asm volatile("" : : : "memory")

#define NO_FAULT	0x100u		/* no vector */
#define VEC_UD		6u
#define VEC_GP		13u
#define VEC_USER	0x80u		/* ring 3 asks to come back */

#define SEL_CODE	0x08
#define SEL_DATA	0x10
#define SEL_CODE32	0x18
#define SEL_USER	0x2b
#define SEL_USER_DATA	0x33
#define SEL_USER32	0x3b
#define SEL_TSS		0x40

struct tss {
	u32 reserved;
	u32 rsp0[2];
	u32 rest[23];
} __attribute__((packed));

struct regs {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rbp, rdi, rsi, rdx, rcx, rbx, rax;
	u64 vector, error, rip, cs, rflags, rsp, ss;
};

struct cpu {
	struct test_request request;
	u32 index;
	u32 fault;			/* vector of the fault last caught */
	u64 user_rsp;
	u64 gdt[10];
	struct tss tss;
	void (*volatile work)(void *arg);
	void *volatile arg;
	volatile u32 busy;
	volatile u32 up;
	volatile u32 irqs[256];		/* interrupts taken, by vector */
	volatile u32 spurious;		/* that came with interrupts off */
};

extern volatile struct test_param *const param;

static inline struct cpu *this_cpu(void)
{
	u64 rsp;

	asm volatile("mov %%rsp,%0" : "=r"(rsp));
	return (struct cpu *)(rsp & ~(CPU_AREA - 1));
}

static inline struct cpu *cpu_of(u32 index)
{
	return (struct cpu *)(GPA_CPUS + index * CPU_AREA);
}

/* Where a fault at label @from goes on; the handler notes the vector */
#define FIXUP(from, to)						\
	".pushsection .fixup_table,\"a\"\n"			\
	".quad " #from ", " #to "\n"				\
	".popsection\n"

/* start.S: ring 3 and compatibility mode */
struct regs32 {
	u32 eax, ebx, ecx, edx, esi, edi;
};

u32 run_user(u64 rip, u64 cs, u64 *user_rsp, void *rsp0);
void run_compat(struct regs32 *regs);
extern char user_hypercall[], user_nop[], user32_hypercall[];

/* cpu.c */
void cpu_init(u32 index);
bool cpu_is_intel(void);
/* Runs @snippet in ring 3: VEC_USER when it came back by itself, else vector */
u32 in_user(void *snippet, bool compat);
/* A hypercall instruction in real mode: vector, or NO_FAULT */
u32 in_real_mode(void);
/* Called for interrupts of @vector in place of the plain EOI */
void irq_handler(u32 vector, void (*handler)(struct regs *regs));
void irq_eoi(void);
/* Interrupts of @vector taken by vCPU @index */
u32 irq_count(u32 index, u32 vector);
#define X2APIC_ICR	0x830
void x2apic_enable(void);
void xapic_enable(void);
/* Interrupts on for a moment, or until one was taken */
void irq_window(void);
void irq_halt(void);

/* smp.c */
void on_cpu(u32 index, void (*work)(void *arg), void *arg);
void wait_cpu(u32 index);
void on_each_other(void (*work)(void *arg), void *arg);	/* and wait */
void start_each_other(void (*work)(void *arg), void *arg);
void wait_each_other(void);
void meet(volatile u32 *counter, u32 count);	/* one-shot barrier */
void cpu_loop(void) __attribute__((noreturn));

/* vmm calls, tap.c */
int vmm_call(u32 op, u64 a, u64 b, u64 c);
u64 vmm_arg(u32 n);
void yield(void);
void pause_us(u64 us);
u64 vmm_stat(const char *name);
void reboot(void) __attribute__((noreturn));
void reboot_expected(void);	/* by other means: before them, all parked */

void ok(bool good, const char *fmt, ...) __printf(2, 3);
void skip(const char *fmt, ...) __printf(1, 2);
void diag(const char *fmt, ...) __printf(1, 2);
void line(const char *fmt, ...) __printf(1, 2);
void done(void) __attribute__((noreturn));
void die(const char *fmt, ...) __printf(1, 2) __attribute__((noreturn));

/* mmu.c */
void *alloc_pages(u32 count);
u64 *pte_of(u64 va);			/* made when not there */
void map_page(u64 va, u64 pa);
void *memset(void *to, int c, u64 n);
void *memcpy(void *to, const void *from, u64 n);
int memcmp(const void *a, const void *b, u64 n);
bool is_filled(const void *page, u8 with);

#define VA_TEST		0x40000000ul	/* 1 GiB that nobody else maps */

/* A test provides these; the second only when it reboots */
void test_main(void);
void test_after_reboot(void);

static inline u64 rdtsc(void)
{
	u32 a, d;

	asm volatile("lfence; rdtsc" : "=a"(a), "=d"(d) : : "memory");
	return a | (u64)d << 32;
}

static inline void cpu_relax(void)
{
	asm volatile("pause" : : : "memory");
}

/*
 * For loops that neither exit nor pause, with interrupts off. Bochs enters a guest
 * with the host's interrupts masked, though they end its stay, and unmasks them when
 * the guest's flag changes. None of the guest's gets in: STI holds until after CLI.
 */
static inline void let_host_in(void)
{
	asm volatile("sti; cli" : : : "memory", "cc");
}

static inline void cpuid(u32 leaf, u32 sub, u32 reg[4])
{
	asm volatile("cpuid" : "=a"(reg[0]), "=b"(reg[1]), "=c"(reg[2]),
		     "=d"(reg[3]) : "a"(leaf), "c"(sub) : "memory");
}

/*
 * For a handler that ends its interrupt without an exit: until the next one QEMU
 * may deliver it again (lab.rst), which only inside of the handler can be told.
 */
static inline void irq_settle(void)
{
	u32 reg[4];

	cpuid(0, 0, reg);
}

/* Each returns NO_FAULT or the vector that the access raised */
static inline u32 rdmsr_safe(u32 msr, u64 *value)
{
	u32 a = 0, d = 0;

	this_cpu()->fault = NO_FAULT;
	asm volatile("1: rdmsr\n2:\n" FIXUP(1b, 2b)
		     : "+a"(a), "+d"(d) : "c"(msr) : "memory");
	*value = a | (u64)d << 32;
	return this_cpu()->fault;
}

static inline u32 wrmsr_safe(u32 msr, u64 value)
{
	this_cpu()->fault = NO_FAULT;
	asm volatile("1: wrmsr\n2:\n" FIXUP(1b, 2b)
		     : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
	return this_cpu()->fault;
}

static inline u64 rdmsr(u32 msr)
{
	u64 value;

	if (rdmsr_safe(msr, &value) != NO_FAULT)
		die("reading MSR 0x%x faulted", msr);
	return value;
}

static inline void wrmsr(u32 msr, u64 value)
{
	if (wrmsr_safe(msr, value) != NO_FAULT)
		die("writing 0x%lx to MSR 0x%x faulted", value, msr);
}

#endif /* TEST_GUEST_H */
