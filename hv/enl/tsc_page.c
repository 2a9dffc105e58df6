// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The reference TSC page
 *
 * In: the page's MSR, and parameters of the reference time (time.c). Out: the page
 * in guest memory has them, or says that it is not valid. Its sequence never
 * takes a value twice in a row. In native mode the page is the VMM's memory, and
 * only its parameters are written. State: hve_vm.tsc_page and what of hve_time is
 * the page's, under hve_vm.lock. Source: TLFS, "Timers", Partition Reference TSC
 * Mechanism.
 */
#include "../hve.h"
#include "time.h"
#include "tsc.h"

/* First the sequence says "not valid", then come the values, then it counts. */
void hve_tsc_page_write(struct hve_vm *vm)
{
	struct hve_time *time = &vm->time;
	struct tlfs_reference_tsc_page page = {
		.scale = time->scale,
		.offset = time->offset,
	};
	const u32 at = offsetof(struct tlfs_reference_tsc_page, scale);

	lockdep_assert_held(&vm->lock);
	time->valid = false;
	if (!(vm->reference_tsc & TLFS_MSR_ENABLE))
		return;
	hve_overlay_write(vm, &vm->tsc_page, 0, &page.sequence,
			  sizeof(page.sequence));
	if (time->source != HVE_TIME_TSC)
		return;
	smp_wmb();
	hve_overlay_write(vm, &vm->tsc_page, at, &page.scale,
			  sizeof(page) - at);
	smp_wmb();
	time->sequence = hve_tsc_next_sequence(time->sequence);
	time->valid = hve_overlay_write(vm, &vm->tsc_page, 0, &time->sequence,
					sizeof(time->sequence)) == HVE_OK;
	vm->tsc_updates++;
}

void hve_tsc_page_invalidate(struct hve_vm *vm)
{
	const u32 invalid = 0;

	if (!vm->time.valid)
		return;
	hve_overlay_write(vm, &vm->tsc_page, 0, &invalid, sizeof(invalid));
	smp_wmb();
	vm->time.valid = false;
}

enum hve_verdict hve_get_reference_tsc(struct hve_vcpu *vcpu, u64 *data)
{
	*data = READ_ONCE(vcpu->vm->reference_tsc);
	return HVE_OK;
}

/* A page beyond the guest's memory is enabled all the same, as the TLFS says. */
enum hve_verdict hve_set_reference_tsc(struct hve_vcpu *vcpu, u64 data)
{
	static const u8 zeros[TLFS_PAGE_SIZE];
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict = HVE_OK;

	mutex_lock(&vm->lock);
	hve_tsc_page_invalidate(vm);
	if (data & TLFS_MSR_ENABLE)
		verdict = hve_overlay_place(vm, &vm->tsc_page,
					    data & ~(TLFS_PAGE_SIZE - 1ull), zeros);
	else
		hve_overlay_remove(vm, &vm->tsc_page);
	if (verdict == HVE_OK)
		WRITE_ONCE(vm->reference_tsc, data);
	hve_time_refresh_locked(vm);
	if (!vm->time.valid)
		hve_tsc_page_write(vm);
	mutex_unlock(&vm->lock);
	return verdict;
}
