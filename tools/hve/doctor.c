// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve doctor: can this host serve VMs, and if not, why
 *
 * In: the running system, as far as this user may see it. Out: one row for each
 * thing looked at, with what was found and what to do; exit status 0 when
 * nothing failed. Every check runs, so that one look shows all that is missing;
 * but without /proc, all of them would blame the wrong thing.
 * Owns no state and changes nothing: KVM's own device is never opened.
 */
#include <getopt.h>
#include "hve.h"

/* From the machine upwards: the first failure is usually the one to repair */
static const hve_check_fn checks[] = {
	hve_check_machine,
	hve_check_release,
	hve_check_config,
	hve_check_ftrace,
	hve_check_processor,
	hve_check_kvm,
	hve_check_kvm_node,
	hve_check_functions,
	hve_check_signing,
	hve_check_module,
	hve_check_node,
	hve_check_self,
};

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

int hve_doctor_main(int argc, char **argv)
{
	struct hve_report report = { 0 };
	bool json = false;
	size_t i;
	int found;

	while ((found = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (found != 'j')
			return hve_print_bad_option(argv, found);
		json = true;
	}
	if (optind < argc)
		return hve_print_error(HVE_USAGE,
				       "hve doctor takes no argument \"%s\": `hve help doctor` shows the usage",
				       argv[optind]);
	if (hve_check_proc(&report))
		for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
			checks[i](&report);
	if (json)
		hve_report_json(&report);
	else
		hve_report_text(&report);
	return hve_report_failed(&report) ? HVE_REFUSED : HVE_DONE;
}
