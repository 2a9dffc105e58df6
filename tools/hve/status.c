// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve status: what is served at this moment
 *
 * In: the number of a VM, or none for all. Out: what fetch.c brings of each,
 * shown by status_show.c. Owns nothing that outlives the process. Waiting for
 * changes is deliberately absent: hve top.
 */
#include <getopt.h>
#include <unistd.h>
#include "status.h"

static const struct option options[] = {
	{ "vcpus", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static int parse(struct hve_query *query, bool *json, int argc, char **argv)
{
	int found;

	while ((found = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (found == '?' || found == ':')
			return hve_print_bad_option(argv, found);
		query->vcpus |= found == 'v';
		*json |= found == 'j';
	}
	if (optind == argc)
		return HVE_DONE;
	if (optind + 1 < argc)
		return hve_print_error(HVE_USAGE,
				       "hve status takes one VM, not \"%s\" too: leave the number out for all",
				       argv[optind + 1]);
	query->one = true;
	return hve_parse_vm(argv[optind], &query->vm_id);
}

int hve_status_main(int argc, char **argv)
{
	struct hve_query query = { .crash = true };
	struct hve_vm_status *vms;
	char why[HVE_WHY_LEN];
	bool json = false;
	size_t count;
	int fd, ret;

	ret = parse(&query, &json, argc, argv);
	if (ret)
		return ret;
	fd = hve_device_open(why, sizeof(why));
	if (fd < 0)
		return hve_print_error(HVE_REFUSED, "%s", why);
	ret = hve_fetch(fd, &query, &vms, &count, why, sizeof(why));
	close(fd);
	if (ret)
		return hve_print_error(HVE_REFUSED, "%s", why);
	if (json)
		hve_status_json(vms, count);
	else
		hve_status_text(vms, count);
	hve_fetch_free(vms, count);
	return HVE_DONE;
}
