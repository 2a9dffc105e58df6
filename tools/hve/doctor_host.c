// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve doctor: processor, KVM, and what the kernel lets in
 *
 * In: /proc/cpuinfo, /proc/modules, the node of KVM, Secure Boot and lockdown.
 * Out: findings. KVM's node is looked at and never opened: opening it has
 * effects of its own. Owns no state.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "hve.h"

#define SECURE_BOOT	"/sys/firmware/efi/efivars/" \
			"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define LINE_LEN	8192	/* the flags of a processor */

static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word);
	const char *at = line;

	while ((at = strstr(at, word))) {
		if (at > line && isspace(at[-1]) && (!at[len] || isspace(at[len])))
			return true;
		at += len;
	}
	return false;
}

static void read_flags(char *line)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	bool found = false;

	while (file && !found && fgets(line, LINE_LEN, file))
		found = !strncmp(line, "flags", strlen("flags"));
	if (file)
		fclose(file);
	if (!found)
		line[0] = '\0';
}

void hve_check_processor(struct hve_report *report)
{
	static char flags[LINE_LEN];
	bool guest;

	read_flags(flags);
	guest = has_word(flags, "hypervisor");
	if (has_word(flags, "svm") || has_word(flags, "vmx")) {
		hve_report_add(report, HVE_GOOD, "processor", "%s%s",
			       has_word(flags, "svm") ? "AMD SVM" : "Intel VMX",
			       guest ? ", nested in another hypervisor" : "");
	} else if (guest) {
		hve_report_add(report, HVE_FAIL, "processor",
			       "this machine is a VM without nested virtualization");
		hve_report_next(report, "switch it on in the outer hypervisor (KVM: kvm_intel or kvm_amd nested=1, and -cpu host)");
	} else {
		hve_report_add(report, HVE_FAIL, "processor",
			       "neither SVM nor VMX is there or visible");
		hve_report_next(report, "switch virtualization on in the firmware setup");
	}
}

bool hve_check_proc(struct hve_report *report)
{
	FILE *file = fopen("/proc/modules", "re");

	if (file) {
		fclose(file);
		return true;
	}
	hve_report_add(report, HVE_FAIL, "/proc", "/proc/modules cannot be read: %s",
		       strerror(errno));
	hve_report_next(report, "mount -t proc proc /proc; in a container, run `hve doctor` on the host instead");
	return false;
}

void hve_check_kvm(struct hve_report *report)
{
	const char *vendor = NULL;

	if (hve_module_loaded("kvm_amd"))
		vendor = "kvm_amd";
	else if (hve_module_loaded("kvm_intel"))
		vendor = "kvm_intel";
	if (vendor) {
		hve_report_add(report, HVE_GOOD, "kvm", "kvm and %s are loaded",
			       vendor);
	} else if (hve_module_loaded("kvm")) {
		hve_report_add(report, HVE_FAIL, "kvm",
			       "kvm is loaded, but neither kvm_amd nor kvm_intel");
		hve_report_next(report, "modprobe kvm_amd || modprobe kvm_intel; `dmesg` says why it fails");
	} else if (!access("/sys/module/kvm", F_OK)) {
		hve_report_add(report, HVE_FAIL, "kvm",
			       "KVM is built into this kernel: kvm-hve serves KVM's modules only");
		hve_report_next(report, "boot a kernel with CONFIG_KVM=m, as Debian and Ubuntu have it");
	} else {
		hve_report_add(report, HVE_FAIL, "kvm", "KVM is not loaded");
		hve_report_next(report, "modprobe kvm_amd || modprobe kvm_intel; `dmesg` says why it fails");
	}
}

void hve_check_kvm_node(struct hve_report *report)
{
	const char *path = "/dev/kvm";
	char group[64];
	struct stat node;

	if (stat(path, &node) || !S_ISCHR(node.st_mode)) {
		hve_report_add(report, HVE_FAIL, path, "absent, so no VMM can create a VM");
		hve_report_next(report, "see the checks \"processor\" and \"kvm\"");
		return;
	}
	hve_group_name(node.st_gid, group, sizeof(group));
	if (access(path, R_OK | W_OK)) {
		hve_report_add(report, HVE_FAIL, path,
			       "there, mode %04o, group %s: not for this user",
			       node.st_mode & 07777, group);
		hve_report_next(report, "run `usermod -aG %s` with your name as root and log in again",
				group);
		return;
	}
	hve_report_add(report, HVE_GOOD, path, "there, mode %04o, group %s",
		       node.st_mode & 07777, group);
}

/* The value is behind four bytes of attributes */
static bool secure_boot(void)
{
	FILE *file = fopen(SECURE_BOOT, "re");
	unsigned char bytes[5] = { 0 };
	bool on = false;

	if (file) {
		on = fread(bytes, 1, sizeof(bytes), file) == sizeof(bytes) &&
		     bytes[4] == 1;
		fclose(file);
	}
	return on;
}

void hve_check_signing(struct hve_report *report)
{
	char lockdown[128], enforce[8];
	bool locked, enforced;

	hve_file_line("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	hve_file_line("/sys/module/module/parameters/sig_enforce", enforce,
		      sizeof(enforce));
	locked = strchr(lockdown, '[') && !strstr(lockdown, "[none]");
	enforced = enforce[0] == 'Y' || enforce[0] == '1';
	if (!locked && !enforced) {
		hve_report_add(report, HVE_GOOD, "module signing",
			       "not demanded (Secure Boot %s, no lockdown)",
			       secure_boot() ? "on" : "off or unknown");
		return;
	}
	if (hve_module_loaded("kvm_hve")) {
		hve_report_add(report, HVE_GOOD, "module signing",
			       "demanded, and kvm-hve was accepted");
		return;
	}
	hve_report_add(report, HVE_WARN, "module signing",
		       "demanded by %s%s%s: an unsigned kvm-hve will not load",
		       secure_boot() ? "Secure Boot, " : "",
		       locked ? "lockdown " : "module.sig_enforce",
		       locked ? lockdown : "");
	hve_report_next(report, "enrol the key that DKMS signs with: `mokutil --import /var/lib/dkms/mok.pub`, reboot, confirm in MOK manager");
}
