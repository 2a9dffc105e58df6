/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/busy.c and its VMM agree on
 *
 * In: nothing. Out: a word of test_param.scratch, which the guest writes once. No
 * libc and no state.
 */
#ifndef TEST_BUSY_H
#define TEST_BUSY_H

/* 1: all vCPUs were sent to work, and the first stays in KVM_RUN for --arg ms */
#define BUSY_WORKS	0

#endif /* TEST_BUSY_H */
