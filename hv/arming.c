// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What a context is configured with, and which VMs it claims
 *
 * In: HVE_SET_CONFIG, HVE_ARM, HVE_DISARM, and a VM that is being created. Out: a
 * configuration that VMs take over, and for the new VM the context that claims
 * it. "Next" is used up by a VM that gets a vCPU: one that KVM gives up before
 * gives it back. Only who might be any user serves other users' VMs. An
 * armed context keeps the hooks installed. State: of each context what
 * context.h names, and the list of those that are armed, under armed_lock.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/stringify.h>
#include <linux/user_namespace.h>
#include "context.h"
#include "hve.h"
#include "kvm/hooks.h"

static DEFINE_MUTEX(armed_lock);
static LIST_HEAD(armed_list);
/* Claims what no other one does, "native=all"; armed_lock */
static struct hve_context *for_all;

void hve_context_get_config(struct hve_context *context,
			    struct hve_config *config)
{
	mutex_lock(&armed_lock);
	*config = context->config;
	mutex_unlock(&armed_lock);
}

enum hve_hook_set hve_config_hooks(const struct hve_config *config)
{
	return config->flags & HVE_CONFIG_NATIVE ? HVE_HOOKS_NATIVE :
						   HVE_HOOKS_BASE;
}

int hve_context_set_config(struct hve_context *context,
			   const struct hve_config *config)
{
	char why[HVE_REASON_LEN];
	int err = hve_config_check(config, why, sizeof(why));

	if (err)
		return hve_context_refuse(context, err, "%s", why);
	mutex_lock(&armed_lock);
	if (context->armed) {
		err = -EBUSY;
	} else {
		context->config = *config;
		context->configured = true;
	}
	mutex_unlock(&armed_lock);
	if (err)
		return hve_context_refuse(context, err,
					  "this context is armed: disarm it before it is configured anew");
	return 0;
}

bool hve_context_configured(struct hve_context *context)
{
	return READ_ONCE(context->configured);
}

/* Each VM that is created looks at all of them: more than VMs can be served */
#define MOST_ARMED	4096

static bool has_too_many(kuid_t uid)
{
	const struct hve_context *context;
	u32 count = 0;

	list_for_each_entry(context, &armed_list, link)
		count += uid_eq(context->uid, uid);
	return count >= MOST_ARMED;
}

/* @set: the hooks that were installed for it */
static int enlist(struct hve_context *context, u32 flags, enum hve_hook_set set)
{
	int err = 0;

	mutex_lock(&armed_lock);
	if (context->armed || hve_config_hooks(&context->config) != set)
		err = -EBUSY;
	else if (has_too_many(current_fsuid()))
		err = -EMFILE;
	if (err) {
		mutex_unlock(&armed_lock);
		return err;
	}
	context->armed = flags;
	context->taken = NULL;
	context->owner = get_pid(task_tgid(current));
	context->uid = current_fsuid();
	/* Root of a container may have the second alone. */
	context->admin = capable(CAP_SYS_ADMIN) || capable(CAP_SETUID);
	list_add(&context->link, &armed_list);
	mutex_unlock(&armed_lock);
	return 0;
}

static void delist(struct hve_context *context)
{
	lockdep_assert_held(&armed_lock);
	list_del_init(&context->link);
	put_pid(context->owner);
	context->owner = NULL;
	context->armed = 0;
	hve_hooks_put(hve_config_hooks(&context->config));
}

int hve_context_arm(struct hve_context *context, u32 flags)
{
	char why[HVE_REASON_LEN];
	enum hve_hook_set set;
	int err;

	if (flags != HVE_ARM_NEXT && flags != HVE_ARM_EVERY)
		return hve_context_refuse(context, -EINVAL,
					  "arm for the next VM or for every VM: flags 0x%x are neither",
					  flags);
	if (!hve_context_configured(context))
		return hve_context_refuse(context, -EINVAL,
					  "this context has no configuration: set one before arming");
	set = hve_config_hooks(&context->config);
	err = hve_hooks_get(set, why, sizeof(why));
	if (err)
		return hve_context_refuse(context, err, "%s", why);
	err = enlist(context, flags, set);
	if (err) {
		hve_hooks_put(set);
		return hve_context_refuse(context, err, err == -EBUSY ?
					  "this context is armed already" :
					  "this user has armed " __stringify(MOST_ARMED) " contexts: disarm or close some");
	}
	return 0;
}

int hve_context_disarm(struct hve_context *context)
{
	int err = 0;

	mutex_lock(&armed_lock);
	if (context->armed)
		delist(context);
	else
		err = -ENOENT;
	mutex_unlock(&armed_lock);
	if (err)
		return hve_context_refuse(context, err,
					  "this context is not armed");
	return 0;
}

bool hve_context_any_armed(void)
{
	return !list_empty(&armed_list) || READ_ONCE(for_all);
}

/*
 * Whoever runs now is the armer, or below it: by right, or in a user namespace of
 * its own. What another user started has no part in what this one wants.
 */
static bool may_claim(const struct hve_context *context)
{
	const struct user_namespace *ns = current_user_ns();

	return context->admin || uid_eq(context->uid, current_fsuid()) ||
	       (ns != &init_user_ns && uid_eq(context->uid, ns->owner));
}

static bool is_free(const struct hve_context *context)
{
	return context->armed && !context->taken && may_claim(context);
}

static bool is_armed_by(const struct hve_context *context,
			struct task_struct *task)
{
	return context->owner == task_tgid(task);
}

/* One walk for all of them: a process may hold many files, and contexts */
static int is_claim(const void *arg, struct file *file, unsigned int fd)
{
	struct hve_context **found = (struct hve_context **)arg;
	struct hve_context *context = hve_context_of(file);

	if (!context || !is_free(context))
		return 0;
	*found = context;
	return 1;
}

/* Whoever armed nearest above, else whoever's context this process holds */
static struct hve_context *find_claim(void)
{
	struct hve_context *context, *found = NULL;
	struct task_struct *task;

	lockdep_assert_held(&armed_lock);
	rcu_read_lock();
	for (task = current; !found && task->pid;
	     task = rcu_dereference(task->real_parent))
		list_for_each_entry(context, &armed_list, link)
			if (is_armed_by(context, task) && is_free(context)) {
				found = context;
				break;
			}
	rcu_read_unlock();
	if (!found && !list_empty(&armed_list))
		iterate_fd(current->files, 0, is_claim, &found);
	return found ?: for_all;
}

struct hve_context *hve_context_for_current(struct kvm *kvm)
{
	struct hve_context *context;

	mutex_lock(&armed_lock);
	context = find_claim();
	if (context) {
		hve_context_get(context);
		if (context->armed == HVE_ARM_NEXT)
			context->taken = kvm;
	}
	mutex_unlock(&armed_lock);
	return context;
}

void hve_context_taken(struct hve_context *context, struct kvm *kvm, bool lasting)
{
	mutex_lock(&armed_lock);
	/* It may be disarmed since then, and armed anew. */
	if (context->armed && context->taken == kvm) {
		if (lasting)
			delist(context);
		else
			context->taken = NULL;
	}
	mutex_unlock(&armed_lock);
}

/* Armed for the next VM only, this process has it already. */
static int is_native_and_own(struct hve_vm *vm, void *unused)
{
	return vm->native && vm->pid == task_tgid(current);
}

bool hve_context_native_for_current(void)
{
	struct hve_context *context;
	bool native;

	/* Before anything that sleeps: nothing pins the module yet. */
	if (!try_module_get(THIS_MODULE))
		return false;
	mutex_lock(&armed_lock);
	context = find_claim();
	native = context && context->config.flags & HVE_CONFIG_NATIVE;
	mutex_unlock(&armed_lock);
	if (!context)
		native = hve_vm_for_each(is_native_and_own, NULL);
	module_put(THIS_MODULE);
	return native;
}

struct hve_context *hve_context_new_native(void)
{
	struct hve_context *context = hve_context_new();
	char why[HVE_REASON_LEN];
	int err;

	if (!context)
		return ERR_PTR(-ENOMEM);
	context->config.size = sizeof(context->config);
	context->config.flags = HVE_CONFIG_NATIVE;
	err = hve_hooks_get(HVE_HOOKS_NATIVE, why, sizeof(why));
	if (err) {
		pr_err("native=all: %s\n", why);
		hve_context_put(context);
		return ERR_PTR(err);
	}
	return context;
}

void hve_context_put_native(struct hve_context *context)
{
	if (!context)
		return;
	hve_hooks_put(HVE_HOOKS_NATIVE);
	hve_context_put(context);
}

struct hve_context *hve_context_claim_all(struct hve_context *context)
{
	struct hve_context *before;

	mutex_lock(&armed_lock);
	before = for_all;
	for_all = context;
	mutex_unlock(&armed_lock);
	return before;
}
