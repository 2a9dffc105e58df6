// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Structures of ioctls, in and out
 *
 * In: an argument, which begins with the size that its writer knows. Out: the
 * structure in kernel memory, or back in user memory; where that fails, a sentence
 * for the context that says which size or what was wrong. Owns no state, takes no
 * lock of its own. What the fields mean is deliberately absent: device.c.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>
#include "device.h"

int hve_device_copy_in(struct hve_context *context, void *to, size_t size,
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

int hve_device_copy_out(unsigned long arg, const void *from, size_t size)
{
	return copy_to_user((void __user *)arg, from, size) ? -EFAULT : 0;
}
