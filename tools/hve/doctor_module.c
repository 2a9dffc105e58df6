// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve doctor: our module and its device
 *
 * In: /proc/modules, the list of installed modules, /dev/kvm-hve. Out: findings;
 * the last one is the trial that the module makes of its own hooks.
 * Opens the device and closes it again; arms nothing. Owns no state.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "hve.h"

static bool is_installed(const char *release)
{
	char path[512];
	bool found;
	char *text;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	text = hve_file_text(path, NULL);
	found = text && (strstr(text, "/kvm-hve.ko") || strstr(text, "/kvm_hve.ko"));
	free(text);
	return found;
}

void hve_check_module(struct hve_report *report)
{
	struct utsname name;

	if (hve_module_loaded("kvm_hve")) {
		hve_report_add(report, HVE_GOOD, "kvm-hve", "loaded");
		return;
	}
	uname(&name);
	if (is_installed(name.release)) {
		hve_report_add(report, HVE_FAIL, "kvm-hve",
			       "installed for %s, not loaded", name.release);
		hve_report_next(report, "modprobe kvm-hve; if it refuses, `dmesg` has its sentence");
		return;
	}
	hve_report_add(report, HVE_FAIL, "kvm-hve",
		       "neither loaded nor installed for %s", name.release);
	hve_report_next(report, "build and install it as the README says, then `modprobe kvm-hve`");
}

void hve_check_node(struct hve_report *report)
{
	char group[64];
	struct stat node;

	if (stat(HVE_DEVICE, &node) || !S_ISCHR(node.st_mode)) {
		hve_report_add(report, HVE_FAIL, HVE_DEVICE, "absent");
		hve_report_next(report, hve_module_loaded("kvm_hve") ?
				"mount devtmpfs on /dev, or start udev" :
				"load the module: `modprobe kvm-hve`");
		return;
	}
	hve_group_name(node.st_gid, group, sizeof(group));
	if (access(HVE_DEVICE, R_OK | W_OK)) {
		hve_report_add(report, HVE_FAIL, HVE_DEVICE,
			       "there, mode %04o, group %s: not for this user",
			       node.st_mode & 07777, group);
		if (node.st_gid)
			hve_report_next(report, "run `usermod -aG %s` with your name as root and log in again",
					group);
		else
			hve_report_next(report, "install 99-kvm-hve.rules, run `udevadm trigger /dev/kvm-hve`, join the group %s",
					HVE_GROUP);
		return;
	}
	if (node.st_mode & 0007) {
		hve_report_add(report, HVE_WARN, HVE_DEVICE,
			       "there, mode %04o: open to everybody",
			       node.st_mode & 07777);
		hve_report_next(report, "install 99-kvm-hve.rules and run `udevadm trigger /dev/kvm-hve`");
		return;
	}
	hve_report_add(report, HVE_GOOD, HVE_DEVICE, "there, mode %04o, group %s",
		       node.st_mode & 07777, group);
}

void hve_check_self(struct hve_report *report)
{
	char why[HVE_WHY_LEN];
	int fd, version, ret;

	fd = hve_device_open(why, sizeof(why));
	if (fd < 0) {
		hve_report_add(report, HVE_WARN, "self-check",
			       "not possible without the device: %s", why);
		hve_report_next(report, "see the check \"" HVE_DEVICE "\", then run `hve doctor` again");
		return;
	}
	version = hve_device_call(fd, HVE_GET_VERSION, NULL,
				  "the question for the interface version", why,
				  sizeof(why));
	if (version != HVE_API_VERSION) {
		hve_report_add(report, HVE_WARN, "interface",
			       "the module has version %d, hve has %d", version,
			       HVE_API_VERSION);
		hve_report_next(report, "install hve and kvm-hve of the same version");
	}
	ret = hve_device_call(fd, HVE_SELF_CHECK, NULL, "the self-check", why,
			      sizeof(why));
	close(fd);
	if (ret >= 0) {
		hve_report_add(report, HVE_GOOD, "self-check",
			       "the module hooked a function of its own, then those of KVM, and let go");
		return;
	}
	hve_report_add(report, HVE_FAIL, "self-check", "%s", why);
	hve_report_next(report, "follow that sentence; `dmesg` may say more");
}
