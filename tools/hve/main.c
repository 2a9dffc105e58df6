// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve, the command line of kvm-hve
 *
 * In: the arguments. Out: one command of commands.def and its exit status: 0
 * done, 1 refused, 2 not understood. The table is dispatch and help at once.
 * Owns no state. Everything a command does is deliberately in its own file:
 * run.c, list.c, status.c, top.c, save.c, syndbg.c, doctor.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "hve.h"

#ifndef HVE_VERSION
#define HVE_VERSION	"unreleased"
#endif

struct command {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *arguments;
	const char *help;
};

static const struct command commands[] = {
#define HVE_COMMAND(label, args, options, text)				\
	{ .name = #label, .fn = hve_##label##_main, .arguments = (args),	\
	  .help = (text) },
#include "commands.def"
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	return hve_print_error(HVE_USAGE,
			       "unknown command \"%s\": `hve help` lists the commands",
			       name);
}

static void print_help(FILE *to)
{
	size_t i;

	fputs("Usage: hve COMMAND [ARGUMENTS]\n"
	      "Hyper-V enlightenments for the guests of any VMM on KVM.\n\n",
	      to);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`hve help COMMAND` shows the usage of one; hve(8) explains all.\n",
	      to);
}

int hve_help_main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2 || !strcmp(argv[1], "--help")) {
		print_help(stdout);
		return HVE_DONE;
	}
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	printf("Usage: hve %s %s\n%s\n", command->name, command->arguments,
	       command->help);
	return HVE_DONE;
}

static int run(int argc, char **argv)
{
	const struct command *command;
	char *help[] = { "help", NULL, NULL };

	if (argc < 2) {
		print_help(stderr);
		return HVE_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return HVE_DONE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("hve %s, interface %d\n", HVE_VERSION, HVE_API_VERSION);
		return HVE_DONE;
	}
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	if (argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"))) {
		help[1] = argv[1];
		return hve_help_main(2, help);
	}
	return command->fn(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	/* A full disk, or nobody there: what was asked for was not told. */
	if ((fflush(stdout) || ferror(stdout)) && status == HVE_DONE)
		return hve_print_error(HVE_REFUSED,
				       "standard output cannot be written: %s: look where it goes to",
				       strerror(errno));
	return status;
}
