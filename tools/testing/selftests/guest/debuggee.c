// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest that is debugged
 *
 * In: syndbg and the other end in host/test_syndbg.c. Out, DEBUG_DIRECT: the
 * queue is bounded, packets of the other form or larger than asked for are not
 * delivered, purging and a reboot leave nothing. DEBUG_UDP: datagrams come back
 * by MSR and as frames that answer the guest's own, on two vCPUs at once, and
 * what is no datagram does not.
 */
#include "debug.h"
#include "../debug.h"

#define PATIENCE_MS	20000u
#define ETHER		14u
#define IP		20u
#define UDP		8u
#define HEADERS		(ETHER + IP + UDP)

static u8 *data;
static volatile u8 *pending;

static u32 word_of(const void *from)
{
	u32 word;

	memcpy(&word, from, sizeof(word));
	return word;
}

/* Whether a packet came; it is noticed by the byte in memory */
static bool wait_pending(void)
{
	u32 ms;

	for (ms = 0; ms < PATIENCE_MS && !*pending; ms++)
		pause_us(1000);
	return *pending == 1;
}

static void wait_debugger(void)
{
	const struct tlfs_debug_session *out = hv_output();
	u32 ms;

	for (ms = 0; ms < PATIENCE_MS; ms++) {
		if (debug_reset(0))
			die("the session cannot be reset");
		if (out->host_port)
			break;
		pause_us(1000);
	}
	ok(out->host_ip == DEBUG_ADDRESS && out->host_port == DEBUG_PORT &&
	   out->target_ip == out->host_ip && out->target_port == out->host_port,
	   "a debugger at 0x%x, port %u", out->host_ip, out->host_port);
}

static void say(u32 word)
{
	memcpy(data, &word, sizeof(word));
	if (debug_send(data, 8) != TLFS_SYNDBG_SENT)
		die("word 0x%x is not sent", word);
}

static void setup(void)
{
	u8 *pages = alloc_pages(2);

	data = pages;
	pending = pages + PAGE_SIZE;
	hv_setup();
	*pending = 0xff;
	wrmsr(MSR_syndbg_options, TLFS_SYNDBG_USE_CALLS);
	wrmsr(MSR_syndbg_pending_buffer, (u64)pending);
}

static void test_fill(void)
{
	u32 number = 0;

	memset(data, 0, 8);
	/* The first word; then numbers from 1 on */
	say(WORD_FILL);
	do {
		number++;
		memcpy(data, &number, sizeof(number));
	} while (number < 1000 && debug_send(data, 8));
	ok(number == DEBUG_QUEUE, "%u packets wait, then none is taken", number);
	ok(debug_post(data, 8) == TLFS_STATUS_INSUFFICIENT_MEMORY,
	   "nor one that is posted");
	ok(wait_pending(), "they are read, and answered");
	ok(debug_size(debug_receive(data)) == 8 && word_of(data) == WORD_FILL,
	   "by word");
	ok(!*pending, "and no more is pending");
}

/* One frame, then what was asked for: three bytes */
static void test_forms(void)
{
	u64 status = 0;
	u32 ms;

	say(WORD_FORMS);
	for (ms = 0; ms < PATIENCE_MS && !status; ms++) {
		pause_us(1000);
		status = debug_receive(data);
	}
	ok(debug_size(status) == 3 && !memcmp(data, "abc", 3),
	   "the frame before it is not delivered (0x%lx)", status);
}

/* A datagram and a frame of 100 bytes, then one of 60 */
static void test_sizes(void)
{
	const struct tlfs_debug_retrieved *out = hv_output();
	u32 ms, status = TLFS_STATUS_NO_DATA;

	say(WORD_SIZES);
	for (ms = 0; ms < PATIENCE_MS && status == TLFS_STATUS_NO_DATA; ms++) {
		pause_us(1000);
		status = debug_retrieve(70);
	}
	ok(!status && out->retrieved == 60 && out->remaining == 10 &&
	   ((u8 *)(out + 1))[59] == 60 && ((u8 *)(out + 1))[60] == 0xee,
	   "of three packets the one that fits (status 0x%x, %u bytes)", status,
	   out->retrieved);
}

static void test_purge(void)
{
	say(WORD_PURGE);
	ok(wait_pending(), "a frame waits");
	ok(!debug_reset(TLFS_DEBUG_PURGE_OUTGOING) && *pending,
	   "what is purged is another direction");
	ok(!debug_reset(TLFS_DEBUG_PURGE_INCOMING) && !*pending &&
	   debug_retrieve(1000) == TLFS_STATUS_NO_DATA, "and then it");
}

static void direct(void)
{
	test_fill();
	test_forms();
	test_sizes();
	test_purge();
	say(WORD_REBOOT);
	ok(wait_pending(), "packets wait");
	/* Until the host has found out how many there may be */
	pause_us(1000000);
	param->scratch[0] = (u64)pending;
	reboot();
}

void test_after_reboot(void)
{
	volatile u8 *old = (u8 *)param->scratch[0];

	*old = 0x77;
	hv_page = NULL;
	setup();
	ok(*old == 0x77, "after a reboot the old byte is left alone");
	ok(!*pending && debug_retrieve(1000) == TLFS_STATUS_NO_DATA &&
	   !debug_receive(data), "and nothing waits");
	say(WORD_END);
}

static void put16(u8 *to, u32 value)
{
	to[0] = value >> 8;
	to[1] = value;
}

static void put32(u8 *to, u32 value)
{
	put16(to, value >> 16);
	put16(to + 2, value);
}

static u32 sum_of(const u8 *from, u32 size, u32 sum)
{
	u32 i;

	for (i = 0; i < size; i++)
		sum += i & 1 ? from[i] : (u32)from[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A frame to the debugger, from a port of this vCPU's own */
static u32 make_frame(u8 *frame, u32 size)
{
	u32 i, me = this_cpu()->index;

	memset(frame, 0, HEADERS);
	memcpy(frame, "\2host1", 6);
	memcpy(frame + 6, "\2guest", 6);
	put16(frame + 12, 0x0800);
	frame[ETHER] = 0x45;
	put16(frame + ETHER + 2, IP + UDP + size);
	frame[ETHER + 8] = 64;
	frame[ETHER + 9] = 17;
	put32(frame + ETHER + 12, DEBUG_TARGET);
	put32(frame + ETHER + 16, DEBUG_ADDRESS);
	put16(frame + ETHER + 10, ~sum_of(frame + ETHER, IP, 0));
	put16(frame + ETHER + IP, 1000 + me);
	put16(frame + ETHER + IP + 2, DEBUG_PORT);
	put16(frame + ETHER + IP + 4, UDP + size);
	for (i = 0; i < size; i++)
		frame[HEADERS + i] = i + me;
	return HEADERS + size;
}

/* @got is the answer to @sent, as RFC 791 and RFC 768 want it */
static bool answers(const u8 *got, const u8 *sent, u32 size)
{
	u32 i, sum, udp = size - ETHER - IP;

	if (memcmp(got, sent + 6, 6) || memcmp(got + 6, sent, 6) ||
	    memcmp(got + 12, sent + 12, 2) || got[ETHER] != 0x45 ||
	    got[ETHER + 9] != 17 ||
	    memcmp(got + ETHER + 2, sent + ETHER + 2, 2) ||
	    memcmp(got + ETHER + 12, sent + ETHER + 16, 4) ||
	    memcmp(got + ETHER + 16, sent + ETHER + 12, 4) ||
	    memcmp(got + ETHER + IP, sent + ETHER + IP + 2, 2) ||
	    memcmp(got + ETHER + IP + 2, sent + ETHER + IP, 2) ||
	    memcmp(got + ETHER + IP + 4, sent + ETHER + IP + 4, 2))
		return false;
	for (i = HEADERS; i < size; i++)
		if (got[i] != (u8)(sent[i] + 1))
			return false;
	sum = sum_of(got + ETHER + 12, 8, 17 + udp);
	return sum_of(got + ETHER, IP, 0) == 0xffff &&
	       sum_of(got + ETHER + IP, udp, sum) == 0xffff;
}

static void test_datagrams(void)
{
	u32 round, size, i, wrong = 0;

	for (round = 0; round < DEBUG_ROUNDS; round++) {
		size = round ? round * round * 10 : 1;
		memset(data, round, size);
		if (debug_send(data, size) != TLFS_SYNDBG_SENT || !wait_pending())
			break;
		memset(data, 0, size);
		wrong += debug_size(debug_receive(data)) != size;
		for (i = 0; i < size; i++)
			wrong += data[i] != round + 1;
	}
	ok(round == DEBUG_ROUNDS && !wrong && !*pending,
	   "%u datagrams came back, %u wrong", round, wrong);
}

static void test_frames(void)
{
	const struct tlfs_debug_retrieved *out = hv_output();
	u32 round, size, wrong = 0;

	for (round = 0; round < DEBUG_ROUNDS; round++) {
		size = make_frame(data, round * 10 + 1);
		if (debug_post(data, size) || !wait_pending())
			break;
		wrong += debug_retrieve(2000) || out->retrieved != size ||
			 !answers((u8 *)(out + 1), data, size);
	}
	ok(round == DEBUG_ROUNDS && !wrong && !*pending,
	   "%u frames were answered, %u wrong", round, wrong);
}

/* Then one that is: had the others come, they would be before it */
static void test_no_datagram(void)
{
	const struct tlfs_debug_retrieved *out = hv_output();
	u32 size = make_frame(data, 30);

	put16(data + 12, 0x0806);
	debug_post(data, size);
	make_frame(data, 30);
	data[ETHER + 9] = 6;
	debug_post(data, size);
	debug_post(data, 13);
	make_frame(data, 30);
	put16(data + ETHER + IP + 4, 1000);
	debug_post(data, size);
	size = make_frame(data, 31);
	debug_post(data, size);
	ok(wait_pending() && !debug_retrieve(2000) &&
	   answers((u8 *)(out + 1), data, size), "what is no datagram is no answer");
}

static volatile u32 together, sent, got;

/* An answer may be the other's: only how many come counts. */
static void exchange(void *arg)
{
	u8 *frame = arg;
	u32 i, ms, size;

	frame += this_cpu()->index * PAGE_SIZE;
	meet(&together, 2);
	for (i = 0; i < DEBUG_ROUNDS; i++) {
		size = make_frame(frame, 100);
		if (!debug_post(frame, size))
			__atomic_add_fetch(&sent, 1, __ATOMIC_SEQ_CST);
		for (ms = 0; ms < PATIENCE_MS; ms++) {
			u32 status = debug_retrieve(2000);

			if (!status)
				__atomic_add_fetch(&got, 1, __ATOMIC_SEQ_CST);
			if (!status || got >= 2 * DEBUG_ROUNDS)
				break;
			pause_us(1000);
		}
	}
}

/* The debugger may not be there yet, and what is sent until then is lost. */
static void knock(void)
{
	u32 ms, tries;

	for (tries = 0; tries < 40 && !*pending; tries++) {
		debug_send(data, 1);
		for (ms = 0; ms < 500 && !*pending; ms++)
			pause_us(1000);
	}
	ok(*pending, "the debugger is there");
	do {
		debug_receive(data);
		pause_us(300000);
	} while (*pending);
}

static void udp(void)
{
	knock();
	test_datagrams();
	test_frames();
	test_no_datagram();
	if (param->nr_vcpus < 2)
		return;
	start_each_other(exchange, alloc_pages(2));
	exchange(alloc_pages(2));
	wait_each_other();
	ok(sent == 2 * DEBUG_ROUNDS && got == sent,
	   "two vCPUs at once: %u sent, %u answered", sent, got);
}

void test_main(void)
{
	setup();
	wait_debugger();
	if (param->arg == DEBUG_UDP)
		udp();
	else
		direct();
}
