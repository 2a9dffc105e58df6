/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Hyper-V for test guests
 *
 * In: the registry's rows. Out: MSR numbers and call codes as constants, the
 * hypercall page and calls through it in each convention. hv_page is set by
 * hv_setup() on vCPU 0 before others call. A status of HV_FAULT | vector says
 * that the call raised an exception. Deliberately absent: any judgement.
 */
#ifndef TEST_HV_H
#define TEST_HV_H

#include <hve/registry.h>
#include <hve/tlfs.h>
#include "guest.h"

enum {
#define HVE_MSR(name, id, number, access, scope, rsvdz) MSR_##name = (number),
#include <hve/enlightenments.def>
};

enum {
#define HVE_CALL(name, id, code, ...) CODE_##name = (code),
#include <hve/enlightenments.def>
};

#define OS_ID		0x8100060100000000ul
#define HV_FAULT	0x10000u
#define REP(n)		((u64)(n) << TLFS_HYPERCALL_REP_COUNT_SHIFT)
#define REP_START(n)	((u64)(n) << TLFS_HYPERCALL_REP_START_SHIFT)
#define VARHEAD(n)	((u64)(n) << TLFS_HYPERCALL_VARHEAD_SHIFT)

extern void *hv_page;		/* enabled hypercall page, or NULL */

/* start.S; where NULL: the instruction itself */
u64 hcall_xmm(u64 control, u64 rdx, u64 r8, const u64 *xmm, void *where);

u64 hcall_out(u64 control, u64 block[14], void *where);

bool hv_serves(u64 features);		/* all of these are configured */
/* The processor delivers and ends interrupts; false without hw-features */
bool hv_apic_is_virtualized(void);
void hv_setup(void);			/* OS id, hypercall page, buffers */
void hv_buffers(void);			/* for those who do the rest themselves */
void *hv_input(void);			/* this vCPU's page of call input */

void *hv_output(void);			/* and of call output */

/* Result value, or HV_FAULT | vector */
u64 hv_call(u64 control, u64 rdx, u64 r8);
/* Fast, with all registers of input and output in @block */
u64 hv_call_out(u64 control, u64 block[14]);
/* Input already at hv_input(), output to hv_output() */
u64 hv_call_slow(u64 control);
/* @qwords of input, in registers or in memory */
u64 hv_call_input(u64 control, bool fast, const u64 *input, u32 qwords);

/* The protocol of the reference TSC page; false: its sequence is 0 */
bool hv_page_time(const volatile struct tlfs_reference_tsc_page *page, u64 *time);

/* Takes the message out, and tells of it where another one waits */
void hv_empty_slot(struct tlfs_message *slot);

/* What an input's byte for the level says: level 0, or nothing */
static inline bool hv_vtl_is_0(u32 vtl)
{
	return vtl <= TLFS_INPUT_VTL_USED;
}

static inline u32 hv_status(u64 result)
{
	return result & (HV_FAULT | 0xffff);
}

static inline u32 hv_reps(u64 result)
{
	return result >> TLFS_RESULT_REPS_SHIFT & TLFS_HYPERCALL_REP_MASK;
}

#endif /* TEST_HV_H */
