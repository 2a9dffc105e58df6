// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: /dev/kvm-hve as the commands use it
 *
 * In: requests. Out: their results, and for a failure a sentence: the module's
 * own where it has one, else one from errno. The descriptor is the context and
 * belongs to the caller; it is deliberately not closed by exec, because the
 * context of `hve run` has to live as long as the VMM does.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "hve.h"

bool hve_group_name(gid_t gid, char *name, size_t len)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *group;
	bool found = false;

	/* Not getgrgid(): the name service does not work in a static program */
	while (file && !found && (group = fgetgrent(file))) {
		found = group->gr_gid == gid;
		if (found)
			snprintf(name, len, "%s", group->gr_name);
	}
	if (file)
		fclose(file);
	if (!found)
		snprintf(name, len, "%u", gid);
	return found;
}

static void explain_open(int error, char *why, size_t len)
{
	char group[HVE_NAME_LEN] = HVE_GROUP;
	struct stat node;

	switch (error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		snprintf(why, len,
			 "%s is absent: load the module with `modprobe kvm-hve`; `hve doctor` says what else is missing",
			 HVE_DEVICE);
		break;
	case EACCES:
	case EPERM:
		if (!stat(HVE_DEVICE, &node) && node.st_gid)
			hve_group_name(node.st_gid, group, sizeof(group));
		snprintf(why, len,
			 "no permission to open %s: it is for the group %s, so run `usermod -aG %s` with your name as root and log in again",
			 HVE_DEVICE, group, group);
		break;
	default:
		snprintf(why, len, "%s does not open: %s; `hve doctor` looks for the cause",
			 HVE_DEVICE, strerror(error));
	}
}

int hve_device_open(char *why, size_t len)
{
	int fd, error;

	fd = open(HVE_DEVICE, O_RDWR);
	if (fd < 0) {
		error = errno;
		explain_open(error, why, len);
		return -error;
	}
	if (fd > STDERR_FILENO)
		return fd;
	/* Started with closed standard files: leave those numbers alone */
	error = fcntl(fd, F_DUPFD, STDERR_FILENO + 1);
	close(fd);
	if (error < 0)
		snprintf(why, len, "%s: no free descriptor: raise `ulimit -n`",
			 HVE_DEVICE);
	return error;
}

int hve_device_call(int fd, unsigned long request, void *argument,
		    const char *what, char *why, size_t len)
{
	struct hve_reason reason = { .size = sizeof(reason) };
	int ret, error;

	ret = ioctl(fd, request, argument);
	if (ret >= 0)
		return ret;
	error = errno;
	if (!ioctl(fd, HVE_GET_REASON, &reason) &&
	    reason.error == (unsigned int)error && reason.text[0]) {
		reason.text[sizeof(reason.text) - 1] = '\0';
		snprintf(why, len, "%s was refused: %s", what, reason.text);
	} else if (error == ENOTTY || error == E2BIG) {
		snprintf(why, len,
			 "%s is not known to the loaded module: install hve and kvm-hve of the same version",
			 what);
	} else {
		snprintf(why, len, "%s failed: %s; `dmesg` may say more", what,
			 strerror(error));
	}
	return -error;
}

int hve_device_features(int fd, struct hve_features *features, char *why,
			size_t len)
{
	memset(features, 0, sizeof(*features));
	features->size = sizeof(*features);
	return hve_device_call(fd, HVE_GET_FEATURES, features,
			       "the question what this host supports", why, len);
}

int hve_parse_vm(const char *text, __u32 *vm_id)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || number > UINT_MAX)
		return hve_print_error(HVE_USAGE,
				       "\"%s\" is not the number of one VM: `hve status` shows the numbers",
				       text);
	*vm_id = number;
	return HVE_DONE;
}
