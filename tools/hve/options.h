/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Lists of enlightenments as people write them
 *
 * In: text such as "relaxed,hv-time,spinlocks=0x1fff,-ipi", with the names and
 * values of QEMU's hv-* options. Out: changes to a struct hve_config, or one
 * sentence that says what is wrong. The caller owns the configuration; a list
 * that is refused leaves it as it was. Pure: no file, no device, no output.
 * Prerequisites are deliberately absent: hve_config_check() judges the whole.
 */
#ifndef HVE_OPTIONS_H
#define HVE_OPTIONS_H

#include <stddef.h>
#include <linux/kvm_hve.h>

/* A setting that is not an enlightenment but has a value of its own */
struct hve_value {
	const char *name;
	const char *form;	/* what stands behind the = */
	const char *help;
	size_t offset;		/* of the field in struct hve_config */
	size_t width;		/* its bytes, 0: no field of its own */
	__u64 max;
	__u32 flag;		/* set where a word says so, 0: none */
};

#define HVE_NR_VALUES	15
extern const struct hve_value hve_values[HVE_NR_VALUES];

/* Nothing asked for yet */
void hve_options_init(struct hve_config *config);

/* What "passthrough" stands for from now on; every feature if never called */
void hve_options_supported(__u64 features);

/*
 * Apply a comma separated list: 0, or -EINVAL with a sentence in @why. Nothing
 * of a refused list is applied.
 */
int hve_options_parse(struct hve_config *config, const char *list, char *why,
		      size_t len);

/*
 * Apply the text of a profile: one item for each line, # begins a comment. As
 * above; @line is set to the number of the line that was refused.
 */
int hve_options_profile(struct hve_config *config, const char *text,
			unsigned int *line, char *why, size_t len);

#endif /* HVE_OPTIONS_H */
