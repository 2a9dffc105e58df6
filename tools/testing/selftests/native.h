/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/native.c and host/test_exits.c agree upon
 *
 * In: nothing. Out: connections, statuses, vectors, and what the guest may ask of
 * this VMM beside lib/abi.h. Neither owns anything of the other.
 */
#ifndef TEST_NATIVE_H
#define TEST_NATIVE_H

/* test_param.arg */
#define NATIVE_KEEP_PAGES	1u	/* KVM_CAP_HYPERV_SYNIC2 */

#define CONN_EVENTFD		5u
#define CONN_VMM		6u
#define STATUS_POST		0x13u	/* what the VMM answers */
#define STATUS_SIGNAL		0x12u
#define EXT_ANSWER		0x55ul
#define SYNDBG_ANSWER		0x77ul
#define SYNDBG_MSR_CONTROL	0x400000f1u
#define SYNDBG_MSR_STATUS	0x400000f2u
#define SYNDBG_MSR_OPTIONS	0x400000ffu
#define SYNDBG_USE_CALLS	4ul
#define CODE_RESET_DEBUG	0x6bu
#define NATIVE_SINT		2u
#define NATIVE_VECTOR		0x61u

/* Operations beyond enum test_op */
#define NATIVE_OP_RAISE		100u	/* signal the irqfd of NATIVE_SINT */
#define NATIVE_OP_RESAMPLED	101u	/* error 0: its end was told */
#define NATIVE_OP_SIGNALLED	102u	/* error 0: CONN_EVENTFD's eventfd was */

#endif /* TEST_NATIVE_H */
