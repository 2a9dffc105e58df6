// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Lists of enlightenments become configurations
 *
 * In: the text behind --hv, or that of a profile. Out: struct hve_config, or a
 * sentence. An item is NAME, NAME=VALUE, NAME=on, NAME=off, +NAME or -NAME;
 * NAME may begin with "hv-" and have _ for -, as QEMU allows. The names of the
 * enlightenments come from the registry; only settings that are not
 * enlightenments are named here. Owns constant tables only. No I/O.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hve/registry.h>
#include "options.h"

#define ITEM_LEN	128	/* room for one item */
#define VENDOR_LEN	sizeof(((struct hve_config *)0)->vendor_id)

#define NUMBER(field, most)						\
	.offset = offsetof(struct hve_config, field),			\
	.width = sizeof(((struct hve_config *)0)->field), .max = (most)

enum { VALUE_KVM, VALUE_VENDOR };	/* the numbers follow */

const struct hve_value hve_values[HVE_NR_VALUES] = {
	[VALUE_KVM] = { .name = "kvm", .form = "hide|move",
	  .help = "the VMM's own CPUID leaves: nowhere, or at 0x40000100" },
	[VALUE_VENDOR] = { .name = "vendor-id", .form = "TEXT",
	  .help = "1 to 12 characters for CPUID leaf 0x40000000" },
	{ .name = "version-id-build", .form = "N", NUMBER(version_build, 0xffffffff),
	  .help = "build number of the hypervisor" },
	{ .name = "version-id-major", .form = "N", NUMBER(version_major, 0xffff),
	  .help = "major version of the hypervisor" },
	{ .name = "version-id-minor", .form = "N", NUMBER(version_minor, 0xffff),
	  .help = "minor version of the hypervisor" },
	{ .name = "version-id-spack", .form = "N", NUMBER(version_spack, 0xffffffff),
	  .help = "service pack of the hypervisor" },
	{ .name = "version-id-sbranch", .form = "N", NUMBER(version_sbranch, 0xff),
	  .help = "service branch of the hypervisor" },
	{ .name = "version-id-snumber", .form = "N", NUMBER(version_snumber, 0xffffff),
	  .help = "service number of the hypervisor" },
};

/* One item, taken apart */
struct item {
	char name[ITEM_LEN];	/* without prefix, with - for _ */
	const char *value;	/* behind the =, or NULL */
	char sign;		/* '+', '-' or 0 */
};

struct reason {
	char *text;		/* where the sentence goes */
	size_t len;
};

__attribute__((format(printf, 2, 3)))
static int refuse(struct reason *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, why->text ? why->len : 0, fmt, args);
	va_end(args);
	return -EINVAL;
}

void hve_options_init(struct hve_config *config)
{
	memset(config, 0, sizeof(*config));
	config->size = sizeof(*config);
}

/* The words that QEMU takes for a boolean */
static int parse_switch(const char *text, bool *on)
{
	static const char * const words[][4] = {
		{ "off", "no", "false", "n" },
		{ "on", "yes", "true", "y" },
	};
	unsigned int i, k;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < 4; k++) {
			if (!strcmp(text, words[i][k])) {
				*on = i;
				return 0;
			}
		}
	}
	return -EINVAL;
}

static int parse_number(const char *text, const char *name, __u64 max,
			__u64 *number, struct reason *why)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	/* strtoull() would take "-1" and " 1" */
	if (*text < '0' || *text > '9' || *end)
		return refuse(why, "%s=%s is not a number: write it as 4095 or 0xfff",
			      name, text);
	if (errno || *number > max)
		return refuse(why, "%s=%s is too large: the most is 0x%llx",
			      name, text, max);
	return 0;
}

static void store_number(struct hve_config *config,
			 const struct hve_value *value, __u64 number)
{
	char *to = (char *)config + value->offset;

	if (value->width == sizeof(__u8))
		*(__u8 *)to = number;
	else if (value->width == sizeof(__u16))
		*(__u16 *)to = number;
	else
		*(__u32 *)to = number;
}

/* What the guest sees without any version-id, from the one place that knows */
static void default_version(struct hve_config *config)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	struct hve_config unset;
	const __u32 *version = leaf[2].reg;

	hve_options_init(&unset);
	hve_cpuid_build(&unset, 0, 0, leaf);
	config->version_build = version[HVE_EAX];
	config->version_major = version[HVE_EBX] >> 16;
	config->version_minor = version[HVE_EBX] & 0xffff;
	config->version_spack = version[HVE_ECX];
	config->version_sbranch = version[HVE_EDX] >> 24;
	config->version_snumber = version[HVE_EDX] & 0xffffff;
}

static int apply_version(struct hve_config *config,
			 const struct hve_value *value, const struct item *item,
			 struct reason *why)
{
	__u64 number;
	int ret;

	ret = parse_number(item->value, item->name, value->max, &number, why);
	if (ret)
		return ret;
	if (!(config->flags & HVE_CONFIG_VERSION))
		default_version(config);
	config->flags |= HVE_CONFIG_VERSION;
	store_number(config, value, number);
	return 0;
}

static int apply_vendor(struct hve_config *config, const char *text,
			struct reason *why)
{
	size_t i, len = strlen(text);

	if (!len || len > VENDOR_LEN)
		return refuse(why, "vendor-id=%s has %zu characters: give 1 to %zu",
			      text, len, VENDOR_LEN);
	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return refuse(why, "vendor-id has a character that is not printable ASCII: use letters, digits, signs");
	memset(config->vendor_id, 0, VENDOR_LEN);
	memcpy(config->vendor_id, text, len);
	return 0;
}

static int apply_kvm(struct hve_config *config, const char *text,
		     struct reason *why)
{
	bool visible;

	if (!strcmp(text, "hide"))
		visible = false;
	else if (!strcmp(text, "move"))
		visible = true;
	else if (parse_switch(text, &visible))	/* QEMU says kvm=off */
		return refuse(why, "kvm=%s is neither hide nor move: write one of them",
			      text);
	if (visible)
		config->flags &= ~HVE_CONFIG_KVM_HIDE;
	else
		config->flags |= HVE_CONFIG_KVM_HIDE;
	return 0;
}

static int apply_value(struct hve_config *config, const struct hve_value *value,
		       const struct item *item, struct reason *why)
{
	if (item->sign || !item->value)
		return refuse(why, "%s needs a value: write %s=%s", item->name,
			      item->name, value->form);
	if (value == &hve_values[VALUE_KVM])
		return apply_kvm(config, item->value, why);
	if (value == &hve_values[VALUE_VENDOR])
		return apply_vendor(config, item->value, why);
	return apply_version(config, value, item, why);
}

static int apply_feature(struct hve_config *config,
			 const struct hve_feature_row *row,
			 const struct item *item, struct reason *why)
{
	bool on = item->sign != '-';
	__u64 number = 0;
	int ret;

	if (item->value && item->sign)
		return refuse(why, "%c%s=%s has both a sign and a value: leave one out",
			      item->sign, item->name, item->value);
	if (item->value && parse_switch(item->value, &on)) {
		if (!*row->value)
			return refuse(why, "%s=%s is neither on nor off: write %s alone to have it",
				      row->name, item->value, row->name);
		ret = parse_number(item->value, row->name, 0xffffffff, &number, why);
		if (ret)
			return ret;
	} else if (on && *row->value) {
		return refuse(why, "%s needs a value: write %s=%s", row->name,
			      row->name, row->value);
	}
	if (!on && row->traits & HVE_BASE)
		return refuse(why, "%s cannot be switched off: every served VM has it, so leave it out",
			      row->name);
	if (on)
		config->features[0] |= 1ull << row->number;
	else
		config->features[0] &= ~(1ull << row->number);
	/* No other row has a number behind its name so far */
	if (row->number == HVE_F_SPINLOCKS)
		config->spinlock_retries = number;
	return 0;
}

/* How many letters must be added, dropped or changed to get from a to b */
static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int row[HVE_NAME_LEN + 1], i, k, diagonal, above, best;
	size_t width = strlen(b);

	if (strlen(a) > HVE_NAME_LEN || width > HVE_NAME_LEN)
		return HVE_NAME_LEN;
	for (k = 0; k <= width; k++)
		row[k] = k;
	for (i = 0; a[i]; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		for (k = 0; k < width; k++) {
			above = row[k + 1];
			best = diagonal + (a[i] != b[k]);
			if (above + 1 < best)
				best = above + 1;
			if (row[k] + 1 < best)
				best = row[k] + 1;
			diagonal = above;
			row[k + 1] = best;
		}
	}
	return row[width];
}

static const char *nearest_name(const char *name)
{
	unsigned int i, distance, least = 3;
	const char *nearest = NULL, *candidate;

	/* Every name resembles a very short one */
	if (strlen(name) < least)
		return NULL;
	for (i = 0; i < HVE_NR_FEATURES + HVE_NR_VALUES; i++) {
		if (i >= HVE_NR_FEATURES)
			candidate = hve_values[i - HVE_NR_FEATURES].name;
		else if (hve_features[i].traits & HVE_INTERNAL)
			continue;
		else
			candidate = hve_features[i].name;
		distance = edit_distance(name, candidate);
		if (distance < least && distance < strlen(candidate) - 1) {
			least = distance;
			nearest = candidate;
		}
	}
	return nearest;
}

static int apply_item(struct hve_config *config, const struct item *item,
		      struct reason *why)
{
	const char *nearest;
	unsigned int i;

	for (i = 0; i < HVE_NR_VALUES; i++)
		if (!strcmp(item->name, hve_values[i].name))
			return apply_value(config, &hve_values[i], item, why);
	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (!(hve_features[i].traits & HVE_INTERNAL) &&
		    !strcmp(item->name, hve_features[i].name))
			return apply_feature(config, &hve_features[i], item, why);
	nearest = nearest_name(item->name);
	if (nearest)
		return refuse(why, "unknown enlightenment \"%s\", perhaps \"%s\": `hve list` shows the names",
			      item->name, nearest);
	return refuse(why, "unknown enlightenment \"%s\": `hve list` shows the names",
		      item->name);
}

/* Take @len characters apart; nothing of the text is changed */
static int split_item(struct item *item, const char *text, size_t len,
		      struct reason *why)
{
	char *at;

	item->sign = 0;
	if (len && (*text == '+' || *text == '-')) {
		item->sign = *text++;
		len--;
	}
	if (!len || *text == '=')
		return refuse(why, "the list has an item without a name: separate names by one comma");
	if (len >= sizeof(item->name))
		return refuse(why, "the item \"%.16s...\" is too long: separate names by commas",
			      text);
	memcpy(item->name, text, len);
	item->name[len] = '\0';
	item->value = NULL;
	at = strchr(item->name, '=');
	if (at) {
		*at = '\0';
		item->value = at + 1;
	}
	for (at = item->name; *at; at++)
		if (*at == '_')
			*at = '-';
	/* The value keeps its place behind the name */
	if (!strncmp(item->name, "hv-", 3))
		memmove(item->name, item->name + 3, strlen(item->name + 3) + 1);
	return 0;
}

int hve_options_parse(struct hve_config *config, const char *list, char *why,
		      size_t len)
{
	struct reason reason = { .text = why, .len = len };
	struct hve_config changed = *config;
	struct item item;
	size_t span;
	int ret;

	for (;; list += span + 1) {
		span = strcspn(list, ",");
		ret = split_item(&item, list, span, &reason);
		if (!ret)
			ret = apply_item(&changed, &item, &reason);
		if (ret)
			return ret;
		if (!list[span])
			break;
	}
	*config = changed;
	return 0;
}

int hve_options_profile(struct hve_config *config, const char *text,
			unsigned int *line, char *why, size_t len)
{
	struct reason reason = { .text = why, .len = len };
	struct hve_config changed = *config;
	struct item item;
	size_t span;
	int ret;

	for (*line = 1; *text; (*line)++) {
		text += strspn(text, " \t");
		span = strcspn(text, "#\n");
		while (span && strchr(" \t\r", text[span - 1]))
			span--;
		ret = span ? split_item(&item, text, span, &reason) : 0;
		if (!ret && span)
			ret = apply_item(&changed, &item, &reason);
		if (ret)
			return ret;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	*config = changed;
	return 0;
}
