// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Work on other vCPUs
 *
 * In: a function and the vCPU to run it on. Out: it ran there. A vCPU without
 * work is parked: it sleeps in the VMM, outside KVM_RUN, so that a guest of 200
 * vCPUs costs nothing while one of them works. struct cpu's work and arg belong
 * to the giver until busy is set, then to the vCPU until it clears busy.
 */
#include "guest.h"
#include "hv.h"

#define SPINS_BEFORE_YIELD	50u

void guest_enter(u64 index);
void guest_reenter(u64 index);

void cpu_loop(void)
{
	struct cpu *cpu = this_cpu();

	for (;;) {
		vmm_call(TEST_OP_PARK, 0, 0, 0);
		if (!cpu->busy)
			continue;
		cpu->work(cpu->arg);
		barrier();
		cpu->busy = 0;
	}
}

void on_cpu(u32 index, void (*work)(void *arg), void *arg)
{
	struct cpu *cpu = cpu_of(index);

	if (cpu->busy)
		die("vCPU %u has work already", index);
	cpu->work = work;
	cpu->arg = arg;
	barrier();
	cpu->busy = 1;
	vmm_call(TEST_OP_KICK, index, 0, 0);
}

void wait_cpu(u32 index)
{
	u32 i = 0;

	while (cpu_of(index)->busy) {
		cpu_relax();
		if (++i % SPINS_BEFORE_YIELD == 0)
			yield();
	}
	barrier();
}

void start_each_other(void (*work)(void *arg), void *arg)
{
	u32 i;

	for (i = 0; i < param->nr_vcpus; i++)
		if (i != this_cpu()->index)
			on_cpu(i, work, arg);
}

void wait_each_other(void)
{
	u32 i;

	for (i = 0; i < param->nr_vcpus; i++)
		if (i != this_cpu()->index)
			wait_cpu(i);
}

void on_each_other(void (*work)(void *arg), void *arg)
{
	start_each_other(work, arg);
	wait_each_other();
}

void meet(volatile u32 *counter, u32 count)
{
	u32 i = 0;

	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(counter, __ATOMIC_SEQ_CST) < count) {
		cpu_relax();
		if (++i % SPINS_BEFORE_YIELD == 0)
			yield();
	}
}

static void start(u32 index, void (*test)(void))
{
	u32 i;

	cpu_init(index);
	this_cpu()->up = 1;
	if (index)
		cpu_loop();
	if (param->magic != TEST_MAGIC)
		die("no parameters");
	for (i = 1; i < param->nr_vcpus; i++) {
		while (!cpu_of(i)->up)
			yield();
	}
	test();
	done();
}

void guest_enter(u64 index)
{
	start(index, test_main);
}

void guest_reenter(u64 index)
{
	start(index, test_after_reboot);
}

/* A test that never reboots has no second half */
__attribute__((weak)) void test_after_reboot(void)
{
	die("rebooted unasked");
}
