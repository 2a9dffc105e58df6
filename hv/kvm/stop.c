// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Keeping a VM, and keeping its vCPUs out of the guest
 *
 * In: a VM. Out: a function that ran while no vCPU of it did, see services.h.
 * A vCPU that is in KVM_RUN, or in any other of its ioctls, is not waited for: it
 * would be waited for in vain. Owns nothing; takes KVM's own locks, kvm->lock
 * outside the vCPUs'.
 */
#include "calls.h"
#include "services.h"

bool hve_kvm_get(struct kvm *kvm)
{
	return static_call(hve_kvm_get_kvm_safe)(kvm);
}

void hve_kvm_put(struct kvm *kvm)
{
	static_call(hve_kvm_put_kvm)(kvm);
}

/*
 * Lockdep remembers 48 locks of a task, fewer than there may be vCPUs: it is told
 * of the first one's only, which stands for all of them.
 */
static bool hold_vcpu(struct kvm_vcpu *vcpu)
{
	if (!mutex_trylock(&vcpu->mutex))
		return false;
	if (vcpu->vcpu_idx)
		mutex_release(&vcpu->mutex.dep_map, _THIS_IP_);
	return true;
}

static void release_vcpus(struct kvm *kvm, u32 nr)
{
	while (nr--) {
		struct kvm_vcpu *vcpu = kvm_get_vcpu(kvm, nr);

		if (nr)
			mutex_acquire(&vcpu->mutex.dep_map, 0, 1, _THIS_IP_);
		mutex_unlock(&vcpu->mutex);
	}
}

/* All of them, or none and -EBUSY */
static int hold_vcpus(struct kvm *kvm, u32 *nr)
{
	u32 i;

	lockdep_assert_held(&kvm->lock);
	*nr = hve_kvm_online_vcpus(kvm);
	if (*nr != kvm->created_vcpus)
		return -EBUSY;
	for (i = 0; i < *nr; i++) {
		if (hold_vcpu(kvm_get_vcpu(kvm, i)))
			continue;
		release_vcpus(kvm, i);
		return -EBUSY;
	}
	return 0;
}

/* @as: on behalf of the first vCPU */
static int with_vcpus(struct kvm *kvm, void (*fn)(void *arg), void *arg, bool as)
{
	struct kvm_vcpu *vcpu;
	int srcu, err;
	u32 nr;

	mutex_lock(&kvm->lock);
	err = hold_vcpus(kvm, &nr);
	if (err)
		goto unlock;
	vcpu = as && nr ? kvm_get_vcpu(kvm, 0) : NULL;
	if (vcpu)
		static_call(hve_vcpu_load)(vcpu);
	srcu = srcu_read_lock(&kvm->srcu);
	fn(arg);
	srcu_read_unlock(&kvm->srcu, srcu);
	if (vcpu)
		static_call(hve_vcpu_put)(vcpu);
	release_vcpus(kvm, nr);
unlock:
	mutex_unlock(&kvm->lock);
	return err;
}

int hve_kvm_with_vcpus_stopped(struct kvm *kvm, void (*fn)(void *arg),
			       void *arg)
{
	return current->mm == kvm->mm ? with_vcpus(kvm, fn, arg, true) : -EXDEV;
}

int hve_kvm_with_vcpus_still(struct kvm *kvm, void (*fn)(void *arg), void *arg)
{
	return with_vcpus(kvm, fn, arg, false);
}
