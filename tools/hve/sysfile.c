// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Small files of the kernel, and whole ones
 *
 * In: paths. Out: a first line, a text. The caller frees a text. Owns no state.
 * What a file says is deliberately absent: the checks know.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hve.h"

int hve_file_line(const char *path, char *line, size_t len)
{
	FILE *file = fopen(path, "re");
	int ret = 0;

	line[0] = '\0';
	if (!file)
		return -errno;
	errno = 0;
	if (!fgets(line, len, file))
		ret = errno ? -errno : 0;
	line[strcspn(line, "\n")] = '\0';
	fclose(file);
	return ret;
}

/* Files of /proc have no size: read until the end; @used: bytes before the zero */
static char *read_all(FILE *file, size_t *used)
{
	size_t room = 65536, got;
	char *text = NULL, *bigger;

	for (*used = 0;;) {
		bigger = realloc(text, room);
		if (!bigger)
			goto fail;
		text = bigger;
		got = fread(text + *used, 1, room - *used - 1, file);
		*used += got;
		text[*used] = '\0';
		if (*used < room - 1)
			break;
		room *= 2;
	}
	if (!ferror(file))
		return text;
fail:
	free(text);
	return NULL;
}

char *hve_file_text(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t used;

	if (file) {
		text = read_all(file, len ?: &used);
		fclose(file);
	}
	return text;
}

char *hve_file_output(const char *command)
{
	FILE *file = popen(command, "re");
	char *text = NULL;
	size_t used;

	if (file) {
		text = read_all(file, &used);
		if (pclose(file)) {
			free(text);
			text = NULL;
		}
	}
	return text;
}

bool hve_module_loaded(const char *name)
{
	FILE *file = fopen("/proc/modules", "re");
	size_t len = strlen(name);
	bool found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, name, len) && line[len] == ' ';
	if (file)
		fclose(file);
	return found;
}
