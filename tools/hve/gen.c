// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve-gen: the registry as text for other programs
 *
 * In: "rst", or "roff" or "bash" with a template; the tables compiled in. Out:
 * on stdout three reST tables, or the template with every @WORD@ line replaced
 * by the rows that it names. So the manual, the completion and the documentation
 * cannot differ from the code. Owns no state; runs at build time only.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <hve/registry.h>
#include "options.h"

struct command {
	const char *name;
	const char *arguments;
	const char *options;
	const char *help;
};

static const struct command commands[] = {
#define HVE_COMMAND(label, args, opts, text)				\
	{ .name = #label, .arguments = (args), .options = (opts),	\
	  .help = (text) },
#include "commands.def"
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const char * const access_names[] = {
	[HVE_RO] = "read", [HVE_WO] = "write", [HVE_RW] = "read, write",
};

/* Text that roff would take for its own */
static void put_roff(const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

static void roff_commands(void)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		printf("%s.B hve %s\n", i ? ".br\n" : "", commands[i].name);
		put_roff(commands[i].arguments);
		putchar('\n');
	}
}

static void roff_item(const char *name, const char *value, const char *help)
{
	fputs(".TP\n.B ", stdout);
	put_roff(name);
	if (*value) {
		putchar('=');
		put_roff(value);
	}
	putchar('\n');
	put_roff(help);
	puts(".");
}

static void roff_needs(const struct hve_feature_row *row)
{
	unsigned int i;

	if (row->traits & HVE_LAPIC)
		puts("Needs the in\\-kernel APIC.");
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		if (!(row->needs & 1ull << hve_features[i].number))
			continue;
		fputs("Needs\n.BR ", stdout);
		put_roff(hve_features[i].name);
		puts(" .");
	}
}

static void roff_enlightenments(void)
{
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++) {
		if (hve_features[i].traits & HVE_INTERNAL)
			continue;
		roff_item(hve_features[i].name, hve_features[i].value,
			  hve_features[i].help);
		roff_needs(&hve_features[i]);
	}
}

static void roff_settings(void)
{
	unsigned int i;

	for (i = 0; i < HVE_NR_VALUES; i++)
		roff_item(hve_values[i].name, hve_values[i].form,
			  hve_values[i].help);
}

static void bash_commands(void)
{
	size_t i;

	fputs("\tlocal commands=\"", stdout);
	for (i = 0; i < NR_COMMANDS; i++)
		printf("%s%s", i ? " " : "", commands[i].name);
	puts("\"");
}

static void bash_options(void)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		printf("\t%s) options=\"%s\" ;;\n", commands[i].name,
		       commands[i].options);
}

static void bash_items(void)
{
	const char *separator = "";
	unsigned int i;

	fputs("\tlocal items=\"", stdout);
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		if (hve_features[i].traits & HVE_INTERNAL)
			continue;
		printf("%s%s%s", separator, hve_features[i].name,
		       *hve_features[i].value ? "=" : "");
		separator = " ";
	}
	for (i = 0; i < HVE_NR_VALUES; i++)
		printf(" %s=", hve_values[i].name);
	puts(" passthrough\"");
}

/* "a=x a=y" for each setting whose value is one of several words */
static void bash_values(void)
{
	const char *separator = "", *word;
	unsigned int i;

	fputs("\tlocal values=\"", stdout);
	for (i = 0; i < HVE_NR_VALUES; i++) {
		word = hve_values[i].form;
		if (!strchr(word, '|'))
			continue;
		for (; *word; word += strcspn(word, "|"), word += *word == '|') {
			printf("%s%s=%.*s", separator, hve_values[i].name,
			       (int)strcspn(word, "|"), word);
			separator = " ";
		}
	}
	puts("\"");
}

static const struct {
	const char *word;
	void (*fn)(void);
} blocks[] = {
	{ "@ROFF_COMMANDS@\n", roff_commands },
	{ "@ROFF_ENLIGHTENMENTS@\n", roff_enlightenments },
	{ "@ROFF_SETTINGS@\n", roff_settings },
	{ "@BASH_COMMANDS@\n", bash_commands },
	{ "@BASH_OPTIONS@\n", bash_options },
	{ "@BASH_ITEMS@\n", bash_items },
	{ "@BASH_VALUES@\n", bash_values },
};

static int fill(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	size_t i;

	if (!file) {
		fprintf(stderr, "hve-gen: %s cannot be opened: is it a template?\n",
			path);
		return 1;
	}
	while (fgets(line, sizeof(line), file)) {
		for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
			if (!strcmp(line, blocks[i].word))
				break;
		if (i < sizeof(blocks) / sizeof(blocks[0]))
			blocks[i].fn();
		else
			fputs(line, stdout);
	}
	fclose(file);
	return 0;
}

static void rst_head(const char *title, const char *widths)
{
	printf(".. list-table:: %s\n   :header-rows: 1\n   :widths: %s\n\n",
	       title, widths);
}

static void rst_features(void)
{
	const struct hve_feature_row *row;
	unsigned int i, k;
	bool any;

	rst_head("Enlightenments", "20 50 30");
	puts("   * - Name\n     - What it does\n     - Needs");
	for (i = 0; i < HVE_NR_FEATURES; i++) {
		row = &hve_features[i];
		printf("   * - ``%s%s%s``\n     - %s\n     - ", row->name,
		       *row->value ? "=" : "", row->value, row->help);
		any = row->traits & HVE_LAPIC;
		fputs(any ? "in-kernel APIC" : "", stdout);
		for (k = 0; k < HVE_NR_FEATURES; k++) {
			if (!(row->needs & 1ull << hve_features[k].number))
				continue;
			printf("%s``%s``", any ? ", " : "", hve_features[k].name);
			any = true;
		}
		puts(any ? "" : "nothing");
	}
}

static void rst_msrs(void)
{
	const struct hve_msr_info *row;
	unsigned int i;

	rst_head("MSRs", "15 30 25 15 15");
	puts("   * - Number\n     - Name\n     - Enlightenment\n     - Guest may\n     - One for each");
	for (i = 0; i < HVE_NR_MSRS; i++) {
		row = &hve_msrs[i];
		printf("   * - 0x%08x", row->number);
		if (row->count > 1)
			printf(" to 0x%08x", row->number + row->count - 1);
		printf("\n     - ``%s``\n     - ``%s``\n     - %s\n     - %s\n",
		       row->name, hve_feature_row(row->feature)->name,
		       access_names[row->access],
		       row->scope == HVE_VM ? "VM" : "virtual processor");
	}
}

static void rst_calls(void)
{
	const struct hve_call_info *row;
	unsigned int i;

	rst_head("Hypercalls", "10 25 20 45");
	puts("   * - Code\n     - Name\n     - Enlightenment\n     - Input and output");
	for (i = 0; i < HVE_NR_CALLS; i++) {
		row = &hve_calls[i];
		printf("   * - 0x%04x\n     - ``%s``\n     - ``%s``\n     - %u bytes",
		       row->code, row->name, hve_feature_row(row->feature)->name,
		       row->header);
		if (row->variable)
			fputs(", a VP set", stdout);
		if (row->kind == HVE_REP)
			printf(", a list of %u-byte elements", row->element);
		printf("; fast in %s registers",
		       row->fast == HVE_XMM ? "XMM" : "general");
		if (row->output)
			printf("; output %u bytes", row->output);
		if (row->output_element)
			printf("; output a list of %u-byte elements",
			       row->output_element);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "rst")) {
		rst_features();
		putchar('\n');
		rst_msrs();
		putchar('\n');
		rst_calls();
		return 0;
	}
	if (argc == 3 && (!strcmp(argv[1], "roff") || !strcmp(argv[1], "bash")))
		return fill(argv[2]);
	fputs("Usage: hve-gen rst | roff TEMPLATE | bash TEMPLATE\n", stderr);
	return 2;
}
