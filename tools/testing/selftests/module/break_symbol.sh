#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: a kernel where one function is missing, simulated. In: names, or none for
# a few of each kind. Out: TAP. Each time attaching and arming are refused by a
# sentence with that name, nothing stays hooked, and KVM works.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

[ $# -gt 0 ] || set -- kvm_cpuid kvm_get_msr_common kvm_arch_init_vm \
	kvm_read_guest kvm_apic_set_irq
guest=$here/guests/vpindex.bin

for name; do
	unload
	load "break_symbol=$name"
	check $? "$name: the module loads"
	said=$(vmm "$guest" 2>&1)
	[ $? = 2 ]
	check $? "$name: attaching is refused"
	echo "$said" | grep -q "$name"
	check $? "$name: by a sentence that names it"
	said=$(vmm --arm next "$guest" 2>&1)
	[ $? = 2 ] && echo "$said" | grep -q "$name"
	check $? "$name: so is arming"
	echo "$said" | sed 's/^/# /' | head -n 2
	[ "$(hooked)" = 0 ]
	check $? "$name: nothing is hooked"
	vmm --plain "$here/guests/unserved.bin" >/dev/null
	check $? "$name: a plain VM runs"
done
unload
load
check $? "loaded whole again"
vmm "$guest" >/dev/null
check $? "and it serves"
finish
