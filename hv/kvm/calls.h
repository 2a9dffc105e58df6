/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Calling KVM's functions, inside hv/kvm/
 *
 * In: services.def. Out: a static call hve_NAME for each row, to be used as
 * static_call(hve_NAME)(...) once hve_services_resolve() has succeeded; see
 * services.c for why not a plain pointer. Owns nothing.
 */
#ifndef HVE_KVM_CALLS_H
#define HVE_KVM_CALLS_H

#include <linux/kvm_host.h>
#include <linux/static_call.h>
#include "compat.h"

struct mm_walk_ops;

#define HVE_SERVICE(module, returns, name, params, args)		\
	typedef returns hve_fn_##name params;				\
	DECLARE_STATIC_CALL(hve_##name, hve_fn_##name);
#define HVE_VENDOR(returns, id, amd, intel, params, args)		\
	typedef returns hve_fn_##id params;				\
	DECLARE_STATIC_CALL(hve_##id, hve_fn_##id);
#include "services.def"

#endif /* HVE_KVM_CALLS_H */
