// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve top: a sample as text and as JSON
 *
 * In: struct hve_top. Out: lines for the screen and for plain text, and JSON
 * with every counter, one object and one line for each sample. Owns no state.
 * A process may call itself what it likes: what could do harm to a terminal
 * is written as \xNN. Only a rate that is not zero has a line.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <json-c/json.h>
#include "top.h"

const char hve_top_vm_head[] = "  VM PROCESS         VCPU";
const char hve_top_vcpu_head[] = "  VM PROCESS           VP";
const char hve_top_rate_head[] = "ENLIGHTENMENT    PER SECOND  WHAT";

void hve_top_head(const char *label, char line[HVE_TOP_LINE])
{
	int at = snprintf(line, HVE_TOP_LINE, "%s ACTIVITY", label);
	enum hve_class class;

	for (class = 0; class < HVE_CLASS_OTHER; class++)
		at += snprintf(line + at, HVE_TOP_LINE - at, " %6s",
			       hve_class_head(class));
}

void hve_top_line(const char *label, const struct hve_rates *rates,
		  char line[HVE_TOP_LINE])
{
	char text[HVE_RATE_TEXT];
	enum hve_class class;
	int at;

	hve_rate_text(rates->activity, text);
	at = snprintf(line, HVE_TOP_LINE, "%-25.40s %8s", label, text);
	for (class = 0; class < HVE_CLASS_OTHER; class++) {
		hve_rate_text(rates->by_class[class], text);
		at += snprintf(line + at, HVE_TOP_LINE - at, " %6s", text);
	}
}

void hve_top_vm_label(const struct hve_top_vm *vm, char line[HVE_TOP_LINE])
{
	char name[HVE_COMM_TEXT];

	hve_print_comm(&vm->vm->info, name);
	snprintf(line, HVE_TOP_LINE, "%4u %-15.15s %4u", vm->vm->info.vm_id, name,
		 vm->vm->info.nr_vcpus);
}

void hve_top_vcpu_label(const struct hve_top_vm *vm, __u32 vcpu,
			char line[HVE_TOP_LINE])
{
	snprintf(line, HVE_TOP_LINE, "%4u %-15.15s %4u", vm->vm->info.vm_id, "",
		 vm->vm->vcpus[vcpu].vcpu);
}

void hve_top_rate_line(const struct hve_rate *rate, char line[HVE_TOP_LINE])
{
	const struct hve_feature_row *row;
	char label[64], name[HVE_NAME_LEN], text[HVE_RATE_TEXT];

	row = hve_feature_row(rate->counter->feature);
	if (row)
		snprintf(name, sizeof(name), "%s", row->name);
	else
		snprintf(name, sizeof(name), "number %u", rate->counter->feature);
	hve_counter_label(rate->counter, label, sizeof(label));
	hve_rate_text(rate->per_second, text);
	snprintf(line, HVE_TOP_LINE, "%-16s %10s  %s", name, text, label);
}

void hve_top_title(const struct hve_top_vm *vm, char line[HVE_TOP_LINE])
{
	const struct hve_vm_info *info = &vm->vm->info;
	char name[HVE_COMM_TEXT], guest[96];

	hve_print_comm(info, name);
	hve_guest_os_name(info->guest_os_id, guest, sizeof(guest));
	snprintf(line, HVE_TOP_LINE, "VM %u: %.40s, process %d, guest: %.72s",
		 info->vm_id, name, info->pid, guest);
}

static void show_rates(const struct hve_rates *rates)
{
	char line[HVE_TOP_LINE];
	__u32 i;

	for (i = 0; i < rates->count && rates->rates[i].per_second > 0; i++) {
		if (!i)
			printf("  %s\n", hve_top_rate_head);
		hve_top_rate_line(&rates->rates[i], line);
		printf("  %s\n", line);
	}
}

static void show_vcpus(const struct hve_top_vm *vm)
{
	char label[HVE_TOP_LINE], line[HVE_TOP_LINE];
	__u32 i;

	for (i = 0; i < vm->vm->nr_vcpus; i++) {
		if (!i) {
			hve_top_head(hve_top_vcpu_head, line);
			puts(line);
		}
		hve_top_vcpu_label(vm, i, label);
		hve_top_line(label, &vm->vcpus[i], line);
		puts(line);
	}
}

static void utc(char *text, size_t len)
{
	time_t now = time(NULL);
	struct tm tm;

	if (!gmtime_r(&now, &tm) || !strftime(text, len, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, len, "?");
}

void hve_top_text(const struct hve_top *top)
{
	char label[HVE_TOP_LINE], line[HVE_TOP_LINE], when[32];
	size_t i;

	utc(when, sizeof(when));
	printf("%s, %zu VM%s\n", when, top->now.count,
	       top->now.count == 1 ? "" : "s");
	hve_top_head(hve_top_vm_head, line);
	if (top->now.count)
		puts(line);
	for (i = 0; i < top->now.count; i++) {
		hve_top_vm_label(&top->vms[i], label);
		hve_top_line(label, &top->vms[i].all, line);
		puts(line);
	}
	for (i = 0; i < top->now.count; i++) {
		hve_top_title(&top->vms[i], line);
		printf("\n%s\n", line);
		show_rates(&top->vms[i].all);
		show_vcpus(&top->vms[i]);
	}
	putchar('\n');
	fflush(stdout);
}

static void add_string(struct json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key,
			       value ? json_object_new_string(value) : NULL);
}

static void add_rate(struct json_object *to, const char *key, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(to, key, json_object_new_double_s(value, text));
}

static struct json_object *counters_json(const struct hve_rates *rates)
{
	struct json_object *rows = json_object_new_array(), *row;
	const struct hve_feature_row *feature;
	const struct hve_counter *counter;
	__u32 i;

	for (i = 0; i < rates->count; i++) {
		counter = rates->rates[i].counter;
		feature = hve_feature_row(counter->feature);
		row = json_object_new_object();
		add_string(row, "feature", feature ? feature->name : NULL);
		add_string(row, "kind", hve_counter_kind(counter->kind));
		add_string(row, "name", hve_counter_name(counter));
		json_object_object_add(row, "key",
				       json_object_new_int64(counter->key));
		json_object_object_add(row, "value",
				       json_object_new_int64(counter->value));
		add_rate(row, "per_second", rates->rates[i].per_second);
		json_object_array_add(rows, row);
	}
	return rows;
}

static void add_rates(struct json_object *to, const struct hve_rates *rates)
{
	struct json_object *sums = json_object_new_object();
	enum hve_class class;

	add_rate(to, "activity", rates->activity);
	for (class = 0; class < HVE_NR_CLASSES; class++)
		add_rate(sums, hve_class_name(class), rates->by_class[class]);
	json_object_object_add(to, "per_second", sums);
	json_object_object_add(to, "counters", counters_json(rates));
}

static struct json_object *vm_json(const struct hve_top_vm *vm)
{
	struct json_object *object = json_object_new_object(), *rows, *row;
	const struct hve_vm_info *info = &vm->vm->info;
	char name[HVE_COMM_TEXT];
	__u32 i;

	hve_print_comm(info, name);
	json_object_object_add(object, "vm", json_object_new_int64(info->vm_id));
	json_object_object_add(object, "pid", json_object_new_int64(info->pid));
	add_string(object, "comm", name);
	json_object_object_add(object, "vcpus",
			       json_object_new_int64(info->nr_vcpus));
	add_rate(object, "seconds", vm->seconds);
	add_rates(object, &vm->all);
	if (!vm->vm->nr_vcpus)
		return object;
	rows = json_object_new_array();
	for (i = 0; i < vm->vm->nr_vcpus; i++) {
		row = json_object_new_object();
		json_object_object_add(row, "vcpu", json_object_new_int64(i));
		add_rates(row, &vm->vcpus[i]);
		json_object_array_add(rows, row);
	}
	json_object_object_add(object, "per_vcpu", rows);
	return object;
}

void hve_top_json(const struct hve_top *top)
{
	struct json_object *object = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	char when[32];
	size_t i;

	utc(when, sizeof(when));
	add_string(object, "time", when);
	for (i = 0; i < top->now.count; i++)
		json_object_array_add(rows, vm_json(&top->vms[i]));
	json_object_object_add(object, "vms", rows);
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(stdout);
	json_object_put(object);
}
