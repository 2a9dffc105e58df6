// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Saved state as bytes
 *
 * In: blobs with every kind of record. Out: what was written is read; a blob cut
 * off at any byte, or with any bit flipped, is refused; so is one that is whole
 * and has a record too many, too short or in the wrong place. Buffers are as
 * long as the blob, so that the sanitizer sees a byte read behind it.
 */
#include <stdlib.h>
#include "unit.h"
#include "hv/blob.h"

#define ROOM	16384u

struct sample {
	unsigned char *data;
	uint32_t length;
};

static const unsigned char page[TLFS_PAGE_SIZE] = { 1, 2, 3 };

static void put_all(struct hve_blob_writer *writer)
{
	const struct hve_blob_msr msr = { HVE_BLOB_VM, 0x40000000, 7 };
	const struct hve_blob_time time = { .reference = 99, .sequence = 5 };
	const struct hve_blob_vcpu vcpu = { .runtime = 1234 };
	const struct hve_blob_timer timer = { .index = 3, .count = 8 };
	const struct hve_blob_page where = {
		.kind = HVE_BLOB_TSC_PAGE, .gpa = 0x5000,
	};
	const struct hve_blob_message message = {
		.sint = 2, .message = { .type = 1, .payload_size = 3 },
	};
	const struct hve_blob_flag flag = { .sint = 1, .flag = 2047 };

	hve_blob_put(writer, HVE_BLOB_MSR, &msr, sizeof(msr), NULL, 0);
	hve_blob_put(writer, HVE_BLOB_TIME, &time, sizeof(time), NULL, 0);
	hve_blob_put(writer, HVE_BLOB_VCPU, &vcpu, sizeof(vcpu), NULL, 0);
	hve_blob_put(writer, HVE_BLOB_TIMER, &timer, sizeof(timer), NULL, 0);
	hve_blob_put(writer, HVE_BLOB_PAGE, &where, sizeof(where), page,
		     sizeof(page));
	hve_blob_put(writer, HVE_BLOB_PAGE, &where, sizeof(where), NULL, 0);
	hve_blob_put(writer, HVE_BLOB_MESSAGE, &message, sizeof(message), NULL, 0);
	hve_blob_put(writer, HVE_BLOB_FLAG, &flag, sizeof(flag), NULL, 0);
}

static struct sample finish(struct hve_blob_writer *writer, void *room)
{
	struct hve_blob_head head = { .nr_vcpus = 1, .features = 3,
				      .tsc_khz = 2000000 };
	struct sample sample = { .length = hve_blob_end(writer, &head) };

	assert_true(sample.length <= ROOM);
	sample.data = malloc(sample.length);
	memcpy(sample.data, room, sample.length);
	return sample;
}

static struct sample whole(void)
{
	static uint64_t room[ROOM / 8];
	struct hve_blob_writer writer;

	hve_blob_begin(&writer, room, ROOM);
	put_all(&writer);
	return finish(&writer, room);
}

/* NULL when all of it can be read; a copy of the right length is read */
static const char *read_all(const void *data, uint32_t length, uint32_t *records)
{
	unsigned char *copy = malloc(length ? length : 1);
	struct hve_blob_item item;
	struct hve_blob blob;
	const char *wrong;
	uint32_t i;

	memcpy(copy, data, length);
	*records = 0;
	wrong = hve_blob_open(&blob, copy, length);
	while (!wrong) {
		wrong = hve_blob_next(&blob, 0, &item);
		if (wrong || !item.type)
			break;
		for (i = 0; i < item.length; i++)
			*(volatile unsigned char *)((uintptr_t)item.body + i);
		++*records;
	}
	free(copy);
	return wrong;
}

static void reads_what_was_written(void **state)
{
	struct sample sample = whole();
	const struct hve_blob_message *message;
	struct hve_blob_item item;
	struct hve_blob blob;
	uint32_t records;

	(void)state;
	assert_null(read_all(sample.data, sample.length, &records));
	assert_int_equal(records, 8);
	assert_null(hve_blob_open(&blob, sample.data, sample.length));
	assert_int_equal(blob.head.features, 3);
	assert_int_equal(blob.head.tsc_khz, 2000000);
	assert_null(hve_blob_next(&blob, HVE_BLOB_MSR, &item));
	assert_int_equal(((const struct hve_blob_msr *)item.body)->value, 7);
	assert_null(hve_blob_next(&blob, HVE_BLOB_MSR, &item));
	assert_int_equal(item.type, 0);
	assert_null(hve_blob_next(&blob, HVE_BLOB_TIME, &item));
	assert_int_equal(((const struct hve_blob_time *)item.body)->sequence, 5);
	while (item.type != HVE_BLOB_PAGE)
		assert_null(hve_blob_next(&blob, 0, &item));
	assert_memory_equal((const char *)item.body + sizeof(struct hve_blob_page),
			    page, sizeof(page));
	while (item.type != HVE_BLOB_MESSAGE)
		assert_null(hve_blob_next(&blob, 0, &item));
	message = item.body;
	assert_int_equal(message->message.payload_size, 3);
	free(sample.data);
}

/* Of an empty blob, as zlib has it */
static void sum_is_the_usual_one(void **state)
{
	struct hve_blob_writer writer;
	uint64_t room[5];
	struct hve_blob_head head = { 0 };

	(void)state;
	hve_blob_begin(&writer, room, sizeof(room));
	hve_blob_end(&writer, &head);
	assert_int_equal(head.crc, 0xd3548f37);
}

static void too_little_room_is_counted(void **state)
{
	struct sample sample = whole();
	struct hve_blob_head head = { 0 };
	struct hve_blob_writer writer;
	uint32_t room, i;

	(void)state;
	for (room = 0; room < sample.length; room += 8) {
		unsigned char *to = malloc(room + 1);

		memset(to, 0x5a, room + 1);
		hve_blob_begin(&writer, to, room);
		put_all(&writer);
		assert_int_equal(hve_blob_end(&writer, &head), sample.length);
		assert_int_equal(to[room], 0x5a);
		for (i = 0; i < sizeof(head) && i < room; i++)
			assert_int_equal(to[i], 0x5a);
		free(to);
	}
	free(sample.data);
}

static void cut_off_anywhere(void **state)
{
	struct sample sample = whole();
	uint32_t length, records;

	(void)state;
	for (length = 0; length < sample.length; length++) {
		assert_non_null(read_all(sample.data, length, &records));
		assert_int_equal(records, 0);
	}
	free(sample.data);
}

static void flipped_anywhere(void **state)
{
	struct sample sample = whole();
	uint32_t at, bit, records;

	(void)state;
	for (at = 0; at < sample.length; at++)
		for (bit = 0; bit < 8; bit++) {
			if (at > 512 && bit != at % 8)
				continue;
			sample.data[at] ^= 1u << bit;
			assert_non_null(read_all(sample.data, sample.length,
						 &records));
			assert_int_equal(records, 0);
			sample.data[at] ^= 1u << bit;
		}
	free(sample.data);
}

/* Whole, and with a right sum: @type with @length bytes of body last */
static const char *with_record(uint32_t type, uint32_t length)
{
	static uint64_t room[ROOM / 8];
	static const unsigned char body[ROOM];
	struct hve_blob_writer writer;
	struct sample sample;
	const char *wrong;
	uint32_t records;

	hve_blob_begin(&writer, room, ROOM);
	hve_blob_put(&writer, type, body, length, NULL, 0);
	sample = finish(&writer, room);
	wrong = read_all(sample.data, sample.length, &records);
	free(sample.data);
	return wrong;
}

static void lengths_are_exact(void **state)
{
	uint32_t type, length, good[HVE_BLOB_TYPES] = { 0 };

	(void)state;
	for (type = 1; type < HVE_BLOB_TYPES; type++)
		for (length = 0; length < 2 * TLFS_PAGE_SIZE; length += 8)
			good[type] += !with_record(type, length);
	for (type = 1; type < HVE_BLOB_TYPES; type++)
		assert_int_equal(good[type], 1 + (type == HVE_BLOB_PAGE));
	assert_non_null(with_record(0, 16));
	assert_non_null(with_record(HVE_BLOB_TYPES, 16));
	assert_non_null(with_record(~0u, 16));
}

/* As whole as whole can be, and one field of a record or the head is wrong */
static const char *resealed(struct sample *sample, uint32_t at, uint32_t value)
{
	static uint64_t room[ROOM / 8];
	struct hve_blob_writer writer = { room, ROOM, sample->length };
	struct hve_blob_head head;
	uint32_t records;

	memcpy(room, sample->data, sample->length);
	memcpy((char *)room + at, &value, sizeof(value));
	memcpy(&head, room, sizeof(head));
	hve_blob_end(&writer, &head);
	return read_all(room, sample->length, &records);
}

static void bounds_of_records(void **state)
{
	struct sample sample = whole();
	const uint32_t first = sizeof(struct hve_blob_head);
	const uint32_t second = first + sizeof(struct hve_blob_record) +
				sizeof(struct hve_blob_msr);
	uint32_t length;

	(void)state;
	assert_null(resealed(&sample, first, HVE_BLOB_MSR));
	assert_non_null(resealed(&sample, first, HVE_BLOB_VCPU));
	assert_non_null(resealed(&sample, second, 0));
	for (length = 0; length < 100; length++)
		if (length != sizeof(struct hve_blob_time))
			assert_non_null(resealed(&sample, second + 4, length));
	assert_non_null(resealed(&sample, second + 4, ~0u));
	assert_non_null(resealed(&sample, second + 4, 0x80000000));
	free(sample.data);
	assert_null(with_record(HVE_BLOB_PAGE, sizeof(struct hve_blob_page)));
}

static void versions(void **state)
{
	struct sample sample = whole();
	struct hve_blob blob;
	uint32_t version;

	(void)state;
	for (version = 0; version < 300; version++) {
		memcpy(sample.data + 8, &version, sizeof(version));
		if (version == HVE_BLOB_VERSION)
			assert_null(hve_blob_open(&blob, sample.data,
						  sample.length));
		else
			assert_non_null(strstr(hve_blob_open(&blob, sample.data,
							     sample.length),
					       "format"));
	}
	free(sample.data);
}

/* Noise behind a right head and under a right sum */
static void noise(void **state)
{
	static uint64_t room[64];
	struct hve_blob_head head = { 0 };
	uint64_t seed = 11;
	uint32_t i, k, records, most = 0;

	(void)state;
	for (i = 0; i < 100000; i++) {
		uint32_t length = sizeof(head) + unit_random(&seed) % 50 * 8;
		struct hve_blob_writer writer = { room, sizeof(room), length };

		for (k = 5; k < 64; k++)
			room[k] = unit_random(&seed) >> unit_random(&seed) % 64;
		for (k = 5; k < 64; k += unit_random(&seed) % 3 + 1)
			room[k] = (unit_random(&seed) % 8) | 16ull << 32;
		hve_blob_end(&writer, &head);
		read_all(room, length, &records);
		most = records > most ? records : most;
	}
	assert_true(most > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(sum_is_the_usual_one),
		cmocka_unit_test(too_little_room_is_counted),
		cmocka_unit_test(cut_off_anywhere),
		cmocka_unit_test(flipped_anywhere),
		cmocka_unit_test(lengths_are_exact),
		cmocka_unit_test(bounds_of_records),
		cmocka_unit_test(versions),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
