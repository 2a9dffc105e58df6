// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the guest's side of ports
 *
 * In: synic; test_ports opens the other ends. Out: a message that comes on SINT 3
 * goes back by HvCallPostMessage with its type counted up, a flag of SINT 4 is
 * answered by HvCallSignalEvent; before that, every way of calling wrongly. Ends
 * when a message says so.
 */
#include "hv.h"
#include "../ports.h"

#define VECTOR		0x54u
#define MS		10000ul

static struct tlfs_message *slots;
static volatile u64 *flags;

static u32 post(u32 connection, u32 type, u32 size, const void *payload)
{
	struct tlfs_post_message *in = hv_input();

	memset(in, 0, sizeof(*in));
	in->connection = connection;
	in->type = type;
	in->payload_size = size;
	if (payload)
		memcpy(in->payload, payload, size);
	return hv_status(hv_call_slow(CODE_post_message));
}

static u32 signal(u32 connection, u32 flag, bool fast)
{
	u64 input = connection | (u64)flag << 32;

	return hv_status(hv_call_input(CODE_signal_event, fast, &input, 1));
}

static void on_irq(struct regs *regs)
{
	(void)regs;
	irq_eoi();
}

static void test_wrong(void)
{
	u32 i, status = 0;

	ok(post(0x999, 1, 8, NULL) == TLFS_STATUS_INVALID_CONNECTION_ID,
	   "a connection that is none");
	ok(post(CONN_ECHO, 0, 8, NULL) == TLFS_STATUS_INVALID_PARAMETER,
	   "message type 0");
	ok(post(CONN_ECHO, TLFS_MESSAGE_HYPERVISOR | 1, 8, NULL) ==
	   TLFS_STATUS_INVALID_PARAMETER, "a type of the hypervisor's");
	ok(post(CONN_ECHO, 1, TLFS_MESSAGE_PAYLOAD + 1, NULL) ==
	   TLFS_STATUS_INVALID_PARAMETER, "one byte too many");
	for (i = 0; i < 16 && !status; i++)
		status = post(CONN_FULL, 5, TLFS_MESSAGE_PAYLOAD, NULL);
	ok(!status, "16 messages that nobody reads");
	ok(post(CONN_FULL, 5, 1, NULL) == TLFS_STATUS_INSUFFICIENT_BUFFERS,
	   "and the 17th");
	ok(signal(CONN_EVENT, 1, true) == TLFS_STATUS_INVALID_CONNECTION_ID &&
	   signal(0x999, 0, false) == TLFS_STATUS_INVALID_CONNECTION_ID,
	   "an event that is none");
	ok(signal(CONN_EVENT, TLFS_EVENT_FLAGS, true) ==
	   TLFS_STATUS_INVALID_PARAMETER, "a flag beyond the last");
	ok(signal(CONN_EVENT, 1u << 16, false) == TLFS_STATUS_INVALID_PARAMETER,
	   "reserved bits");
}

static u32 messages, events;

/* False when it was the last */
static bool answer_message(void)
{
	struct tlfs_message *slot = &slots[PORT_SINT_MESSAGE];
	struct tlfs_message copy;

	barrier();
	if (!slot->type)
		return true;
	copy = *slot;
	hv_empty_slot(slot);
	if (copy.type == TYPE_END)
		return false;
	if (copy.port != CONN_TO_GUEST)
		die("message from port 0x%lx", (u64)copy.port);
	while (post(CONN_ECHO, copy.type + 1, copy.payload_size, copy.payload) ==
	       TLFS_STATUS_INSUFFICIENT_BUFFERS)
		pause_us(100);
	messages++;
	return true;
}

static void answer_event(void)
{
	volatile u64 *word = flags + PORT_SINT_EVENT * TLFS_EVENT_FLAGS / 64 +
			     PORT_FLAG / 64;
	u64 bit = 1ul << PORT_FLAG % 64;

	if (!(__atomic_fetch_and(word, ~bit, __ATOMIC_SEQ_CST) & bit))
		return;
	events++;
	if (signal(CONN_EVENT, 0, events & 1))
		die("the event cannot be signalled");
}

void test_main(void)
{
	u32 irqs;

	hv_setup();
	x2apic_enable();
	irq_handler(VECTOR, on_irq);
	irq_handler(VECTOR + 1, on_irq);
	slots = alloc_pages(1);
	flags = alloc_pages(1);
	wrmsr(MSR_simp, (u64)slots | TLFS_MSR_ENABLE);
	wrmsr(MSR_siefp, (u64)flags | TLFS_MSR_ENABLE);
	wrmsr(MSR_sint + PORT_SINT_MESSAGE, VECTOR);
	wrmsr(MSR_sint + PORT_SINT_EVENT, VECTOR + 1);
	while (post(CONN_ECHO, TYPE_READY, 0, NULL) ==
	       TLFS_STATUS_INVALID_CONNECTION_ID)
		pause_us(1000);
	test_wrong();
	wrmsr(MSR_scontrol, TLFS_SYNIC_ENABLE);
	post(CONN_ECHO, TYPE_READY, 0, NULL);
	/* Interrupts must wake: there is nothing else to end this halt. */
	do {
		answer_event();
		irq_halt();
	} while (answer_message());
	irqs = irq_count(0, VECTOR) + irq_count(0, VECTOR + 1);
	ok(messages == PORT_MESSAGES, "%u messages answered", messages);
	ok(events >= PORT_EVENTS, "%u events answered", events);
	ok(irqs >= PORT_EVENTS + 1, "%u interrupts", irqs);
}
