// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: /dev/kvm-hve for the test VMM and the host tests
 *
 * In: names of features, a device descriptor. Out: a configuration; failures
 * end in a sentence that includes the module's own reason. Owns nothing.
 * Deliberately absent: adding prerequisites, because refusing is under test.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "vm.h"

#define MAX_VMS		16u

int hve_open(void)
{
	return open(HVE_DEVICE, O_RDWR | O_CLOEXEC);
}

const char *hve_why(int fd)
{
	static struct hve_reason reason;

	memset(&reason, 0, sizeof(reason));
	reason.size = sizeof(reason);
	if (ioctl(fd, HVE_GET_REASON, &reason) < 0)
		return "(no reason to be had)";
	return reason.text;
}

void hve_must(int fd, unsigned long request, const char *name, void *arg)
{
	int error;

	if (ioctl(fd, request, arg) >= 0)
		return;
	error = errno;
	trouble("%s: %s: %s", name, strerror(error), hve_why(fd));
}

unsigned long hve_known(int fd)
{
	struct hve_features features = { .size = sizeof(features) };

	HVE_MUST(fd, HVE_GET_FEATURES, &features);
	return features.supported[0];
}

static void parse_one(struct hve_config *config, char *word, unsigned long all)
{
	char *value = strchr(word, '=');
	unsigned int i;

	if (value)
		*value++ = '\0';
	if (!strcmp(word, "all")) {
		config->features[0] |= all;
		config->spinlock_retries = 0x1fff;
		return;
	}
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		const struct hve_feature_row *row = &hve_features[i];

		if (strcmp(row->name, word))
			continue;
		config->features[0] |= 1ul << row->number;
		if (row->number == HVE_F_SPINLOCKS)
			config->spinlock_retries = value ?
				strtoul(value, NULL, 0) : 0x1fff;
		return;
	}
	trouble("no feature is called \"%s\"", word);
}

void hve_parse(struct hve_config *config, const char *list, unsigned long all)
{
	char *copy = strdup(list), *save = NULL, *word;

	if (!copy)
		trouble("no memory");
	for (word = strtok_r(copy, ",", &save); word;
	     word = strtok_r(NULL, ",", &save))
		if (strcmp(word, "-"))
			parse_one(config, word, all);
	free(copy);
}

unsigned int hve_count_vms(int fd, struct hve_vm_info *first)
{
	struct hve_vm_info vms[MAX_VMS];
	struct hve_list list = {
		.size = sizeof(list), .entry_size = sizeof(*vms),
		.count = MAX_VMS, .vms = (unsigned long)vms,
	};

	memset(vms, 0, sizeof(vms));
	HVE_MUST(fd, HVE_LIST_VMS, &list);
	if (first && list.count)
		*first = vms[0];
	return list.count;
}
