/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What options.c and values.c have between them
 *
 * In: one item of a list, taken apart. Out: a configuration changed, or a
 * sentence where struct hve_reason_text says. Pure; owns nothing.
 */
#ifndef HVE_VALUES_H
#define HVE_VALUES_H

#include <stddef.h>
#include <linux/kvm_hve.h>

struct hve_value;

#define HVE_ITEM_LEN	128	/* room for one item */

/* One item, taken apart */
struct hve_item {
	char name[HVE_ITEM_LEN];	/* without prefix, with - for _ */
	const char *value;		/* behind the =, or NULL */
	char sign;			/* '+', '-' or 0 */
};

struct hve_reason_text {
	char *text;		/* where the sentence goes */
	size_t len;
};

/* -EINVAL, always, with the sentence written */
__attribute__((format(printf, 2, 3)))
int hve_refuse(struct hve_reason_text *why, const char *fmt, ...);
int hve_parse_number(const char *text, const char *name, __u64 max,
		     __u64 *number, struct hve_reason_text *why);
int hve_value_apply(struct hve_config *config, const struct hve_value *value,
		    const struct hve_item *item, struct hve_reason_text *why);

#endif /* HVE_VALUES_H */
