// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Guest memory
 *
 * In: guest-physical addresses. Out: bytes copied through KVM, so that dirty
 * logging sees each write; see services.h. The caller is a vCPU's thread and
 * holds what KVM wants held on the way in and out of the guest. Owns nothing.
 */
#include <linux/uaccess.h>
#include "calls.h"
#include "services.h"

int hve_kvm_read(struct kvm *kvm, u64 gpa, void *to, u32 len)
{
	return static_call(hve_kvm_read_guest)(kvm, gpa, to, len);
}

int hve_kvm_write(struct kvm *kvm, u64 gpa, const void *from, u32 len)
{
	return static_call(hve_kvm_write_guest)(kvm, gpa, from, len);
}

bool hve_kvm_set_bit(struct kvm *kvm, u64 gpa, u32 nr)
{
	const gfn_t gfn = gpa >> PAGE_SHIFT;
	unsigned long hva = static_call(hve_gfn_to_hva)(kvm, gfn);
	u64 __user *word = (u64 __user *)hva + nr / 64;
	const u64 mask = BIT_ULL(nr % 64);
	int missed;
	u64 old;

	if (kvm_is_error_hva(hva) || get_user(old, word))
		return true;
	do {
		if (old & mask)
			return true;
		missed = __try_cmpxchg_user(word, &old, old | mask, fault);
	} while (missed > 0);
	if (missed < 0)
		return true;
	static_call(hve_mark_page_dirty)(kvm, gfn);
	return false;
}

bool hve_kvm_gpa_possible(struct kvm_vcpu *vcpu, u64 gpa)
{
	return !(gpa >> vcpu->arch.maxphyaddr);
}

bool hve_kvm_has_memory(struct kvm *kvm, u64 gpa)
{
	return !kvm_is_error_hva(static_call(hve_gfn_to_hva)(kvm,
							     gpa >> PAGE_SHIFT));
}
