// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What the demonstration's guest does
 *
 * In: nothing. Out: what a time stamp costs, as a "FACT" line. Then every CPU
 * gets interrupts and TLB flushes from the others: threads change mappings that
 * all of them have used. Deliberately absent: any use of Hyper-V by itself; the
 * guest's kernel chooses its ways.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define READS		20000
#define ROUNDS		40
#define PAGES		16
#define PAGE		4096

static char *shared;
static volatile int stop;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void time_stamps(void)
{
	uint64_t start, end;
	int i;

	for (i = 0; i < READS / 10; i++)
		now_ns();
	start = now_ns();
	for (i = 0; i < READS; i++)
		now_ns();
	end = now_ns();
	printf("FACT clock_gettime|%.2f us\n",
	       (double)(end - start) / READS / 1000);
}

static void *toucher(void *arg)
{
	cpu_set_t set;
	int page;

	CPU_ZERO(&set);
	CPU_SET((long)arg, &set);
	sched_setaffinity(0, sizeof(set), &set);
	while (!stop) {
		for (page = 0; page < PAGES; page++)
			(void)*(volatile char *)(shared + page * PAGE);
		sched_yield();
	}
	return NULL;
}

int main(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;
	pthread_t thread[cpus];
	int round;

	time_stamps();
	shared = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	for (cpu = 0; cpu < cpus; cpu++)
		pthread_create(&thread[cpu], NULL, toucher, (void *)cpu);
	for (round = 0; round < ROUNDS; round++) {
		shared[0] = round;
		mprotect(shared, PAGES * PAGE, PROT_READ);
		usleep(1000);
		mprotect(shared, PAGES * PAGE, PROT_READ | PROT_WRITE);
		mprotect(shared + PAGE, PAGE, PROT_READ);
		mprotect(shared + PAGE, PAGE, PROT_READ | PROT_WRITE);
	}
	stop = 1;
	for (cpu = 0; cpu < cpus; cpu++)
		pthread_join(thread[cpu], NULL);
	return 0;
}
