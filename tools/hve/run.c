// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve run: start a VMM whose VMs are served
 *
 * In: a profile, a list, a command. Out: the command in this very process, with
 * an armed context open that ends when the last process holding it does; or a
 * sentence, and nothing armed. The VMM is neither changed nor told. Watching it
 * is deliberately absent: this program is gone once the VMM runs.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>
#include "hve.h"
#include "options.h"

struct request {
	struct hve_config config;
	__u32 arm;
	bool quiet;
	bool asked;		/* for anything at all */
	bool native;
};

static const struct option options[] = {
	{ "profile", required_argument, NULL, 'p' },
	{ "hv", required_argument, NULL, 'l' },
	{ "native", no_argument, NULL, 'N' },
	{ "next", no_argument, NULL, 'n' },
	{ "quiet", no_argument, NULL, 'q' },
	{ 0 },
};

static int apply_profiles(struct request *request, int argc, char **argv)
{
	char why[HVE_WHY_LEN];
	int found;

	/* The profile comes first, wherever it stands: --hv changes it */
	while ((found = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (found == '?' || found == ':')
			return hve_print_bad_option(argv, found);
		if (found != 'p')
			continue;
		request->asked = true;
		if (hve_profile_apply(optarg, &request->config, why, sizeof(why)))
			return hve_print_error(HVE_REFUSED, "%s", why);
	}
	return HVE_DONE;
}

static int apply_options(struct request *request, int argc, char **argv)
{
	char why[HVE_WHY_LEN];
	int found;

	optind = 1;
	while ((found = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		switch (found) {
		case 'l':
			request->asked = true;
			if (hve_options_parse(&request->config, optarg, why,
					      sizeof(why)))
				return hve_print_error(HVE_REFUSED, "--hv %s: %s",
						       optarg, why);
			break;
		case 'N':
			request->native = true;
			break;
		case 'n':
			request->arm = HVE_ARM_NEXT;
			break;
		case 'q':
			request->quiet = true;
			break;
		}
	}
	return HVE_DONE;
}

/* Without the module there is nothing to ask; arming will say so. */
static void ask_host(void)
{
	struct hve_features features;
	char why[HVE_WHY_LEN];
	int fd = hve_device_open(why, sizeof(why));

	if (fd < 0)
		return;
	if (hve_device_features(fd, &features, why, sizeof(why)) >= 0)
		hve_options_supported(features.supported[0]);
	close(fd);
}

static int parse(struct request *request, int argc, char **argv)
{
	char why[HVE_WHY_LEN];
	int ret;

	hve_options_init(&request->config);
	request->arm = HVE_ARM_EVERY;
	ask_host();
	ret = apply_profiles(request, argc, argv);
	if (!ret)
		ret = apply_options(request, argc, argv);
	if (ret)
		return ret;
	if (optind == argc)
		return hve_print_error(HVE_USAGE,
				       "no command to start: write it behind --, as in `hve run --profile linux -- qemu-system-x86_64 ...`");
	if (request->native) {
		if (request->asked)
			return hve_print_error(HVE_USAGE,
					       "with --native the command itself chooses, as from KVM: leave out --profile and --hv");
		request->config.flags = HVE_CONFIG_NATIVE;
		return HVE_DONE;
	}
	if (!request->asked) {
		hve_profile_names(why, sizeof(why));
		return hve_print_error(HVE_USAGE,
				       "nothing to serve: name a profile with --profile (there are: %s), a list with --hv, or --native",
				       why);
	}
	if (hve_config_check(&request->config, why, sizeof(why)))
		return hve_print_error(HVE_REFUSED, "%s", why);
	return HVE_DONE;
}

/* An armed context, or -1 after a sentence */
static int arm(struct request *request)
{
	struct hve_arm arm = { .size = sizeof(arm), .flags = request->arm };
	char why[HVE_WHY_LEN];
	int fd, ret;

	fd = hve_device_open(why, sizeof(why));
	ret = fd;
	if (ret >= 0)
		ret = hve_device_call(fd, HVE_SET_CONFIG, &request->config,
				      "the configuration", why, sizeof(why));
	if (ret >= 0)
		ret = hve_device_call(fd, HVE_ARM, &arm,
				      "serving the VMs to come", why, sizeof(why));
	if (ret >= 0)
		return fd;
	hve_print_error(HVE_REFUSED, "%s", why);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void announce(const struct request *request, const char *command)
{
	if (request->native) {
		fprintf(stderr, "hve: serving KVM's own Hyper-V interface to %s of %s\n",
			request->arm == HVE_ARM_NEXT ? "the next VM" :
						       "every VM", command);
		return;
	}
	fputs("hve: serving ", stderr);
	hve_print_features(stderr, (request->config.features[0] |
				    hve_base_features()) &
				   ~hve_features_with(HVE_INTERNAL));
	fprintf(stderr, " to %s of %s\n",
		request->arm == HVE_ARM_NEXT ? "the next VM" : "every VM", command);
}

int hve_run_main(int argc, char **argv)
{
	struct request request = { 0 };
	int ret, fd, error;
	char **command;

	ret = parse(&request, argc, argv);
	if (ret)
		return ret;
	command = argv + optind;
	fd = arm(&request);
	if (fd < 0)
		return HVE_REFUSED;
	if (!request.quiet)
		announce(&request, command[0]);
	execvp(command[0], command);
	/* Closing the context disarms it */
	error = errno;
	close(fd);
	return hve_print_error(HVE_REFUSED,
			       "%s does not start: %s; give its full path, nothing stays armed",
			       command[0], strerror(error));
}
