// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: every vCPU reads its own VP index
 *
 * In: any number of vCPUs. Out: indices that are all different, below the
 * number of vCPUs, equal to the order of creation, and cannot be written.
 */
#include "hv.h"

static volatile u64 seen[TEST_MAX_VCPUS];

static void read_index(void *arg)
{
	(void)arg;
	seen[this_cpu()->index] = rdmsr(MSR_vp_index);
}

void test_main(void)
{
	u32 i, wrong = 0;

	read_index(NULL);
	on_each_other(read_index, NULL);
	for (i = 0; i < param->nr_vcpus; i++) {
		if (seen[i] == i)
			continue;
		diag("vCPU %u reads %lu", i, seen[i]);
		wrong++;
	}
	ok(!wrong, "%u vCPUs read their index", param->nr_vcpus);
	ok(wrmsr_safe(MSR_vp_index, 0) == VEC_GP, "writing it is #GP");
}
