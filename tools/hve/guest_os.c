// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a guest called itself
 *
 * In: the value that the guest wrote to its OS id MSR. Out: a name for people.
 * Layout: TLFS, "Hypercall Interface", Guest OS Identity. Pure; owns constant
 * tables only. A value outside the layout is shown as the number that it is.
 */
#include <stdio.h>
#include "hve.h"

#define OPEN_SOURCE	(1ull << 63)

/* Open source systems: the type in bits 62-56 */
static const char * const open_types[] = {
	[1] = "Linux", [2] = "FreeBSD", [3] = "Xen", [4] = "illumos",
};

/* Vendor 1, Microsoft: the system in bits 47-40 */
static const char * const microsoft_types[] = {
	[1] = "MS-DOS", [2] = "Windows 3.x", [3] = "Windows 9x",
	[4] = "Windows NT", [5] = "Windows CE",
};

#define NAME_OF(table, index)						\
	((index) < sizeof(table) / sizeof((table)[0]) ? (table)[index] : NULL)

#define LINUX		1u
#define MICROSOFT	1u

static unsigned int field(__u64 id, unsigned int high, unsigned int low)
{
	return id >> low & ((1ull << (high - low + 1)) - 1);
}

static void name_open(__u64 id, char *name, size_t len)
{
	unsigned int type = field(id, 62, 56);
	unsigned int version = field(id, 47, 16);
	const char *known = NAME_OF(open_types, type);

	if (type == LINUX)
		snprintf(name, len, "%s %u.%u.%u", known, version >> 16,
			 version >> 8 & 0xff, version & 0xff);
	else if (known)
		snprintf(name, len, "%s, version number %u", known, version);
	else
		snprintf(name, len, "open source system of type %u, version number %u",
			 type, version);
}

void hve_guest_os_name(__u64 id, char *name, size_t len)
{
	unsigned int vendor = field(id, 62, 48);
	unsigned int type = field(id, 47, 40);
	const char *known = NAME_OF(microsoft_types, type);

	if (!id)
		snprintf(name, len, "not identified yet");
	else if (id & OPEN_SOURCE)
		name_open(id, name, len);
	else if (vendor == MICROSOFT && known)
		snprintf(name, len, "Microsoft %s %u.%u, build %u", known,
			 field(id, 39, 32), field(id, 31, 24), field(id, 15, 0));
	else
		snprintf(name, len, "vendor %u, system %u, version %u.%u, build %u",
			 vendor, type, field(id, 39, 32), field(id, 31, 24),
			 field(id, 15, 0));
}
