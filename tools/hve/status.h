/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What hve status and hve top know of one VM, between asking and showing
 *
 * In: the answers of the module. Out: the same, owned: fetch.c asks and frees,
 * status_show.c shows, rates.c compares two. A vCPU that never ran has no
 * counters. No lock: a snapshot of one process; numbers of different calls may
 * differ a little.
 */
#ifndef HVE_STATUS_H
#define HVE_STATUS_H

#include <hve/tlfs.h>
#include "hve.h"

struct hve_counts {
	struct hve_counter *counters;
	__u32 count;
	__u32 vcpu;			/* VP index, or HVE_ALL_VCPUS */
};

struct hve_vm_status {
	struct hve_vm_info info;
	__u64 when;			/* CLOCK_MONOTONIC in ns: counted then */
	struct hve_counts all;
	struct hve_counts *vcpus;	/* nr_vcpus of them */
	__u32 nr_vcpus;			/* 0: not asked for */
	struct hve_crash crash;		/* count 0: none */
	char crash_message[TLFS_CRASH_MESSAGE_MAX];
};

/* What is wanted; all zero: every VM, without its vCPUs */
struct hve_query {
	bool vcpus;			/* each vCPU's counters too */
	bool vcpus_one;			/* of the VM vcpus_of only */
	bool crash;			/* what it left when it crashed */
	bool one;			/* of all VMs vm_id only */
	__u32 vcpus_of;
	__u32 vm_id;
};

/*
 * fetch.c: 0 and @count of @vms, which go back to hve_fetch_free(), or -errno
 * with a sentence
 */
int hve_fetch(int fd, const struct hve_query *query, struct hve_vm_status **vms,
	      size_t *count, char *why, size_t len);
void hve_fetch_free(struct hve_vm_status *vms, size_t count);
/* CLOCK_MONOTONIC in ns */
__u64 hve_now(void);

/* status_show.c */
void hve_status_text(const struct hve_vm_status *vms, size_t count);
void hve_status_json(const struct hve_vm_status *vms, size_t count);

/* status_crash.c: nothing, or NULL, where the guest told of no crash */
void hve_crash_text(const struct hve_vm_status *vm);
struct json_object *hve_crash_json(const struct hve_vm_status *vm);

#endif /* HVE_STATUS_H */
