// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve doctor: the functions of KVM that are hooked or called
 *
 * In: the module's own lists, /proc/kallsyms, ftrace's list of what is attached
 * where. Out: one finding for each hooked function and one for all that are
 * called. Someone else's direct call or livepatch on a hooked function is a
 * failure; plain tracing is none. Owns a table for the duration of the check.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hve.h"

struct function {
	const char *module;	/* "vmlinux": built in */
	const char *name;
	const char *other;	/* under this name in the other vendor's module */
	bool hooked;
	bool maybe;		/* not every kernel has it */
	unsigned int found;
	char *attached;		/* what ftrace says of it, or NULL */
};

static struct function functions[] = {
#define HVE_HOOK(returns, label, params, args)				\
	{ .module = "kvm", .name = #label, .hooked = true },
#define HVE_HOOK_MAYBE(returns, label, params, args)			\
	{ .module = "kvm", .name = #label, .hooked = true, .maybe = true },
#include "../../hv/kvm/hooks.def"
#define HVE_SERVICE(mod, returns, label, params, args)			\
	{ .module = #mod, .name = #label },
#define HVE_VENDOR(returns, id, amd, intel, params, args)		\
	{ .module = "kvm_amd", .name = #amd, .other = #intel },
#include "../../hv/kvm/services.def"
};

#define NR_FUNCTIONS	(sizeof(functions) / sizeof(functions[0]))
#define MODULE_LEN	64

static void count_symbol(const char *name, const char *module)
{
	struct function *function;
	size_t i;

	for (i = 0; i < NR_FUNCTIONS; i++) {
		function = &functions[i];
		if (!strcmp(name, function->name) &&
		    !strcmp(module, function->module))
			function->found++;
		else if (function->other && !strcmp(name, function->other) &&
			 !strcmp(module, "kvm_intel"))
			function->found++;
	}
}

static int read_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[1024], name[512], module[MODULE_LEN];
	int fields;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		fields = sscanf(line, "%*s %*c %511s [%63[^]]", name, module);
		if (fields >= 1)
			count_symbol(name, fields == 2 ? module : "vmlinux");
	}
	fclose(file);
	return 0;
}

static struct function *find_hooked(const char *line)
{
	size_t i, len = strcspn(line, " \n");

	for (i = 0; i < NR_FUNCTIONS; i++)
		if (functions[i].hooked && !strncmp(line, functions[i].name, len) &&
		    !functions[i].name[len])
			return &functions[i];
	return NULL;
}

/* Two of a name in a module cannot be told apart; vmlinux has its own rules */
static bool is_usable(const struct function *function)
{
	return function->found == 1 || (function->maybe && !function->found) ||
	       (function->found && !strcmp(function->module, "vmlinux"));
}

/* One function has one line, and more that begin with a tab */
static int read_attached(void)
{
	struct function *function = NULL;
	char line[1024], *text;
	FILE *file;

	file = fopen("/sys/kernel/tracing/enabled_functions", "re");
	if (!file)
		file = fopen("/sys/kernel/debug/tracing/enabled_functions", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\t' && line[0] != ' ')
			function = find_hooked(line);
		if (!function)
			continue;
		if (asprintf(&text, "%s %s", function->attached ?: "",
			     line + strspn(line, "\t ")) < 0)
			break;
		free(function->attached);
		function->attached = text;
	}
	fclose(file);
	return 0;
}

/* "kvm_cpuid [kvm] (1) R I D": is @flag among the letters behind the count? */
static bool has_flag(const char *attached, char flag)
{
	const char *at = strchr(attached, ')');

	if (!at)
		return false;
	for (at++; at[0] == ' ' || (at[0] && (at[1] == ' ' || !at[1])); at++)
		if (*at == flag)
			return true;
	return false;
}

static void judge_hook(struct hve_report *report, const struct function *function)
{
	const char *attached = function->attached;

	if (!is_usable(function)) {
		hve_report_add(report, HVE_FAIL, "hooked function",
			       "%s: %s has %u of that name", function->name,
			       function->module, function->found);
		hve_report_next(report, "boot a kernel that the README names, or report the release: `uname -r`");
	} else if (!attached) {
		hve_report_add(report, HVE_GOOD, "hooked function", "%s: there, free",
			       function->name);
	} else if (strstr(attached, "[kvm_hve]")) {
		hve_report_add(report, HVE_GOOD, "hooked function",
			       "%s: there, in use by kvm-hve", function->name);
	} else if (has_flag(attached, 'I') || has_flag(attached, 'D')) {
		hve_report_add(report, HVE_FAIL, "hooked function",
			       "%s: taken by %s:%s", function->name,
			       has_flag(attached, 'I') ? "a livepatch" :
			       "a BPF program or another direct call", attached);
		hve_report_next(report, "remove that first: `bpftool prog`, /sys/kernel/livepatch");
	} else {
		hve_report_add(report, HVE_GOOD, "hooked function",
			       "%s: there, traced by somebody, which does no harm",
			       function->name);
	}
}

static void judge_calls(struct hve_report *report)
{
	unsigned int total = 0, missing = 0;
	size_t i;

	for (i = 0; i < NR_FUNCTIONS; i++) {
		const struct function *function = &functions[i];

		if (function->hooked)
			continue;
		total++;
		if (is_usable(function))
			continue;
		missing++;
		hve_report_add(report, HVE_FAIL, "called function",
			       "%s: %s has %u of that name", function->name,
			       function->module, function->found);
		hve_report_next(report, "boot a kernel that the README names, or report the release: `uname -r`");
	}
	if (!missing)
		hve_report_add(report, HVE_GOOD, "called functions",
			       "all %u are there", total);
}

void hve_check_functions(struct hve_report *report)
{
	size_t i;
	int ret;

	if (!hve_module_loaded("kvm")) {
		hve_report_add(report, HVE_WARN, "functions",
			       "cannot be looked for while kvm is not loaded as a module");
		hve_report_next(report, "see the check \"kvm\", then run `hve doctor` again");
		return;
	}
	ret = read_symbols();
	if (ret) {
		hve_report_add(report, HVE_WARN, "functions",
			       "/proc/kallsyms cannot be read: %s", strerror(-ret));
		hve_report_next(report, "boot a kernel with CONFIG_KALLSYMS=y, mount /proc");
		return;
	}
	ret = read_attached();
	for (i = 0; i < NR_FUNCTIONS; i++)
		if (functions[i].hooked)
			judge_hook(report, &functions[i]);
	judge_calls(report);
	if (!ret)
		return;
	hve_report_add(report, HVE_WARN, "other hooks",
		       "enabled_functions of ftrace cannot be read: %s",
		       strerror(-ret));
	hve_report_next(report, "run `hve doctor` as root, with tracefs mounted at /sys/kernel/tracing");
}
