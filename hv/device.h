/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the files of the device have between them
 *
 * In: nothing. Out: the way of a structure in and out, and the ioctls that have a
 * file of their own. Owns nothing.
 */
#ifndef HVE_DEVICE_INTERNAL_H
#define HVE_DEVICE_INTERNAL_H

#include "hve.h"

/*
 * device_copy.c: 0, or an error whose sentence is the context's reason. Copied
 * once, by its own size: what an older caller leaves out is zero, what a newer one
 * adds must be.
 */
int hve_device_copy_in(struct hve_context *context, void *to, size_t size,
		       unsigned long arg);
int hve_device_copy_out(unsigned long arg, const void *from, size_t size);

/* device_debug.c */
long hve_device_open_debug(struct hve_context *context, unsigned long arg);
/* device_state.c */
long hve_device_get_state(struct hve_context *context, unsigned long arg);
long hve_device_set_state(struct hve_context *context, unsigned long arg);

#endif /* HVE_DEVICE_INTERNAL_H */
