/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What hve status knows of one VM, between asking and showing
 *
 * In: the answers of the module. Out: the same, owned: status.c asks and frees,
 * status_show.c shows. A vCPU that never ran has no counters. No lock: a
 * snapshot of one process; numbers of different calls may differ a little.
 */
#ifndef HVE_STATUS_H
#define HVE_STATUS_H

#include "hve.h"

struct hve_counts {
	struct hve_counter *counters;
	__u32 count;
	__u32 vcpu;			/* VP index, or HVE_ALL_VCPUS */
};

struct hve_vm_status {
	struct hve_vm_info info;
	struct hve_counts all;
	struct hve_counts *vcpus;	/* nr_vcpus of them */
	__u32 nr_vcpus;			/* 0: not asked for */
};

/* status_show.c */
void hve_status_text(const struct hve_vm_status *vms, size_t count);
void hve_status_json(const struct hve_vm_status *vms, size_t count);

#endif /* HVE_STATUS_H */
