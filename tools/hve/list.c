// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve list: what there is to ask for
 *
 * In: the registry, and what the module says of this host where it is loaded.
 * Out: a table, JSON, bare names for scripts, or the profiles. Owns no state.
 * What a VM really got is deliberately absent: hve status.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>
#include "hve.h"
#include "options.h"

struct cpuid_row {
	__u32 feature;
	__u32 leaf;
	__u32 bits;
	const char *reg;
};

/* Bits only; leaves with names in them would fill the table. */
static const struct cpuid_row cpuid_rows[] = {
#define HVE_CPUID_VALUE(...)
#define HVE_CPUID(id, number, register, mask)				\
	{ .feature = HVE_F_##id, .leaf = (number), .reg = #register,	\
	  .bits = (mask) },
#include <hve/enlightenments.def>
};

#define NR_CPUID_ROWS	(sizeof(cpuid_rows) / sizeof(cpuid_rows[0]))
#define CELL_LEN	128

/* What this host serves, if it can be known */
struct host {
	struct hve_features features;
	bool known;
	char why[HVE_WHY_LEN];
};

static const struct option options[] = {
	{ "names", no_argument, NULL, 'n' },
	{ "profiles", no_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static void ask_host(struct host *host)
{
	int fd;

	host->known = false;
	fd = hve_device_open(host->why, sizeof(host->why));
	if (fd < 0)
		return;
	host->known = !hve_device_features(fd, &host->features, host->why,
					   sizeof(host->why));
	close(fd);
}

/* "always", "yes", "no" or "?" */
static const char *here(const struct host *host,
			const struct hve_feature_row *row)
{
	__u64 bit = 1ull << row->number;

	if (!host->known)
		return row->traits & HVE_BASE ? "always" : "?";
	if (!(host->features.known[0] & host->features.supported[0] & bit))
		return "no";
	return host->features.base[0] & bit ? "always" : "yes";
}

/* "3.EAX[5] 4.EAX[9]": the leaves without their 0x40000000 */
static void cpuid_cell(const struct hve_feature_row *row, char *cell)
{
	size_t i, used = 0;
	unsigned int bit;

	cell[0] = '\0';
	for (i = 0; i < NR_CPUID_ROWS; i++) {
		for (bit = 0; bit < 32; bit++) {
			if (cpuid_rows[i].feature != row->number ||
			    !(cpuid_rows[i].bits & 1u << bit) || used >= CELL_LEN)
				continue;
			used += snprintf(cell + used, CELL_LEN - used,
					 "%s%x.%s[%u]", used ? " " : "",
					 cpuid_rows[i].leaf - HVE_CPUID_BASE,
					 cpuid_rows[i].reg, bit);
		}
	}
}

static void needs_cell(const struct hve_feature_row *row, char *cell)
{
	const char *separator = "";
	size_t used = 0;
	unsigned int i;

	snprintf(cell, CELL_LEN, "-");
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		if (!(row->needs & 1ull << hve_features[i].number) ||
		    used >= CELL_LEN)
			continue;
		used += snprintf(cell + used, CELL_LEN - used, "%s%s", separator,
				 hve_features[i].name);
		separator = ",";
	}
}

static void print_table(const struct host *host)
{
	char name[CELL_LEN], needs[CELL_LEN], cpuid[CELL_LEN];
	const struct hve_feature_row *row;
	unsigned int i;

	printf("%-14s %-7s %-8s %-29s %s\n", "NAME", "HERE", "NEEDS",
	       "CPUID 0x4000000*", "WHAT IT DOES");
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		row = &hve_features[i];
		if (row->traits & HVE_INTERNAL)
			snprintf(name, CELL_LEN, "(%s)", row->name);
		else
			snprintf(name, CELL_LEN, "%s%s%s", row->name,
				 *row->value ? "=" : "", row->value);
		needs_cell(row, needs);
		cpuid_cell(row, cpuid);
		printf("%-14s %-7s %-8s %-29s %s%s\n", name, here(host, row),
		       needs, *cpuid ? cpuid : "-", row->help,
		       row->traits & HVE_LAPIC ? " (in-kernel APIC only)" : "");
	}
	puts("\nSettings, in the same lists:");
	for (i = 0; i < HVE_NR_VALUES; i++) {
		snprintf(name, CELL_LEN, "%s=%s", hve_values[i].name,
			 hve_values[i].form);
		printf("  %-22s %s\n", name, hve_values[i].help);
	}
	if (!host->known)
		printf("\n?: not known: %s\n", host->why);
}

static struct json_object *row_json(const struct host *host,
				    const struct hve_feature_row *row)
{
	struct json_object *object = json_object_new_object();
	struct json_object *cpuid = json_object_new_array(), *bits;
	const char *state = here(host, row);
	size_t i;

	for (i = 0; i < NR_CPUID_ROWS; i++) {
		if (cpuid_rows[i].feature != row->number)
			continue;
		bits = json_object_new_object();
		json_object_object_add(bits, "leaf",
				       json_object_new_int64(cpuid_rows[i].leaf));
		json_object_object_add(bits, "register",
				       json_object_new_string(cpuid_rows[i].reg));
		json_object_object_add(bits, "bits",
				       json_object_new_int64(cpuid_rows[i].bits));
		json_object_array_add(cpuid, bits);
	}
	json_object_object_add(object, "name", json_object_new_string(row->name));
	json_object_object_add(object, "value", json_object_new_string(row->value));
	json_object_object_add(object, "selectable",
			       json_object_new_boolean(!(row->traits & HVE_INTERNAL)));
	json_object_object_add(object, "always",
			       json_object_new_boolean(row->traits & HVE_BASE));
	json_object_object_add(object, "supported", !host->known ? NULL :
			       json_object_new_boolean(strcmp(state, "no")));
	json_object_object_add(object, "needs", hve_json_features(row->needs));
	json_object_object_add(object, "needs_apic",
			       json_object_new_boolean(row->traits & HVE_LAPIC));
	json_object_object_add(object, "cpuid", cpuid);
	json_object_object_add(object, "help", json_object_new_string(row->help));
	return object;
}

static int print_json(const struct host *host)
{
	struct json_object *top = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	struct json_object *values = json_object_new_array(), *value;
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		json_object_array_add(rows, row_json(host, &hve_features[i]));
	for (i = 0; i < HVE_NR_VALUES; i++) {
		value = json_object_new_object();
		json_object_object_add(value, "name",
				       json_object_new_string(hve_values[i].name));
		json_object_object_add(value, "value",
				       json_object_new_string(hve_values[i].form));
		json_object_object_add(value, "help",
				       json_object_new_string(hve_values[i].help));
		json_object_array_add(values, value);
	}
	json_object_object_add(top, "enlightenments", rows);
	json_object_object_add(top, "settings", values);
	json_object_object_add(top, "unknown_because", host->known ? NULL :
			       json_object_new_string(host->why));
	return hve_print_json(top);
}

static void print_names(void)
{
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (!(hve_features[i].traits & HVE_INTERNAL))
			puts(hve_features[i].name);
}

static void add_profile(const char *name, const char *path, const char *about,
			void *data)
{
	struct json_object *object, *rows = data;

	if (!rows) {
		printf("%-12s %s\n%12s %s\n", name, about, "", path);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "name", json_object_new_string(name));
	json_object_object_add(object, "path", json_object_new_string(path));
	json_object_object_add(object, "about", json_object_new_string(about));
	json_object_array_add(rows, object);
}

static void print_profile_name(const char *name, const char *path,
			       const char *about, void *data)
{
	(void)path;
	(void)about;
	(void)data;
	puts(name);
}

static int print_profiles(bool json, bool names)
{
	struct json_object *rows = json ? json_object_new_array() : NULL;

	hve_profile_each(names ? print_profile_name : add_profile, rows);
	return rows ? hve_print_json(rows) : HVE_DONE;
}

int hve_list_main(int argc, char **argv)
{
	bool names = false, profiles = false, json = false;
	struct host host;
	int found;

	while ((found = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (found == '?' || found == ':')
			return hve_print_bad_option(argv, found);
		names |= found == 'n';
		profiles |= found == 'p';
		json |= found == 'j';
	}
	if (optind < argc)
		return hve_print_error(HVE_USAGE,
				       "hve list takes no argument \"%s\": `hve help list` shows the usage",
				       argv[optind]);
	if (profiles)
		return print_profiles(json && !names, names);
	if (names) {
		print_names();
		return HVE_DONE;
	}
	ask_host(&host);
	if (json)
		return print_json(&host);
	print_table(&host);
	return HVE_DONE;
}
