// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Samples and what is reported of them
 *
 * In: samples[] as the MEASURE macro filled it. Out: its median, least and
 * most, less the cost of an empty operation. A tick of the host's clock falls
 * into one sample of a thousand; the median does not see it. State: samples[],
 * which the next operation overwrites.
 */
#include "measure.h"

u32 samples[MAX_SAMPLES];
u32 nr_samples;
static u32 empty;

static void sort(void)
{
	u32 gap, i, j;

	for (gap = nr_samples / 2; gap; gap /= 2) {
		for (i = gap; i < nr_samples; i++) {
			u32 value = samples[i];

			for (j = i; j >= gap && samples[j - gap] > value; j -= gap)
				samples[j] = samples[j - gap];
			samples[j] = value;
		}
	}
}

void measure_report(u32 calls, const char *title)
{
	sort();
	if (!title) {
		empty = samples[nr_samples / 2];
		return;
	}
	line("= %u %u %u %u %s", calls, samples[nr_samples / 2] - empty,
	     samples[0] - empty, samples[nr_samples - 1] - empty, title);
}

void measure_start(void)
{
	nr_samples = ARG_SAMPLES(param->arg);
	if (!nr_samples || nr_samples > MAX_SAMPLES)
		die("%u samples cannot be taken", nr_samples);
	MEASURE(0, NULL, barrier());
	ok(empty < 100, "an empty operation costs %u", empty);
}
