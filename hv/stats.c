// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What is served, and how often
 *
 * In: the lists of VMs and their vCPUs' counters. Out: the structures of
 * HVE_LIST_VMS and HVE_GET_COUNTERS. Counters are read while vCPUs count: a
 * value may be one behind. Everything is collected under vm.c's mutex, which
 * keeps VMs from going away, and copied to userspace after it. Owns no state.
 */
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "hve.h"
#include "kvm/services.h"

struct listing {
	struct hve_vm_info *info;
	u32 room;
	u32 found;
};

/*
 * Without hve_vm.lock: a vCPU may hold it while it waits for its VMM to supply
 * guest memory, and must not make other VMs wait.
 */
static void describe(struct hve_vm *vm, struct hve_vm_info *info)
{
	info->vm_id = vm->id;
	info->pid = pid_vnr(vm->pid);
	memcpy(info->comm, vm->comm, sizeof(info->comm));
	info->nr_vcpus = hve_kvm_online_vcpus(vm->kvm);
	if (READ_ONCE(vm->hypercall) & TLFS_MSR_ENABLE)
		info->flags |= HVE_VM_HYPERCALL_PAGE;
	if (READ_ONCE(vm->reference_tsc) & TLFS_MSR_ENABLE)
		info->flags |= HVE_VM_TSC_PAGE;
	if (READ_ONCE(vm->time.valid))
		info->flags |= HVE_VM_TSC_VALID;
	if (vm->config.flags & HVE_CONFIG_LENIENT)
		info->flags |= HVE_VM_LENIENT;
	if (READ_ONCE(vm->hardware) & TLFS_HW_APIC)
		info->flags |= HVE_VM_APIC_HARDWARE;
	if (READ_ONCE(vm->hardware) & HVE_HW_IPI)
		info->flags |= HVE_VM_IPI_HARDWARE;
	if (vm->config.flags & HVE_CONFIG_HINTS)
		info->flags |= HVE_VM_ALL_HINTS;
	if (vm->native)
		info->flags |= HVE_VM_NATIVE;
	/* In the other mode a VMM may have asked KVM for Hyper-V MSRs. */
	if (vm->native && hve_kvm_is_awake(vm->kvm))
		info->flags |= HVE_VM_KVM_AWAKE;
	info->features[0] = READ_ONCE(vm->ready) ? READ_ONCE(vm->told) :
			    READ_ONCE(vm->features);
	info->refused[0] = READ_ONCE(vm->refused);
	info->guest_os_id = READ_ONCE(vm->guest_os_id);
	info->resets = READ_ONCE(vm->resets);
	info->memory = READ_ONCE(vm->memory);
}

static int list_one(struct hve_vm *vm, void *arg)
{
	struct listing *listing = arg;

	if (listing->found < listing->room)
		describe(vm, &listing->info[listing->found]);
	listing->found++;
	return 0;
}

static int copy_infos(const struct hve_list *list, const struct listing *listing)
{
	u32 i;

	for (i = 0; i < min(listing->found, listing->room); i++) {
		u64 to = list->vms + (u64)i * list->entry_size;

		if (copy_to_user(u64_to_user_ptr(to), &listing->info[i],
				 sizeof(*listing->info)))
			return -EFAULT;
	}
	return 0;
}

/* More VMs than this are not listed at once. */
#define MAX_ROOM	8192u

int hve_stats_list(struct hve_list *list)
{
	struct listing listing = { .room = min(list->count, MAX_ROOM) };
	int err;

	if (list->flags || list->entry_size < sizeof(struct hve_vm_info) ||
	    list->entry_size > PAGE_SIZE)
		return -EINVAL;
	listing.info = kvcalloc(max(listing.room, 1u), sizeof(*listing.info),
				GFP_KERNEL_ACCOUNT);
	if (!listing.info)
		return -ENOMEM;
	hve_vm_for_each(list_one, &listing);
	err = copy_infos(list, &listing);
	kvfree(listing.info);
	if (err)
		return err;
	list->count = listing.found;
	return listing.found > listing.room ? -ENOSPC : 0;
}

#define NR_EVENTS	HVE_EV_FLAGS
#define NR_COUNTERS	(2 * HVE_NR_MSRS + HVE_NR_CALLS + NR_EVENTS)

struct counting {
	u32 vcpu;
	u32 found;
	struct hve_counter counter[NR_COUNTERS];
};

static void emit(struct counting *counting, u32 kind, u32 key, u32 feature,
		 u64 value)
{
	counting->counter[counting->found++] = (struct hve_counter) {
		.kind = kind, .key = key, .feature = feature, .value = value,
	};
}

static void emit_all(struct counting *counting, const struct hve_vcpu *sum)
{
	static const u8 feature_of[] = {
		[HVE_EV_CPUID] = HVE_F_HYPERCALL,
		[HVE_EV_GP] = HVE_F_HYPERCALL,
		[HVE_EV_CALL_FAILED] = HVE_F_HYPERCALL,
		[HVE_EV_FLUSH_TARGETS] = HVE_F_TLBFLUSH,
		[HVE_EV_IPI_TARGETS] = HVE_F_IPI,
		[HVE_EV_TSC_UPDATES] = HVE_F_TIME,
		[HVE_EV_TIMERS] = HVE_F_STIMER,
		[HVE_EV_MESSAGES] = HVE_F_SYNIC,
		[HVE_EV_FLAGS] = HVE_F_SYNIC,
	};
	u32 i;

	for (i = 0; i < HVE_NR_MSRS; i++) {
		const struct hve_msr_info *msr = &hve_msrs[i];

		if (msr->access & HVE_RO)
			emit(counting, HVE_COUNTER_MSR_READ, msr->number,
			     msr->feature, sum->msr_reads[i]);
		if (msr->access & HVE_WO)
			emit(counting, HVE_COUNTER_MSR_WRITE, msr->number,
			     msr->feature, sum->msr_writes[i]);
	}
	for (i = 0; i < HVE_NR_CALLS; i++)
		emit(counting, HVE_COUNTER_CALL, hve_calls[i].code,
		     hve_calls[i].feature, sum->calls[i]);
	for (i = 1; i < ARRAY_SIZE(feature_of); i++)
		emit(counting, HVE_COUNTER_EVENT, i, feature_of[i],
		     sum->events[i]);
}

static void add(struct hve_vcpu *sum, const struct hve_vcpu *vcpu)
{
	u32 i;

	for (i = 0; i < HVE_NR_MSRS; i++) {
		sum->msr_reads[i] += READ_ONCE(vcpu->msr_reads[i]);
		sum->msr_writes[i] += READ_ONCE(vcpu->msr_writes[i]);
	}
	for (i = 0; i < HVE_NR_CALLS; i++)
		sum->calls[i] += READ_ONCE(vcpu->calls[i]);
	for (i = 0; i < ARRAY_SIZE(sum->events); i++)
		sum->events[i] += READ_ONCE(vcpu->events[i]);
}

static int count_vm(struct hve_vm *vm, void *arg)
{
	struct counting *counting = arg;
	u32 wanted = counting->vcpu, i;
	struct hve_vcpu *sum;

	if (wanted != HVE_ALL_VCPUS) {
		if (wanted >= vm->nr_slots)
			return -ENOENT;
		wanted = array_index_nospec(wanted, vm->nr_slots);
		if (!READ_ONCE(vm->vcpus[wanted]))
			return -ENOENT;
	}
	sum = kzalloc(sizeof(*sum), GFP_KERNEL_ACCOUNT);
	if (!sum)
		return -ENOMEM;
	for (i = 0; i < hve_kvm_online_vcpus(vm->kvm); i++) {
		struct hve_vcpu *vcpu = smp_load_acquire(&vm->vcpus[i]);

		if (vcpu && (wanted == HVE_ALL_VCPUS || wanted == i))
			add(sum, vcpu);
	}
	if (wanted == HVE_ALL_VCPUS)
		sum->events[HVE_EV_TSC_UPDATES] = READ_ONCE(vm->tsc_updates);
	emit_all(counting, sum);
	kfree(sum);
	return 0;
}

int hve_stats_counters(struct hve_counters *request)
{
	struct counting *counting;
	u32 room = request->count;
	int err;

	counting = kzalloc(sizeof(*counting), GFP_KERNEL_ACCOUNT);
	if (!counting)
		return -ENOMEM;
	counting->vcpu = request->vcpu;
	err = hve_vm_with(request->vm_id, count_vm, counting);
	if (err)
		goto free;
	request->count = counting->found;
	if (copy_to_user(u64_to_user_ptr(request->counters), counting->counter,
			 min(room, counting->found) *
			 sizeof(*counting->counter)))
		err = -EFAULT;
	else if (counting->found > room)
		err = -ENOSPC;
free:
	kfree(counting);
	return err;
}
