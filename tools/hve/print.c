// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Sentences for people, JSON for scripts
 *
 * In: what a command has to say. Out: errors on stderr behind "hve: ", JSON on
 * stdout, names of processes with every byte that is not plain text as \xNN. Owns
 * no state. Tables are deliberately absent: each command knows its columns.
 */
#include <getopt.h>
#include <stdarg.h>
#include <json-c/json.h>
#include "hve.h"

int hve_print_error(enum hve_exit status, const char *fmt, ...)
{
	va_list args;

	fputs("hve: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

int hve_print_bad_option(char **argv, int found)
{
	const char *option = argv[optind - 1];

	if (found == ':')
		return hve_print_error(HVE_USAGE,
				       "option \"%s\" needs an argument: `hve help %s` shows the usage",
				       option, argv[0]);
	return hve_print_error(HVE_USAGE,
			       "\"%s\" is no option of hve %s: `hve help %s` shows the usage",
			       option, argv[0], argv[0]);
}

int hve_print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return HVE_DONE;
}

void hve_print_comm(const struct hve_vm_info *info, char name[HVE_COMM_TEXT])
{
	const char *at = info->comm, *end = at + sizeof(info->comm);

	for (; at < end && *at; at++) {
		/* The backslash too: else a name could pretend. */
		if (*at >= ' ' && *at <= '~' && *at != '\\')
			*name++ = *at;
		else
			name += sprintf(name, "\\x%02x", (unsigned char)*at);
	}
	*name = '\0';
}

struct json_object *hve_json_features(__u64 bits)
{
	struct json_object *names = json_object_new_array();
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		if (bits & 1ull << hve_features[i].number)
			json_object_array_add(names,
				json_object_new_string(hve_features[i].name));
	return names;
}

void hve_print_features(FILE *to, __u64 bits)
{
	const char *separator = "";
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++) {
		if (!(bits & 1ull << hve_features[i].number))
			continue;
		fprintf(to, "%s%s", separator, hve_features[i].name);
		separator = ", ";
	}
}
