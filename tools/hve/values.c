// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Settings that are not enlightenments, and have values of their own
 *
 * In: an item of a list whose name is in hve_values[]. Out: the field or flag of
 * struct hve_config that it stands for, or a sentence. Words, numbers and the
 * vendor's text; all that is known of one is its row. Owns constant tables only.
 * No I/O. Deliberately absent: enlightenments (options.c).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hve/registry.h>
#include "options.h"
#include "values.h"

#define VENDOR_LEN	sizeof(((struct hve_config *)0)->vendor_id)
#define NUMBER(field, most)						\
	.offset = offsetof(struct hve_config, field),			\
	.width = sizeof(((struct hve_config *)0)->field), .max = (most)

/* Those of words; then the numbers follow, the first of which are versions. */
enum {
	VALUE_KVM, VALUE_ENFORCE, VALUE_HINTS, VALUE_CRASH, VALUE_RESET,
	VALUE_SYNDBG,
	VALUE_VENDOR, VALUE_VERSION, VALUE_LIMITS = VALUE_VERSION + 6,
};

const struct hve_value hve_values[HVE_NR_VALUES] = {
	[VALUE_KVM] = { .name = "kvm", .form = "hide|move",
	  .flag = HVE_CONFIG_KVM_HIDE,
	  .help = "the VMM's own CPUID leaves: nowhere, or at 0x40000100" },
	[VALUE_ENFORCE] = { .name = "enforce-cpuid", .form = "on|off",
	  .flag = HVE_CONFIG_LENIENT,
	  .help = "whether only what CPUID names answers (on), or everything" },
	[VALUE_HINTS] = { .name = "hints", .form = "auto|all",
	  .flag = HVE_CONFIG_HINTS,
	  .help = "recommend APIC MSRs and IPI calls where the processor has no faster way, or always" },
	[VALUE_CRASH] = { .name = "crash-policy", .form = "log|exit|event",
	  NUMBER(crash_policy, 0),
	  .help = "a crash is kept and logged, or ends in the VMM too, or is kept only" },
	[VALUE_RESET] = { .name = "reset-policy", .form = "system-event|shutdown",
	  NUMBER(reset_policy, 0),
	  .help = "how the VMM learns that the guest wants a reset" },
	[VALUE_SYNDBG] = { .name = "syndbg-mode", .form = "msr|hypercall",
	  .flag = HVE_CONFIG_SYNDBG_CALLS,
	  .help = "by what a guest with syndbg is told to send its packets" },
	[VALUE_VENDOR] = { .name = "vendor-id", .form = "TEXT",
	  .help = "1 to 12 characters for CPUID leaf 0x40000000" },
	[VALUE_VERSION] =
	{ .name = "version-id-build", .form = "N", NUMBER(version_build, 0xffffffff),
	  .help = "build number of the hypervisor" },
	{ .name = "version-id-major", .form = "N", NUMBER(version_major, 0xffff),
	  .help = "major version of the hypervisor" },
	{ .name = "version-id-minor", .form = "N", NUMBER(version_minor, 0xffff),
	  .help = "minor version of the hypervisor" },
	{ .name = "version-id-spack", .form = "N", NUMBER(version_spack, 0xffffffff),
	  .help = "service pack of the hypervisor" },
	{ .name = "version-id-sbranch", .form = "N", NUMBER(version_sbranch, 0xff),
	  .help = "service branch of the hypervisor" },
	{ .name = "version-id-snumber", .form = "N", NUMBER(version_snumber, 0xffffff),
	  .help = "service number of the hypervisor" },
	[VALUE_LIMITS] =
	{ .name = "vp-limit", .form = "N", NUMBER(vp_limit, 0xffffffff),
	  .help = "most virtual processors, CPUID leaf 0x40000005 EAX; 0: what KVM allows" },
	{ .name = "lp-limit", .form = "N", NUMBER(lp_limit, 0xffffffff),
	  .help = "most logical processors, CPUID leaf 0x40000005 EBX; 0: 64" },
};

/* The words of those values that have some, and what each means */
static const struct {
	unsigned int value;
	const char *text;
	__u64 number;		/* for the field, or 1: sets the flag */
} words[] = {
	{ VALUE_KVM, "hide", 1 }, { VALUE_KVM, "move", 0 },
	/* QEMU says kvm=off */
	{ VALUE_KVM, "off", 1 }, { VALUE_KVM, "on", 0 },
	{ VALUE_KVM, "no", 1 }, { VALUE_KVM, "yes", 0 },
	{ VALUE_ENFORCE, "off", 1 }, { VALUE_ENFORCE, "on", 0 },
	{ VALUE_HINTS, "all", 1 }, { VALUE_HINTS, "auto", 0 },
	{ VALUE_CRASH, "log", HVE_CRASH_LOG },
	{ VALUE_CRASH, "exit", HVE_CRASH_EXIT },
	{ VALUE_CRASH, "event", HVE_CRASH_EVENT },
	{ VALUE_RESET, "system-event", HVE_RESET_SYSTEM_EVENT },
	{ VALUE_RESET, "shutdown", HVE_RESET_SHUTDOWN },
	{ VALUE_SYNDBG, "hypercall", 1 }, { VALUE_SYNDBG, "msr", 0 },
};

int hve_refuse(struct hve_reason_text *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, why->text ? why->len : 0, fmt, args);
	va_end(args);
	return -EINVAL;
}

int hve_parse_number(const char *text, const char *name, __u64 max,
		     __u64 *number, struct hve_reason_text *why)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	/* strtoull() would take "-1" and " 1" */
	if (*text < '0' || *text > '9' || *end)
		return hve_refuse(why, "%s=%s is not a number: write it as 4095 or 0xfff",
			      name, text);
	if (errno || *number > max)
		return hve_refuse(why, "%s=%s is too large: the most is 0x%llx",
			      name, text, max);
	return 0;
}

static void store_number(struct hve_config *config,
			 const struct hve_value *value, __u64 number)
{
	char *to = (char *)config + value->offset;

	if (value->width == sizeof(__u8))
		*(__u8 *)to = number;
	else if (value->width == sizeof(__u16))
		*(__u16 *)to = number;
	else
		*(__u32 *)to = number;
}

/* What the guest sees without any version-id, from the one place that knows */
static void default_version(struct hve_config *config)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	struct hve_config unset;
	const __u32 *version = leaf[2].reg;

	hve_options_init(&unset);
	hve_cpuid_build(&unset, 0, 0, leaf);
	config->version_build = version[HVE_EAX];
	config->version_major = version[HVE_EBX] >> 16;
	config->version_minor = version[HVE_EBX] & 0xffff;
	config->version_spack = version[HVE_ECX];
	config->version_sbranch = version[HVE_EDX] >> 24;
	config->version_snumber = version[HVE_EDX] & 0xffffff;
}

static int apply_number(struct hve_config *config,
			const struct hve_value *value,
			const struct hve_item *item, struct hve_reason_text *why)
{
	__u64 number;
	int ret;

	ret = hve_parse_number(item->value, item->name, value->max, &number, why);
	if (ret)
		return ret;
	if (value < &hve_values[VALUE_LIMITS]) {
		if (!(config->flags & HVE_CONFIG_VERSION))
			default_version(config);
		config->flags |= HVE_CONFIG_VERSION;
	}
	store_number(config, value, number);
	return 0;
}

static int apply_vendor(struct hve_config *config, const char *text,
			struct hve_reason_text *why)
{
	size_t len = strlen(text);

	if (!len || len > VENDOR_LEN)
		return hve_refuse(why, "vendor-id=%s has %zu characters: give 1 to %zu",
			      text, len, VENDOR_LEN);
	memset(config->vendor_id, 0, VENDOR_LEN);
	memcpy(config->vendor_id, text, len);
	return 0;
}

static int apply_word(struct hve_config *config, const struct hve_value *value,
		      const struct hve_item *item, struct hve_reason_text *why)
{
	const unsigned int number = value - hve_values;
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].value == number && !strcmp(words[i].text, item->value))
			break;
	if (i == sizeof(words) / sizeof(words[0]))
		return hve_refuse(why, "%s=%s is none of %s: write one of them",
			      item->name, item->value, value->form);
	if (value->width)
		store_number(config, value, words[i].number);
	else if (words[i].number)
		config->flags |= value->flag;
	else
		config->flags &= ~value->flag;
	return 0;
}

int hve_value_apply(struct hve_config *config, const struct hve_value *value,
		    const struct hve_item *item, struct hve_reason_text *why)
{
	/* QEMU has this one as a switch. */
	if (value == &hve_values[VALUE_ENFORCE] && !item->value) {
		config->flags &= ~HVE_CONFIG_LENIENT;
		if (item->sign == '-')
			config->flags |= HVE_CONFIG_LENIENT;
		return 0;
	}
	if (item->sign || !item->value)
		return hve_refuse(why, "%s needs a value: write %s=%s", item->name,
			      item->name, value->form);
	if (value == &hve_values[VALUE_VENDOR])
		return apply_vendor(config, item->value, why);
	if (value < &hve_values[VALUE_VENDOR])
		return apply_word(config, value, item, why);
	return apply_number(config, value, item, why);
}
