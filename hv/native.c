// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Native mode: a VM and its vCPUs
 *
 * In: VMs that are created under HVE_CONFIG_NATIVE, the CPUID that their VMM sets,
 * the capabilities that it enables, VP indices that it moves. Out: what answers
 * the guest: nothing before CPUID has the interface's signature, then all, and
 * with enforcement the rows whose privilege CPUID has. Which privilege that is
 * follows from the feature's own CPUID bits; where KVM looks closer, from
 * msr_bits() and call_bits(). State: struct hve_native and struct
 * hve_native_vcpu. The VMM restarts, saves and restores all of it by MSRs.
 */
#include <linux/bitmap.h>
#include <linux/eventfd.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include "hypercall.h"
#include "native.h"

static_assert(HVE_NR_MSRS <= 64 && HVE_NR_CALLS <= 64,
	      "a bit for each row no longer fits");

int hve_native_init(struct hve_vm *vm)
{
	struct hve_native *native = kzalloc(sizeof(*native), GFP_KERNEL_ACCOUNT);

	if (!native)
		return -ENOMEM;
	xa_init(&native->events);
	xa_init(&native->routes);
	vm->native = native;
	vm->memory += sizeof(*native);
	return 0;
}

void hve_native_free(struct hve_vm *vm)
{
	struct hve_native *native = vm->native;
	struct eventfd_ctx *event;
	unsigned long connection;

	if (!native)
		return;
	xa_for_each(&native->events, connection, event)
		eventfd_ctx_put(event);
	xa_destroy(&native->events);
	xa_destroy(&native->routes);
	kfree(native);
}

int hve_native_vcpu_init(struct hve_vcpu *vcpu)
{
	if (!vcpu->vm->native)
		return 0;
	vcpu->native = kzalloc(sizeof(*vcpu->native), GFP_KERNEL_ACCOUNT);
	if (!vcpu->native)
		return -ENOMEM;
	vcpu->native->sversion = TLFS_SYNIC_VERSION;
	vcpu->vm->memory += sizeof(*vcpu->native);
	return 0;
}

void hve_native_settle(struct hve_vm *vm)
{
	lockdep_assert_held(&vm->lock);
	vm->features = hve_native_features(true);
	/* Nothing, until CPUID says so */
	vm->told = hve_base_features();
}

/* The bits of @feature alone */
static const struct hve_cpuid_leaf *bits_of(u32 feature,
					    struct hve_cpuid_leaf *leaf)
{
	static const struct hve_config nothing;

	hve_cpuid_build(&nothing, 1ull << feature, 1, leaf);
	return leaf;
}

/* The bits of leaf 0x40000003 that the guest needs for @row */
static void msr_bits(enum hve_msr_row row, u32 *eax, u32 *edx)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	u32 feature = row == HVE_MSR_vp_assist_page ? HVE_F_VAPIC :
						      hve_msrs[row].feature;

	bits_of(feature, leaf);
	*eax = leaf[3].reg[HVE_EAX];
	*edx = *eax ? 0 : leaf[3].reg[HVE_EDX];
	if (row == HVE_MSR_time_ref_count)
		*eax = TLFS_ACCESS_REF_COUNTER;
	else if (row == HVE_MSR_reference_tsc)
		*eax = TLFS_ACCESS_REFERENCE_TSC;
}

static bool may_access(const struct hve_cpuid_leaf *has, enum hve_msr_row row)
{
	u32 eax, edx;

	msr_bits(row, &eax, &edx);
	return (has[3].reg[HVE_EAX] & eax) == eax &&
	       (has[3].reg[HVE_EDX] & edx) == edx;
}

/* The bits of leaf 0x40000003 EBX and 0x40000004 EAX */
static void call_bits(enum hve_call_row row, u32 *ebx, u32 *hints)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];

	bits_of(hve_calls[row].feature, leaf);
	*ebx = leaf[3].reg[HVE_EBX];
	*hints = leaf[4].reg[HVE_EAX];
	if (!hve_calls[row].variable)
		*hints &= ~TLFS_HINT_EX_MASKS;
	if (row == HVE_CALL_post_message)
		*ebx = TLFS_POST_MESSAGES;
	else if (row == HVE_CALL_signal_event)
		*ebx = TLFS_SIGNAL_EVENTS;
}

static bool may_call(const struct hve_cpuid_leaf *has, enum hve_call_row row)
{
	const u32 retries = has[4].reg[HVE_EBX];
	u32 ebx, hints;

	if (row == HVE_CALL_long_spin_wait)
		return retries && retries != HVE_SPINLOCK_NEVER_NOTIFY;
	call_bits(row, &ebx, &hints);
	return (has[3].reg[HVE_EBX] & ebx) == ebx &&
	       (has[4].reg[HVE_EAX] & hints) == hints;
}

static void decide(struct hve_native_vcpu *native, u64 features)
{
	u64 msrs = 0, calls = 0;
	u32 row;

	for (row = 0; native->enabled && row < HVE_NR_MSRS; row++)
		if (features & 1ull << hve_msrs[row].feature &&
		    (!native->enforce || may_access(native->leaf, row)))
			msrs |= 1ull << row;
	for (row = 0; native->enabled && row < HVE_NR_CALLS; row++)
		if (features & 1ull << hve_calls[row].feature &&
		    (!native->enforce || may_call(native->leaf, row)))
			calls |= 1ull << row;
	/* KVM has no such MSR. */
	native->msrs = msrs & ~(1ull << HVE_MSR_sirbp);
	native->calls = calls;
}

void hve_native_enforce(struct hve_vcpu *vcpu, bool enforce)
{
	vcpu->native->enforce = enforce;
	decide(vcpu->native, vcpu->vm->features);
}

/* Those of which CPUID has all bits that the registry knows */
static u64 told_by(const struct hve_native_vcpu *native)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES];
	u64 told = hve_base_features();
	u32 i, number, has;

	for (i = 0; native->enabled && i < HVE_NR_FEATURES; i++) {
		number = hve_features[i].number;
		bits_of(number, leaf);
		has = (leaf[3].reg[HVE_EAX] & native->leaf[3].reg[HVE_EAX]) |
		      (leaf[3].reg[HVE_EDX] & native->leaf[3].reg[HVE_EDX]) |
		      (leaf[3].reg[HVE_EBX] & native->leaf[3].reg[HVE_EBX]) |
		      (leaf[4].reg[HVE_EAX] & native->leaf[4].reg[HVE_EAX] &
		       ~TLFS_HINT_EX_MASKS);
		if (has)
			told |= 1ull << number;
	}
	if (native->enabled &&
	    native->leaf[4].reg[HVE_EBX] + 1 > 1)
		told |= HVE_BIT(SPINLOCKS);
	return told;
}

void hve_native_cpuid_set(struct hve_vcpu *vcpu)
{
	struct hve_native_vcpu *native = vcpu->native;
	struct hve_vm *vm = vcpu->vm;
	u32 i;

	for (i = 0; i < HVE_CPUID_LEAVES; i++)
		hve_kvm_vmm_leaf(vcpu->kvm, hve_cpuid_number(i),
				 native->leaf[i].reg);
	native->enabled = native->leaf[1].reg[HVE_EAX] ==
			  TLFS_INTERFACE_SIGNATURE;
	decide(native, vm->features);
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->told, told_by(native) & vm->features);
	mutex_unlock(&vm->lock);
}

struct hve_vcpu *hve_native_vp(struct hve_vm *vm, u32 vp)
{
	u32 i, nr = min(hve_kvm_online_vcpus(vm->kvm), vm->nr_slots);
	struct hve_vcpu *vcpu;

	if (vp < nr) {
		vcpu = smp_load_acquire(&vm->vcpus[array_index_nospec(vp, nr)]);
		if (vcpu && READ_ONCE(vcpu->vp) == vp)
			return vcpu;
	}
	if (!READ_ONCE(vm->native->moved))
		return NULL;
	for (i = 0; i < nr; i++) {
		vcpu = smp_load_acquire(&vm->vcpus[i]);
		if (vcpu && READ_ONCE(vcpu->vp) == vp)
			return vcpu;
	}
	return NULL;
}

int hve_native_move_vp(struct hve_vcpu *vcpu, u64 vp)
{
	struct hve_vm *vm = vcpu->vm;

	/* As KVM, which looks at the lower half only */
	if ((u32)vp >= vm->nr_slots)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vcpu->vp != vcpu->index)
		WRITE_ONCE(vm->native->moved, vm->native->moved - 1);
	if ((u32)vp != vcpu->index)
		WRITE_ONCE(vm->native->moved, vm->native->moved + 1);
	WRITE_ONCE(vcpu->vp, (u32)vp);
	mutex_unlock(&vm->lock);
	return 0;
}

void hve_native_translate(struct hve_vcpu *vcpu, struct hve_targets *targets)
{
	struct hve_vm *vm = vcpu->vm;
	u32 i, vp, nr, words, bits = targets->words * BITS_PER_LONG;
	unsigned long vps[TLFS_VP_SET_BANKS];
	struct hve_vcpu *other;

	if (!READ_ONCE(vm->native->moved))
		return;
	nr = min_t(u32, hve_kvm_online_vcpus(vm->kvm), vm->nr_slots);
	words = max_t(u32, BITS_TO_LONGS(nr), 1);
	memcpy(vps, vcpu->targets, targets->words * sizeof(*vps));
	memset(vcpu->targets, 0, max(vcpu->target_words, words) * sizeof(*vps));
	for (i = 0; i < nr; i++) {
		other = smp_load_acquire(&vm->vcpus[i]);
		vp = other ? READ_ONCE(other->vp) : i;
		if (vp < bits && test_bit(vp, vps))
			__set_bit(i, vcpu->targets);
	}
	vcpu->target_words = words;
	targets->words = words;
}
