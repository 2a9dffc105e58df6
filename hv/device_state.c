// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The ioctls HVE_GET_STATE and HVE_SET_STATE
 *
 * In: their structure and the program's memory. Out: a blob there, or a blob
 * from there handed to restore.c. A blob is copied once, as a whole, before
 * anybody looks at it. Owns no state, takes no lock.
 */
#include <linux/mm.h>
#include "blob.h"
#include "device.h"

static int take(struct hve_context *context, struct hve_state *state,
		unsigned long arg)
{
	int err = hve_device_copy_in(context, state, sizeof(*state), arg);

	if (!err && state->flags)
		err = hve_context_refuse(context, -EINVAL, "flags must be zero");
	return err;
}

long hve_device_get_state(struct hve_context *context, unsigned long arg)
{
	struct hve_state state;
	void *blob;
	int err = take(context, &state, arg);

	if (err)
		return err;
	state.length = min(state.length, HVE_BLOB_MAX);
	blob = kvmalloc(max(state.length, 8u), GFP_KERNEL_ACCOUNT);
	if (!blob)
		return -ENOMEM;
	err = hve_state_get(context, state.vm_id, blob, &state.length);
	if (!err && copy_to_user(u64_to_user_ptr(state.data), blob, state.length))
		err = hve_context_refuse(context, -EFAULT,
					 "the state cannot be written");
	kvfree(blob);
	if (err == -ENOSPC)
		hve_context_refuse(context, err,
				   "the state has %u bytes, more than room for them",
				   state.length);
	else if (err)
		return err;
	return hve_device_copy_out(arg, &state, sizeof(state)) ?: err;
}

long hve_device_set_state(struct hve_context *context, unsigned long arg)
{
	struct hve_state state;
	void *blob;
	int err = take(context, &state, arg);

	if (err)
		return err;
	if (state.length > HVE_BLOB_MAX)
		return hve_context_refuse(context, -EINVAL,
					  "%u bytes are no saved state: the most is %u",
					  state.length, HVE_BLOB_MAX);
	blob = kvmalloc(max(state.length, 8u), GFP_KERNEL_ACCOUNT);
	if (!blob)
		return -ENOMEM;
	if (copy_from_user(blob, u64_to_user_ptr(state.data), state.length))
		err = hve_context_refuse(context, -EFAULT,
					 "the state cannot be read");
	else
		err = hve_state_set(context, state.vm_id, blob, state.length);
	kvfree(blob);
	return err;
}
