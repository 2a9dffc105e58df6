// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Contexts: one open /dev/kvm-hve, its configuration and its arming
 *
 * In: the calls of device.c. Out: a configuration that VMs take over, and for a
 * VM that is being created the context that claims it. A context lives as long
 * as its file or a VM served with it. State: the reason, under context->lock;
 * configurations and the list of armed contexts, under armed_lock. An armed
 * context keeps the hooks installed. Deliberately absent: events (event.c).
 */
#include <linux/fdtable.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "context.h"
#include "hve.h"
#include "kvm/hooks.h"

struct hve_context {
	struct kref ref;
	struct mutex lock;
	struct file *file;		/* compared, never followed */
	struct hve_config config;	/* constant while @armed; armed_lock */
	bool configured;
	u32 armed;			/* HVE_ARM_*, 0: not; armed_lock */
	struct pid *owner;		/* who armed; armed_lock */
	struct list_head link;		/* in armed_list; armed_lock */
	struct hve_reason reason;	/* of the last failure */
	struct hve_event_queue *events;
};

static DEFINE_MUTEX(armed_lock);
static LIST_HEAD(armed_list);
/* Claims what no other one does, "native=all"; armed_lock */
static struct hve_context *for_all;

struct hve_context *hve_context_new(struct file *file)
{
	struct hve_context *context = kzalloc(sizeof(*context),
					      GFP_KERNEL_ACCOUNT);

	if (!context)
		return NULL;
	context->events = hve_events_new();
	if (!context->events) {
		kfree(context);
		return NULL;
	}
	kref_init(&context->ref);
	mutex_init(&context->lock);
	INIT_LIST_HEAD(&context->link);
	context->file = file;
	return context;
}

static void free_context(struct kref *ref)
{
	struct hve_context *context = container_of(ref, struct hve_context,
						   ref);

	hve_events_free(context->events);
	kfree(context);
}

void hve_context_get(struct hve_context *context)
{
	kref_get(&context->ref);
}

void hve_context_put(struct hve_context *context)
{
	kref_put(&context->ref, free_context);
}

struct hve_event_queue *hve_context_events(struct hve_context *context)
{
	return context->events;
}

void hve_context_get_config(struct hve_context *context,
			    struct hve_config *config)
{
	mutex_lock(&armed_lock);
	*config = context->config;
	mutex_unlock(&armed_lock);
}

int hve_context_refuse(struct hve_context *context, int error,
		       const char *fmt, ...)
{
	va_list args;

	mutex_lock(&context->lock);
	context->reason.error = -error;
	va_start(args, fmt);
	vscnprintf(context->reason.text, sizeof(context->reason.text), fmt,
		   args);
	va_end(args);
	mutex_unlock(&context->lock);
	return error;
}

int hve_context_refuse_vm(struct hve_context *context, int error, u32 vm_id)
{
	if (error == -ENOENT)
		hve_context_refuse(context, error, "no VM %u", vm_id);
	else if (error == -EPERM)
		hve_context_refuse(context, error, "VM %u is another user's",
				   vm_id);
	return error;
}

void hve_context_forget_reason(struct hve_context *context)
{
	mutex_lock(&context->lock);
	context->reason.error = 0;
	context->reason.text[0] = '\0';
	mutex_unlock(&context->lock);
}

void hve_context_reason(struct hve_context *context, struct hve_reason *reason)
{
	mutex_lock(&context->lock);
	reason->error = context->reason.error;
	memcpy(reason->text, context->reason.text, sizeof(reason->text));
	mutex_unlock(&context->lock);
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

/* @set: the hooks that were installed for it */
static int enlist(struct hve_context *context, u32 flags, enum hve_hook_set set)
{
	mutex_lock(&armed_lock);
	if (context->armed || hve_config_hooks(&context->config) != set) {
		mutex_unlock(&armed_lock);
		return -EBUSY;
	}
	context->armed = flags;
	context->owner = get_pid(task_tgid(current));
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
		return hve_context_refuse(context, err,
					  "this context is armed already");
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

void hve_context_close(struct hve_context *context)
{
	mutex_lock(&armed_lock);
	if (context->armed)
		delist(context);
	context->file = NULL;
	mutex_unlock(&armed_lock);
	hve_context_put(context);
}

bool hve_context_any_armed(void)
{
	return !list_empty(&armed_list) || READ_ONCE(for_all);
}

static int same_file(const void *wanted, struct file *file, unsigned int fd)
{
	return file == wanted;
}

/* Whoever armed nearest above, else whoever's context this process holds */
static struct hve_context *find_claim(void)
{
	struct hve_context *context, *found = NULL;
	struct task_struct *task;

	rcu_read_lock();
	for (task = current; !found && task->pid;
	     task = rcu_dereference(task->real_parent))
		list_for_each_entry(context, &armed_list, link)
			if (context->owner == task_tgid(task)) {
				found = context;
				break;
			}
	rcu_read_unlock();
	if (found)
		return found;
	list_for_each_entry(context, &armed_list, link)
		if (iterate_fd(current->files, 0, same_file, context->file))
			return context;
	return for_all;
}

struct hve_context *hve_context_for_current(void)
{
	struct hve_context *context;

	mutex_lock(&armed_lock);
	context = find_claim();
	if (context) {
		hve_context_get(context);
		if (context->armed == HVE_ARM_NEXT)
			delist(context);
	}
	mutex_unlock(&armed_lock);
	return context;
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

int hve_context_native_all(void)
{
	struct hve_context *context = hve_context_new(NULL);
	char why[HVE_REASON_LEN];
	int err;

	if (!context)
		return -ENOMEM;
	context->config.size = sizeof(context->config);
	context->config.flags = HVE_CONFIG_NATIVE;
	err = hve_hooks_get(HVE_HOOKS_NATIVE, why, sizeof(why));
	if (err) {
		pr_err("native=all: %s\n", why);
		hve_context_put(context);
		return err;
	}
	mutex_lock(&armed_lock);
	for_all = context;
	mutex_unlock(&armed_lock);
	return 0;
}

void hve_context_native_none(void)
{
	struct hve_context *context;

	mutex_lock(&armed_lock);
	context = for_all;
	for_all = NULL;
	mutex_unlock(&armed_lock);
	if (!context)
		return;
	hve_hooks_put(HVE_HOOKS_NATIVE);
	hve_context_put(context);
}
