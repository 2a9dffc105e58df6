/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Sparse sets of virtual processors
 *
 * In: the mask of valid banks and the banks, already copied from the guest.
 * Out: a bitmap indexed by VP. Source: TLFS, "Hypercall Interface", Sparse
 * Virtual Processor Set. Pure.
 */
#ifndef HVE_VPSET_H
#define HVE_VPSET_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <linux/types.h>
#endif

/* Number of banks that @valid says follow */
unsigned int hve_vpset_banks(__u64 valid);
/*
 * @bits begins with the banks that @valid names, and has room for 64; each is
 * moved to its place and the gaps are zeroed. Returns the number of words up to
 * the last bank named; what lies beyond is not touched.
 */
unsigned int hve_vpset_spread(__u64 valid, unsigned long *bits);

#endif /* HVE_VPSET_H */
