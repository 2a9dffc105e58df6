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
	enum hve_hook_set set;
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
#define ROW(fn, is_maybe, in)						\
	{ .name = #fn, .maybe = (is_maybe), .set = HVE_HOOKS_##in,	\
	  .stub = hve_stub_##fn, .key = &STATIC_CALL_KEY(hve_orig_##fn), \
	  .tramp = STATIC_CALL_TRAMP_ADDR(hve_orig_##fn) },
#define HVE_HOOK(returns, fn, params, args)		ROW(fn, false, BASE)
#define HVE_HOOK_MAYBE(returns, fn, params, args)	ROW(fn, true, BASE)
#define HVE_HOOK_NATIVE(returns, fn, params, args)	ROW(fn, false, NATIVE)
#define HVE_HOOK_NATIVE_MAYBE(returns, fn, params, args) ROW(fn, true, NATIVE)
#include "hooks.def"
};

static DEFINE_MUTEX(hooks_lock);
static atomic_t users[HVE_HOOK_SETS];	/* raised under hooks_lock */
static bool installed[HVE_HOOK_SETS];	/* hooks_lock */

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

static void detach_first(enum hve_hook_set set, unsigned int n)
{
	while (n--)
		if (hooks[n].ip && hooks[n].set == set)
			hve_direct_detach(&hooks[n].ops, hooks[n].ip,
					  hooks[n].stub);
	/* For those who are in a replacement or on the way to one. */
	synchronize_rcu_tasks();
}

/* All functions of a set, or none */
static int attach_all(enum hve_hook_set set, char *why, size_t len)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].set == set)
			err = resolve(&hooks[i], why, len);
	for (i = 0; !err && i < ARRAY_SIZE(hooks); i++) {
		if (hooks[i].set == set)
			err = attach(&hooks[i], why, len);
		if (err)
			detach_first(set, i);
	}
	return err;
}

static int install_base(char *why, size_t len)
{
	int err;

	err = check_ftrace(why, len);
	if (err)
		return err;
	err = hve_symbols_pin(why, len);
	if (err)
		return err;
	err = hve_services_resolve(why, len);
	if (!err)
		err = attach_all(HVE_HOOKS_BASE, why, len);
	if (err)
		goto unpin;
	err = hve_time_start();
	if (err) {
		snprintf(why, len, "the host's clock cannot be watched (%d)", err);
		goto detach;
	}
	return 0;

detach:
	detach_first(HVE_HOOKS_BASE, ARRAY_SIZE(hooks));
unpin:
	hve_symbols_unpin();
	return err;
}

static void remove_base(void)
{
	hve_time_stop();
	detach_first(HVE_HOOKS_BASE, ARRAY_SIZE(hooks));
	hve_symbols_unpin();
}

/* Those of native mode are never there without the others. */
static void remove_unused(struct work_struct *work)
{
	mutex_lock(&hooks_lock);
	if (installed[HVE_HOOKS_NATIVE] && !atomic_read(&users[HVE_HOOKS_NATIVE])) {
		detach_first(HVE_HOOKS_NATIVE, ARRAY_SIZE(hooks));
		installed[HVE_HOOKS_NATIVE] = false;
	}
	if (installed[HVE_HOOKS_BASE] && !atomic_read(&users[HVE_HOOKS_BASE])) {
		remove_base();
		installed[HVE_HOOKS_BASE] = false;
	}
	mutex_unlock(&hooks_lock);
}

static DECLARE_WORK(removal, remove_unused);

static int get_set(enum hve_hook_set set, char *why, size_t len)
{
	int err = 0;

	lockdep_assert_held(&hooks_lock);
	if (!installed[set])
		err = set == HVE_HOOKS_BASE ? install_base(why, len) :
					      attach_all(set, why, len);
	if (err)
		return err;
	installed[set] = true;
	atomic_inc(&users[set]);
	return 0;
}

static void put_set(enum hve_hook_set set)
{
	if (atomic_dec_and_test(&users[set]))
		schedule_work(&removal);
}

int hve_hooks_get(enum hve_hook_set set, char *why, size_t len)
{
	int err;

	mutex_lock(&hooks_lock);
	err = get_set(HVE_HOOKS_BASE, why, len);
	if (!err && set != HVE_HOOKS_BASE) {
		err = get_set(set, why, len);
		if (err)
			put_set(HVE_HOOKS_BASE);
	}
	mutex_unlock(&hooks_lock);
	return err;
}

void hve_hooks_put(enum hve_hook_set set)
{
	if (set != HVE_HOOKS_BASE)
		put_set(set);
	put_set(HVE_HOOKS_BASE);
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
	return ORIGINAL(dummy, x) + 100;
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
