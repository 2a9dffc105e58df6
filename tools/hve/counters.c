// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The names of what is counted
 *
 * In: a counter of the ioctl interface. Out: its kind and name; MSRs and calls
 * have those of their registry rows. Pure; owns constant tables only. A kind or
 * key that a newer module counts is shown as a number, never dropped.
 */
#include <stdio.h>
#include "hve.h"

#define NAME_OF(table, index)						\
	((index) < sizeof(table) / sizeof((table)[0]) ? (table)[index] : NULL)

static const char * const kinds[] = {
	[HVE_COUNTER_MSR_READ] = "msr_read",
	[HVE_COUNTER_MSR_WRITE] = "msr_write",
	[HVE_COUNTER_CALL] = "call",
	[HVE_COUNTER_EVENT] = "event",
};

static const char * const verbs[] = {
	[HVE_COUNTER_MSR_READ] = "read",
	[HVE_COUNTER_MSR_WRITE] = "write",
	[HVE_COUNTER_CALL] = "call",
	[HVE_COUNTER_EVENT] = "event",
};

static const struct {
	const char *name;
	const char *label;
} events[] = {
	[HVE_EV_CPUID] = { "cpuid", "CPUID leaves answered" },
	[HVE_EV_GP] = { "gp", "accesses answered with #GP" },
	[HVE_EV_CALL_FAILED] = { "call_failed", "calls that failed" },
	[HVE_EV_FLUSH_TARGETS] = { "flush_targets", "vCPUs flushed" },
	[HVE_EV_IPI_TARGETS] = { "ipi_targets", "interrupts delivered" },
	[HVE_EV_TSC_UPDATES] = { "tsc_updates", "rewrites of the TSC page" },
	[HVE_EV_TIMERS] = { "timers", "timers expired" },
	[HVE_EV_MESSAGES] = { "messages", "messages delivered" },
	[HVE_EV_FLAGS] = { "flags", "event flags set" },
	[HVE_EV_DEBUG_SENT] = { "debug_sent", "packets to the debugger" },
	[HVE_EV_DEBUG_RECEIVED] = { "debug_received", "packets from the debugger" },
	[HVE_EV_DEBUG_LOST] = { "debug_lost", "debugger's packets lost" },
};

#define NR_EVENTS	(sizeof(events) / sizeof(events[0]))

const char *hve_counter_kind(__u32 kind)
{
	const char *name = NAME_OF(kinds, kind);

	return name ? name : "unknown";
}

const char *hve_counter_name(const struct hve_counter *counter)
{
	unsigned int i;

	switch (counter->kind) {
	case HVE_COUNTER_MSR_READ:
	case HVE_COUNTER_MSR_WRITE:
		for (i = 0; i < HVE_NR_MSRS; i++)
			if (hve_msrs[i].number == counter->key)
				return hve_msrs[i].name;
		return NULL;
	case HVE_COUNTER_CALL:
		for (i = 0; i < HVE_NR_CALLS; i++)
			if (hve_calls[i].code == counter->key)
				return hve_calls[i].name;
		return NULL;
	case HVE_COUNTER_EVENT:
		return counter->key < NR_EVENTS ? events[counter->key].name : NULL;
	}
	return NULL;
}

void hve_counter_label(const struct hve_counter *counter, char *label,
		       size_t len)
{
	const char *verb = NAME_OF(verbs, counter->kind);
	const char *name = hve_counter_name(counter);

	if (counter->kind == HVE_COUNTER_EVENT && name)
		snprintf(label, len, "%s", events[counter->key].label);
	else if (verb && name)
		snprintf(label, len, "%s %s", verb, name);
	else if (verb)
		snprintf(label, len, "%s 0x%x", verb, counter->key);
	else
		snprintf(label, len, "kind %u, 0x%x", counter->kind, counter->key);
}
