#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: with native=all the guests of a VMM that asks KVM for Hyper-V are served
# by the module, with nothing armed, and find what such a VMM gives them; who arms
# is served as asked. In: nothing. Out: TAP. Leaves the module loaded without it.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

# own GUEST HV: as a VMM with KVM's own Hyper-V code
own()
{
	vmm --kvm-own --vcpus 2 --hv "$2" "$here/guests/$1.bin" >"$said"
	status=$?
	grep '^not ok' "$said" | head -n 5 | sed 's/^/# /'
	return $status
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT
unload
check $? "the module is not loaded"
! load native=some 2>/dev/null
check $? "native=some is refused"
load native=all
check $? "native=all is loaded"
[ "$(hooked)" -gt 0 ]
check $? "and hooks: $(hooked)"
for guest in vpindex:- ipi:ipi,xmm-input,time runtime:runtime,time \
	frequencies:frequencies,time; do
	own "${guest%:*}" "${guest#*:}"
	check $? "${guest%:*} in native mode"
done
"$here/hve-vmm" --kvm-own --vcpus 2 --hv tlbflush --arg 60000 \
	"$here/guests/busy.bin" >/dev/null &
served=$!
sleep 3
"$here/hve" status 2>/dev/null | grep -q 'native mode'
check $? "hve status says so"
vmm --vcpus 2 --hv time,vapic "$here/guests/rows_cpuid.bin" 2>&1 |
	grep -q 'served already'
check $? "who attaches comes too late"
vmm --arm every --vcpus 2 --hv time,vapic "$here/guests/rows_cpuid.bin" >/dev/null
check $? "who arms is served as asked"
kill "$served"
wait "$served" 2>/dev/null
unload
check $? "it can be removed"
load
check $? "and loaded without"
finish
