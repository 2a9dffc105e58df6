// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve doctor: the kernel
 *
 * In: uname, the kernel's configuration, its ftrace switch. Out: findings. A
 * configuration that cannot be read is a warning, not a failure: the functions
 * that it stands for are looked for as well. Owns constant tables only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "hve.h"

#define FIRST_RELEASE	"6.1"
#define LAST_TRIED	"7.3"

struct need {
	const char *name;
	enum hve_grade missing;
	const char *purpose;
};

static const struct need needs[] = {
	{ "CONFIG_MODULES", HVE_FAIL, "loads kvm-hve" },
	{ "CONFIG_FUNCTION_TRACER", HVE_FAIL, "gives functions a place to hook" },
	{ "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", HVE_FAIL, "hooks them" },
	{ "CONFIG_KPROBES", HVE_FAIL, "finds functions by name" },
	{ "CONFIG_KALLSYMS_ALL", HVE_FAIL, "knows every symbol's name" },
	{ "CONFIG_DEBUG_INFO_BTF", HVE_WARN, "tells the build KVM's structures" },
	{ "CONFIG_DEBUG_INFO_BTF_MODULES", HVE_WARN,
	  "tells the build KVM's structures" },
};

#define NR_NEEDS	(sizeof(needs) / sizeof(needs[0]))

void hve_check_machine(struct hve_report *report)
{
	struct utsname name;

	uname(&name);
	if (!strcmp(name.machine, "x86_64")) {
		hve_report_add(report, HVE_GOOD, "machine", "x86_64");
		return;
	}
	hve_report_add(report, HVE_FAIL, "machine", "%s, not x86_64",
		       name.machine);
	hve_report_next(report, "use a 64-bit x86 host with a 64-bit kernel");
}

/* Major and minor as one number that can be compared */
static unsigned int release_number(const char *text)
{
	unsigned int major = 0, minor = 0;

	sscanf(text, "%u.%u", &major, &minor);
	return major << 16 | minor;
}

void hve_check_release(struct hve_report *report)
{
	struct utsname name;
	unsigned int release;

	uname(&name);
	release = release_number(name.release);
	if (release < release_number(FIRST_RELEASE)) {
		hve_report_add(report, HVE_FAIL, "kernel", "%s is older than %s",
			       name.release, FIRST_RELEASE);
		hve_report_next(report, "boot Linux %s or later", FIRST_RELEASE);
	} else if (release > release_number(LAST_TRIED)) {
		hve_report_add(report, HVE_WARN, "kernel",
			       "%s is newer than %s, the last one tried",
			       name.release, LAST_TRIED);
		hve_report_next(report, "build the module: that compares every function it uses");
	} else {
		hve_report_add(report, HVE_GOOD, "kernel", "%s", name.release);
	}
}

/* The running kernel's own copy first; the others may belong to a rebuild */
static char *read_config(char *path, size_t len)
{
	static const char * const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	struct utsname name;
	char *text;
	size_t i;

	snprintf(path, len, "/proc/config.gz");
	text = hve_file_output("gzip -dc /proc/config.gz 2>/dev/null");
	uname(&name);
	for (i = 0; !text && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, len, places[i], name.release);
		text = hve_file_text(path, NULL);
	}
	return text;
}

/* 'y', 'm', or 'n' */
static char config_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	while (text && *text) {
		if (!strncmp(text, name, len) && text[len] == '=')
			return text[len + 1];
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	return 'n';
}

void hve_check_config(struct hve_report *report)
{
	const char *label;
	char path[512];
	char *text;
	size_t i;

	text = read_config(path, sizeof(path));
	if (!text) {
		hve_report_add(report, HVE_WARN, "configuration",
			       "neither /proc/config.gz nor /boot/config-* of this kernel can be read");
		hve_report_next(report, "modprobe configs, or go by the other checks");
		return;
	}
	for (i = 0; i < NR_NEEDS; i++) {
		label = needs[i].name + strlen("CONFIG_");
		if (config_value(text, needs[i].name) != 'n') {
			hve_report_add(report, HVE_GOOD, "configuration", "%s",
				       label);
			continue;
		}
		hve_report_add(report, needs[i].missing, "configuration",
			       "%s is not set in %s: it %s", label, path,
			       needs[i].purpose);
		if (needs[i].missing == HVE_FAIL)
			hve_report_next(report, "boot a kernel with %s=y; those of Debian and Ubuntu have it",
					needs[i].name);
		else
			hve_report_next(report, "build the module elsewhere, for this very kernel, or boot one with %s=y",
					needs[i].name);
	}
	free(text);
}

void hve_check_ftrace(struct hve_report *report)
{
	const char *path = "/proc/sys/kernel/ftrace_enabled";
	char line[16];

	if (hve_file_line(path, line, sizeof(line))) {
		hve_report_add(report, HVE_FAIL, "ftrace",
			       "%s is absent: this kernel has no function tracer",
			       path);
		hve_report_next(report, "boot a kernel with CONFIG_FUNCTION_TRACER=y");
	} else if (!strcmp(line, "1")) {
		hve_report_add(report, HVE_GOOD, "ftrace", "enabled");
	} else {
		hve_report_add(report, HVE_FAIL, "ftrace", "switched off: %s is %s",
			       path, line);
		hve_report_next(report, "sysctl kernel.ftrace_enabled=1");
	}
}
