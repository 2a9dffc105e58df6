// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Loading and unloading
 *
 * In: insmod, rmmod. Out: the device, and nothing else: KVM is not touched
 * until a VM is to be served. What the module does to KVM is first tried on a
 * function of its own. Unloading is possible when no VM is served and no
 * context is open; it waits until nobody can be in the module's text.
 */
#include <linux/err.h>
#include <linux/module.h>
#include "hve.h"
#include "kvm/hooks.h"
#include "kvm/symbols.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static char *break_symbol;
module_param(break_symbol, charp, 0400);
MODULE_PARM_DESC(break_symbol,
		 "for tests: treat this function of the kernel as missing");

static char *native;
module_param(native, charp, 0400);
MODULE_PARM_DESC(native,
		 "\"all\": serve KVM's own Hyper-V interface to every VM that nothing else claims");

const char *hve_break_symbol(void)
{
	return break_symbol;
}

static int __init hve_init(void)
{
	struct hve_context *all = NULL;
	int err;

	err = hve_symbols_init();
	if (err)
		return err;
	err = hve_hooks_self_check();
	if (err) {
		pr_err("this kernel cannot be hooked (%d): see `hve doctor`\n",
		       err);
		return err;
	}
	if (native && strcmp(native, "all")) {
		pr_err("native=%s is not known: native=all is\n", native);
		return -EINVAL;
	}
	if (native)
		all = hve_context_new_native();
	/* What cannot be taken back, files and VMs, begins when nothing can fail. */
	err = PTR_ERR_OR_ZERO(all) ?: hve_device_init();
	if (err) {
		if (!IS_ERR(all))
			hve_context_put_native(all);
		hve_hooks_exit();
		return err;
	}
	hve_context_claim_all(all);
	return 0;
}

static void __exit hve_exit(void)
{
	hve_context_put_native(hve_context_claim_all(NULL));
	hve_device_exit();
	hve_hooks_exit();
}

module_init(hve_init);
module_exit(hve_exit);
MODULE_DESCRIPTION("Hyper-V enlightenments for the guests of any KVM virtual machine monitor");
MODULE_VERSION(HVE_VERSION);
MODULE_LICENSE("GPL");
