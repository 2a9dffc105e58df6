// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: KVM_HYPERV_EVENTFD
 *
 * In: a connection and an eventfd, from the VMM. Out: the guest's
 * HvCallSignalEvent on that connection signals it without an exit. State:
 * hve_native.events, changed under hve_vm.lock and read under RCU. Whoever takes
 * one out waits for those who may have found it. Save/restore: nothing, the VMM
 * assigns them anew.
 */
#include <linux/eventfd.h>
#include "kvm/services.h"
#include "native.h"

static int assign(struct hve_vm *vm, u32 connection, int fd)
{
	struct eventfd_ctx *event = eventfd_ctx_fdget(fd);
	int err;

	if (IS_ERR(event))
		return PTR_ERR(event);
	mutex_lock(&vm->lock);
	err = xa_insert(&vm->native->events, connection, event, GFP_KERNEL);
	mutex_unlock(&vm->lock);
	if (err)
		eventfd_ctx_put(event);
	return err == -EBUSY ? -EEXIST : err;
}

static int deassign(struct hve_vm *vm, u32 connection)
{
	struct eventfd_ctx *event;

	mutex_lock(&vm->lock);
	event = xa_erase(&vm->native->events, connection);
	mutex_unlock(&vm->lock);
	if (!event)
		return -ENOENT;
	synchronize_rcu();
	eventfd_ctx_put(event);
	return 0;
}

int hve_native_eventfd(struct hve_vm *vm, const struct kvm_hyperv_eventfd *event)
{
	if (event->flags & ~KVM_HYPERV_EVENTFD_DEASSIGN ||
	    event->conn_id & ~KVM_HYPERV_CONN_ID_MASK)
		return -EINVAL;
	if (event->flags & KVM_HYPERV_EVENTFD_DEASSIGN)
		return deassign(vm, event->conn_id);
	return assign(vm, event->conn_id, event->fd);
}

bool hve_native_signal(struct hve_vm *vm, u32 connection)
{
	struct eventfd_ctx *event;

	rcu_read_lock();
	event = xa_load(&vm->native->events, connection);
	if (event)
		hve_kvm_signal(event);
	rcu_read_unlock();
	return event;
}
