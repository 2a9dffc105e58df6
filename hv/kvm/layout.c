// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Prototypes from the target kernel's type information
 *
 * In: NAME=FILE arguments, where NAME is vmlinux, kvm, kvm-amd or kvm-intel and
 * FILE holds its BTF, raw or in an ELF file. Out: layout.h on stdout, which
 * declares every function of hooks.def and services.def as that kernel defines
 * it and has the offsets and values of fields.def; or status 1 and a sentence for
 * each that is missing. Runs on the build machine, started by layout.sh. Owns
 * nothing that outlives it. Deliberately absent: judgement about the prototypes,
 * which is the compiler's (check.c), and vendor modules that the kernel was built
 * without.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

struct function {
	const char *module;
	const char *name;
	bool maybe;
};

static const struct function functions[] = {
#define HVE_HOOK(returns, name, params, args)	{ "kvm", #name, false },
#define HVE_HOOK_MAYBE(returns, name, params, args) { "kvm", #name, true },
#include "hooks.def"
#define HVE_SERVICE(module, returns, name, params, args) \
	{ #module, #name, false },
#define HVE_VENDOR(returns, id, amd, intel, params, args) \
	{ "kvm-amd", #amd, false }, { "kvm-intel", #intel, false },
#include "services.def"
};

static const struct {
	const char *module;
	const char *structure;
	const char *member;
} fields[] = {
#define HVE_FIELD(module, structure, member) \
	{ #module, #structure, #member },
#include "fields.def"
};

#define NR_FIELDS	(sizeof(fields) / sizeof(fields[0]))

static const struct {
	const char *module;
	const char *enumeration;
	const char *enumerator;
} values[] = {
#define HVE_VALUE(module, enumeration, enumerator) \
	{ #module, #enumeration, #enumerator },
#include "fields.def"
};

#define NR_VALUES	(sizeof(values) / sizeof(values[0]))

#define NR_FUNCTIONS	(sizeof(functions) / sizeof(functions[0]))

/* The first one is what the others build upon. */
static struct {
	const char *name;
	const char *file;
	struct btf *btf;
} modules[] = {
	{ .name = "vmlinux" }, { .name = "kvm" },
	{ .name = "kvm-amd" }, { .name = "kvm-intel" },
};

#define NR_MODULES	(sizeof(modules) / sizeof(modules[0]))

static void print(void *unused, const char *fmt, va_list args)
{
	vprintf(fmt, args);
}

/* What the prototype points to must be known before it: "struct x;" */
static void declare_tags(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	const struct btf_param *param;
	const char *name;
	bool is_union;
	__u16 i;

	while (btf_is_ptr(type) || btf_is_mod(type))
		type = btf__type_by_id(btf, type->type);
	if (btf_is_array(type)) {
		declare_tags(btf, btf_array(type)->type);
	} else if (btf_is_func_proto(type)) {
		declare_tags(btf, type->type);
		param = btf_params(type);
		for (i = 0; i < btf_vlen(type); i++)
			declare_tags(btf, param[i].type);
	} else if (btf_is_composite(type) || btf_is_fwd(type)) {
		name = btf__name_by_offset(btf, type->name_off);
		is_union = btf_is_union(type) ||
			   (btf_is_fwd(type) && btf_kflag(type));
		if (*name)
			printf("%s %s;\n", is_union ? "union" : "struct", name);
	}
}

static int declare(const struct btf *btf, const char *name, __u32 proto)
{
	const struct btf_type *type = btf__type_by_id(btf, proto);
	/* A new one each time: an old one renames what it meets again. */
	struct btf_dump *dump = btf_dump__new(btf, print, NULL, NULL);
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts);
	char no_params[128];
	int err;

	if (!dump)
		return -1;
	opts.field_name = name;
	declare_tags(btf, proto);
	if (!btf_vlen(type)) {
		/* Older libbpf prints "()", which says nothing of parameters. */
		snprintf(no_params, sizeof(no_params), "%s(void)", name);
		opts.field_name = no_params;
		proto = type->type;
	}
	printf("extern ");
	err = btf_dump__emit_type_decl(dump, proto, &opts);
	printf(";\n");
	btf_dump__free(dump);
	return err;
}

/* How many functions of that name were declared, or a negative error */
static int find(const struct btf *btf, const char *name)
{
	const struct btf *base = btf__base_btf(btf);
	__u32 id = base ? btf__type_cnt(base) : 1;
	int found = 0;

	for (; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (!btf_is_func(type) ||
		    strcmp(btf__name_by_offset(btf, type->name_off), name))
			continue;
		if (declare(btf, name, type->type))
			return -1;
		found++;
	}
	return found;
}

static int load(char **args)
{
	size_t len, i;

	for (; *args; args++) {
		for (i = 0; i < NR_MODULES; i++) {
			len = strlen(modules[i].name);
			if (!strncmp(*args, modules[i].name, len) &&
			    (*args)[len] == '=')
				modules[i].file = *args + len + 1;
		}
	}
	for (i = 0; i < NR_MODULES; i++) {
		if (!modules[i].file)
			continue;
		modules[i].btf = btf__parse_split(modules[i].file,
						  modules[0].btf);
		if (modules[i].btf)
			continue;
		fprintf(stderr, "kvm-hve: %s holds no usable type information (BTF) of %s: the kernel needs CONFIG_DEBUG_INFO_BTF and CONFIG_DEBUG_INFO_BTF_MODULES\n",
			modules[i].file, modules[i].name);
		return -1;
	}
	return 0;
}

static size_t module_of(const char *name)
{
	size_t m = 0;

	while (strcmp(modules[m].name, name))
		m++;
	return m;
}

static int declare_all(void)
{
	size_t i, m;
	int found, status = 0;

	for (i = 0; i < NR_FUNCTIONS; i++) {
		m = module_of(functions[i].module);
		if (!modules[m].btf)
			continue;
		found = find(modules[m].btf, functions[i].name);
		if (found < 0) {
			fprintf(stderr, "kvm-hve: the prototype of %s cannot be read out of %s\n",
				functions[i].name, modules[m].file);
			return -1;
		}
		if (!found && !functions[i].maybe) {
			fprintf(stderr, "kvm-hve: %s of this kernel has no function %s, which kvm-hve needs: this kernel is not supported (Documentation/known-limits.rst)\n",
				functions[i].module, functions[i].name);
			status = -1;
		}
	}
	return status;
}

/* Offset in bytes, or -1 */
static long offset_of(const struct btf *btf, const char *structure,
		      const char *member)
{
	const struct btf_type *type;
	const struct btf_member *m;
	__u16 i;
	__s32 id;

	id = btf__find_by_name_kind(btf, structure, BTF_KIND_STRUCT);
	if (id < 0)
		return -1;
	type = btf__type_by_id(btf, id);
	m = btf_members(type);
	for (i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, m[i].name_off), member))
			return btf_member_bit_offset(type, i) / 8;
	return -1;
}

static int place_all(void)
{
	int status = 0;
	long offset;
	size_t i;

	for (i = 0; i < NR_FIELDS; i++) {
		const struct btf *btf = modules[module_of(fields[i].module)].btf;

		offset = btf ? offset_of(btf, fields[i].structure,
					 fields[i].member) : -1;
		if (offset < 0) {
			fprintf(stderr, "kvm-hve: %s of this kernel has no field %s in struct %s, which kvm-hve needs: this kernel is not supported (Documentation/known-limits.rst)\n",
				fields[i].module, fields[i].member,
				fields[i].structure);
			status = -1;
			continue;
		}
		printf("#define HVE_OFFSET_%s_%s %ld\n", fields[i].structure,
		       fields[i].member, offset);
	}
	return status;
}

/* True, and *value, if the kernel's enumeration has one of that name */
static bool value_of(const struct btf *btf, const char *enumeration,
		     const char *enumerator, long *value)
{
	const struct btf_type *type;
	const struct btf_enum *e;
	__u16 i;
	__s32 id;

	id = btf__find_by_name_kind(btf, enumeration, BTF_KIND_ENUM);
	if (id < 0)
		return false;
	type = btf__type_by_id(btf, id);
	e = btf_enum(type);
	for (i = 0; i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, e[i].name_off), enumerator))
			continue;
		*value = e[i].val;
		return true;
	}
	return false;
}

static int evaluate_all(void)
{
	int status = 0;
	long value;
	size_t i;

	for (i = 0; i < NR_VALUES; i++) {
		const struct btf *btf = modules[module_of(values[i].module)].btf;

		if (btf && value_of(btf, values[i].enumeration,
				    values[i].enumerator, &value)) {
			printf("#define HVE_VALUE_%s %ld\n",
			       values[i].enumerator, value);
			continue;
		}
		fprintf(stderr, "kvm-hve: %s of this kernel has no %s in enum %s, which kvm-hve needs: this kernel is not supported (Documentation/known-limits.rst)\n",
			values[i].module, values[i].enumerator,
			values[i].enumeration);
		status = -1;
	}
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: layout vmlinux=FILE kvm=FILE [kvm-amd=FILE] [kvm-intel=FILE]\n");
		return 2;
	}
	libbpf_set_print(NULL);
	printf("#define HVE_LAYOUT_KNOWN 1\n");
	return load(argv + 1) || declare_all() || place_all() ||
	       evaluate_all() || fflush(stdout) ? 1 : 0;
}
