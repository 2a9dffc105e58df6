// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A served VM that is simply there
 *
 * In: any number of vCPUs. Out: each of them ran and used its Hyper-V state;
 * with --arg 1 also placed its assist page over memory that was not zero, the
 * most that the module ever keeps for a vCPU. Then "ready", and nothing more
 * until somebody kills the VMM.
 */
#include "hv.h"

#define WITH_PAGES	1

static void use(void *arg)
{
	u64 *pages = arg;

	rdmsr(MSR_vp_index);
	if (pages) {
		u64 page = (u64)pages + this_cpu()->index * PAGE_SIZE;

		*(u64 *)page = page;
		wrmsr(MSR_vp_assist_page, page | TLFS_MSR_ENABLE);
	}
}

void test_main(void)
{
	void *pages = NULL;

	hv_setup();
	if (param->arg == WITH_PAGES)
		pages = alloc_pages(param->nr_vcpus);
	use(pages);
	on_each_other(use, pages);
	line("ready");
	for (;;)
		pause_us(1000000);
}
