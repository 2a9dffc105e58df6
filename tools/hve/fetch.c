// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Ask the module what is served, for hve status and hve top
 *
 * In: an open device and a query. Out: struct hve_vm_status for each VM that it
 * is about, which the caller frees with hve_fetch_free(). The module owns the
 * counters; these are copies. A VM that goes away while it is asked about is
 * left out, and tables that grew between two calls are asked for again. Owns no
 * state. Showing any of it is deliberately absent.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include "status.h"

#define SPARE	8	/* room for what appears between two calls */

__u64 hve_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int list_vms(int fd, struct hve_vm_info **infos, __u32 *count, char *why,
		    size_t len)
{
	struct hve_list list = { .size = sizeof(list),
				 .entry_size = sizeof(**infos) };
	__u32 room = SPARE;
	int ret;

	*infos = NULL;
	do {
		free(*infos);
		*infos = calloc(room, sizeof(**infos));
		if (!*infos) {
			snprintf(why, len, "no memory for %u VMs: free some", room);
			return -ENOMEM;
		}
		list.count = room;
		list.vms = (uintptr_t)*infos;
		ret = hve_device_call(fd, HVE_LIST_VMS, &list,
				      "the list of VMs", why, len);
		room = list.count + SPARE;
	} while (ret == -ENOSPC);
	*count = list.count;
	return ret < 0 ? ret : 0;
}

static int read_counts(int fd, __u32 vm_id, struct hve_counts *counts,
		       char *why, size_t len)
{
	struct hve_counters request = { .size = sizeof(request), .vm_id = vm_id,
					.vcpu = counts->vcpu };
	__u32 room = 2 * HVE_NR_MSRS + HVE_NR_CALLS + 4 * SPARE;
	int ret;

	counts->counters = NULL;
	do {
		free(counts->counters);
		counts->counters = calloc(room, sizeof(*counts->counters));
		if (!counts->counters) {
			snprintf(why, len, "no memory for %u counters: free some",
				 room);
			return -ENOMEM;
		}
		request.count = room;
		request.counters = (uintptr_t)counts->counters;
		ret = hve_device_call(fd, HVE_GET_COUNTERS, &request,
				      "the counters", why, len);
		room = request.count + SPARE;
	} while (ret == -ENOSPC);
	counts->count = ret < 0 ? 0 : request.count;
	return ret < 0 ? ret : 0;
}

static int read_vcpus(int fd, struct hve_vm_status *vm, char *why, size_t len)
{
	__u32 vcpu;
	int ret;

	vm->vcpus = calloc(vm->info.nr_vcpus + 1, sizeof(*vm->vcpus));
	if (!vm->vcpus) {
		snprintf(why, len, "no memory for %u vCPUs: free some",
			 vm->info.nr_vcpus);
		return -ENOMEM;
	}
	for (vcpu = 0; vcpu < vm->info.nr_vcpus; vcpu++) {
		vm->vcpus[vcpu].vcpu = vcpu;
		vm->nr_vcpus = vcpu + 1;
		ret = read_counts(fd, vm->info.vm_id, &vm->vcpus[vcpu], why, len);
		if (ret && ret != -ENOENT)
			return ret;
	}
	return 0;
}

/* An older module does not know the question: then there is no answer. */
static void read_crash(int fd, struct hve_vm_status *vm)
{
	vm->crash = (struct hve_crash) {
		.size = sizeof(vm->crash), .vm_id = vm->info.vm_id,
		.length = sizeof(vm->crash_message),
		.message = (uintptr_t)vm->crash_message,
	};
	if (ioctl(fd, HVE_GET_CRASH, &vm->crash) ||
	    vm->crash.length > sizeof(vm->crash_message))
		vm->crash.count = 0;
}

static void free_vm(struct hve_vm_status *vm)
{
	__u32 i;

	for (i = 0; i < vm->nr_vcpus; i++)
		free(vm->vcpus[i].counters);
	free(vm->vcpus);
	free(vm->all.counters);
	vm->vcpus = NULL;
	vm->nr_vcpus = 0;
	vm->all.counters = NULL;
}

/* 1: there, 0: gone meanwhile or not asked for, or -errno */
static int read_vm(int fd, const struct hve_query *query,
		   const struct hve_vm_info *info, struct hve_vm_status *vm,
		   char *why, size_t len)
{
	int ret;

	if (query->one && info->vm_id != query->vm_id)
		return 0;
	vm->info = *info;
	vm->all.vcpu = HVE_ALL_VCPUS;
	vm->when = hve_now();
	ret = read_counts(fd, info->vm_id, &vm->all, why, len);
	if (!ret && query->crash)
		read_crash(fd, vm);
	if (!ret && query->vcpus &&
	    (!query->vcpus_one || query->vcpus_of == info->vm_id))
		ret = read_vcpus(fd, vm, why, len);
	if (!ret)
		return 1;
	free_vm(vm);
	return ret == -ENOENT ? 0 : ret;
}

void hve_fetch_free(struct hve_vm_status *vms, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free_vm(&vms[i]);
	free(vms);
}

static int read_vms(int fd, const struct hve_query *query,
		    const struct hve_vm_info *infos, __u32 room,
		    struct hve_vm_status *vms, size_t *count, char *why,
		    size_t len)
{
	__u32 i;
	int ret;

	for (i = 0; i < room; i++) {
		ret = read_vm(fd, query, &infos[i], &vms[*count], why, len);
		if (ret < 0)
			return ret;
		*count += ret;
	}
	if (query->one && !*count) {
		snprintf(why, len, "VM %u is not served: `hve status` shows those that are",
			 query->vm_id);
		return -ENOENT;
	}
	return 0;
}

int hve_fetch(int fd, const struct hve_query *query, struct hve_vm_status **vms,
	      size_t *count, char *why, size_t len)
{
	struct hve_vm_info *infos;
	__u32 room;
	int ret;

	*vms = NULL;
	*count = 0;
	ret = list_vms(fd, &infos, &room, why, len);
	if (ret) {
		free(infos);
		return ret;
	}
	*vms = calloc(room + 1, sizeof(**vms));
	if (*vms) {
		ret = read_vms(fd, query, infos, room, *vms, count, why, len);
	} else {
		snprintf(why, len, "no memory for %u VMs: free some", room);
		ret = -ENOMEM;
	}
	free(infos);
	if (ret) {
		hve_fetch_free(*vms, *count);
		*vms = NULL;
		*count = 0;
	}
	return ret;
}
