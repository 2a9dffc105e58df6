#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: hooks are there while a VM is served or armed for, and gone when idle;
# the module cannot be removed meanwhile. In: nothing. Out: TAP.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

gone()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(hooked)" = 0 ] && return 0
		sleep 0.2
	done
	return 1
}

loaded || load
[ -e "$functions" ]
check $? "the kernel says which functions are hooked"
gone
check $? "loaded and idle: none"
"$here/hve-vmm" --vcpus 2 --arg 60000 "$here/guests/busy.bin" >/dev/null &
served=$!
sleep 3
[ "$(hooked)" -gt 0 ]
check $? "a VM is served: $(hooked) are"
! rmmod kvm_hve 2>/dev/null
check $? "the module cannot be removed"
kill -9 "$served"
wait "$served" 2>/dev/null
gone
check $? "its VMM is killed: none"
unload
check $? "the module can be removed"
load
check $? "and loaded"
finish
