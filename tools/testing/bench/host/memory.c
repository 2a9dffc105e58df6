// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: How much memory the module holds for the one served VM
 *
 * In: /dev/kvm-hve with exactly one VM served. Out: "VCPUS BYTES". Owns no
 * state. Deliberately absent: judging the figure (report.awk).
 */
#include <stdio.h>
#include "host/vm.h"

int main(void)
{
	struct hve_vm_info info;
	int device = hve_open();

	if (device < 0)
		trouble("%s cannot be opened", HVE_DEVICE);
	if (hve_count_vms(device, &info) != 1)
		trouble("there is not exactly one served VM");
	printf("%u %llu\n", info.nr_vcpus, (unsigned long long)info.memory);
	return STATUS_PASS;
}
