/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Structures of ioctls, in and out
 *
 * In: an argument. Out: the structure, copied once by its own size: what an
 * older caller leaves out is zero, what a newer one adds must be. Owns nothing.
 */
#ifndef HVE_DEVICE_INTERNAL_H
#define HVE_DEVICE_INTERNAL_H

#include <linux/mm.h>
#include <linux/uaccess.h>
#include "hve.h"

static inline int copy_in(struct hve_context *context, void *to, size_t size,
			  unsigned long arg)
{
	const void __user *from = (const void __user *)arg;
	u32 given;
	int err;

	if (get_user(given, (const u32 __user *)from))
		return hve_context_refuse(context, -EFAULT,
					  "the structure cannot be read");
	if (given < size)
		return hve_context_refuse(context, -EINVAL,
					  "the structure's size field says %u, the least is %zu",
					  given, size);
	err = given > PAGE_SIZE ? -E2BIG :
	      copy_struct_from_user(to, size, from, given);
	if (err)
		return hve_context_refuse(context, err, err == -E2BIG ?
					  "the structure has more than this module knows: it is older than the program" :
					  "the structure cannot be read");
	return 0;
}

static inline int copy_out(unsigned long arg, const void *from, size_t size)
{
	return copy_to_user((void __user *)arg, from, size) ? -EFAULT : 0;
}

/* device_debug.c */
long hve_device_open_debug(struct hve_context *context, unsigned long arg);
/* device_state.c */
long hve_device_get_state(struct hve_context *context, unsigned long arg);
long hve_device_set_state(struct hve_context *context, unsigned long arg);

#endif /* HVE_DEVICE_INTERNAL_H */
