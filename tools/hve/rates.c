// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: From counters to rates
 *
 * In: two copies of a VM's counters. Out: rates, see rates.h. A newer module may
 * count what is not known here: such a counter has a rate as all others, in the
 * class "other", and no part in the activity. The activity is what the guest
 * did and what came to it: MSRs, calls, CPUID, timers, messages, event flags.
 * How many vCPUs a call was for, and what failed, is in its calls already.
 */
#include <stdio.h>
#include <stdlib.h>
#include "rates.h"

static const struct {
	const char *name;
	const char *head;
	bool active;
} classes[HVE_NR_CLASSES] = {
	[HVE_CLASS_MSR] = { "msr", "MSR", true },
	[HVE_CLASS_CALL] = { "call", "CALL", true },
	[HVE_CLASS_FLUSH] = { "flush_targets", "FLUSH", false },
	[HVE_CLASS_IPI] = { "ipi_targets", "IPI", false },
	[HVE_CLASS_TIMER] = { "timers", "TIMER", true },
	[HVE_CLASS_MESSAGE] = { "messages", "MSG", true },
	[HVE_CLASS_FLAG] = { "flags", "FLAG", true },
	[HVE_CLASS_CPUID] = { "cpuid", "CPUID", true },
	[HVE_CLASS_GP] = { "gp", "#GP", false },
	[HVE_CLASS_FAILED] = { "call_failed", "FAILED", false },
	[HVE_CLASS_OTHER] = { "other", "OTHER", false },
};

const char *hve_class_name(enum hve_class class)
{
	return classes[class].name;
}

const char *hve_class_head(enum hve_class class)
{
	return classes[class].head;
}

static enum hve_class class_of(const struct hve_counter *counter)
{
	static const enum hve_class events[] = {
		[0] = HVE_CLASS_OTHER,
		[HVE_EV_CPUID] = HVE_CLASS_CPUID,
		[HVE_EV_GP] = HVE_CLASS_GP,
		[HVE_EV_CALL_FAILED] = HVE_CLASS_FAILED,
		[HVE_EV_FLUSH_TARGETS] = HVE_CLASS_FLUSH,
		[HVE_EV_IPI_TARGETS] = HVE_CLASS_IPI,
		[HVE_EV_TSC_UPDATES] = HVE_CLASS_OTHER,
		[HVE_EV_TIMERS] = HVE_CLASS_TIMER,
		[HVE_EV_MESSAGES] = HVE_CLASS_MESSAGE,
		[HVE_EV_FLAGS] = HVE_CLASS_FLAG,
	};

	switch (counter->kind) {
	case HVE_COUNTER_MSR_READ:
	case HVE_COUNTER_MSR_WRITE:
		return HVE_CLASS_MSR;
	case HVE_COUNTER_CALL:
		return HVE_CLASS_CALL;
	case HVE_COUNTER_EVENT:
		if (counter->key < sizeof(events) / sizeof(events[0]))
			return events[counter->key];
	}
	return HVE_CLASS_OTHER;
}

static bool is_same(const struct hve_counter *a, const struct hve_counter *b)
{
	return a->kind == b->kind && a->key == b->key && a->feature == b->feature;
}

/* The same counter at the time before; as a rule it has the same place */
static __u64 value_before(const struct hve_counts *before,
			  const struct hve_counter *counter, __u32 place)
{
	__u32 i;

	if (!before)
		return 0;
	if (place < before->count && is_same(&before->counters[place], counter))
		return before->counters[place].value;
	for (i = 0; i < before->count; i++)
		if (is_same(&before->counters[i], counter))
			return before->counters[i].value;
	return 0;
}

void hve_rates_compute(const struct hve_counts *before,
		       const struct hve_counts *now, __u64 ns,
		       struct hve_rates *rates)
{
	enum hve_class class;
	struct hve_rate *rate;
	__u64 value, old;
	__u32 i;

	rates->count = now->count;
	rates->activity = 0;
	for (i = 0; i < HVE_NR_CLASSES; i++)
		rates->by_class[i] = 0;
	for (i = 0; i < now->count; i++) {
		rate = &rates->rates[i];
		rate->counter = &now->counters[i];
		value = rate->counter->value;
		old = value_before(before, rate->counter, i);
		if (old <= value)
			value -= old;
		rate->per_second = ns ? value * 1e9 / ns : 0;
		class = class_of(rate->counter);
		rates->by_class[class] += rate->per_second;
		if (classes[class].active)
			rates->activity += rate->per_second;
	}
}

static int compare(const void *a, const void *b)
{
	const struct hve_rate *one = a, *other = b;

	if (one->per_second != other->per_second)
		return one->per_second < other->per_second ? 1 : -1;
	return one->counter < other->counter ? -1 : one->counter > other->counter;
}

void hve_rates_sort(struct hve_rates *rates)
{
	if (rates->count)
		qsort(rates->rates, rates->count, sizeof(*rates->rates), compare);
}

double hve_rates_key(const struct hve_rates *rates, unsigned int sort)
{
	if (sort == HVE_SORT_ACTIVITY)
		return rates->activity;
	return sort < HVE_NR_CLASSES ? rates->by_class[sort] : 0;
}

void hve_rate_text(double per_second, char text[HVE_RATE_TEXT])
{
	static const char units[] = "kMGTPE";
	const char *unit = units;

	if (per_second <= 0)
		snprintf(text, HVE_RATE_TEXT, "0");
	else if (per_second < 0.1)
		snprintf(text, HVE_RATE_TEXT, "<0.1");
	else if (per_second < 99.95)
		snprintf(text, HVE_RATE_TEXT, "%.1f", per_second);
	else if (per_second < 99999.5)
		snprintf(text, HVE_RATE_TEXT, "%.0f", per_second);
	else {
		for (per_second /= 1000; per_second >= 999.5 && unit[1]; unit++)
			per_second /= 1000;
		snprintf(text, HVE_RATE_TEXT,
			 per_second < 9.95 ? "%.1f%c" : "%.0f%c",
			 per_second < 99999 ? per_second : 99999, *unit);
	}
}
