/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Entry, interrupt stubs and the ways into other modes
 *
 * In: a vCPU in long mode, its index in RDI, RSP at the top of its area. Out:
 * guest_enter() or guest_reenter() in C, traps as a struct regs, snippets in
 * ring 3 and in compatibility mode. A hypercall instruction stands here as
 * VMMCALL and is listed in .hcall_table, so that cpu.c can make it VMCALL on
 * Intel. Owns no state. Deliberately absent: 16-bit code, see in_real_mode().
 */
	.macro hcall
	.pushsection .hcall_table,"a"
	.quad 990f
	.popsection
990:	vmmcall
	.endm

	.section .head,"ax"
	jmp start
	.balign 8
	.quad restart
start:
	call guest_enter
	ud2
restart:
	call guest_reenter
	ud2

	.text
	.altmacro
	.macro stub vector
	.balign 16
	.if \vector == 8 || (\vector >= 10 && \vector <= 14) || \vector == 17 || \
	    \vector == 21 || \vector == 29 || \vector == 30
	nop
	.else
	pushq $0
	.endif
	pushq $\vector
	jmp common
	.endm

	.balign 16
	.globl trap_stubs
trap_stubs:
	.set vec, 0
	.rept 256
	stub %vec
	.set vec, vec + 1
	.endr

common:
	push %rax
	push %rbx
	push %rcx
	push %rdx
	push %rsi
	push %rdi
	push %rbp
	push %r8
	push %r9
	push %r10
	push %r11
	push %r12
	push %r13
	push %r14
	push %r15
	cld
	mov %rsp,%rdi
	call trap
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rbp
	pop %rdi
	pop %rsi
	pop %rdx
	pop %rcx
	pop %rbx
	pop %rax
	add $16,%rsp
	iretq

/* u32 run_user(rip, cs, u64 *user_rsp, void *rsp0) */
	.globl run_user
run_user:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp,(%rdx)
	lea -256(%rsp),%rax
	and $-16,%rax
	mov %rax,(%rcx)
	pushq $0x33
	lea -1024(%rsp),%rax
	push %rax
	pushq $2
	push %rsi
	push %rdi
	iretq

/* void user_exit(u64 user_rsp): ends run_user() from a trap */
	.globl user_exit
user_exit:
	mov %rdi,%rsp
	mov $0x10,%eax
	mov %eax,%ss
	mov %eax,%ds
	mov %eax,%es
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	.globl user_hypercall, user_nop
user_hypercall:
	mov $0x10008,%ecx
	mov $1,%edx
	xor %r8d,%r8d
	hcall
user_nop:
	int $0x80
	ud2

	.code32
	.globl user32_hypercall
user32_hypercall:
	mov $0x10008,%eax
	xor %edx,%edx
	xor %ebx,%ebx
	mov $1,%ecx
	hcall
	int $0x80
	ud2
	.code64

/* void run_compat(struct regs32 *regs): a hypercall of a 32-bit caller */
	.globl run_compat
run_compat:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rdi,%rbp
	pushq $0x18
	pushq $1f
	lretq
	.code32
1:	mov 0(%ebp),%eax
	mov 4(%ebp),%ebx
	mov 8(%ebp),%ecx
	mov 12(%ebp),%edx
	mov 16(%ebp),%esi
	mov 20(%ebp),%edi
2:	hcall
3:	mov %eax,0(%ebp)
	mov %ebx,4(%ebp)
	mov %ecx,8(%ebp)
	mov %edx,12(%ebp)
	mov %esi,16(%ebp)
	mov %edi,20(%ebp)
	ljmp $0x08,$4f
	.code64
4:	mov %esp,%esp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret
	.pushsection .fixup_table,"a"
	.quad 2b, 3b
	.popsection

/*
 * u64 hcall_xmm(u64 control, u64 rdx, u64 r8, const u64 *xmm, void *where)
 * Twelve qwords go to XMM0-5, none when the pointer is NULL; where: call
 * there, NULL: the bare instruction.
 */
	.globl hcall_xmm
hcall_xmm:
	push %rbx
	mov %r8,%rbx
	test %rcx,%rcx
	jz 1f
	movdqu 0(%rcx),%xmm0
	movdqu 16(%rcx),%xmm1
	movdqu 32(%rcx),%xmm2
	movdqu 48(%rcx),%xmm3
	movdqu 64(%rcx),%xmm4
	movdqu 80(%rcx),%xmm5
1:	mov %rdi,%rcx
	mov %rdx,%r8
	mov %rsi,%rdx
	test %rbx,%rbx
	jz 2f
	call *%rbx
	pop %rbx
	ret
2:	hcall
3:	pop %rbx
	ret
	.pushsection .fixup_table,"a"
	.quad 2b, 3b
	.popsection

/*
 * u64 hcall_out(u64 control, u64 block[14], void *where): RDX, R8 and XMM0-5 go
 * out of @block and come back into it
 */
	.globl hcall_out
hcall_out:
	push %rbx
	mov %rsi,%rbx
	mov %rdx,%rax
	mov %rdi,%rcx
	mov 0(%rbx),%rdx
	mov 8(%rbx),%r8
	movdqu 16(%rbx),%xmm0
	movdqu 32(%rbx),%xmm1
	movdqu 48(%rbx),%xmm2
	movdqu 64(%rbx),%xmm3
	movdqu 80(%rbx),%xmm4
	movdqu 96(%rbx),%xmm5
	call *%rax
	mov %rdx,0(%rbx)
	mov %r8,8(%rbx)
	movdqu %xmm0,16(%rbx)
	movdqu %xmm1,32(%rbx)
	movdqu %xmm2,48(%rbx)
	movdqu %xmm3,64(%rbx)
	movdqu %xmm4,80(%rbx)
	movdqu %xmm5,96(%rbx)
	pop %rbx
	ret
	.section .note.GNU-stack,"",@progbits
