// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve top: how often things happen, while they do
 *
 * In: options, and the number of a VM or none for all. Out: samples: on a
 * terminal a screen that is drawn anew (top_screen.c), else text or JSON, one
 * sample behind the other. The first sample has nothing to be compared with and
 * is not shown as text. Owns struct hve_top until the process ends. Anything
 * about the past is deliberately absent: hve status has the sums.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "top.h"

#define DELAY_LEAST	0.1
#define DELAY_MOST	86400.0

static const struct option options[] = {
	{ "delay", required_argument, NULL, 'd' },
	{ "count", required_argument, NULL, 'c' },
	{ "vcpus", no_argument, NULL, 'v' },
	{ "plain", no_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static int parse_delay(const char *text, struct hve_top *top)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (*end || end == text || !isfinite(seconds) || seconds < DELAY_LEAST ||
	    seconds > DELAY_MOST)
		return hve_print_error(HVE_USAGE,
				       "--delay %s: give seconds from %g to %g",
				       text, DELAY_LEAST, DELAY_MOST);
	top->delay = seconds * 1e9;
	return HVE_DONE;
}

static int parse_count(const char *text, struct hve_top *top)
{
	char *end;

	errno = 0;
	top->samples = strtoul(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || !top->samples)
		return hve_print_error(HVE_USAGE,
				       "--count %s: give a number of samples, 1 or more; without it there is no end",
				       text);
	return HVE_DONE;
}

static int parse(struct hve_top *top, bool *plain, int argc, char **argv)
{
	int found, ret = HVE_DONE;

	while (!ret &&
	       (found = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (found == '?' || found == ':')
			return hve_print_bad_option(argv, found);
		if (found == 'd')
			ret = parse_delay(optarg, top);
		if (found == 'c')
			ret = parse_count(optarg, top);
		top->query.vcpus |= found == 'v';
		top->json |= found == 'j';
		*plain |= found == 'p' || found == 'j';
	}
	if (ret || optind == argc)
		return ret;
	if (optind + 1 < argc)
		return hve_print_error(HVE_USAGE,
				       "hve top takes one VM, not \"%s\" too: leave the number out for all",
				       argv[optind + 1]);
	top->query.one = true;
	return hve_parse_vm(argv[optind], &top->query.vm_id);
}

static void sleep_until(__u64 when)
{
	struct timespec to = { .tv_sec = when / 1000000000,
			       .tv_nsec = when % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &to, NULL) == EINTR)
		;
}

static int print_samples(struct hve_top *top)
{
	__u64 next = hve_now();
	unsigned long shown = 0;
	char why[HVE_WHY_LEN];

	if (hve_top_sample(top, why, sizeof(why)))
		return hve_print_error(HVE_REFUSED, "%s", why);
	do {
		/* After a stop of the process, go on from now. */
		next += top->delay;
		if (next < hve_now())
			next = hve_now() + top->delay;
		sleep_until(next);
		if (hve_top_sample(top, why, sizeof(why)))
			return hve_print_error(HVE_REFUSED, "%s", why);
		if (top->json)
			hve_top_json(top);
		else
			hve_top_text(top);
		if (ferror(stdout))
			return hve_print_error(HVE_REFUSED,
					       "the samples cannot be written: is there room where they go?");
	} while (!top->samples || ++shown < top->samples);
	return HVE_DONE;
}

int hve_top_main(int argc, char **argv)
{
	struct hve_top top = { .delay = 1000000000, .sort = HVE_SORT_ACTIVITY };
	bool plain = false;
	int ret;

	ret = parse(&top, &plain, argc, argv);
	if (ret)
		return ret;
	ret = -1;
	if (!plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		ret = hve_top_screen(&top);
	if (ret < 0)
		ret = print_samples(&top);
	hve_top_free(&top);
	return ret;
}
