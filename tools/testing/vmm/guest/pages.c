// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Does anybody write to memory that is this guest's?
 *
 * In: nothing. Out: "FACT pages|MiB rounds bad": nearly all free memory filled
 * with a pattern of each word's own, and read again and again for some seconds
 * while the guest takes interrupts. A page that a hypervisor still believes to
 * be an overlay of the former kernel shows as bad words. Its first words are
 * printed. Deliberately absent: memory in use by the kernel.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SECONDS		6
#define KEEP_KB		12288	/* left to the kernel */
#define PAUSE_US	100000
#define SHOWN		8

static size_t free_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long kb = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lu", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb > 2 * KEEP_KB ? (kb - KEEP_KB) * 1024 : kb * 512;
}

/* No word is one that KVM or the module would write: all bits vary */
static uint64_t pattern(size_t i)
{
	return (i + 1) * 0x9e3779b97f4a7c15ull | 0x80;
}

static unsigned long check(const volatile uint64_t *words, size_t count)
{
	unsigned long bad = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t found = words[i];

		if (found == pattern(i))
			continue;
		if (bad++ < SHOWN)
			printf("BAD word %zu of its page: %016llx\n", i % 512,
			       (unsigned long long)found);
	}
	return bad;
}

int main(void)
{
	size_t bytes = free_bytes(), count = bytes / sizeof(uint64_t), i;
	unsigned long rounds = 0, bad = 0;
	time_t end;
	volatile uint64_t *words;

	words = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (words == MAP_FAILED)
		return 1;
	for (i = 0; i < count; i++)
		words[i] = pattern(i);
	end = time(NULL) + SECONDS;
	while (time(NULL) < end) {
		usleep(PAUSE_US);
		bad += check(words, count);
		rounds++;
	}
	printf("FACT pages|%zu %lu %lu\n", bytes >> 20, rounds, bad);
	return 0;
}
