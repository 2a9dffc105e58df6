// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: who may make a hypercall, and a 32-bit caller's registers
 *
 * In: spinlocks served, because that call is harmless. Out: ring 3 and real
 * mode get #UD; ring 0 in compatibility mode is a 32-bit caller: control in
 * EDX:EAX, input in EBX:ECX, result in EDX:EAX; no other register changes.
 */
#include "hv.h"

#define SPIN	(CODE_long_spin_wait | TLFS_HYPERCALL_FAST)

static void test_rings(void)
{
	u32 vector;

	vector = in_user(user_nop, false);
	ok(vector == VEC_USER, "ring 3 runs and comes back (%u)", vector);
	vector = in_user(user_hypercall, false);
	ok(vector == VEC_UD, "from ring 3: #UD (%u)", vector);
	vector = in_user(user32_hypercall, true);
	ok(vector == VEC_UD, "from 32-bit ring 3: #UD (%u)", vector);
	vector = in_real_mode();
	ok(vector == VEC_UD, "from real mode: #UD (%u)", vector);
}

static void test_compat(void)
{
	struct regs32 regs = { .eax = SPIN, .ecx = 1, .esi = 0x1234, .edi = 0x5678 };
	u32 status = hv_serves(HVE_BIT(SPINLOCKS)) ? 0 : TLFS_STATUS_ACCESS_DENIED;

	this_cpu()->fault = NO_FAULT;
	run_compat(&regs);
	ok(this_cpu()->fault == NO_FAULT, "a 32-bit caller in ring 0 is let in");
	ok((regs.eax & 0xffff) == status && !regs.edx,
	   "and gets status %u in EDX:EAX (0x%x:0x%x)", status, regs.edx, regs.eax);
	ok(!regs.ebx && regs.ecx == 1 && regs.esi == 0x1234 && regs.edi == 0x5678,
	   "other registers stay");

	regs = (struct regs32){ .eax = 0xfff | (u32)TLFS_HYPERCALL_FAST, .edx = 0 };
	run_compat(&regs);
	ok((regs.eax & 0xffff) == TLFS_STATUS_INVALID_HYPERCALL_CODE,
	   "its unknown code is status 2 (0x%x)", regs.eax);
	regs = (struct regs32){ .eax = SPIN, .edx = 0x1000, .ecx = 1 };
	run_compat(&regs);
	ok(!hv_serves(HVE_BIT(SPINLOCKS)) ||
	   (regs.eax & 0xffff) == TLFS_STATUS_INVALID_HYPERCALL_INPUT,
	   "EDX holds the upper half of the control word (0x%x)", regs.eax);
}

static void test_registers(void)
{
	u64 rbx = 0x1111, rsi = 0x2222, rdi = 0x3333, rcx = SPIN, rdx = 1, rax;
	register u64 r8 asm("r8") = 0;
	register u64 r12 asm("r12") = 0x4444;

	asm volatile("call *%[page]"
		     : "=a"(rax), "+b"(rbx), "+c"(rcx), "+d"(rdx), "+S"(rsi),
		       "+D"(rdi), "+r"(r8), "+r"(r12)
		     : [page] "r"(hv_page) : "memory", "cc");
	ok(rbx == 0x1111 && rsi == 0x2222 && rdi == 0x3333 && r12 == 0x4444,
	   "a call keeps RBX, RSI, RDI, R12");
	(void)rax;
}

void test_main(void)
{
	hv_setup();
	test_rings();
	test_compat();
	test_registers();
}
