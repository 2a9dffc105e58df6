// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Lists of enlightenments become configurations
 *
 * In: the text behind --hv, or that of a profile. Out: struct hve_config, or a
 * sentence. An item is NAME, NAME=VALUE, NAME=on, NAME=off, +NAME or -NAME;
 * NAME may begin with "hv-" and have _ for -, as QEMU allows. The names of the
 * enlightenments come from the registry, those of settings that are none from
 * values.c. Owns what "passthrough" stands for. No I/O.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <hve/registry.h>
#include "options.h"
#include "values.h"

void hve_options_init(struct hve_config *config)
{
	memset(config, 0, sizeof(*config));
	config->size = sizeof(*config);
}

/* What this host can serve; all of them where nobody has asked */
static __u64 supported = ~0ull;

void hve_options_supported(__u64 features)
{
	supported = features;
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

/* Sharing of cores has a third word. */
static bool is_auto(const struct hve_feature_row *row,
		    const struct hve_item *item)
{
	return row->number == HVE_F_NO_CORESHARING && !item->sign &&
	       item->value && !strcmp(item->value, "auto");
}

/*
 * As QEMU: all that is there, told as this host has it; without the debugger,
 * for which some guests would wait
 */
static int apply_passthrough(struct hve_config *config,
			     const struct hve_item *item,
			     struct hve_reason_text *why)
{
	__u64 all = hve_all_features() & supported &
		    ~hve_features_with(HVE_INTERNAL) & ~HVE_BIT(SYNDBG);
	bool on = item->sign != '-';

	if (item->value && parse_switch(item->value, &on))
		return hve_refuse(why, "passthrough=%s is neither on nor off: write passthrough alone to have it",
				  item->value);
	if (!on)
		return hve_refuse(why, "passthrough cannot be taken away: leave it out, and name what is to be served");
	config->features[0] |= all & ~HVE_BIT(NO_CORESHARING);
	if (all & HVE_BIT(NO_CORESHARING))
		config->flags |= HVE_CONFIG_CORESHARING_AUTO;
	config->spinlock_retries = HVE_SPINLOCK_NEVER_NOTIFY;
	return 0;
}

static int apply_feature(struct hve_config *config,
			 const struct hve_feature_row *row,
			 const struct hve_item *item, struct hve_reason_text *why)
{
	bool on = item->sign != '-';
	__u64 number = 0;
	int ret;

	if (row->number == HVE_F_NO_CORESHARING)
		config->flags &= ~HVE_CONFIG_CORESHARING_AUTO;
	if (is_auto(row, item)) {
		config->flags |= HVE_CONFIG_CORESHARING_AUTO;
		config->features[0] &= ~HVE_BIT(NO_CORESHARING);
		return 0;
	}
	if (item->value && item->sign)
		return hve_refuse(why, "%c%s=%s has both a sign and a value: leave one out",
			      item->sign, item->name, item->value);
	if (item->value && parse_switch(item->value, &on)) {
		if (!*row->value)
			return hve_refuse(why, "%s=%s is neither on nor off: write %s alone to have it",
				      row->name, item->value, row->name);
		ret = hve_parse_number(item->value, row->name, 0xffffffff, &number, why);
		if (ret)
			return ret;
	} else if (on && *row->value) {
		return hve_refuse(why, "%s needs a value: write %s=%s", row->name,
			      row->name, row->value);
	}
	if (!on && row->traits & HVE_BASE)
		return hve_refuse(why, "%s cannot be switched off: every served VM has it, so leave it out",
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

static int apply_item(struct hve_config *config, const struct hve_item *item,
		      struct hve_reason_text *why)
{
	const char *nearest, *name = item->name;
	unsigned int i;

	/* QEMU knows this one by two names. */
	if (!strcmp(name, "apicv"))
		name = "avic";
	if (!strcmp(name, "passthrough"))
		return apply_passthrough(config, item, why);
	for (i = 0; i < HVE_NR_VALUES; i++)
		if (!strcmp(item->name, hve_values[i].name))
			return hve_value_apply(config, &hve_values[i], item, why);
	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (!(hve_features[i].traits & HVE_INTERNAL) &&
		    !strcmp(name, hve_features[i].name))
			return apply_feature(config, &hve_features[i], item, why);
	nearest = nearest_name(item->name);
	if (nearest)
		return hve_refuse(why, "unknown enlightenment \"%s\", perhaps \"%s\": `hve list` shows the names",
			      item->name, nearest);
	return hve_refuse(why, "unknown enlightenment \"%s\": `hve list` shows the names",
		      item->name);
}

/*
 * Take @len characters apart; nothing of the text is changed. @apart: what keeps
 * items apart there, as a request
 */
static int split_item(struct hve_item *item, const char *text, size_t len,
		      const char *apart, struct hve_reason_text *why)
{
	char *at;
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return hve_refuse(why, "the byte 0x%02x is not printable ASCII: use letters, digits, signs",
					  (unsigned char)text[i]);
	item->sign = 0;
	if (len && (*text == '+' || *text == '-')) {
		item->sign = *text++;
		len--;
	}
	if (!len || *text == '=')
		return hve_refuse(why, "there is an item without a name: %s", apart);
	if (len >= sizeof(item->name))
		return hve_refuse(why, "the item \"%.16s...\" is too long: %s", text,
				  apart);
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
	struct hve_reason_text reason = { .text = why, .len = len };
	struct hve_config changed = *config;
	struct hve_item item;
	size_t span;
	int ret;

	for (;; list += span + 1) {
		span = strcspn(list, ",");
		ret = split_item(&item, list, span, "separate names by one comma",
				 &reason);
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
	struct hve_reason_text reason = { .text = why, .len = len };
	struct hve_config changed = *config;
	const char *apart = "write one a line";
	struct hve_item item;
	bool any = false;
	size_t span;
	int ret = 0;

	for (*line = 1; *text; (*line)++) {
		text += strspn(text, " \t");
		span = strcspn(text, "#\n");
		while (span && strchr(" \t\r", text[span - 1]))
			span--;
		if (text[strcspn(text, ",=#\n")] == ',')
			ret = hve_refuse(&reason, "there is a comma: %s", apart);
		else if (span)
			ret = split_item(&item, text, span, apart, &reason);
		if (!ret && span)
			ret = apply_item(&changed, &item, &reason);
		if (ret)
			return ret;
		any |= span;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (!any)
		return hve_refuse(&reason, "it names nothing that is to be served: %s",
				  apart);
	*config = changed;
	return 0;
}
