// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Does the guest's clock ever go back?
 *
 * In: nothing. Out: for ever, lines "T nanoseconds steps worst": the time now,
 * how often a reading lay before one that some CPU had finished earlier, and
 * by how much at most. One thread a CPU reads and compares with the latest
 * reading of all. Deliberately absent: a judgement; the host compares rates.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BURST		200
#define PAUSE_US	500
#define LINE_US		50000

static _Atomic uint64_t latest, worst, steps;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void raise_to(_Atomic uint64_t *value, uint64_t wanted)
{
	uint64_t seen = atomic_load(value);

	while (seen < wanted &&
	       !atomic_compare_exchange_weak(value, &seen, wanted))
		;
}

static void read_once(void)
{
	uint64_t before = atomic_load(&latest), now = now_ns();

	if (now < before) {
		atomic_fetch_add(&steps, 1);
		raise_to(&worst, before - now);
	}
	raise_to(&latest, now);
}

static void *reader(void *arg)
{
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	CPU_SET((long)arg, &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (;;) {
		for (i = 0; i < BURST; i++)
			read_once();
		usleep(PAUSE_US);
	}
	return NULL;
}

int main(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;
	pthread_t thread;

	for (cpu = 0; cpu < cpus; cpu++)
		if (pthread_create(&thread, NULL, reader, (void *)cpu))
			return 1;
	for (;;) {
		printf("T %llu %llu %llu\n", (unsigned long long)now_ns(),
		       (unsigned long long)steps, (unsigned long long)worst);
		fflush(stdout);
		usleep(LINE_US);
	}
}
