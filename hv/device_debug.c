// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The ioctl HVE_OPEN_DEBUG
 *
 * In: its structure. Out: the number of a descriptor, or a sentence. Owns no
 * state, takes no lock.
 */
#include "debug.h"
#include "device.h"

long hve_device_open_debug(struct hve_context *context, unsigned long arg)
{
	struct hve_debug_request request;
	int err = hve_device_copy_in(context, &request, sizeof(request), arg);

	if (err)
		return err;
	err = hve_debug_open(context, &request);
	switch (err) {
	case -EINVAL:
		return hve_context_refuse(context, err,
					  "flags and reserved must be zero");
	case -EOPNOTSUPP:
		return hve_context_refuse(context, err,
					  "VM %u has no syndbg: start it with that and with what it needs",
					  request.vm_id);
	case -EBUSY:
		return hve_context_refuse(context, err,
					  "VM %u has a debugger already: end that one first",
					  request.vm_id);
	}
	return hve_context_refuse_vm(context, err, request.vm_id);
}
