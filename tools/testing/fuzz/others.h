/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What fuzz_ioctl.c and its stand-ins have between them
 *
 * In and out: the bytes that are left; where userspace's structure lies; the
 * sentence of the last refusal, and its errno; files that are held.
 */
#ifndef FUZZ_OTHERS_H
#define FUZZ_OTHERS_H

#include "fuzz.h"
#include "user.h"
#include <linux/kvm_hve.h>

extern struct bytes from;
extern unsigned char *given;
extern char reason[HVE_REASON_LEN];
extern int reason_error, files_held;

void make_vms(void);		/* once */

#endif /* FUZZ_OTHERS_H */
