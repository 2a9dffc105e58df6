// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve status: show what the module said
 *
 * In: hve_vm_status. Out: for people, a paragraph and a table for each VM with
 * what its guest used; for scripts, JSON with every counter, zero or not, under
 * names that stay. Owns no state. Only a counter that is not zero has a line in
 * the table, and each served enlightenment has at least one.
 */
#include <inttypes.h>
#include <string.h>
#include <json-c/json.h>
#include "status.h"

#define LABEL_LEN	64

/* Why an enlightenment that was asked for is not served */
static const char *refusal(const struct hve_feature_row *row)
{
	return row->traits & HVE_LAPIC ?
	       "needs the in-kernel APIC, which the VMM did not create" :
	       "cannot be served on this host";
}

static const char *tsc_page(const struct hve_vm_info *info)
{
	if (!(info->flags & HVE_VM_TSC_PAGE))
		return "off";
	return info->flags & HVE_VM_TSC_VALID ? "valid" : "invalid";
}

/* Does the registry have anything to count for it? */
static bool is_countable(__u32 feature)
{
	unsigned int i;

	for (i = 0; i < HVE_NR_MSRS; i++)
		if (hve_msrs[i].feature == feature)
			return true;
	for (i = 0; i < HVE_NR_CALLS; i++)
		if (hve_calls[i].feature == feature)
			return true;
	return false;
}

static void show_feature(const struct hve_counts *counts, const char *name,
			 __u32 feature, bool served)
{
	char label[LABEL_LEN];
	bool used = false;
	__u32 i;

	for (i = 0; i < counts->count; i++) {
		const struct hve_counter *counter = &counts->counters[i];

		if (counter->feature != feature || !counter->value)
			continue;
		hve_counter_label(counter, label, sizeof(label));
		printf("  %-14s %12" PRIu64 "  %s\n", used ? "" : name,
		       (uint64_t)counter->value, label);
		used = true;
	}
	if (used || !served)
		return;
	if (is_countable(feature))
		printf("  %-14s %12u  not used so far\n", name, 0);
	else
		printf("  %-14s %12s  told by CPUID alone\n", name, "-");
}

static void show_counts(const struct hve_counts *counts, __u64 features)
{
	char name[LABEL_LEN];
	unsigned int i;

	printf("  %-14s %12s  %s\n", "ENLIGHTENMENT", "COUNT", "WHAT");
	for (i = 0; i < HVE_NR_FEATURES; i++)
		show_feature(counts, hve_features[i].name, hve_features[i].number,
			     features & 1ull << hve_features[i].number);
	/* Those of a newer module, by number */
	for (i = 0; i < 64 * HVE_FEATURE_WORDS; i++) {
		snprintf(name, sizeof(name), "number %u", i);
		if (!hve_feature_row(i))
			show_feature(counts, name, i, false);
	}
}

/* Recommendations that would be worse than what the processor does */
static void show_hints(__u32 flags)
{
	if (flags & HVE_VM_ALL_HINTS || !(flags & HVE_VM_APIC_HARDWARE))
		return;
	printf("  not recommended to the guest, because the processor is faster: APIC MSRs%s\n",
	       flags & HVE_VM_IPI_HARDWARE ? ", IPI calls" : "");
}

static void show_vm(const struct hve_vm_status *vm)
{
	const struct hve_vm_info *info = &vm->info;
	char guest[128];
	unsigned int i;

	hve_guest_os_name(info->guest_os_id, guest, sizeof(guest));
	printf("VM %u: %.*s, process %d, %u vCPU%s, %" PRIu64 " bytes of kernel memory\n",
	       info->vm_id, (int)sizeof(info->comm), info->comm, info->pid,
	       info->nr_vcpus, info->nr_vcpus == 1 ? "" : "s",
	       (uint64_t)info->memory);
	if (info->flags & HVE_VM_NATIVE)
		puts("  native mode: what is served, the VMM chose, as from KVM");
	if (info->flags & HVE_VM_KVM_AWAKE)
		puts("  KVM's own Hyper-V code has state of this VM too, which it should not: please report this");
	printf("  guest: %s; restarts seen: %" PRIu64 "\n", guest,
	       (uint64_t)info->resets);
	printf("  hypercall page: %s; reference TSC page: %s\n",
	       info->flags & HVE_VM_HYPERCALL_PAGE ? "on" : "off",
	       tsc_page(info));
	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (info->refused[0] & 1ull << hve_features[i].number)
			printf("  not served: %s: %s\n", hve_features[i].name,
			       refusal(&hve_features[i]));
	show_hints(info->flags);
	hve_crash_text(vm);
	putchar('\n');
	show_counts(&vm->all, info->features[0]);
	for (i = 0; i < vm->nr_vcpus; i++) {
		printf("\n  vCPU %u%s\n", vm->vcpus[i].vcpu,
		       vm->vcpus[i].count ? "" : ": never ran");
		if (vm->vcpus[i].count)
			show_counts(&vm->vcpus[i], 0);
	}
}

void hve_status_text(const struct hve_vm_status *vms, size_t count)
{
	size_t i;

	if (!count)
		puts("No VM is served. `hve run --profile linux -- CMD...` starts one that is.");
	for (i = 0; i < count; i++) {
		if (i)
			putchar('\n');
		show_vm(&vms[i]);
	}
}

static void add_string(struct json_object *to, const char *key,
		       const char *value)
{
	json_object_object_add(to, key,
			       value ? json_object_new_string(value) : NULL);
}

static void add_number(struct json_object *to, const char *key, __u64 value)
{
	json_object_object_add(to, key, json_object_new_int64(value));
}

static struct json_object *counts_json(const struct hve_counts *counts)
{
	struct json_object *rows = json_object_new_array(), *object;
	const struct hve_feature_row *row;
	__u32 i;

	for (i = 0; i < counts->count; i++) {
		const struct hve_counter *counter = &counts->counters[i];

		row = hve_feature_row(counter->feature);
		object = json_object_new_object();
		add_string(object, "feature", row ? row->name : NULL);
		add_string(object, "kind", hve_counter_kind(counter->kind));
		add_string(object, "name", hve_counter_name(counter));
		add_number(object, "key", counter->key);
		add_number(object, "value", counter->value);
		json_object_array_add(rows, object);
	}
	return rows;
}

static struct json_object *refused_json(__u64 bits)
{
	struct json_object *rows = json_object_new_array(), *object;
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++) {
		if (!(bits & 1ull << hve_features[i].number))
			continue;
		object = json_object_new_object();
		add_string(object, "name", hve_features[i].name);
		add_string(object, "reason", refusal(&hve_features[i]));
		json_object_array_add(rows, object);
	}
	return rows;
}

static struct json_object *vm_json(const struct hve_vm_status *vm)
{
	struct json_object *object = json_object_new_object(), *rows, *row;
	const struct hve_vm_info *info = &vm->info;
	char text[128];
	__u32 i;

	add_number(object, "vm", info->vm_id);
	add_number(object, "pid", info->pid);
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(info->comm), info->comm);
	add_string(object, "comm", text);
	add_number(object, "vcpus", info->nr_vcpus);
	json_object_object_add(object, "features",
			       hve_json_features(info->features[0]));
	json_object_object_add(object, "refused", refused_json(info->refused[0]));
	snprintf(text, sizeof(text), "0x%016" PRIx64, (uint64_t)info->guest_os_id);
	add_string(object, "guest_os_id", text);
	hve_guest_os_name(info->guest_os_id, text, sizeof(text));
	add_string(object, "guest_os", info->guest_os_id ? text : NULL);
	json_object_object_add(object, "native",
		json_object_new_boolean(info->flags & HVE_VM_NATIVE));
	json_object_object_add(object, "hypercall_page",
		json_object_new_boolean(info->flags & HVE_VM_HYPERCALL_PAGE));
	add_string(object, "tsc_page", tsc_page(info));
	json_object_object_add(object, "apic_hardware",
		json_object_new_boolean(info->flags & HVE_VM_APIC_HARDWARE));
	json_object_object_add(object, "ipi_hardware",
		json_object_new_boolean(info->flags & HVE_VM_IPI_HARDWARE));
	add_number(object, "resets", info->resets);
	add_number(object, "memory", info->memory);
	json_object_object_add(object, "crash", hve_crash_json(vm));
	json_object_object_add(object, "counters", counts_json(&vm->all));
	rows = vm->nr_vcpus ? json_object_new_array() : NULL;
	for (i = 0; i < vm->nr_vcpus; i++) {
		row = json_object_new_object();
		add_number(row, "vcpu", vm->vcpus[i].vcpu);
		json_object_object_add(row, "counters", counts_json(&vm->vcpus[i]));
		json_object_array_add(rows, row);
	}
	if (rows)
		json_object_object_add(object, "per_vcpu", rows);
	return object;
}

void hve_status_json(const struct hve_vm_status *vms, size_t count)
{
	struct json_object *top = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_object_array_add(rows, vm_json(&vms[i]));
	json_object_object_add(top, "vms", rows);
	hve_print_json(top);
}
