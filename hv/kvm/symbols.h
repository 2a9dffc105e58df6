/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Finding functions by name
 *
 * In: a module's name and a function's. Out: its address, if the module has
 * exactly one function of that name. Owns references to KVM's modules while
 * hve_symbols_pin() is in force; callers hold the mutex of hooks.c. Nothing of
 * vmlinux is found but what services.def names, and the switch of ftrace.
 */
#ifndef HVE_KVM_SYMBOLS_H
#define HVE_KVM_SYMBOLS_H

#include <linux/types.h>

/* Once, at load. Negative errno when the kernel offers no way. */
int hve_symbols_init(void);
/*
 * Pins kvm.ko and the vendor module. ENOENT with a sentence when they are not
 * loaded.
 */
int hve_symbols_pin(char *why, size_t len);
void hve_symbols_unpin(void);
/* "kvm_amd", "kvm_intel"; valid while pinned */
const char *hve_symbols_vendor(void);
/* Address of @name in @module ("kvm", "vmlinux", ...), or 0 with a sentence */
unsigned long hve_symbol(const char *module, const char *name, char *why,
			 size_t len);

#endif /* HVE_KVM_SYMBOLS_H */
