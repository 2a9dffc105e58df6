// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve status: what a guest left when it crashed
 *
 * In: struct hve_crash and the message, which are the guest's own words. Out:
 * for people, a paragraph with the last lines of the message, and the reason
 * where it names one; for scripts, all of it in JSON. Whatever could do harm to
 * a terminal becomes a dot; zero bytes are left out, so that text of two bytes a
 * letter can be read. Owns no state.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <hve/tlfs.h>
#include <json-c/json.h>
#include "status.h"

#define LINES	20u	/* of a message, for people */
/* How Linux names the reason; registers and a stack follow, often more LINES. */
#define REASON	"Kernel panic"

/* The caller frees it; NULL when there is no memory */
static char *harmless(const char *bytes, size_t len)
{
	char *text = malloc(len + 1), *to = text;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < len; i++) {
		if (!bytes[i] || bytes[i] == '\r')
			continue;
		if (bytes[i] == '\n' || (bytes[i] >= ' ' && bytes[i] <= '~'))
			*to++ = bytes[i];
		else
			*to++ = bytes[i] == '\t' ? ' ' : '.';
	}
	*to = '\0';
	return text;
}

static void format_time(const struct hve_crash *crash, char *text, size_t len)
{
	time_t seconds = crash->time / 1000000000;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(text, len, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, len, "%" PRIu64, (uint64_t)crash->time);
}

/* Where the last LINES lines begin */
static const char *last_lines(const char *text)
{
	const char *at = text + strlen(text);
	unsigned int ends = 0;

	/* The end of the last line itself does not count. */
	while (at > text && at[-1] == '\n')
		at--;
	for (; at > text; at--)
		if (at[-1] == '\n' && ++ends == LINES)
			break;
	return at;
}

/* Prints the line at @line, and returns where the next one begins */
static const char *show_line(const char *line)
{
	const char *end = strchrnul(line, '\n');

	printf("    | %.*s\n", (int)(end - line), line);
	return *end ? end + 1 : end;
}

/* The beginning of the line with the reason, NULL where there is none */
static const char *reason_line(const char *text)
{
	const char *at = strstr(text, REASON);

	while (at && at > text && at[-1] != '\n')
		at--;
	return at;
}

static void show_message(const struct hve_vm_status *vm)
{
	char *text = harmless(vm->crash_message, vm->crash.length);
	const char *line, *reason;

	if (!text)
		return;
	line = last_lines(text);
	reason = reason_line(text);
	printf("    its message, %u bytes%s:\n", vm->crash.length,
	       line == text ? "" : ", the end");
	if (reason && reason < line && show_line(reason) < line)
		puts("    ...");
	while (*line)
		line = show_line(line);
	free(text);
}

void hve_crash_text(const struct hve_vm_status *vm)
{
	const struct hve_crash *crash = &vm->crash;
	unsigned int pre = crash->ctl >> TLFS_CRASH_PRE_OS_SHIFT &
			   TLFS_CRASH_PRE_OS_MASK;
	char when[64];
	unsigned int i;

	if (!crash->count)
		return;
	format_time(crash, when, sizeof(when));
	printf("  crashed, as it said itself: %" PRIu64 " time%s, last %s on vCPU %u\n",
	       (uint64_t)crash->count, crash->count == 1 ? "" : "s", when,
	       crash->vcpu);
	fputs("   ", stdout);
	for (i = 0; i < HVE_CRASH_PARAMS; i++)
		printf(" 0x%" PRIx64, (uint64_t)crash->params[i]);
	if (pre)
		printf("; before its system ran (%u)", pre);
	if (crash->ctl & TLFS_CRASH_NO_DUMP)
		fputs("; it writes no dump", stdout);
	putchar('\n');
	if (crash->length)
		show_message(vm);
}

static void add_hex(struct json_object *to, const char *key, __u64 value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, (uint64_t)value);
	json_object_object_add(to, key, json_object_new_string(text));
}

struct json_object *hve_crash_json(const struct hve_vm_status *vm)
{
	const struct hve_crash *crash = &vm->crash;
	struct json_object *object, *params;
	char text[64], *message;
	unsigned int i;

	if (!crash->count)
		return NULL;
	object = json_object_new_object();
	json_object_object_add(object, "count", json_object_new_int64(crash->count));
	format_time(crash, text, sizeof(text));
	json_object_object_add(object, "time", json_object_new_string(text));
	json_object_object_add(object, "reference_time",
			       json_object_new_int64(crash->reference));
	json_object_object_add(object, "vcpu", json_object_new_int64(crash->vcpu));
	params = json_object_new_array();
	for (i = 0; i < HVE_CRASH_PARAMS; i++) {
		snprintf(text, sizeof(text), "0x%" PRIx64,
			 (uint64_t)crash->params[i]);
		json_object_array_add(params, json_object_new_string(text));
	}
	json_object_object_add(object, "parameters", params);
	add_hex(object, "control", crash->ctl);
	message = crash->length ? harmless(vm->crash_message, crash->length) : NULL;
	json_object_object_add(object, "message",
			       message ? json_object_new_string(message) : NULL);
	free(message);
	return object;
}
