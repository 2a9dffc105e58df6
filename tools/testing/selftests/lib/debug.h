/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The synthetic debugger as test guests use it
 *
 * In: buffers in guest memory. Out: what the MSRs and calls say. No state of its
 * own; whoever shares the VM's MSRs with other vCPUs has to see to that.
 */
#ifndef TEST_LIB_DEBUG_H
#define TEST_LIB_DEBUG_H

#include "hv.h"

/* The status MSR after a send, and after a receive */
static inline u64 debug_send(const void *from, u32 size)
{
	wrmsr(MSR_syndbg_send_buffer, (u64)from);
	wrmsr(MSR_syndbg_control, (u64)size << TLFS_SYNDBG_SIZE_SHIFT |
	      TLFS_SYNDBG_SEND);
	return rdmsr(MSR_syndbg_status);
}

static inline u64 debug_receive(void *to)
{
	wrmsr(MSR_syndbg_receive_buffer, (u64)to);
	wrmsr(MSR_syndbg_control, TLFS_SYNDBG_RECEIVE);
	return rdmsr(MSR_syndbg_status);
}

static inline u32 debug_size(u64 status)
{
	return status >> TLFS_SYNDBG_SIZE_SHIFT & TLFS_SYNDBG_SIZE_MASK;
}

/* The call's status; @from is copied */
static inline u32 debug_post(const void *from, u32 count)
{
	struct tlfs_debug_post *in = hv_input();

	in->count = count;
	in->options = ~0u;
	if (count <= TLFS_DEBUG_DATA_MAX)
		memcpy(in + 1, from, count);
	*(u32 *)hv_output() = ~0u;
	return hv_status(hv_call_slow(CODE_post_debug_data));
}

/* Likewise; head and data are in hv_output() */
static inline u32 debug_retrieve(u32 count)
{
	struct tlfs_debug_retrieve *in = hv_input();

	in->count = count;
	in->options = ~0u;
	in->timeout = ~0ul;
	memset(hv_output(), 0xee, PAGE_SIZE);
	return hv_status(hv_call_slow(CODE_retrieve_debug_data));
}

static inline u32 debug_reset(u32 options)
{
	*(u32 *)hv_input() = options;
	memset(hv_output(), 0xee, PAGE_SIZE);
	return hv_status(hv_call_slow(CODE_reset_debug_session));
}

#endif /* TEST_LIB_DEBUG_H */
