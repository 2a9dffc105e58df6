/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A VM's Hyper-V state as bytes
 *
 * In: records, or bytes of unknown origin. Out: one the other. A head, then
 * records, each a type and a length before its body, in the order of their types;
 * all numbers little endian, every length a multiple of eight. What a reader
 * accepts is whole, unchanged by accident, and made of known records of the
 * right length; whether a value makes sense is not its business (restore.c).
 * Pure: compiles in userspace too. Owns no state, needs no lock.
 */
#ifndef HVE_BLOB_H
#define HVE_BLOB_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/types.h>
#include <hve/tlfs.h>

#define HVE_BLOB_MAGIC		0x4554415453455648ull	/* "HVESTATE" */
#define HVE_BLOB_VERSION	1u
#define HVE_BLOB_MAX		(64u << 20)	/* bytes, larger than any VM's */
#define HVE_BLOB_VM		0xffffffffu	/* in place of a VP index */
#define HVE_BLOB_QUEUE_MAX	1024u	/* messages, or flags, that wait for a VP */

/**
 * struct hve_blob_head - how a blob begins
 * @magic: HVE_BLOB_MAGIC
 * @version: HVE_BLOB_VERSION; another one may look different from here on
 * @length: bytes, all of them
 * @crc: CRC-32 of all other bytes
 * @nr_vcpus: vCPUs that the records tell of
 * @features: what the guest was served, bit n: feature number n
 * @tsc_khz: frequency of the TSC that the guest knows of
 * @reserved: zero
 */
struct hve_blob_head {
	__u64 magic;
	__u32 version;
	__u32 length;
	__u32 crc;
	__u32 nr_vcpus;
	__u64 features;
	__u32 tsc_khz;
	__u32 reserved;
};

/* Types of records; the number is the place in the order, too */
enum hve_blob_type {
	HVE_BLOB_MSR = 1,	/* struct hve_blob_msr */
	HVE_BLOB_TIME,		/* struct hve_blob_time */
	HVE_BLOB_VCPU,		/* struct hve_blob_vcpu */
	HVE_BLOB_TIMER,		/* struct hve_blob_timer */
	HVE_BLOB_PAGE,		/* struct hve_blob_page, a page behind it or not */
	HVE_BLOB_MESSAGE,	/* struct hve_blob_message */
	HVE_BLOB_FLAG,		/* struct hve_blob_flag */
	HVE_BLOB_TYPES
};

struct hve_blob_record {
	__u32 type;
	__u32 length;		/* of the body */
};

/* The value of one MSR; @vp is HVE_BLOB_VM for one of the VM */
struct hve_blob_msr {
	__u32 vp;
	__u32 number;
	__u64 value;
};

/* Reference time reached, and the last sequence of the TSC page */
struct hve_blob_time {
	__u64 reference;
	__u32 sequence;
	__u32 reserved;
};

struct hve_blob_vcpu {
	__u32 vp;
	__u32 reserved;
	__u64 runtime;		/* ns */
};

#define HVE_BLOB_TIMER_WAITING	(1u << 0)	/* its message is not delivered */
#define HVE_BLOB_TIMER_UNSEEN	(1u << 1)	/* its vector may be in no APIC */

struct hve_blob_timer {
	__u32 vp;
	__u32 index;
	__u64 config;
	__u64 count;
	__u64 expiry;		/* struct hve_period */
	__u64 fire;
	__u64 expired;		/* what the message that waits is about */
	__u32 flags;
	__u32 reserved;
};

/* Pages that lie over memory, the lowest of several in one place first */
enum hve_blob_page_kind {
	HVE_BLOB_HYPERCALL_PAGE = 1,
	HVE_BLOB_TSC_PAGE,
	HVE_BLOB_ASSIST_PAGE,
	HVE_BLOB_MESSAGE_PAGE,
	HVE_BLOB_EVENT_PAGE,
	HVE_BLOB_PAGE_KINDS
};

#define HVE_BLOB_PAGE_MAPPED	(1u << 0)	/* there is memory below */
#define HVE_BLOB_PAGE_CONTENT	(1u << 1)	/* which held what follows, else 0 */

struct hve_blob_page {
	__u32 vp;
	__u32 kind;
	__u64 gpa;
	__u32 flags;
	__u32 reserved;
};

/* What a port sent and the guest has not got yet */
struct hve_blob_message {
	__u32 vp;
	__u32 sint;
	struct tlfs_message message;
};

struct hve_blob_flag {
	__u32 vp;
	__u32 sint;
	__u32 flag;
	__u32 reserved;
};

/**
 * struct hve_blob_writer - a blob in the making
 * @to: where to, aligned to eight bytes
 * @room: bytes there; what does not fit is counted only
 * @used: bytes so far
 */
struct hve_blob_writer {
	void *to;
	__u32 room;
	__u32 used;
};

void hve_blob_begin(struct hve_blob_writer *writer, void *to, __u32 room);
/* One record: @body, then @more bytes of @tail */
void hve_blob_put(struct hve_blob_writer *writer, enum hve_blob_type type,
		  const void *body, __u32 length, const void *tail, __u32 more);
/*
 * Completes @head and writes it, unless there was too little room. The length
 * of the blob.
 */
__u32 hve_blob_end(struct hve_blob_writer *writer, struct hve_blob_head *head);

/**
 * struct hve_blob - a blob that is read
 * @head: its head
 * @data: all of it, aligned to eight bytes
 * @at: where the next record begins
 * @last: type of the last record
 */
struct hve_blob {
	struct hve_blob_head head;
	const unsigned char *data;
	__u32 at;
	__u32 last;
};

/* One record of it; @body is aligned to eight bytes */
struct hve_blob_item {
	enum hve_blob_type type;
	__u32 length;
	const void *body;
};

/* NULL, or what is wrong with the @length bytes at @data, for a sentence */
const char *hve_blob_open(struct hve_blob *blob, const void *data, __u32 length);
/*
 * The next record, whose type is 0 at the end: NULL, or what is wrong with it.
 * With a type that is wanted, another one is left where it is, and looks like
 * the end.
 */
const char *hve_blob_next(struct hve_blob *blob, enum hve_blob_type want,
			  struct hve_blob_item *item);

#endif /* HVE_BLOB_H */
