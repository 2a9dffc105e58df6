/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A firmware of 64 KiB that asks the processor what a guest sees
 *
 * In: the processor's reset, at the last 16 bytes of this image, which the VMM
 * has at the end of 4 GiB and of the first megabyte. Out: main() of ask.c in
 * real mode with the image at RAM and all segments there, and MSR accesses
 * that come back when they fault. Owns the interrupt table's row for #GP.
 * Deliberately absent: firmware, loaders and a second mode: a VM is asked and
 * off again within the time that another would need to find its disk.
 */
#define RAM	0x1000		/* a segment */
#define VEC_GP	13

	.code16
	.section .text.start, "ax"

	.globl start
start:
	cli
	cld
	movw	$0xf000, %ax
	movw	%ax, %ds
	movw	$RAM, %ax
	movw	%ax, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$0x8000, %cx
	rep movsw
	ljmp	$RAM, $copied
copied:
	movw	%ax, %ds
	movw	%ax, %ss
	movl	$0xffe0, %esp
	xorw	%bx, %bx
	movw	%bx, %es
	movw	$fault, %es:(VEC_GP * 4)
	movw	%ax, %es:(VEC_GP * 4 + 2)
	movw	%ax, %es
	calll	main
halt:
	hlt
	jmp	halt

/* The access at 1: faulted: go on at 2:, with 1 in CX */
fault:
	movw	%sp, %bp
	movw	$after, %ss:(%bp)
	movw	$1, %bx
	iretw

/* bool msr_read(u32 index, u32 *low, u32 *high): did it fault? */
	.globl msr_read
msr_read:
	pushl	%ebx
	pushl	%ebp
	pushl	%esi
	movl	%esp, %esi
	movl	16(%esi), %ecx
	xorw	%bx, %bx
	rdmsr
	jmp	after

/* bool msr_write(u32 index, u32 low, u32 high): did it fault? */
	.globl msr_write
msr_write:
	pushl	%ebx
	pushl	%ebp
	pushl	%esi
	movl	%esp, %esi
	movl	16(%esi), %ecx
	movl	20(%esi), %eax
	movl	24(%esi), %edx
	xorw	%bx, %bx
	wrmsr
after:
	movl	%eax, msr_low
	movl	%edx, msr_high
	movzwl	%bx, %eax
	popl	%esi
	popl	%ebp
	popl	%ebx
	retl

	.section .reset, "ax"
	ljmp	$0xf000, $start
	.balign	16

	.bss
	.globl msr_low, msr_high
msr_low:	.long 0
msr_high:	.long 0

	.section .note.GNU-stack, "", @progbits
