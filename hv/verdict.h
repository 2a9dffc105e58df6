/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What became of a guest's request
 *
 * In: nothing. Out: the one result type of every handler. It is translated in
 * two places only: for MSRs in msr.c (HVE_OK: done, anything else: #GP), for
 * hypercalls in hypercall.c (to an HV_STATUS or #UD). Pure.
 */
#ifndef HVE_VERDICT_H
#define HVE_VERDICT_H

enum hve_verdict {
	HVE_OK,
	HVE_DENIED,		/* the VM does not have this enlightenment */
	HVE_UNKNOWN,		/* no such MSR or call */
	HVE_BAD_INPUT,		/* control word, count or set malformed */
	HVE_BAD_ALIGNMENT,	/* a guest pointer cannot be used */
	HVE_BAD_PARAMETER,	/* a field has a value that is not allowed */
	HVE_UNDEFINED,		/* #UD instead of an answer */
	HVE_NO_MEMORY,		/* the host is out of memory */
	HVE_BAD_CONNECTION,	/* no port is there for it */
	HVE_NO_BUFFERS,		/* nobody took the last messages yet */
	HVE_BAD_PARTITION,	/* no such partition */
	HVE_NOT_ALLOWED,	/* not in the state that the guest is in */
	HVE_NO_DATA,		/* nothing is there for it */
	HVE_NR_VERDICTS
};

#endif /* HVE_VERDICT_H */
