/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Lists of options in unit tests
 *
 * In: the text of a list. Out: the configuration that it comes to, its features,
 * or a failed test. Included once by each suite that reads lists; owns nothing.
 */
#ifndef UNIT_LISTS_H
#define UNIT_LISTS_H

#include <errno.h>
#include "unit.h"
#include <hve/registry.h>
#include "tools/hve/options.h"

static struct hve_config start(void)
{
	struct hve_config config;

	hve_options_init(&config);
	return config;
}

static struct hve_config parse(const char *list)
{
	struct hve_config config = start();
	char why[HVE_REASON_LEN] = "";

	if (hve_options_parse(&config, list, why, sizeof(why)))
		fail_msg("\"%s\" was refused: %s", list, why);
	return config;
}

static uint64_t features(const char *list)
{
	return parse(list).features[0];
}

static void refused(const char *list, const char *words)
{
	struct hve_config config = start(), before;
	char why[HVE_REASON_LEN] = "";

	config.features[0] = HVE_BIT(RELAXED);
	before = config;
	assert_int_equal(hve_options_parse(&config, list, why, sizeof(why)),
			 -EINVAL);
	assert_memory_equal(&config, &before, sizeof(config));
	if (!strstr(why, words))
		fail_msg("\"%s\": \"%s\" does not say \"%s\"", list, why, words);
}

#endif /* UNIT_LISTS_H */
