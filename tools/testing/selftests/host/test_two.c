// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: two served VMs with different configurations at once
 *
 * In: nothing. Out: pairs of guests, each of which checks its own rows, pass
 * side by side; a plain VM beside them too. Which configuration a VM has is
 * thereby seen not to leak into another.
 */
#include "tap.h"

static void pair(const char *what, pid_t first, pid_t second)
{
	int a = reap(first), b = reap(second);

	ok(a == STATUS_PASS && b == STATUS_PASS, "%s (%d, %d)", what, a, b);
}

int main(void)
{
	int device = configured(0);
	pid_t plain;

	plain = spawn_vmm("unserved", "-p", "-A", "3000", NULL);
	pair("CPUID: all beside the base",
	     spawn_vmm("rows_cpuid", "-H", "all", NULL),
	     spawn_vmm("rows_cpuid", "-H", "-", NULL));
	pair("MSRs: all beside the base",
	     spawn_vmm("rows_msr", "-v", "2", "-H", "all", NULL),
	     spawn_vmm("rows_msr", "-v", "2", "-H", "-", NULL));
	pair("MSRs: time beside vapic",
	     spawn_vmm("rows_msr", "-H", "time", NULL),
	     spawn_vmm("rows_msr", "-H", "vapic", NULL));
	pair("hypercall pages beside clocks",
	     spawn_vmm("hypercall_page", "-v", "2", "-H", "-", NULL),
	     spawn_vmm("tsc", "-v", "2", "-H", "time", NULL));
	pair("IPIs beside flushes",
	     spawn_vmm("ipi", "-v", "3", "-H", "ipi", NULL),
	     spawn_vmm("flush", "-v", "5", "-H", "tlbflush", NULL));
	pair("busy, with and without the in-kernel APIC",
	     spawn_vmm("busy", "-v", "3", "-A", "1500", NULL),
	     spawn_vmm("busy", "-v", "2", "-A", "1500", "-n", NULL));
	pair("a reboot beside a busy one",
	     spawn_vmm("reset", "-v", "2", NULL),
	     spawn_vmm("busy", "-v", "2", "-A", "1500", NULL));
	ok(reap(plain) == STATUS_PASS, "a plain VM ran beside them");
	ok(wait_served(device, 0), "none is left");
	return done();
}
