// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: /dev/kvm-hve
 *
 * In: open, ioctl, read, poll. Out: calls into context.c, arming.c, vm.c, stats.c
 * and the other device_*.c; structures are copied by device_copy.c. Owns no
 * state. Permissions are those of the device node (root only; the udev rule opens
 * it for the group kvm).
 */
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "context.h"
#include "device.h"
#include "hve.h"
#include "kvm/hooks.h"
#include "kvm/services.h"
#include "port.h"

static long get_features(struct hve_context *context, unsigned long arg)
{
	struct hve_features features;
	u32 i;
	int err = hve_device_copy_in(context, &features, sizeof(features), arg);

	if (err)
		return err;
	if (features.flags)
		return hve_context_refuse(context, -EINVAL,
					  "flags must be zero");
	for (i = 0; i < HVE_NR_FEATURES; i++)
		features.known[0] |= 1ull << hve_features[i].number;
	features.supported[0] = features.known[0];
	features.base[0] = hve_base_features();
	return hve_device_copy_out(arg, &features, sizeof(features));
}

static long set_config(struct hve_context *context, unsigned long arg)
{
	struct hve_config config;
	int err = hve_device_copy_in(context, &config, sizeof(config), arg);

	return err ?: hve_context_set_config(context, &config);
}

static long arm(struct hve_context *context, unsigned long arg)
{
	struct hve_arm request;
	int err = hve_device_copy_in(context, &request, sizeof(request), arg);

	return err ?: hve_context_arm(context, request.flags);
}

static int attach_kvm(struct hve_context *context, struct kvm *kvm,
		      struct hve_attach *request)
{
	int err;

	if (!hve_context_configured(context))
		return hve_context_refuse(context, -EINVAL,
					  "this context has no configuration: set one before attaching");
	if (!hve_kvm_lock_empty(kvm))
		return hve_context_refuse(context, -EBUSY,
					  "this VM has vCPUs already: attach right after KVM_CREATE_VM");
	err = hve_vm_serve(kvm, context, &request->vm_id);
	hve_kvm_unlock(kvm);
	return err;
}

static int detach_kvm(struct hve_context *context, struct kvm *kvm)
{
	int err = hve_vm_detach(kvm);

	switch (err) {
	case -ENOENT:
		return hve_context_refuse(context, err,
					  "this VM is not served");
	case -EBUSY:
		return hve_context_refuse(context, err,
					  "a vCPU of this VM is running: stop them all before detaching");
	case -EOPNOTSUPP:
		return hve_context_refuse(context, err,
					  "a VM in native mode stays served as long as it lives");
	case -EXDEV:
		return hve_context_refuse(context, err,
					  "only the process that created this VM can detach it");
	}
	return err;
}

/* KVM's functions are known only while hooks are installed. */
static long with_vm(struct hve_context *context, unsigned int cmd,
		    unsigned long arg)
{
	struct hve_attach request;
	char why[HVE_REASON_LEN];
	struct file *file;
	struct kvm *kvm;
	int err = hve_device_copy_in(context, &request, sizeof(request), arg);

	if (err)
		return err;
	if (request.flags || request.vm_id)
		return hve_context_refuse(context, -EINVAL,
					  "flags and vm_id must be zero");
	/* What cannot be answered must not be done. */
	if (hve_device_copy_out(arg, &request, sizeof(request)))
		return hve_context_refuse(context, -EFAULT,
					  "the structure cannot be written");
	file = fget(request.vm_fd);
	if (!file)
		return hve_context_refuse(context, -EBADF,
					  "vm_fd %d is not open", request.vm_fd);
	err = hve_hooks_get(HVE_HOOKS_BASE, why, sizeof(why));
	if (err) {
		err = hve_context_refuse(context, err, "%s", why);
		goto put_file;
	}
	kvm = hve_kvm_from_file(file);
	if (!kvm)
		err = hve_context_refuse(context, -EINVAL,
					 "vm_fd %d is not a KVM virtual machine",
					 request.vm_fd);
	else if (cmd == HVE_ATTACH)
		err = attach_kvm(context, kvm, &request);
	else
		err = detach_kvm(context, kvm);
	hve_hooks_put(HVE_HOOKS_BASE);
	if (!err && cmd == HVE_ATTACH)
		err = hve_device_copy_out(arg, &request, sizeof(request));
put_file:
	fput(file);
	return err;
}

static long get_reason(struct hve_context *context, unsigned long arg)
{
	struct hve_reason reason;
	int err = hve_device_copy_in(context, &reason, sizeof(reason), arg);

	if (err)
		return err;
	hve_context_reason(context, &reason);
	return hve_device_copy_out(arg, &reason, sizeof(reason));
}

static long list_vms(struct hve_context *context, unsigned long arg)
{
	struct hve_list list;
	int err = hve_device_copy_in(context, &list, sizeof(list), arg);

	if (err)
		return err;
	err = hve_stats_list(&list);
	if (err == -EINVAL)
		return hve_context_refuse(context, err,
					  "flags must be zero and entry_size at least %zu",
					  sizeof(struct hve_vm_info));
	if (err == -EFAULT)
		return hve_context_refuse(context, err,
					  "the list cannot be written");
	if (err == -ENOSPC)
		hve_context_refuse(context, err,
				   "there are %u VMs, more than room for them",
				   list.count);
	else if (err)
		return err;
	return hve_device_copy_out(arg, &list, sizeof(list)) ?: err;
}

static long get_counters(struct hve_context *context, unsigned long arg)
{
	struct hve_counters request;
	int err = hve_device_copy_in(context, &request, sizeof(request), arg);

	if (err)
		return err;
	err = hve_stats_counters(&request);
	if (err == -ENOENT)
		return hve_context_refuse(context, err,
					  "no VM %u, or it has no vCPU %u that ran",
					  request.vm_id, request.vcpu);
	if (err == -EFAULT)
		return hve_context_refuse(context, err,
					  "the counters cannot be written");
	if (err == -ENOSPC)
		hve_context_refuse(context, err,
				   "there are %u counters, more than room for them",
				   request.count);
	else if (err)
		return err;
	return hve_device_copy_out(arg, &request, sizeof(request)) ?: err;
}

static long open_port(struct hve_context *context, unsigned long arg)
{
	struct hve_port_request request;
	int err = hve_device_copy_in(context, &request, sizeof(request), arg);

	if (err)
		return err;
	err = hve_port_open(context, &request);
	switch (err) {
	case -EBADF:
		return hve_context_refuse(context, err,
					  "eventfd %d is not open",
					  request.eventfd);
	case -EINVAL:
		return hve_context_refuse(context, err,
					  "no such port: check its kind, direction, VP, SINT, flag and eventfd");
	case -EOPNOTSUPP:
		return hve_context_refuse(context, err,
					  "VM %u has no synic, or is in native mode",
					  request.vm_id);
	case -EEXIST:
		return hve_context_refuse(context, err,
					  "connection 0x%x of VM %u has a port",
					  request.connection, request.vm_id);
	}
	return hve_context_refuse_vm(context, err, request.vm_id);
}

static long get_crash(struct hve_context *context, unsigned long arg)
{
	struct hve_crash crash;
	void *message;
	u64 to;
	u32 room;
	int err = hve_device_copy_in(context, &crash, sizeof(crash), arg);

	if (err)
		return err;
	message = kmalloc(TLFS_CRASH_MESSAGE_MAX, GFP_KERNEL_ACCOUNT);
	if (!message)
		return -ENOMEM;
	to = crash.message;
	room = crash.length;
	err = hve_crash_get(context, crash.vm_id, &crash, message);
	if (err == -EPERM) {
		hve_context_refuse_vm(context, err, crash.vm_id);
	} else if (err) {
		hve_context_refuse(context, err,
				   "no VM %u, or its guest told of no crash",
				   crash.vm_id);
	} else if (copy_to_user(u64_to_user_ptr(to), message,
				min(room, crash.length))) {
		err = hve_context_refuse(context, -EFAULT,
					 "the message cannot be written");
	} else if (crash.length > room) {
		err = hve_context_refuse(context, -ENOSPC,
					 "the message has %u bytes, more than room for them",
					 crash.length);
	}
	kfree(message);
	if (err && err != -ENOSPC)
		return err;
	crash.size = sizeof(crash);
	crash.message = to;
	return hve_device_copy_out(arg, &crash, sizeof(crash)) ?: err;
}

static long self_check(struct hve_context *context)
{
	char why[HVE_REASON_LEN];
	int err = hve_hooks_self_check();

	if (err)
		return hve_context_refuse(context, err,
					  "a function of the module itself cannot be hooked (%d): see the kernel log",
					  err);
	err = hve_hooks_get(HVE_HOOKS_NATIVE, why, sizeof(why));
	if (err)
		return hve_context_refuse(context, err, "%s", why);
	hve_hooks_put(HVE_HOOKS_NATIVE);
	return 0;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct hve_context *context = file->private_data;

	if (cmd != HVE_GET_REASON)
		hve_context_forget_reason(context);
	switch (cmd) {
	case HVE_GET_VERSION:
		return arg ? -EINVAL : HVE_API_VERSION;
	case HVE_GET_FEATURES:
		return get_features(context, arg);
	case HVE_SET_CONFIG:
		return set_config(context, arg);
	case HVE_ARM:
		return arm(context, arg);
	case HVE_DISARM:
		return arg ? -EINVAL : hve_context_disarm(context);
	case HVE_ATTACH:
	case HVE_DETACH:
		return with_vm(context, cmd, arg);
	case HVE_GET_REASON:
		return get_reason(context, arg);
	case HVE_LIST_VMS:
		return list_vms(context, arg);
	case HVE_GET_COUNTERS:
		return get_counters(context, arg);
	case HVE_OPEN_DEBUG:
		return hve_device_open_debug(context, arg);
	case HVE_OPEN_PORT:
		return open_port(context, arg);
	case HVE_GET_CRASH:
		return get_crash(context, arg);
	case HVE_GET_STATE:
		return hve_device_get_state(context, arg);
	case HVE_SET_STATE:
		return hve_device_set_state(context, arg);
	case HVE_SELF_CHECK:
		return arg ? -EINVAL : self_check(context);
	}
	return -ENOTTY;
}

static int device_open(struct inode *inode, struct file *file)
{
	file->private_data = hve_context_new();
	return file->private_data ? 0 : -ENOMEM;
}

static int device_release(struct inode *inode, struct file *file)
{
	hve_context_close(file->private_data);
	return 0;
}

static ssize_t device_read(struct file *file, char __user *to, size_t len,
			   loff_t *pos)
{
	return hve_events_read(hve_context_events(file->private_data), to, len,
			       !(file->f_flags & O_NONBLOCK));
}

static __poll_t device_poll(struct file *file, poll_table *wait)
{
	return hve_events_poll(hve_context_events(file->private_data), file,
			       wait);
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.poll = device_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

struct hve_context *hve_context_of(const struct file *file)
{
	return file->f_op == &device_fops ? file->private_data : NULL;
}

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kvm-hve",
	.fops = &device_fops,
	.mode = 0600,
};

int hve_device_init(void)
{
	return misc_register(&device);
}

void hve_device_exit(void)
{
	misc_deregister(&device);
}
