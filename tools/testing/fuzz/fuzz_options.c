// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: lists and profiles are read
 *
 * In: text. Out: what is refused changes nothing and has a sentence that fits
 * its room; what is accepted can be judged, and names known features only.
 */
#include <errno.h>
#include "fuzz.h"
#include <hve/registry.h>
#include "tools/hve/options.h"

#define ROOM	(2u * HVE_REASON_LEN)

static void check(const struct hve_config *before, const struct hve_config *after,
		  int err, const char *why, size_t room)
{
	const __u64 supported = hve_all_features();

	if (err) {
		must(err == -EINVAL);
		must(!memcmp(before, after, sizeof(*before)));
		must(!room || memchr(why, '\0', room));
		must(room < 2 || why[0]);
		return;
	}
	must(!(after->features[0] & ~supported) && !after->features[1]);
	must(after->size == sizeof(*after));
	/* Prerequisites and limits may be missed, reserved bits may not be set. */
	must(!memcmp(after->reserved, before->reserved, sizeof(after->reserved)));
	hve_config_check(after, NULL, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes from = { data, size };
	bool profile = take_number(&from, 1) & 1;
	size_t room = take_number(&from, 2) % ROOM;
	char *text = malloc(from.left + 1), *why = malloc(room + !room);
	struct hve_config before, after;
	unsigned int line = 0;
	int err;

	memcpy(text, from.at, from.left);
	text[from.left] = '\0';
	hve_options_init(&before);
	after = before;
	if (profile)
		err = hve_options_profile(&after, text, &line, why, room);
	else
		err = hve_options_parse(&after, text, why, room);
	check(&before, &after, err, why, room);
	free(why);
	free(text);
	return 0;
}
