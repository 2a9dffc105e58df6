// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Our prototypes against the kernel's
 *
 * In: layout.h, made from the target kernel's BTF, and hooks.def, services.def
 * and fields.def. Out: no code at all; where the two differ the compiler stops
 * with the function's name and both prototypes. With HVE_NO_BTF=1 layout.h is
 * empty and nothing is compared. Deliberately absent: a comparison at run time;
 * the module only loads into the kernel that it was built for.
 */
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include "compat.h"
#include "layout.h"

#ifdef HVE_LAYOUT_KNOWN
#define HVE_HOOK(returns, name, params, args)	returns name params;
#include "hooks.def"

#define HVE_SERVICE(module, returns, name, params, args) returns name params;
#define HVE_VENDOR(returns, id, amd, intel, params, args) \
	returns amd params;				   \
	returns intel params;
#include "services.def"

#define HVE_VALUE(module, enumeration, enumerator) \
	static_assert(enumerator == HVE_VALUE_##enumerator);
#include "fields.def"
#endif
