// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve top: one sample more
 *
 * In: the module, asked through fetch.c, and the sample before. Out: rates of
 * each VM that is there now. Owns both samples. The device is opened for each
 * sample and closed after it: an open device would keep the module from being
 * unloaded. VMs are told apart by number, process and name, because numbers
 * begin anew when the module is loaded again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "top.h"

static const struct hve_vm_status *find_before(const struct hve_top *top,
					       const struct hve_vm_status *vm)
{
	const struct hve_vm_info *info;
	size_t i;

	for (i = 0; i < top->before.count; i++) {
		info = &top->before.vms[i].info;
		if (info->vm_id == vm->info.vm_id && info->pid == vm->info.pid &&
		    !memcmp(info->comm, vm->info.comm, sizeof(info->comm)))
			return &top->before.vms[i];
	}
	return NULL;
}

static int new_rates(const struct hve_counts *before,
		     const struct hve_counts *now, __u64 ns,
		     struct hve_rates *rates)
{
	rates->rates = calloc(now->count + 1, sizeof(*rates->rates));
	if (!rates->rates)
		return -ENOMEM;
	hve_rates_compute(before, now, ns, rates);
	hve_rates_sort(rates);
	return 0;
}

/* A VM that was not there the time before began with zero after that. */
static int look_at(const struct hve_top *top, const struct hve_vm_status *vm,
		   struct hve_top_vm *view)
{
	const struct hve_vm_status *old = find_before(top, vm);
	__u64 since = old ? old->when : top->before.when;
	__u64 ns = since && vm->when > since ? vm->when - since : 0;
	__u32 i;

	view->vm = vm;
	view->seconds = ns / 1e9;
	view->vcpus_known = !old || old->nr_vcpus;
	if (new_rates(old ? &old->all : NULL, &vm->all, ns, &view->all))
		return -ENOMEM;
	view->vcpus = calloc(vm->nr_vcpus + 1, sizeof(*view->vcpus));
	if (!view->vcpus)
		return -ENOMEM;
	for (i = 0; i < vm->nr_vcpus; i++)
		if (new_rates(old && i < old->nr_vcpus ? &old->vcpus[i] : NULL,
			      &vm->vcpus[i], view->vcpus_known ? ns : 0,
			      &view->vcpus[i]))
			return -ENOMEM;
	return 0;
}

static void free_views(struct hve_top *top)
{
	struct hve_top_vm *view;
	__u32 k;
	size_t i;

	for (i = 0; top->vms && i < top->now.count; i++) {
		view = &top->vms[i];
		for (k = 0; view->vcpus && k < view->vm->nr_vcpus; k++)
			free(view->vcpus[k].rates);
		free(view->vcpus);
		free(view->all.rates);
	}
	free(top->vms);
	top->vms = NULL;
}

static void free_sample(struct hve_sample *sample)
{
	hve_fetch_free(sample->vms, sample->count);
	*sample = (struct hve_sample) { 0 };
}

void hve_top_free(struct hve_top *top)
{
	free_views(top);
	free_sample(&top->before);
	free_sample(&top->now);
}

/* qsort() hands its data to nobody */
static unsigned int sorted_by;

static int compare(const void *a, const void *b)
{
	const struct hve_top_vm *one = a, *other = b;
	double left = hve_rates_key(&one->all, sorted_by);
	double right = hve_rates_key(&other->all, sorted_by);

	if (left != right)
		return left < right ? 1 : -1;
	return one->vm->info.vm_id < other->vm->info.vm_id ? -1 : 1;
}

void hve_top_sort(struct hve_top *top)
{
	sorted_by = top->sort;
	if (top->vms && top->now.count)
		qsort(top->vms, top->now.count, sizeof(*top->vms), compare);
}

static int ask(struct hve_top *top, char *why, size_t len)
{
	int fd = hve_device_open(why, len), ret;

	if (fd < 0)
		return fd;
	top->now.when = hve_now();
	ret = hve_fetch(fd, &top->query, &top->now.vms, &top->now.count, why, len);
	close(fd);
	return ret;
}

int hve_top_sample(struct hve_top *top, char *why, size_t len)
{
	size_t i;
	int ret;

	free_views(top);
	free_sample(&top->before);
	top->before = top->now;
	top->now = (struct hve_sample) { 0 };
	ret = ask(top, why, len);
	if (ret) {
		hve_top_free(top);
		return ret;
	}
	top->vms = calloc(top->now.count + 1, sizeof(*top->vms));
	for (i = 0; top->vms && !ret && i < top->now.count; i++)
		top->vms[i].vm = &top->now.vms[i];
	for (i = 0; top->vms && !ret && i < top->now.count; i++)
		ret = look_at(top, &top->now.vms[i], &top->vms[i]);
	if (!top->vms || ret) {
		snprintf(why, len, "no memory for %zu VMs: free some",
			 top->now.count);
		hve_top_free(top);
		return -ENOMEM;
	}
	hve_top_sort(top);
	return 0;
}
