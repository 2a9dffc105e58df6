// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What hve doctor found, row by row
 *
 * In: findings, in the order of the checks. Out: a table for people or JSON for
 * scripts, and whether anything failed. The report owns its strings until the
 * process ends. What is looked at is deliberately absent: doctor_*.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "hve.h"

static const char * const grades[] = {
	[HVE_GOOD] = "ok", [HVE_WARN] = "warn", [HVE_FAIL] = "FAIL",
};

static char *format(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0) {
		hve_print_error(HVE_REFUSED, "no memory for the report: free some");
		exit(HVE_REFUSED);
	}
	return text;
}

void hve_report_add(struct hve_report *report, enum hve_grade grade,
		    const char *name, const char *fmt, ...)
{
	struct hve_finding *finding;
	va_list args;

	report->findings = realloc(report->findings,
				   (report->count + 1) * sizeof(*finding));
	if (!report->findings) {
		hve_print_error(HVE_REFUSED, "no memory for the report: free some");
		exit(HVE_REFUSED);
	}
	finding = &report->findings[report->count++];
	finding->grade = grade;
	finding->name = strdup(name);
	finding->next = NULL;
	va_start(args, fmt);
	finding->found = format(fmt, args);
	va_end(args);
}

void hve_report_next(struct hve_report *report, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report->findings[report->count - 1].next = format(fmt, args);
	va_end(args);
}

bool hve_report_failed(const struct hve_report *report)
{
	size_t i;

	for (i = 0; i < report->count; i++)
		if (report->findings[i].grade == HVE_FAIL)
			return true;
	return false;
}

void hve_report_text(const struct hve_report *report)
{
	const struct hve_finding *finding;
	size_t i;

	for (i = 0; i < report->count; i++) {
		finding = &report->findings[i];
		printf("%-5s %-20s %s\n", grades[finding->grade], finding->name,
		       finding->found);
		if (finding->next)
			printf("%26s -> %s\n", "", finding->next);
	}
	puts(hve_report_failed(report) ?
	     "\nThis host cannot serve VMs as it is: see each FAIL above." :
	     "\nThis host can serve VMs.");
}

void hve_report_json(const struct hve_report *report)
{
	struct json_object *top = json_object_new_object(), *object;
	struct json_object *rows = json_object_new_array();
	const struct hve_finding *finding;
	size_t i;

	for (i = 0; i < report->count; i++) {
		finding = &report->findings[i];
		object = json_object_new_object();
		json_object_object_add(object, "check",
				       json_object_new_string(finding->name));
		json_object_object_add(object, "result",
			json_object_new_string(grades[finding->grade]));
		json_object_object_add(object, "found",
				       json_object_new_string(finding->found));
		json_object_object_add(object, "next", !finding->next ? NULL :
				       json_object_new_string(finding->next));
		json_object_array_add(rows, object);
	}
	json_object_object_add(top, "usable",
			       json_object_new_boolean(!hve_report_failed(report)));
	json_object_object_add(top, "checks", rows);
	hve_print_json(top);
}
