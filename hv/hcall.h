/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A hypercall, decoded
 *
 * In: the input value and the parameter registers. Out: struct hve_hcall, and
 * whether it fits its row of the registry. Source: TLFS, "Hypercall Interface",
 * Hypercall Inputs. Pure: compiles in userspace too. Owns no state.
 */
#ifndef HVE_HCALL_H
#define HVE_HCALL_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "verdict.h"

#define HVE_FAST_GPR_BYTES	16u	/* two registers */
#define HVE_FAST_XMM_BYTES	112u	/* and XMM0 to XMM5 */

/**
 * struct hve_hcall - one call
 * @code: call code
 * @fast: input is in registers
 * @var_qwords: variable header, in units of 8 bytes
 * @reps: rep count
 * @rep_start: first element to do
 * @long_mode: the caller is a 64-bit one
 * @wrote: out: there is output in @regs
 * @reps_done: out: elements done, for the result value
 * @output_at: where in @regs the output begins, in bytes, when @fast
 * @input: GPA of the input when not @fast
 * @regs: the input when @fast; the first two are general purpose registers, the
 *	second of which has the GPA of the output when not @fast
 */
struct hve_hcall {
	__u16 code;
	bool fast;
	bool long_mode;
	bool wrote;
	__u16 var_qwords;
	__u16 reps;
	__u16 rep_start;
	__u16 reps_done;
	__u16 output_at;
	__u64 input;
	__u64 regs[HVE_FAST_XMM_BYTES / 8];
};

void hve_hcall_decode(__u64 control, struct hve_hcall *call);
/*
 * HVE_OK, HVE_BAD_INPUT, HVE_BAD_ALIGNMENT, or HVE_UNDEFINED: input in XMM
 * registers where @xmm_input says that the VM was not offered that.
 */
enum hve_verdict hve_hcall_check(const struct hve_call_info *row,
				 __u64 control, const struct hve_hcall *call,
				 bool xmm_input);
/*
 * Then, for a row with output: where it goes. HVE_UNDEFINED: into registers where
 * @xmm_output says that the VM was not offered that, or of a 32-bit caller.
 */
enum hve_verdict hve_hcall_check_output(const struct hve_call_info *row,
					struct hve_hcall *call, bool xmm_output);

#endif /* HVE_HCALL_H */
