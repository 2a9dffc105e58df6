// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve save, hve restore: a VM's Hyper-V state to a file and back
 *
 * In: the number of a VM and a file. Out: the file, complete or not at all, for
 * its owner's eyes only; or the state in the module. What is in it is the
 * module's affair, which also says what is wrong with it. The VMM saves the
 * rest, and is deliberately not spoken to. Owns no state.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "hve.h"

#define FIRST_ROOM	(64u << 10)
#define MOST		(64u << 20)	/* larger than the module takes */

struct job {
	__u32 vm_id;
	const char *path;
	void *data;
	__u32 length;
};

static int parse(struct job *job, int argc, char **argv)
{
	if (argc != 3)
		return hve_print_error(HVE_USAGE,
				       "the number of a VM and a file are needed: `hve help %s`",
				       argv[0]);
	job->path = argv[2];
	return hve_parse_vm(argv[1], &job->vm_id);
}

static int get_state(int fd, struct job *job, char *why, size_t len)
{
	struct hve_state state = { .size = sizeof(state), .vm_id = job->vm_id,
				   .length = FIRST_ROOM };
	int ret;

	do {
		free(job->data);
		job->data = malloc(state.length);
		if (!job->data) {
			snprintf(why, len, "no memory for %u bytes: free some",
				 state.length);
			return -ENOMEM;
		}
		state.data = (uintptr_t)job->data;
		ret = hve_device_call(fd, HVE_GET_STATE, &state,
				      "saving the state", why, len);
	} while (ret == -ENOSPC && state.length <= MOST);
	job->length = state.length;
	return ret;
}

static int complain(const struct job *job, const char *what, char *why,
		    size_t len)
{
	int error = errno ? errno : EIO;

	snprintf(why, len, "%s cannot be %s: %s; %s", job->path, what,
		 strerror(error), strcmp(what, "read") ? "choose another file" :
		 "name a file that `hve save` wrote, and that you may read");
	return -error;
}

static bool write_all(int fd, const char *data, size_t length)
{
	ssize_t done;

	while (length) {
		done = write(fd, data, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		length -= done;
	}
	return !fsync(fd);
}

/* What is there already stays until the new one is on the disk. */
static int write_file(const struct job *job, char *why, size_t len)
{
	char other[PATH_MAX];
	struct stat info;
	int fd, ret = 0;

	/* It would be replaced: a device, a pipe or a link must not be. */
	if (!lstat(job->path, &info) && !S_ISREG(info.st_mode)) {
		snprintf(why, len, "%s is no plain file: choose another file",
			 job->path);
		return -EINVAL;
	}
	if (snprintf(other, sizeof(other), "%s.XXXXXX", job->path) >=
	    (int)sizeof(other)) {
		errno = ENAMETOOLONG;
		return complain(job, "written", why, len);
	}
	fd = mkstemp(other);	/* mode 0600 */
	if (fd < 0)
		return complain(job, "written", why, len);
	if (!write_all(fd, job->data, job->length))
		ret = complain(job, "written", why, len);
	if (close(fd) && !ret)
		ret = complain(job, "written", why, len);
	if (!ret && rename(other, job->path))
		ret = complain(job, "written", why, len);
	if (ret)
		unlink(other);
	return ret;
}

static int read_file(struct job *job, char *why, size_t len)
{
	FILE *file = fopen(job->path, "re");
	size_t got;
	int ret = 0;

	if (!file)
		return complain(job, "read", why, len);
	job->data = malloc(MOST + 1);
	if (!job->data) {
		snprintf(why, len, "no memory for %s: free some", job->path);
		fclose(file);
		return -ENOMEM;
	}
	errno = 0;
	got = fread(job->data, 1, MOST + 1, file);
	if (ferror(file)) {
		ret = complain(job, "read", why, len);
	} else if (got > MOST) {
		snprintf(why, len, "%s is too large: name a file that `hve save` wrote",
			 job->path);
		ret = -EFBIG;
	}
	job->length = got;
	fclose(file);
	return ret;
}

static int set_state(int fd, const struct job *job, char *why, size_t len)
{
	struct hve_state state = {
		.size = sizeof(state), .vm_id = job->vm_id,
		.length = job->length, .data = (uintptr_t)job->data,
	};

	return hve_device_call(fd, HVE_SET_STATE, &state, "restoring the state",
			       why, len);
}

static int save(int fd, struct job *job, char *why, size_t len)
{
	int ret = get_state(fd, job, why, len);

	return ret < 0 ? ret : write_file(job, why, len);
}

static int restore(int fd, struct job *job, char *why, size_t len)
{
	int ret = read_file(job, why, len);

	return ret < 0 ? ret : set_state(fd, job, why, len);
}

static int run(int argc, char **argv,
	       int (*transfer)(int fd, struct job *job, char *why, size_t len))
{
	struct job job = { 0 };
	char why[HVE_WHY_LEN];
	int fd, ret = parse(&job, argc, argv);

	if (ret)
		return ret;
	fd = hve_device_open(why, sizeof(why));
	ret = fd < 0 ? fd : transfer(fd, &job, why, sizeof(why));
	if (fd >= 0)
		close(fd);
	free(job.data);
	return ret < 0 ? hve_print_error(HVE_REFUSED, "%s", why) : HVE_DONE;
}

int hve_save_main(int argc, char **argv)
{
	return run(argc, argv, save);
}

int hve_restore_main(int argc, char **argv)
{
	return run(argc, argv, restore);
}
