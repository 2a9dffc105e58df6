// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Served VMs
 *
 * In: VMs that KVM creates under an arming, or that a program attaches. Out:
 * struct hve_vm and, when a vCPU first needs it, struct hve_vcpu. What a VM is
 * served is settled with its first vCPU, because only then it shows whether the
 * VMM has the in-kernel APIC. State: the list of served VMs and the lookup
 * table, under vms_lock; each served VM pins the module and the hooks.
 */
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "debug.h"
#include "hve.h"
#include "kvm/hooks.h"
#include "kvm/services.h"
#include "lookup.h"
#include "native.h"
#include "port.h"
#include "trace.h"

static DEFINE_MUTEX(vms_lock);
static LIST_HEAD(vms);
static u32 last_id;

static void free_vm(struct hve_vm *vm)
{
	u32 i;

	hve_port_vm_gone(vm);
	hve_debug_vm_gone(vm->debug);
	mutex_lock(&vm->lock);
	hve_overlay_forget(vm, &vm->hypercall_page);
	hve_overlay_forget(vm, &vm->tsc_page);
	for (i = 0; i < vm->nr_slots; i++)
		if (vm->vcpus[i]) {
			hve_overlay_forget(vm, &vm->vcpus[i]->assist_page);
			hve_synic_free(vm->vcpus[i]);
			kfree(vm->vcpus[i]->native);
			kfree(vm->vcpus[i]);
		}
	mutex_unlock(&vm->lock);
	hve_crash_free(vm);
	hve_native_free(vm);
	hve_context_put(vm->context);
	put_pid(vm->pid);
	kvfree(vm);
}

static struct hve_vm *new_vm(struct kvm *kvm, struct hve_context *context,
			     const struct hve_config *config)
{
	u32 slots = hve_kvm_max_vcpus();
	struct hve_vm *vm = kvzalloc(struct_size(vm, vcpus, slots),
				     GFP_KERNEL_ACCOUNT);

	if (!vm)
		return NULL;
	vm->kvm = kvm;
	vm->nr_slots = slots;
	vm->memory = struct_size(vm, vcpus, slots);
	vm->pid = get_pid(task_tgid(current));
	vm->uid = current_fsuid();
	get_task_comm(vm->comm, current->group_leader);
	hve_context_get(context);
	vm->context = context;
	vm->config = *config;
	vm->features = vm->config.features[0] | hve_base_features();
	mutex_init(&vm->lock);
	vm->overlays = RB_ROOT;
	hve_saved_name_pages(vm, NULL);
	INIT_LIST_HEAD(&vm->ports);
	xa_init(&vm->connections);
	hve_crash_init(vm);
	if (hve_syndbg_init(vm) ||
	    (vm->config.flags & HVE_CONFIG_NATIVE && hve_native_init(vm))) {
		free_vm(vm);
		return NULL;
	}
	hve_time_init(vm);
	return vm;
}

int hve_vm_serve(struct kvm *kvm, struct hve_context *context, u32 *id)
{
	char why[HVE_REASON_LEN];
	struct hve_config config;
	enum hve_hook_set set;
	struct hve_vm *vm;
	int err;

	/* Once: the VM goes by what its hooks were counted by. */
	hve_context_get_config(context, &config);
	set = hve_config_hooks(&config);
	err = hve_hooks_get(set, why, sizeof(why));
	if (err)
		return hve_context_refuse(context, err, "%s", why);
	vm = new_vm(kvm, context, &config);
	if (!vm) {
		hve_hooks_put(set);
		return -ENOMEM;
	}
	mutex_lock(&vms_lock);
	err = hve_lookup(kvm) ? -EEXIST : hve_lookup_add(kvm, vm);
	if (!err) {
		__module_get(THIS_MODULE);
		vm->id = ++last_id;
		list_add_tail(&vm->link, &vms);
	}
	mutex_unlock(&vms_lock);
	if (err) {
		free_vm(vm);
		hve_hooks_put(set);
		return hve_context_refuse(context, err, err == -EEXIST ?
					  "this VM is served already" :
					  "too many VMs are served");
	}
	if (id)
		*id = vm->id;
	trace_hve_attach(vm->id, vm->features, vm->comm);
	hve_event_post(vm, HVE_EVENT_SERVED, vm->features, "%s", vm->comm);
	return 0;
}

int hve_vm_created(struct kvm *kvm)
{
	struct hve_context *context;
	int err;

	/* Before anything that sleeps: nothing pins the module yet. */
	if (!hve_context_any_armed() || !try_module_get(THIS_MODULE))
		return 0;
	context = hve_context_for_current(kvm);
	if (context) {
		err = hve_vm_serve(kvm, context, NULL);
		if (err)
			hve_context_taken(context, kvm, false);
		hve_context_put(context);
	}
	module_put(THIS_MODULE);
	if (!context)
		return 0;
	return err ?: 1;
}

/* @detaching: not one in native mode */
static struct hve_vm *unlink(struct kvm *kvm, bool detaching)
{
	struct hve_vm *vm;

	mutex_lock(&vms_lock);
	vm = hve_lookup(kvm);
	if (vm && detaching && vm->native)
		vm = NULL;
	if (vm) {
		hve_lookup_del(kvm);
		list_del(&vm->link);
	}
	mutex_unlock(&vms_lock);
	return vm;
}

static void release(struct hve_vm *vm)
{
	const enum hve_hook_set set = hve_config_hooks(&vm->config);

	hve_event_post(vm, HVE_EVENT_GONE, 0, "%s", vm->comm);
	if (!vm->ready)
		hve_context_taken(vm->context, vm->kvm, false);
	free_vm(vm);
	hve_hooks_put(set);
	/* Nothing may sleep between here and the end of the caller. */
	module_put(THIS_MODULE);
}

void hve_vm_gone(struct kvm *kvm)
{
	struct hve_vm *vm = unlink(kvm, false);

	if (vm)
		release(vm);
}

struct detaching {
	struct kvm *kvm;
	struct hve_vm *vm;
};

static void detach_stopped(void *arg)
{
	struct detaching *detaching = arg;
	struct kvm *kvm = detaching->kvm;
	struct hve_vm *vm = unlink(kvm, true);
	u32 i;

	detaching->vm = vm;
	if (!vm)
		return;
	mutex_lock(&vm->lock);
	for (i = 0; i < hve_kvm_online_vcpus(kvm); i++) {
		struct hve_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu)
			continue;
		hve_kvm_forget_exit(vcpu);
		/* After a restart KVM may not have been told yet. */
		if ((vcpu->vp_assist || vcpu->remark) &&
		    hve_vm_has(vm, HVE_F_VAPIC))
			hve_kvm_apic_assist(vcpu->kvm, 0);
		hve_overlay_remove(vm, &vcpu->assist_page);
		hve_synic_detach(vcpu);
	}
	hve_overlay_remove(vm, &vm->hypercall_page);
	hve_overlay_remove(vm, &vm->tsc_page);
	mutex_unlock(&vm->lock);
	/* From now on neither ports nor a debugger make requests. */
	hve_port_vm_gone(vm);
	hve_debug_vm_gone(vm->debug);
	vm->debug = NULL;
	hve_kvm_forget_requests(kvm);
}

/* 0, or why not; another thread may detach it at any moment. */
static int may_detach(struct kvm *kvm)
{
	const struct hve_vm *vm;
	int err = -ENOENT;

	mutex_lock(&vms_lock);
	vm = hve_lookup(kvm);
	if (vm)
		err = vm->native ? -EOPNOTSUPP : 0;
	mutex_unlock(&vms_lock);
	return err;
}

int hve_vm_detach(struct kvm *kvm)
{
	struct detaching detaching = { .kvm = kvm };
	int err = may_detach(kvm);

	if (err)
		return err;
	err = hve_kvm_with_vcpus_stopped(kvm, detach_stopped, &detaching);
	if (err)
		return err;
	if (!detaching.vm)
		return -ENOENT;
	/* An ioctl of the VM's may be looking whether it is in native mode. */
	synchronize_rcu();
	release(detaching.vm);
	return 0;
}

/*
 * Only the vCPU's own thread makes its state, or an ioctl on it: KVM lets one of
 * them in at a time.
 */
struct hve_vcpu *hve_vcpu_make(struct hve_vm *vm, struct kvm_vcpu *kvm_vcpu)
{
	u32 index = hve_kvm_vcpu_index(kvm_vcpu);
	struct hve_vcpu *vcpu;

	if (WARN_ON_ONCE(index >= vm->nr_slots || vm->vcpus[index]))
		return NULL;
	vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	if (!vcpu)
		return NULL;
	vcpu->kvm = kvm_vcpu;
	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->vp = index;
	spin_lock_init(&vcpu->flush.lock);
	mutex_lock(&vm->lock);
	if (!vm->ready)
		hve_vm_settle(vm, kvm_vcpu);
	if (hve_native_vcpu_init(vcpu) || hve_synic_init(vcpu)) {
		mutex_unlock(&vm->lock);
		kfree(vcpu->native);
		kfree(vcpu);
		return NULL;
	}
	hve_saved_name_pages(vm, vcpu);
	vm->memory += sizeof(*vcpu);
	smp_store_release(&vm->vcpus[index], vcpu);
	mutex_unlock(&vm->lock);
	return vcpu;
}

int hve_vm_cpuid_set(struct hve_vm *vm, struct kvm_vcpu *kvm_vcpu)
{
	struct hve_vcpu *vcpu;

	if (!vm->native && hve_kvm_has_own_hyperv(kvm_vcpu)) {
		hve_event_post(vm, HVE_EVENT_REFUSED, 0,
			       "the VMM offers Hyper-V itself: drop its own hv- options");
		pr_notice_ratelimited("VM %u (%s, pid %d): the VMM offers Hyper-V itself, and a VM cannot have it twice: drop the VMM's own hv- options, or start it with hve run --native\n",
				      vm->id, vm->comm, pid_nr(vm->pid));
		return -EBUSY;
	}
	vcpu = vm->vcpus[hve_kvm_vcpu_index(kvm_vcpu)] ?:
	       hve_vcpu_make(vm, kvm_vcpu);
	if (!vcpu)
		return -ENOMEM;
	if (vm->native)
		hve_native_cpuid_set(vcpu);
	return 0;
}

bool hve_vm_permits(const struct hve_vm *vm, const struct hve_context *context)
{
	return vm->context == context || uid_eq(vm->uid, current_fsuid()) ||
	       capable(CAP_SYS_ADMIN);
}

struct holding {
	struct hve_context *context;
	struct kvm *kvm;
};

static int hold(struct hve_vm *vm, void *arg)
{
	struct holding *holding = arg;

	if (!hve_vm_permits(vm, holding->context))
		return -EPERM;
	if (vm->native)
		return -EOPNOTSUPP;
	/*
	 * KVM may still be making it, and frees one that fails whoever holds it.
	 * A vCPU comes when the VM has a file.
	 */
	if (!hve_kvm_online_vcpus(vm->kvm))
		return -ENODATA;
	/* It leaves the list when its last reference is gone already. */
	if (!hve_kvm_get(vm->kvm))
		return -ENOENT;
	holding->kvm = vm->kvm;
	return 0;
}

int hve_vm_hold(u32 id, struct hve_context *context, struct kvm **kvm)
{
	struct holding holding = { .context = context };
	char why[HVE_REASON_LEN];
	int err = hve_hooks_get(HVE_HOOKS_BASE, why, sizeof(why));

	if (err)
		return hve_context_refuse(context, err, "%s", why);
	err = hve_vm_with(id, hold, &holding);
	if (err)
		hve_hooks_put(HVE_HOOKS_BASE);
	if (err == -EOPNOTSUPP)
		hve_context_refuse(context, err,
				   "VM %u is in native mode: its VMM saves and restores it, by savevm or migration",
				   id);
	*kvm = holding.kvm;
	return err;
}

void hve_vm_release(struct kvm *kvm)
{
	hve_kvm_put(kvm);
	hve_hooks_put(HVE_HOOKS_BASE);
}

int hve_vm_for_each(int (*fn)(struct hve_vm *vm, void *arg), void *arg)
{
	struct hve_vm *vm;
	int err = 0;

	mutex_lock(&vms_lock);
	list_for_each_entry(vm, &vms, link) {
		err = fn(vm, arg);
		if (err)
			break;
	}
	mutex_unlock(&vms_lock);
	return err;
}

int hve_vm_with(u32 id, int (*fn)(struct hve_vm *vm, void *arg), void *arg)
{
	struct hve_vm *vm;
	int err = -ENOENT;

	mutex_lock(&vms_lock);
	list_for_each_entry(vm, &vms, link) {
		if (vm->id == id) {
			err = fn(vm, arg);
			break;
		}
	}
	mutex_unlock(&vms_lock);
	return err;
}
