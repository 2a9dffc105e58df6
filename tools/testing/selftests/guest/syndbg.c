// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the synthetic debugger where nobody debugs
 *
 * In: any configuration, one vCPU or more; --arg 1: the guest is told to use
 * calls. Out: what is sent is gone and there is nothing to receive; counts and
 * places that cannot be are refused and nothing else is touched; several vCPUs
 * do not disturb each other; without syndbg nothing of it answers.
 */
#include "debug.h"

#define NOWHERE		(param->memory + (1ul << 30))
#define FAR		(~0ul & ~(PAGE_SIZE - 1))
#define TURNS		200u

static u8 *pages;

static void test_off(void)
{
	u32 number, answers = 0;
	u64 value;

	for (number = MSR_syndbg_control; number <= MSR_syndbg_pending_buffer;
	     number++)
		answers += rdmsr_safe(number, &value) != VEC_GP ||
			   wrmsr_safe(number, 0) != VEC_GP;
	answers += rdmsr_safe(MSR_syndbg_options, &value) != VEC_GP;
	ok(!answers, "off: MSRs that answer: %u", answers);
	ok(debug_post(pages, 1) == TLFS_STATUS_ACCESS_DENIED &&
	   debug_retrieve(1) == TLFS_STATUS_ACCESS_DENIED &&
	   debug_reset(0) == TLFS_STATUS_ACCESS_DENIED, "off: calls are denied");
}

static void test_fresh(void)
{
	u64 options = rdmsr(MSR_syndbg_options);
	u32 number, set = 0;

	for (number = MSR_syndbg_control; number <= MSR_syndbg_pending_buffer;
	     number++)
		set += rdmsr(number) != 0;
	ok(!set, "MSRs that are not 0: %u", set);
	ok(options == (param->arg ? TLFS_SYNDBG_USE_CALLS : 0),
	   "options 0x%lx, as configured", options);
	if (!options)
		ok(debug_post(pages, 1) == TLFS_STATUS_OPERATION_DENIED &&
		   debug_retrieve(1) == TLFS_STATUS_OPERATION_DENIED &&
		   debug_reset(0) == TLFS_STATUS_OPERATION_DENIED,
		   "calls must be asked for");
}

static void test_send(void)
{
	ok(debug_send(pages, 100) == TLFS_SYNDBG_SENT, "100 bytes are sent");
	ok(debug_send(pages, PAGE_SIZE) == TLFS_SYNDBG_SENT, "a page is");
	ok(debug_send(pages, 0) == TLFS_SYNDBG_SENT, "nothing is");
	ok(debug_send(pages + PAGE_SIZE - 1, 1) == TLFS_SYNDBG_SENT,
	   "the last byte of a page is");
	ok(!debug_send(pages + PAGE_SIZE - 1, 2), "and one more is not");
	ok(!debug_send(pages, PAGE_SIZE + 1), "more than a page");
	ok(!debug_send(pages, 0xffff), "as much as can be named");
	ok(!debug_send((void *)NOWHERE, 4), "from where no memory is");
	ok(!debug_send((void *)FAR, 4), "from beyond all addresses");
	ok(!debug_send((void *)~0ul, 1), "from the last address");
}

static void test_receive(void)
{
	memset(pages, 0x5a, PAGE_SIZE);
	ok(!debug_receive(pages) && is_filled(pages, 0x5a), "nothing to receive");
	ok(!debug_receive((void *)NOWHERE) && !debug_receive((void *)~0ul),
	   "nor anywhere else");
	wrmsr(MSR_syndbg_status, 5);
	wrmsr(MSR_syndbg_control, 1ul << TLFS_SYNDBG_SIZE_SHIFT);
	ok(!rdmsr(MSR_syndbg_status), "an order that is none");
}

static void test_pending(void)
{
	volatile u8 *byte = pages + 77;

	memset(pages, 0xff, PAGE_SIZE);
	wrmsr(MSR_syndbg_pending_buffer, (u64)byte);
	ok(!*byte && byte[1] == 0xff && pages[76] == 0xff,
	   "nothing is pending, in one byte");
	ok(wrmsr_safe(MSR_syndbg_pending_buffer, NOWHERE) == NO_FAULT &&
	   wrmsr_safe(MSR_syndbg_pending_buffer, ~0ul) == NO_FAULT,
	   "there may be no such byte");
	wrmsr(MSR_syndbg_pending_buffer, 0);
}

static void test_post(void)
{
	const u32 *left = hv_output();

	ok(!debug_post(pages, 60) && !*left, "60 bytes are posted");
	ok(!debug_post(pages, 0) && !*left, "none is");
	ok(!debug_post(pages, TLFS_DEBUG_DATA_MAX) && !*left, "a page is");
	ok(debug_post(pages, TLFS_DEBUG_DATA_MAX + 1) ==
	   TLFS_STATUS_INVALID_PARAMETER && *left == ~0u, "one byte too many");
	ok(debug_post(pages, ~0u) == TLFS_STATUS_INVALID_PARAMETER,
	   "as many as can be named");
}

static void test_retrieve(void)
{
	const struct tlfs_debug_retrieved *out = hv_output();

	ok(debug_retrieve(TLFS_DEBUG_DATA_MAX) == TLFS_STATUS_NO_DATA &&
	   !out->retrieved && out->remaining == TLFS_DEBUG_DATA_MAX &&
	   *(u8 *)(out + 1) == 0xee, "nothing to retrieve");
	ok(debug_retrieve(0) == TLFS_STATUS_NO_DATA, "nothing of nothing");
	ok(debug_retrieve(TLFS_DEBUG_DATA_MAX + 1) ==
	   TLFS_STATUS_INVALID_PARAMETER, "one byte too many");
	ok(debug_retrieve(~0u) == TLFS_STATUS_INVALID_PARAMETER,
	   "as many as can be named");
	debug_retrieve(100);
	ok(hv_status(hv_call(CODE_retrieve_debug_data, (u64)hv_input(),
			     (u64)pages + 8)) == TLFS_STATUS_INVALID_ALIGNMENT,
	   "output over a page's end");
	ok(hv_status(hv_call(CODE_retrieve_debug_data, (u64)hv_input(), NOWHERE)) ==
	   TLFS_STATUS_INVALID_ALIGNMENT, "output where no memory is");
}

static void test_session(void)
{
	const struct tlfs_debug_session *out = hv_output();
	const u8 *bytes = hv_output();

	ok(!debug_reset(~0u) && !out->host_ip && !out->host_port &&
	   !out->target_ip && !out->target_port && !out->host_mac[0] &&
	   !out->target_mac[5] && bytes[sizeof(*out)] == 0xee,
	   "a session with nobody");
}

static volatile u32 wrong, together;

/* The MSRs are the VM's, so only calls have answers of one's own. */
static void hammer(void *arg)
{
	u32 i;

	(void)arg;
	meet(&together, param->nr_vcpus);
	for (i = 0; i < TURNS; i++) {
		wrmsr(MSR_syndbg_control, 64ul << TLFS_SYNDBG_SIZE_SHIFT |
		      TLFS_SYNDBG_SEND);
		wrmsr(MSR_syndbg_control, TLFS_SYNDBG_RECEIVE);
		wrmsr(MSR_syndbg_pending_buffer, (u64)pages + i);
		if (debug_post(pages, i) ||
		    debug_retrieve(i + 1) != TLFS_STATUS_NO_DATA ||
		    debug_reset(i))
			__atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST);
	}
}

static void test_together(void)
{
	wrmsr(MSR_syndbg_send_buffer, (u64)pages);
	wrmsr(MSR_syndbg_receive_buffer, (u64)pages);
	start_each_other(hammer, NULL);
	hammer(NULL);
	wait_each_other();
	ok(!wrong, "%u vCPUs at once: %u calls went wrong", param->nr_vcpus, wrong);
	wrmsr(MSR_syndbg_pending_buffer, 0);
}

void test_main(void)
{
	pages = alloc_pages(2);
	hv_setup();
	if (!hv_serves(HVE_BIT(SYNDBG))) {
		test_off();
		return;
	}
	test_fresh();
	test_send();
	test_receive();
	test_pending();
	wrmsr(MSR_syndbg_options, TLFS_SYNDBG_USE_CALLS);
	test_post();
	test_retrieve();
	test_session();
	test_together();
}
