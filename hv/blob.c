// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A VM's Hyper-V state as bytes: writing and reading
 *
 * In and out: see blob.h. A writer without room counts, so that the caller
 * learns how much it needs. A reader looks at magic, version, length and sum
 * before anything else, and at each record's bounds before it is handed out.
 * Pure: compiles in userspace too. Owns no state, needs no lock.
 */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <stddef.h>
#include <string.h>
#endif
#include "blob.h"

/* IEEE 802.3, bits reflected; four bits a step */
static __u32 crc32_of(__u32 crc, const void *data, __u32 length)
{
	static const __u32 table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const unsigned char *byte = data;

	for (; length; length--, byte++) {
		crc ^= *byte;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

/* Of the whole blob but the field that holds it */
static __u32 sum_of(const unsigned char *data, __u32 length)
{
	const __u32 before = offsetof(struct hve_blob_head, crc);
	const __u32 behind = before + sizeof(__u32);
	__u32 crc = crc32_of(~0u, data, before);

	return ~crc32_of(crc, data + behind, length - behind);
}

static void append(struct hve_blob_writer *writer, const void *from,
		   __u32 length)
{
	if (length && writer->used <= writer->room &&
	    length <= writer->room - writer->used)
		memcpy((unsigned char *)writer->to + writer->used, from, length);
	writer->used += length;
}

void hve_blob_begin(struct hve_blob_writer *writer, void *to, __u32 room)
{
	writer->to = to;
	writer->room = room;
	writer->used = sizeof(struct hve_blob_head);
}

void hve_blob_put(struct hve_blob_writer *writer, enum hve_blob_type type,
		  const void *body, __u32 length, const void *tail, __u32 more)
{
	const struct hve_blob_record record = {
		.type = type, .length = length + more,
	};

	append(writer, &record, sizeof(record));
	append(writer, body, length);
	append(writer, tail, more);
}

__u32 hve_blob_end(struct hve_blob_writer *writer, struct hve_blob_head *head)
{
	head->magic = HVE_BLOB_MAGIC;
	head->version = HVE_BLOB_VERSION;
	head->length = writer->used;
	head->crc = 0;
	head->reserved = 0;
	if (writer->used > writer->room)
		return writer->used;
	memcpy(writer->to, head, sizeof(*head));
	head->crc = sum_of(writer->to, writer->used);
	memcpy(writer->to, head, sizeof(*head));
	return writer->used;
}

const char *hve_blob_open(struct hve_blob *blob, const void *data, __u32 length)
{
	struct hve_blob_head *head = &blob->head;

	if (length < sizeof(*head))
		return "it is too short to be one";
	memcpy(head, data, sizeof(*head));
	blob->data = data;
	blob->at = sizeof(*head);
	blob->last = 0;
	if (head->magic != HVE_BLOB_MAGIC)
		return "it does not begin like one";
	if (head->version > HVE_BLOB_VERSION)
		return "its format is newer than this module";
	if (head->version != HVE_BLOB_VERSION)
		return "its format is unknown";
	if (head->length > length)
		return "its end is missing";
	if (head->length != length || length % 8)
		return "there is something behind its end";
	if (head->crc != sum_of(data, length))
		return "its checksum is wrong: it was damaged or altered";
	if (head->reserved)
		return "a reserved field is not zero";
	return NULL;
}

static bool length_is_right(__u32 type, __u32 length)
{
	static const __u16 lengths[HVE_BLOB_TYPES] = {
		[HVE_BLOB_MSR] = sizeof(struct hve_blob_msr),
		[HVE_BLOB_TIME] = sizeof(struct hve_blob_time),
		[HVE_BLOB_VCPU] = sizeof(struct hve_blob_vcpu),
		[HVE_BLOB_TIMER] = sizeof(struct hve_blob_timer),
		[HVE_BLOB_PAGE] = sizeof(struct hve_blob_page),
		[HVE_BLOB_MESSAGE] = sizeof(struct hve_blob_message),
		[HVE_BLOB_FLAG] = sizeof(struct hve_blob_flag),
	};

	if (type == HVE_BLOB_PAGE && length == lengths[type] + TLFS_PAGE_SIZE)
		return true;
	return length == lengths[type];
}

const char *hve_blob_next(struct hve_blob *blob, enum hve_blob_type want,
			  struct hve_blob_item *item)
{
	struct hve_blob_record record;
	__u32 left = blob->head.length - blob->at;

	memset(item, 0, sizeof(*item));
	if (!left)
		return NULL;
	if (left < sizeof(record))
		return "a record is cut off";
	memcpy(&record, blob->data + blob->at, sizeof(record));
	if (!record.type || record.type >= HVE_BLOB_TYPES)
		return "it has a record of an unknown type";
	if (record.type < blob->last)
		return "its records are in the wrong order";
	if (!length_is_right(record.type, record.length))
		return "a record has the wrong length";
	if (record.length > left - sizeof(record))
		return "a record is cut off";
	if (want && record.type != want)
		return NULL;
	blob->last = record.type;
	item->type = record.type;
	item->length = record.length;
	item->body = blob->data + blob->at + sizeof(record);
	blob->at += sizeof(record) + record.length;
	return NULL;
}
