// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Installing and removing hooks
 *
 * In: users coming and going. Out: ftrace direct calls on the fentry sites of
 * hooks.def while there is a user, and static calls to what lies behind them.
 * All or nothing: whatever fails is undone and named. Removal waits until no
 * task can be in the module's text any more; a task that sleeps in an original
 * has no frame of this module. State: the users and what is installed, under
 * hooks_lock. Deliberately absent: what a replacement does (entry.c).
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>
#include "calls.h"
#include "compat.h"
#include "hooks.h"
#include "services.h"
#include "symbols.h"
#include "../hve.h"

struct hook {
	const char *name;
	bool maybe;		/* not every kernel has it */
	void (*stub)(void);
	struct static_call_key *key;
	void *tramp;
	unsigned long ip;
	struct ftrace_ops ops;
};

#define HVE_HOOK(returns, name, params, args)				\
	DEFINE_STATIC_CALL_NULL(hve_orig_##name, hve_fn_##name);
#include "hooks.def"

static struct hook hooks[] = {
#define HVE_HOOK(returns, fn, params, args)				\
	{ .name = #fn, .stub = hve_stub_##fn,				\
	  .key = &STATIC_CALL_KEY(hve_orig_##fn),			\
	  .tramp = STATIC_CALL_TRAMP_ADDR(hve_orig_##fn) },
#define HVE_HOOK_MAYBE(returns, fn, params, args)			\
	{ .name = #fn, .maybe = true, .stub = hve_stub_##fn,		\
	  .key = &STATIC_CALL_KEY(hve_orig_##fn),			\
	  .tramp = STATIC_CALL_TRAMP_ADDR(hve_orig_##fn) },
#include "hooks.def"
};

static DEFINE_MUTEX(hooks_lock);
static atomic_t users = ATOMIC_INIT(0);	/* raised under hooks_lock */
static bool installed;

static int attach(struct hook *hook, char *why, size_t len)
{
	int err = 0;

	if (hook->ip)
		err = hve_direct_attach(&hook->ops, hook->ip, hook->stub);
	if (err == -EBUSY || err == -EEXIST || err == -EAGAIN)
		snprintf(why, len,
			 "%s is taken by a livepatch or a BPF program (%d): remove that, see /sys/kernel/tracing/enabled_functions",
			 hook->name, err);
	else if (err)
		snprintf(why, len,
			 "%s cannot be hooked (%d): see `hve doctor`",
			 hook->name, err);
	return err;
}

/* With ftrace off, attaching succeeds on some kernels and hooks nothing. */
static int check_ftrace(char *why, size_t len)
{
	const int *enabled = (const int *)hve_symbol("vmlinux",
						     "ftrace_enabled", why,
						     len);

	if (!enabled)
		return -ENOENT;
	if (READ_ONCE(*enabled))
		return 0;
	snprintf(why, len,
		 "ftrace is switched off: sysctl kernel.ftrace_enabled=1 switches it on");
	return -EOPNOTSUPP;
}

static int resolve(struct hook *hook, char *why, size_t len)
{
	unsigned long addr = hve_symbol("kvm", hook->name, why, len);

	hook->ip = 0;
	if (!addr)
		return hook->maybe ? 0 : -ENOENT;
	hook->ip = static_call(hve_ftrace_location)(addr);
	if (!hook->ip) {
		snprintf(why, len,
			 "%s has no fentry site: the kernel needs CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
			 hook->name);
		return -EOPNOTSUPP;
	}
	/* Behind the call that the hook turns the fentry site into. */
	__static_call_update(hook->key, hook->tramp,
			     (void *)(hook->ip + MCOUNT_INSN_SIZE));
	return 0;
}

static void detach_first(unsigned int n)
{
	while (n--)
		if (hooks[n].ip)
			hve_direct_detach(&hooks[n].ops, hooks[n].ip,
					  hooks[n].stub);
	/* For those who are in a replacement or on the way to one. */
	synchronize_rcu_tasks();
}

static int install(char *why, size_t len)
{
	unsigned int i;
	int err;

	err = check_ftrace(why, len);
	if (err)
		return err;
	err = hve_symbols_pin(why, len);
	if (err)
		return err;
	err = hve_services_resolve(why, len);
	for (i = 0; !err && i < ARRAY_SIZE(hooks); i++)
		err = resolve(&hooks[i], why, len);
	if (err)
		goto unpin;
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = attach(&hooks[i], why, len);
		if (err)
			goto detach;
	}
	err = hve_time_start();
	if (err) {
		snprintf(why, len, "the host's clock cannot be watched (%d)", err);
		goto detach;
	}
	installed = true;
	return 0;

detach:
	detach_first(i);
unpin:
	hve_symbols_unpin();
	return err;
}

static void remove_unused(struct work_struct *work)
{
	mutex_lock(&hooks_lock);
	if (installed && !atomic_read(&users)) {
		hve_time_stop();
		detach_first(ARRAY_SIZE(hooks));
		hve_symbols_unpin();
		installed = false;
	}
	mutex_unlock(&hooks_lock);
}

static DECLARE_WORK(removal, remove_unused);

int hve_hooks_get(char *why, size_t len)
{
	int err = 0;

	mutex_lock(&hooks_lock);
	if (!installed)
		err = install(why, len);
	if (!err)
		atomic_inc(&users);
	mutex_unlock(&hooks_lock);
	return err;
}

void hve_hooks_put(void)
{
	if (atomic_dec_and_test(&users))
		schedule_work(&removal);
}

/* The worker waited for everybody who was in a replacement. */
void hve_hooks_exit(void)
{
	flush_work(&removal);
}

/*
 * The way in and the way to the original, tried on a function of this module:
 * a kernel where that fails must not have KVM hooked.
 */
typedef int hve_fn_dummy(int x);
DEFINE_STATIC_CALL_NULL(hve_orig_dummy, hve_fn_dummy);
void hve_stub_dummy(void);
int hve_entry_dummy(int x);

static noinline int hve_dummy(int x)
{
	barrier();
	return x + 1;
}

int hve_entry_dummy(int x)
{
	return static_call(hve_orig_dummy)(x) + 100;
}

int hve_hooks_self_check(void)
{
	static struct ftrace_ops ops;
	static DEFINE_MUTEX(self_check);
	unsigned long ip;
	int before, hooked, after, err;

	mutex_lock(&self_check);
	err = hve_services_early();
	if (err)
		goto out;
	err = -EOPNOTSUPP;
	ip = static_call(hve_ftrace_location)((unsigned long)hve_dummy);
	if (!ip)
		goto out;
	static_call_update(hve_orig_dummy,
			   (hve_fn_dummy *)(ip + MCOUNT_INSN_SIZE));
	before = hve_dummy(1);
	err = hve_direct_attach(&ops, ip, hve_stub_dummy);
	if (err)
		goto out;
	hooked = hve_dummy(1);
	hve_direct_detach(&ops, ip, hve_stub_dummy);
	after = hve_dummy(1);
	if (before != 2 || hooked != 102 || after != 2) {
		pr_err("self-check: %d, %d, %d instead of 2, 102, 2\n", before,
		       hooked, after);
		err = -EOPNOTSUPP;
	}
out:
	mutex_unlock(&self_check);
	return err;
}
