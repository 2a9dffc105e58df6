// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve status: ask the module what is served
 *
 * In: the number of a VM, or none for all. Out: hve_vm_status for each, shown
 * by status_show.c. The module owns the counters; the copies here end with the
 * process. A VM that goes away while it is asked about is left out. Waiting for
 * changes is deliberately absent.
 */
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "status.h"

#define SPARE	8	/* room for what appears between two calls */

struct query {
	bool vcpus;
	bool json;
	bool one;
	__u32 vm_id;
};

static const struct option options[] = {
	{ "vcpus", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

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
		ret = read_counts(fd, vm->info.vm_id, &vm->vcpus[vcpu], why, len);
		if (ret && ret != -ENOENT)
			return ret;
	}
	vm->nr_vcpus = vm->info.nr_vcpus;
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

/* 1: there, 0: gone meanwhile or not asked for, or -errno */
static int read_vm(int fd, const struct query *query,
		   const struct hve_vm_info *info, struct hve_vm_status *vm,
		   char *why, size_t len)
{
	int ret;

	if (query->one && info->vm_id != query->vm_id)
		return 0;
	vm->info = *info;
	vm->all.vcpu = HVE_ALL_VCPUS;
	ret = read_counts(fd, info->vm_id, &vm->all, why, len);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	read_crash(fd, vm);
	ret = query->vcpus ? read_vcpus(fd, vm, why, len) : 0;
	return ret ? ret : 1;
}

static int show_vms(int fd, const struct query *query, char *why, size_t len)
{
	struct hve_vm_status *vms = NULL;
	struct hve_vm_info *infos = NULL;
	__u32 i, count, kept = 0;
	int ret;

	ret = list_vms(fd, &infos, &count, why, len);
	if (ret)
		return ret;
	vms = calloc(count + 1, sizeof(*vms));
	if (!vms) {
		snprintf(why, len, "no memory for %u VMs: free some", count);
		return -ENOMEM;
	}
	for (i = 0; i < count; i++) {
		ret = read_vm(fd, query, &infos[i], &vms[kept], why, len);
		if (ret < 0)
			return ret;
		kept += ret;
	}
	if (query->one && !kept) {
		snprintf(why, len, "VM %u is not served: `hve status` shows those that are",
			 query->vm_id);
		return -ENOENT;
	}
	if (query->json)
		hve_status_json(vms, kept);
	else
		hve_status_text(vms, kept);
	for (i = 0; i < kept; i++) {
		for (__u32 k = 0; k < vms[i].nr_vcpus; k++)
			free(vms[i].vcpus[k].counters);
		free(vms[i].vcpus);
		free(vms[i].all.counters);
	}
	free(vms);
	free(infos);
	return 0;
}

static int parse(struct query *query, int argc, char **argv)
{
	char *end;
	int found;

	while ((found = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (found == '?' || found == ':')
			return hve_print_bad_option(argv, found);
		query->vcpus |= found == 'v';
		query->json |= found == 'j';
	}
	if (optind == argc)
		return HVE_DONE;
	query->one = true;
	errno = 0;
	query->vm_id = strtoul(argv[optind], &end, 10);
	if (errno || *end || end == argv[optind] || optind + 1 < argc)
		return hve_print_error(HVE_USAGE,
				       "\"%s\" is not the number of one VM: `hve status` shows the numbers",
				       argv[argc - 1]);
	return HVE_DONE;
}

int hve_status_main(int argc, char **argv)
{
	struct query query = { 0 };
	char why[HVE_WHY_LEN];
	int fd, ret;

	ret = parse(&query, argc, argv);
	if (ret)
		return ret;
	fd = hve_device_open(why, sizeof(why));
	ret = fd < 0 ? fd : show_vms(fd, &query, why, sizeof(why));
	if (fd >= 0)
		close(fd);
	if (ret)
		return hve_print_error(HVE_REFUSED, "%s", why);
	return HVE_DONE;
}
