/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The way from a function entry of KVM into its replacement
 *
 * In: a call from the fentry site of a hooked function, its arguments still in
 * their registers, two return addresses on the stack: into the hooked function,
 * and to its caller. Out: the replacement runs as if the caller had called it.
 * Touches no register but RSP. Aligned to 16 bytes: from 7.x on, bit 0 of such
 * an address has a meaning. Entered by direct calls and by returns only, so it
 * needs no landing pad. The return stack of the CPU is one entry off after
 * it; deliberately accepted, a matching pair of calls costs more.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>

	.text

.macro HVE_STUB name:req
	.balign	16
SYM_FUNC_START_NOALIGN(hve_stub_\name)
	ANNOTATE_NOENDBR
	leaq	8(%rsp), %rsp
	jmp	hve_entry_\name
SYM_FUNC_END(hve_stub_\name)
STACK_FRAME_NON_STANDARD hve_stub_\name
.endm

#define HVE_HOOK(returns, name, params, args)	HVE_STUB name ;
#include "hooks.def"

	HVE_STUB	dummy

	.section .note.GNU-stack, "", @progbits
