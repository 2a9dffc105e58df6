// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Datagrams in Ethernet frames
 *
 * In: frames byte by byte as RFC 894, 791 and 768 have them, and random ones.
 * Out: a datagram is found where it is and nowhere else, no length is believed,
 * answers have sums that come to nothing. State: none.
 */
#include "unit.h"
#include <stdlib.h>
#include <tools/hve/udp_frame.h>

/* 10.0.0.2:1234 to 192.168.1.9:50000, "hello"; no UDP sum */
static const uint8_t hello[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
	0x45, 0, 0, 33, 0, 7, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 2, 192, 168, 1, 9,
	0x04, 0xd2, 0xc3, 0x50, 0, 13, 0, 0, 'h', 'e', 'l', 'l', 'o',
};

struct change {
	unsigned int at;
	uint8_t value;
};

static bool opens(const uint8_t *frame, size_t len)
{
	/* Of its own size, so that reading behind it is noticed */
	uint8_t *copy = malloc(len ? len : 1);
	struct hve_flow flow;
	size_t at, size;
	bool found;

	memcpy(copy, frame, len);
	found = hve_frame_open(copy, len, &flow, &at, &size);
	if (found)
		assert_true(size && at >= 42 && at <= len && size <= len - at);
	free(copy);
	return found;
}

static void a_datagram_is_found(void **state)
{
	struct hve_flow flow;
	size_t at, size;

	(void)state;
	assert_true(hve_frame_open(hello, sizeof(hello), &flow, &at, &size));
	assert_int_equal(at, 42);
	assert_int_equal(size, 5);
	assert_memory_equal(flow.to_mac, "\2\0\0\0\0\1", 6);
	assert_memory_equal(flow.from_mac, "\2\0\0\0\0\2", 6);
	assert_memory_equal(flow.from_ip, "\12\0\0\2", 4);
	assert_memory_equal(flow.to_ip, "\300\250\1\11", 4);
	assert_memory_equal(flow.from_port, "\4\322", 2);
	assert_memory_equal(flow.to_port, "\303\120", 2);
}

/* Ethernet fills small frames up; the datagram ends where it says. */
static void padding_is_left_out(void **state)
{
	uint8_t frame[60] = { 0 };
	struct hve_flow flow;
	size_t at, size;

	(void)state;
	memcpy(frame, hello, sizeof(hello));
	assert_true(hve_frame_open(frame, sizeof(frame), &flow, &at, &size));
	assert_int_equal(size, 5);
}

static void options_of_ip_are_skipped(void **state)
{
	uint8_t frame[sizeof(hello) + 8] = { 0 };
	struct hve_flow flow;
	size_t at, size;

	(void)state;
	memcpy(frame, hello, 34);
	memcpy(frame + 42, hello + 34, sizeof(hello) - 34);
	frame[14] = 0x47;
	frame[17] += 8;
	assert_true(hve_frame_open(frame, sizeof(frame), &flow, &at, &size));
	assert_int_equal(at, 50);
	assert_int_equal(size, 5);
	assert_memory_equal(frame + at, "hello", 5);
	frame[14] = 0x4f;
	assert_false(opens(frame, sizeof(frame)));
}

static void no_datagram_for_a_debugger(void **state)
{
	static const struct change changes[] = {
		{ 13, 0x06 }, { 12, 0x86 },		/* ARP, and worse */
		{ 14, 0x65 }, { 14, 0x44 }, { 14, 0x40 },	/* version, length */
		{ 17, 34 }, { 16, 1 }, { 17, 27 }, { 17, 0 },	/* total length */
		{ 20, 0x20 }, { 20, 0x60 }, { 21, 1 }, { 20, 0x10 }, /* fragments */
		{ 23, 6 }, { 23, 1 },			/* TCP, ICMP */
		{ 39, 14 }, { 39, 8 }, { 39, 7 }, { 38, 1 },	/* length of UDP */
	};
	uint8_t frame[sizeof(hello)];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(changes); i++) {
		memcpy(frame, hello, sizeof(hello));
		frame[changes[i].at] = changes[i].value;
		if (opens(frame, sizeof(frame)))
			fail_msg("byte %u as 0x%x", changes[i].at,
				 changes[i].value);
	}
	for (i = 67; i <= 68; i++) {
		memcpy(frame, hello, sizeof(hello));
		frame[36] = 0;
		frame[37] = i;
		assert_false(opens(frame, sizeof(frame)));
	}
	frame[37] = 69;
	assert_true(opens(frame, sizeof(frame)));
	for (i = 0; i < sizeof(hello); i++)
		assert_false(opens(hello, i));
}

static void any_bytes(void **state)
{
	uint8_t frame[80] = { 0 };
	uint64_t seed = 3;
	unsigned int i, k, found = 0;

	(void)state;
	for (i = 0; i < 200000; i++) {
		memcpy(frame, hello, sizeof(hello));
		for (k = 0; k < 4; k++)
			frame[unit_random(&seed) % sizeof(frame)] =
				unit_random(&seed);
		found += opens(frame, unit_random(&seed) % (sizeof(frame) + 1));
	}
	assert_in_range(found, 1, 200000);
}

/* RFC 1071, the other way: over what is right the sum is all ones. */
static uint32_t sum_of(const uint8_t *from, size_t size, uint32_t sum)
{
	size_t i;

	for (i = 0; i < size; i++)
		sum += i & 1 ? from[i] : (uint32_t)from[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void check_answer(const void *data, size_t len)
{
	uint8_t *frame = malloc(42 + len);
	struct hve_flow flow, back;
	size_t at, size;

	assert_true(hve_frame_open(hello, sizeof(hello), &flow, &at, &size));
	assert_int_equal(hve_frame_answer(&flow, data, len, frame, 42 + len),
			 42 + len);
	assert_memory_equal(frame + 42, data, len);
	assert_int_equal(sum_of(frame + 14, 20, 0), 0xffff);
	assert_int_equal(sum_of(frame + 34, 8 + len,
				sum_of(frame + 26, 8, 17 + 8 + len)), 0xffff);
	assert_true(frame[40] || frame[41]);
	assert_true(hve_frame_open(frame, 42 + len, &back, &at, &size));
	assert_int_equal(size, len);
	assert_memory_equal(back.from_ip, flow.to_ip, 4);
	assert_memory_equal(back.to_ip, flow.from_ip, 4);
	assert_memory_equal(back.from_mac, flow.to_mac, 6);
	assert_memory_equal(back.to_mac, flow.from_mac, 6);
	assert_memory_equal(back.from_port, flow.to_port, 2);
	assert_memory_equal(back.to_port, flow.from_port, 2);
	free(frame);
}

static void answers_are_right(void **state)
{
	uint8_t data[4000];
	uint64_t seed = 5;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = unit_random(&seed);
	for (len = 1; len < sizeof(data); len += 1 + len / 9)
		check_answer(data, len);
	/* Some of these would have the sum 0, which stands for none. */
	for (i = 0; i < 0x10000; i++) {
		data[0] = i >> 8;
		data[1] = i;
		check_answer(data, 2);
	}
}

static void what_does_not_fit(void **state)
{
	static uint8_t data[70000], frame[80000];
	struct hve_flow flow;
	size_t at, size;

	(void)state;
	hve_frame_open(hello, sizeof(hello), &flow, &at, &size);
	assert_int_equal(hve_frame_answer(&flow, data, 5, frame, 46), 0);
	assert_int_equal(hve_frame_answer(&flow, data, 5, frame, 41), 0);
	assert_int_equal(hve_frame_answer(&flow, data, 5, frame, 0), 0);
	assert_int_equal(hve_frame_answer(&flow, data, 65507, frame,
					  sizeof(frame)), 65549);
	assert_int_equal(hve_frame_answer(&flow, data, 65508, frame,
					  sizeof(frame)), 0);
	assert_int_equal(hve_frame_answer(&flow, data, ~(size_t)0, frame,
					  sizeof(frame)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_is_found),
		cmocka_unit_test(padding_is_left_out),
		cmocka_unit_test(options_of_ip_are_skipped),
		cmocka_unit_test(no_datagram_for_a_debugger),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(answers_are_right),
		cmocka_unit_test(what_does_not_fit),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
