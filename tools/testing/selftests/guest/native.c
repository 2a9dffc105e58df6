// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest of a VMM that knows Hyper-V, in native mode
 *
 * In: host/test_exits.c as the VMM. Out: where it puts the SynIC's pages, what it
 * posts and signals, extended calls, debugging, a crash and a reset reach the VMM,
 * and what that answers is what the guest sees; routes to a SINT interrupt, and
 * their end is told. What KVM's own code refuses is refused the same way.
 */
#include "hv.h"
#include "../native.h"

static void test_pages(void)
{
	u8 *messages = alloc_pages(1), *flags = alloc_pages(1);
	u8 want = param->arg & NATIVE_KEEP_PAGES ? 0xaa : 0;

	memset(messages, 0xaa, PAGE_SIZE);
	memset(flags, 0xaa, PAGE_SIZE);
	ok(rdmsr(MSR_scontrol) == TLFS_SYNIC_ENABLE, "the SynIC begins enabled");
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
	wrmsr(MSR_siefp, (u64)flags | TLFS_MSR_ENABLE);
	wrmsr(MSR_simp, (u64)messages | TLFS_MSR_ENABLE);
	ok(is_filled(messages, want) && is_filled(flags, want),
	   "the pages are %s", want ? "left alone" : "cleared");
	ok(wrmsr_safe(MSR_sversion, 1) == VEC_GP, "the version cannot be written");
	ok(wrmsr_safe(MSR_vp_index, 1) == VEC_GP, "nor the VP index");
	ok(wrmsr_safe(MSR_sint + 3, 15) == VEC_GP, "nor vector 15 into a SINT");
	wrmsr(MSR_simp, 0);
	ok(is_filled(messages, want), "a page that is disabled stays as it is");
	wrmsr(MSR_simp, (u64)messages | TLFS_MSR_ENABLE);
}

static void test_messages(void)
{
	u64 *in = hv_input();

	memset(in, 0, PAGE_SIZE);
	in[0] = CONN_VMM;
	ok(hv_status(hv_call_slow(CODE_post_message)) == STATUS_POST,
	   "a message goes to the VMM");
	ok(!hv_status(hv_call(CODE_signal_event | TLFS_HYPERCALL_FAST,
			      CONN_EVENTFD, 0)) &&
	   !vmm_call(NATIVE_OP_SIGNALLED, 0, 0, 0), "an event to its eventfd");
	in[0] = CONN_EVENTFD;
	ok(!hv_status(hv_call_slow(CODE_signal_event)) &&
	   !vmm_call(NATIVE_OP_SIGNALLED, 0, 0, 0), "also from memory");
	ok(hv_status(hv_call(CODE_signal_event | TLFS_HYPERCALL_FAST,
			     CONN_VMM, 0)) == STATUS_SIGNAL,
	   "one without an eventfd to the VMM");
	ok(hv_status(hv_call(CODE_signal_event | TLFS_HYPERCALL_FAST,
			     CONN_EVENTFD | 1ul << 32, 0)) == STATUS_SIGNAL,
	   "and one with a flag number");
	ok(hv_status(hv_call(CODE_signal_event | TLFS_HYPERCALL_FAST,
			     CONN_EVENTFD | 1ul << 60, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_INPUT, "reserved bits are refused");
	ok(hv_status(hv_call(CODE_signal_event | TLFS_HYPERCALL_FAST | REP(1),
			     CONN_EVENTFD, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_INPUT, "and a rep count");
}

static void test_calls(void)
{
	u64 *out = hv_output(), result;

	*out = 0;
	result = hv_call_slow(CODE_ext_capabilities);
	ok(!hv_status(result) && *out == EXT_ANSWER,
	   "an extended call goes to the VMM (0x%lx)", *out);
	ok(hv_status(hv_call(CODE_ext_capabilities | TLFS_HYPERCALL_FAST, 0, 0)) ==
	   TLFS_STATUS_INVALID_PARAMETER, "but not a fast one");
	ok(hv_status(hv_call(0xbeef, 0, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_CODE, "there is no call 0xbeef");
	ok(hv_status(hv_call(CODE_get_vp_index | REP(1), 0, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_CODE, "nor one that KVM does not have");
	ok(hv_status(hv_call(CODE_send_ipi | TLFS_HYPERCALL_FAST, 0, 0)) ==
	   TLFS_STATUS_INVALID_HYPERCALL_INPUT, "vector 0 is refused as KVM does");
}

static void test_debugging(void)
{
	ok(hv_status(hv_call(CODE_RESET_DEBUG | TLFS_HYPERCALL_FAST, 0, 0)) ==
	   TLFS_STATUS_OPERATION_DENIED, "debugging is not by calls");
	wrmsr(SYNDBG_MSR_OPTIONS, SYNDBG_USE_CALLS);
	ok(!hv_status(hv_call(CODE_RESET_DEBUG | TLFS_HYPERCALL_FAST, 0, 0)),
	   "until the guest says so");
	wrmsr(SYNDBG_MSR_CONTROL, 1);
	ok(rdmsr(SYNDBG_MSR_STATUS) == SYNDBG_ANSWER,
	   "a packet goes to the VMM, its status comes back");
}

static void test_route(void)
{
	u32 tries;

	ok(vmm_call(NATIVE_OP_RESAMPLED, 0, 0, 0), "no interrupt ended so far");
	wrmsr(MSR_sint + NATIVE_SINT, NATIVE_VECTOR);
	vmm_call(NATIVE_OP_RAISE, 0, 0, 0);
	for (tries = 0; !irq_count(0, NATIVE_VECTOR) && tries < 1000; tries++) {
		pause_us(1000);
		irq_window();
	}
	ok(irq_count(0, NATIVE_VECTOR) == 1, "a route interrupts");
	ok(!vmm_call(NATIVE_OP_RESAMPLED, 0, 0, 0), "and its end is told");
	wrmsr(MSR_sint + NATIVE_SINT, TLFS_SINT_MASKED);
	vmm_call(NATIVE_OP_RAISE, 0, 0, 0);
	pause_us(20000);
	irq_window();
	ok(irq_count(0, NATIVE_VECTOR) == 1, "not while it is masked");
}

static void test_end(void)
{
	u32 i;

	for (i = 0; i < HVE_CRASH_PARAMS; i++)
		wrmsr(MSR_crash_p + i, 100 + i);
	wrmsr(MSR_crash_ctl, TLFS_CRASH_NOTIFY);
	ok(rdmsr(MSR_crash_p + 4) == 104, "the guest goes on after a crash");
	wrmsr(MSR_reset, 1);
	ok(!rdmsr(MSR_reset), "and after a reset that the VMM does not do");
}

void test_main(void)
{
	hv_setup();
	test_pages();
	test_messages();
	test_calls();
	test_debugging();
	test_route();
	test_end();
	done();
}
