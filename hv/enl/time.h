/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the reference time and its page have between them
 *
 * In and out: see time.c and tsc_page.c. All of it is called with hve_vm.lock
 * held.
 */
#ifndef HVE_ENL_TIME_H
#define HVE_ENL_TIME_H

#include "../hve.h"

/* time.c: if anything changed, makes the parameters anew, and the page */
void hve_time_refresh_locked(struct hve_vm *vm);

/* tsc_page.c: from the parameters as they are; where the guest enabled it */
void hve_tsc_page_write(struct hve_vm *vm);
void hve_tsc_page_invalidate(struct hve_vm *vm);

#endif /* HVE_ENL_TIME_H */
