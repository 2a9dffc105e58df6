// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Profiles: named lists of enlightenments in files
 *
 * In: a name or the path of a file. Out: its items applied to a configuration,
 * or a sentence with file and line; also the list of all profiles. The first
 * folder that has NAME.profile wins: the administrator's, the distribution's,
 * the one installed beside the program, the source tree's. Owns no state. What
 * an item means is deliberately absent: options.c.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "hve.h"
#include "options.h"

#ifndef HVE_DATADIR
#define HVE_DATADIR	"/usr/share/kvm-hve"
#endif
#define SUFFIX		".profile"
#define NR_FOLDERS	4
#define TEXT_MAX	65536

struct folders {
	char path[NR_FOLDERS][PATH_MAX];
};

static void find_folders(struct folders *folders)
{
	char self[PATH_MAX - 64] = "";
	ssize_t len;
	char *slash;

	snprintf(folders->path[0], PATH_MAX, "/etc/kvm-hve/profiles");
	snprintf(folders->path[1], PATH_MAX, "%s/profiles", HVE_DATADIR);
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len > 0 ? len : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(self, ".");
	snprintf(folders->path[2], PATH_MAX, "%s/../share/kvm-hve/profiles", self);
	snprintf(folders->path[3], PATH_MAX, "%s/profiles", self);
}

static bool is_name(const char *name)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t len = strlen(name);

	if (!len || name[0] == '.' || strspn(name, letters) != len)
		return false;
	return len <= strlen(SUFFIX) ||
	       strcmp(name + len - strlen(SUFFIX), SUFFIX);
}

static bool find_file(const char *name, char *path, size_t len)
{
	struct folders folders;
	unsigned int i;

	find_folders(&folders);
	for (i = 0; i < NR_FOLDERS; i++) {
		if (snprintf(path, len, "%s/%s" SUFFIX, folders.path[i],
			     name) >= (int)len)
			continue;
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

static const char too_long[] = "it is too long for a profile";

/* A pipe may be what a shell made of a command; a device may have no end. */
static const char *unreadable(const char *path)
{
	struct stat info;

	if (stat(path, &info))
		return strerror(errno);
	if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
		return "it is no file";
	return info.st_size > TEXT_MAX ? too_long : NULL;
}

static int apply_file(const char *path, struct hve_config *config, char *why,
		      size_t len)
{
	char sentence[HVE_REASON_LEN];
	const char *wrong = unreadable(path);
	char *text = NULL;
	unsigned int line;
	size_t size = 0;
	int ret;

	errno = 0;
	if (!wrong)
		text = hve_file_text(path, &size);
	if (size > TEXT_MAX)
		wrong = too_long;
	else if (text && strlen(text) < size)
		wrong = "it has a zero byte, so it is no text";
	if (!text || wrong) {
		free(text);
		snprintf(why, len,
			 "profile \"%s\" cannot be read: %s: name one of `hve list --profiles`, or a file that you may read",
			 path, wrong ?: strerror(errno));
		return -EINVAL;
	}
	ret = hve_options_profile(config, text, &line, sentence, sizeof(sentence));
	if (ret)
		snprintf(why, len, "profile %s, line %u: %s", path, line, sentence);
	free(text);
	return ret;
}

int hve_profile_apply(const char *name, struct hve_config *config, char *why,
		      size_t len)
{
	char path[PATH_MAX], names[HVE_REASON_LEN];

	if (!is_name(name))
		return apply_file(name, config, why, len);
	if (find_file(name, path, sizeof(path)))
		return apply_file(path, config, why, len);
	hve_profile_names(names, sizeof(names));
	snprintf(why, len,
		 "no profile \"%s\" (there are: %s): name one of these, or a file as ./%s" SUFFIX,
		 name, names, name);
	return -ENOENT;
}

/* The first comment of a profile says what it is for */
static void read_about(const char *path, char *about, size_t len)
{
	if (hve_file_line(path, about, len) || about[0] != '#')
		about[0] = '\0';
	else
		memmove(about, about + strspn(about, "# "),
			strlen(about + strspn(about, "# ")) + 1);
}

static int is_profile(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(SUFFIX) && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX);
}

void hve_profile_each(hve_profile_fn fn, void *data)
{
	char path[PATH_MAX + NAME_MAX + 2], first[PATH_MAX], about[HVE_REASON_LEN];
	struct dirent **entries;
	struct folders folders;
	int i, k, count;

	find_folders(&folders);
	for (i = 0; i < NR_FOLDERS; i++) {
		count = scandir(folders.path[i], &entries, is_profile, alphasort);
		for (k = 0; k < count; k++) {
			char *name = entries[k]->d_name;

			snprintf(path, sizeof(path), "%s/%s", folders.path[i], name);
			name[strlen(name) - strlen(SUFFIX)] = '\0';
			/* One of that name in an earlier folder hides it */
			if (is_name(name) && find_file(name, first, sizeof(first)) &&
			    !strcmp(first, path)) {
				read_about(path, about, sizeof(about));
				fn(name, path, about, data);
			}
			free(entries[k]);
		}
		if (count >= 0)
			free(entries);
	}
}

struct names {
	char *text;
	size_t len;
};

static void add_name(const char *name, const char *path, const char *about,
		     void *data)
{
	struct names *names = data;
	int used;

	(void)path;
	(void)about;
	used = snprintf(names->text, names->len, "%s, ", name);
	if (used < 0 || (size_t)used >= names->len)
		used = 0;
	names->text += used;
	names->len -= used;
}

void hve_profile_names(char *names, size_t len)
{
	struct names list = { .text = names, .len = len };

	hve_profile_each(add_name, &list);
	*list.text = '\0';
	if (list.text == names)
		snprintf(names, len, "none");
	else
		list.text[-2] = '\0';
}
