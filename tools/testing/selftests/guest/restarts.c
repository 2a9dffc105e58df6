// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The guest whose Hyper-V state goes away while it runs
 *
 * In: two vCPUs, synic; test_restarts puts vCPU 0, which is parked, to the reset
 * vector, and sends messages to vCPU 1. Out: vCPU 1 sets up its SynIC whenever
 * it finds it gone, and has the messages that wait looked at as often as it
 * can. No test of its own: it counts, and the host judges.
 */
#include "hv.h"
#include "../ports.h"
#include "../restarts.h"

#define VECTOR	0x54u
#define LOOKS	8u
#define TAKEN	(RESTARTS_TYPE - 1)	/* none that is counted */

static volatile unsigned long *words;

static void setup(struct tlfs_message *slots)
{
	wrmsr(MSR_simp, (u64)slots | TLFS_MSR_ENABLE);
	slots[PORT_SINT_MESSAGE].type = TAKEN;
	wrmsr(MSR_sint + PORT_SINT_MESSAGE, VECTOR | TLFS_SINT_MASKED);
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
}

static void churn(struct tlfs_message *slots)
{
	struct tlfs_message *slot = &slots[PORT_SINT_MESSAGE];
	u32 i;

	setup(slots);
	words[RESTARTS_AT] = RESTARTS_CHURN;
	words[RESTARTS_LIVES]++;
	for (i = 0; rdmsr(MSR_scontrol); i++) {
		if (words[RESTARTS_WANT])
			return;
		/* One of some is delivered: the queue moves. */
		slot->type = i % LOOKS ? TAKEN : TLFS_MESSAGE_NONE;
		barrier();
		wrmsr(MSR_eom, 0);
	}
}

static void drain(struct tlfs_message *slots)
{
	struct tlfs_message *slot = &slots[PORT_SINT_MESSAGE];

	barrier();
	if (slot->type == RESTARTS_TYPE + words[RESTARTS_GOT])
		words[RESTARTS_GOT]++;
	slot->type = TLFS_MESSAGE_NONE;
	barrier();
	wrmsr(MSR_eom, 0);
}

static void work(void *arg)
{
	struct tlfs_message *slots = arg;

	for (;;) {
		switch (words[RESTARTS_WANT]) {
		case RESTARTS_HOLD:
			if (words[RESTARTS_AT] != RESTARTS_HOLD)
				setup(slots);
			words[RESTARTS_AT] = RESTARTS_HOLD;
			yield();
			break;
		case RESTARTS_DRAIN:
			drain(slots);
			break;
		default:
			churn(slots);
		}
	}
}

void test_main(void)
{
	words = (volatile unsigned long *)param->scratch;
	start_each_other(work, alloc_pages(1));
	for (;;)
		vmm_call(TEST_OP_PARK, 0, 0, 0);
}
