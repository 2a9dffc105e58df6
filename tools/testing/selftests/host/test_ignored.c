// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: timers that a guest ignores do not occupy the host
 *
 * In: guest/ignored.c. Out: while nothing is taken of four timers of the shortest
 * period, in each mode, the host takes few more timer interrupts than without
 * them; afterwards all of them go on. The bound lies above what an idle host
 * takes, and below what such timers make of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hve/registry.h>
#include "tap.h"
#include "../ignored.h"

#define MS		1000u
#define MOST		3000ul	/* in that time; 5000 is all that a lab host can take */

static struct vm vm = { .nr_vcpus = 1, .irqchip = true };

/* Local timer interrupts of all processors */
static unsigned long timer_interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	unsigned long sum = 0;
	char line[4096];
	char *at, *end;

	while (file && fgets(line, sizeof(line), file)) {
		at = strstr(line, "LOC:");
		if (!at)
			continue;
		for (at += 4; ; at = end) {
			unsigned long n = strtoul(at, &end, 10);

			if (end == at)
				break;
			sum += n;
		}
	}
	if (!sum)
		trouble("/proc/interrupts does not count LOC");
	fclose(file);
	return sum;
}

static void ignore(const char *mode, unsigned int at)
{
	unsigned long before, n;

	ok(vm_comes_to(&vm, IGNORED_AT, at), "%s: the timers run", mode);
	before = timer_interrupts();
	ms_sleep(MS);
	n = timer_interrupts() - before;
	ok(n < MOST, "%s: %lu timer interrupts of the host in %u ms", mode, n, MS);
	vm.param->scratch[IGNORED_WANT] = IGNORED_TAKE;
	ok(vm_comes_to(&vm, IGNORED_AT, at + 1), "%s: all of them go on", mode);
}

int main(void)
{
	int device = configured(HVE_BIT(STIMER_DIRECT) | HVE_BIT(STIMER) |
				HVE_BIT(SYNIC) | HVE_BIT(TIME));

	vm_begin(&vm, device, "ignored");
	ignore("messages", 1);
	vm.param->scratch[IGNORED_WANT] = IGNORED_DIRECT;
	ignore("direct", 3);
	return done();
}
