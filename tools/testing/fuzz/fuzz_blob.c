// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: saved states are read
 *
 * In: bytes, as they are, or with a head that fits them, or as the bodies of
 * records the last of which may be cut off. Out: every record lies
 * inside, aligned, in order; what was read to its end comes out the same when it
 * is written again.
 */
#include "fuzz.h"
#include "blobs.h"

#define ROOM	(64u << 10)

static void write_again(const unsigned char *data, uint32_t length)
{
	struct hve_blob_writer writer;
	struct hve_blob_item item;
	struct hve_blob blob;
	unsigned char *copy = malloc(length);

	must(!hve_blob_open(&blob, data, length));
	hve_blob_begin(&writer, copy, length);
	while (!hve_blob_next(&blob, 0, &item) && item.type)
		hve_blob_put(&writer, item.type, item.body, item.length, NULL, 0);
	must(hve_blob_end(&writer, &blob.head) == length);
	must(!memcmp(copy, data, length));
	free(copy);
}

static bool read_all(struct hve_blob *blob, const unsigned char *data,
		     uint32_t length)
{
	struct hve_blob_item item;
	unsigned int last = 0;
	const char *why;

	for (;;) {
		const unsigned char *body;

		why = hve_blob_next(blob, 0, &item);
		if (why || !item.type)
			break;
		body = item.body;
		must(item.type >= last && item.type < HVE_BLOB_TYPES);
		must((uintptr_t)body % 8 == 0 && item.length % 8 == 0);
		must(body >= data && body + item.length <= data + length);
		last = item.type;
	}
	must(blob->at <= length);
	return !why;
}

static const uint16_t lengths[HVE_BLOB_TYPES] = {
	0, 16, 16, 16, 64, 24, 264, 16,
};

/* Records of the right lengths, mostly; the length of all */
static uint32_t make_records(struct bytes *from, unsigned char *to)
{
	struct hve_blob_record record = { .type = 1 };
	uint32_t used = sizeof(struct hve_blob_head);

	while (from->left && used < ROOM - 2 * TLFS_PAGE_SIZE) {
		uint8_t how = take_number(from, 1);

		record.type = (record.type + how % 4 / 3) % (HVE_BLOB_TYPES + 1);
		record.length = record.type < HVE_BLOB_TYPES ?
				lengths[record.type] : 8;
		if (how & 64 && record.type == HVE_BLOB_PAGE)
			record.length += TLFS_PAGE_SIZE;
		memcpy(to + used, &record, sizeof(record));
		used += sizeof(record);
		take(from, to + used, record.length);
		used += record.length;
		if (how >= 250)
			return used - 8;
	}
	return used;
}

static uint32_t make(struct bytes *from, unsigned char *to, uint8_t how)
{
	uint32_t length;

	if (how & 2)
		length = make_records(from, to);
	else
		take(from, to, length = from->left < ROOM ? from->left : ROOM);
	if (how & 1 && length >= sizeof(struct hve_blob_head))
		blobs_fit(to, length);
	return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char room[ROOM];
	struct bytes from = { data, size };
	uint8_t how = take_number(&from, 1);
	uint32_t length = make(&from, room, how);
	unsigned char *copy = malloc(length + !length);
	struct hve_blob blob;

	/* Exactly as long, so that a byte too far is seen */
	memcpy(copy, room, length);
	if (!hve_blob_open(&blob, copy, length)) {
		must(blob.head.length == length);
		if (read_all(&blob, copy, length))
			write_again(copy, length);
	}
	free(copy);
	return 0;
}
