/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Hooks: who installs them, and the way to the original
 *
 * In: hooks.def. Out: hve_hooks_get() and hve_hooks_put(), which the first and
 * the last user turn into installation and removal, and hve_orig_NAME, a static
 * call to what a hooked function did before. Calling it in tail position leaves
 * no frame of this module behind; calling it otherwise is allowed for VMs that
 * are served only, because those pin the module.
 */
#ifndef HVE_KVM_HOOKS_H
#define HVE_KVM_HOOKS_H

#include <linux/kvm_host.h>
#include <linux/static_call.h>
#include "../state.h"
#include "compat.h"

struct kvm_lapic;

#define HVE_HOOK(returns, name, params, args)				\
	typedef returns hve_fn_##name params;				\
	DECLARE_STATIC_CALL(hve_orig_##name, hve_fn_##name);		\
	returns hve_entry_##name params;				\
	void hve_stub_##name(void);
#include "hooks.def"

#define ORIGINAL(name, ...)	static_call(hve_orig_##name)(__VA_ARGS__)

/*
 * May sleep. 0 or a negative errno with a sentence in @why: ENOENT a symbol is
 * missing or KVM not loaded, EBUSY a function is taken by somebody else,
 * EOPNOTSUPP the kernel cannot do it at all.
 */
int hve_hooks_get(enum hve_hook_set set, char *why, size_t len);
/* Does not sleep; removal happens later in a worker. */
void hve_hooks_put(enum hve_hook_set set);
/* Hooks and unhooks a function of this module. */
int hve_hooks_self_check(void);
/* Waits until no hook of this module is left and nobody runs in one. */
void hve_hooks_exit(void);

#endif /* HVE_KVM_HOOKS_H */
