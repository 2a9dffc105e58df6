// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: crash: a guest that ends says why
 *
 * In: the five parameter MSRs, and a write of the control MSR that notifies.
 * Out: the crash is kept with its message, an event goes to the context, and by
 * policy a line to the log or an exit to the VMM. The guest runs on: Windows
 * writes its dump after this. Reading the control MSR says what there is:
 * notifying, and a message. A write without the notify bit does nothing, and
 * reserved bits are kept and mean nothing, as in KVM's own code; so are those
 * for a crash before the system ran and for one without a dump. A message that
 * is not in memory is none, a longer one than the TLFS allows is cut. State:
 * struct hve_crash_state. Save/restore: P0 to P4; a restart clears these, and
 * keeps the record. Source: TLFS, "Partitions", Partition Crash Enlightenment.
 */
#include <linux/kvm.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include "../hve.h"
#include "../kvm/services.h"

/* Lines in the log for one VM */
#define LINES	3
#define PERIOD	(60 * HZ)

void hve_crash_init(struct hve_vm *vm)
{
	struct hve_crash_state *crash = &vm->crash;

	spin_lock_init(&crash->lock);
	ratelimit_state_init(&crash->limit, PERIOD, LINES);
	/* What was left out must not be told in the log either. */
	ratelimit_set_flags(&crash->limit, RATELIMIT_MSG_ON_RELEASE);
}

void hve_crash_reset(struct hve_vm *vm)
{
	u32 i;

	lockdep_assert_held(&vm->lock);
	for (i = 0; i < HVE_CRASH_PARAMS; i++)
		WRITE_ONCE(vm->crash.params[i], 0);
}

void hve_crash_free(struct hve_vm *vm)
{
	kfree(vm->crash.message);
}

enum hve_verdict hve_get_crash_p(struct hve_vcpu *vcpu, u32 index, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->crash.params[index]);
	return HVE_OK;
}

enum hve_verdict hve_set_crash_p(struct hve_vcpu *vcpu, u32 index, u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->crash.params[index], data);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

enum hve_verdict hve_get_crash_ctl(struct hve_vcpu *vcpu, u64 *data)
{
	*data = TLFS_CRASH_NOTIFY | TLFS_CRASH_MESSAGE;
	return HVE_OK;
}

/* A copy of the message, its length in @said->length; or NULL */
static void *copy_message(struct hve_vcpu *vcpu, struct hve_crash *said)
{
	u64 gpa = said->params[3], len = said->params[4];
	void *message;

	if (!(said->ctl & TLFS_CRASH_MESSAGE) || !len ||
	    !hve_kvm_gpa_possible(vcpu->kvm, gpa))
		return NULL;
	len = min_t(u64, len, TLFS_CRASH_MESSAGE_MAX);
	message = kmalloc(TLFS_CRASH_MESSAGE_MAX, GFP_KERNEL_ACCOUNT);
	if (!message)
		return NULL;
	if (hve_kvm_read(vcpu->vm->kvm, gpa, message, len)) {
		kfree(message);
		return NULL;
	}
	said->length = len;
	return message;
}

/* Takes @message over; the count is in @said afterwards */
static void keep(struct hve_vm *vm, struct hve_crash *said, void *message)
{
	struct hve_crash_state *crash = &vm->crash;
	void *old;

	lockdep_assert_held(&vm->lock);
	spin_lock(&crash->lock);
	said->count = crash->last.count + 1;
	crash->last = *said;
	old = crash->message;
	crash->message = message;
	spin_unlock(&crash->lock);
	if (message && !old)
		vm->memory += TLFS_CRASH_MESSAGE_MAX;
	else if (old && !message)
		vm->memory -= TLFS_CRASH_MESSAGE_MAX;
	kfree(old);
}

static void tell(struct hve_vcpu *vcpu, const struct hve_crash *said)
{
	struct hve_vm *vm = vcpu->vm;
	const u64 *p = said->params;

	hve_event_post(vm, HVE_EVENT_CRASH, said->count,
		       "crashed: %llx %llx %llx %llx %llx", p[0], p[1], p[2],
		       p[3], p[4]);
	if (vm->config.crash_policy != HVE_CRASH_EVENT &&
	    __ratelimit(&vm->crash.limit))
		pr_notice("VM %u (%s, pid %d): the guest says that it crashed: 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx; `hve status %u` shows what it left\n",
			  vm->id, vm->comm, pid_nr(vm->pid), p[0], p[1], p[2],
			  p[3], p[4], vm->id);
	/* KVM hands over nothing with it: VMMs read the MSRs. */
	if (vm->native)
		hve_kvm_system_event(vcpu, KVM_SYSTEM_EVENT_CRASH, 0, NULL);
	else if (vm->config.crash_policy == HVE_CRASH_EXIT)
		hve_kvm_system_event(vcpu, KVM_SYSTEM_EVENT_CRASH,
				     HVE_CRASH_PARAMS, p);
}

enum hve_verdict hve_set_crash_ctl(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;
	struct hve_crash said = {
		.vm_id = vm->id,
		.vcpu = vcpu->index,
		.ctl = data,
	};
	void *message;

	if (!(data & TLFS_CRASH_NOTIFY))
		return HVE_OK;
	said.time = ktime_get_real_ns();
	said.reference = hve_time_now(vcpu);
	mutex_lock(&vm->lock);
	memcpy(said.params, vm->crash.params, sizeof(said.params));
	message = copy_message(vcpu, &said);
	keep(vm, &said, message);
	mutex_unlock(&vm->lock);
	tell(vcpu, &said);
	return HVE_OK;
}

struct asking {
	const struct hve_context *context;
	struct hve_crash *crash;
	void *message;
};

static int get_last(struct hve_vm *vm, void *arg)
{
	struct hve_crash_state *crash = &vm->crash;
	struct asking *asking = arg;
	int err = 0;

	if (!hve_vm_permits(vm, asking->context))
		return -EPERM;
	spin_lock(&crash->lock);
	if (crash->last.count) {
		*asking->crash = crash->last;
		if (crash->message)
			memcpy(asking->message, crash->message,
			       crash->last.length);
	} else {
		err = -ENOENT;
	}
	spin_unlock(&crash->lock);
	return err;
}

int hve_crash_get(const struct hve_context *context, u32 vm_id,
		  struct hve_crash *crash, void *message)
{
	struct asking asking = {
		.context = context, .crash = crash, .message = message,
	};

	return hve_vm_with(vm_id, get_last, &asking);
}
