#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: a VM that is not served sees the same CPUID leaves and MSR results, and
# costs the same exits, without the module, with the module idle, and with the
# module serving another VM. In: nothing. Out: TAP; the difference, if any.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

dump=$here/guests/unserved.bin
before=$(mktemp) idle=$(mktemp) beside=$(mktemp)
trap 'rm -f "$before" "$idle" "$beside"' EXIT

unload
check $? "the module is not loaded"
vmm --plain "$dump" >"$before"
check $? "dump without the module"
grep exits "$before" | sed 's/^/# /'
load
check $? "the module is loaded"
vmm --plain "$dump" >"$idle"
check $? "dump with the module idle"
"$here/hve-vmm" --vcpus 2 --arg 20000 "$here/guests/busy.bin" >/dev/null &
served=$!
sleep 3
vmm --plain "$dump" >"$beside"
check $? "dump beside a served VM"
[ "$(hooked)" -gt 0 ]
check $? "while the hooks were installed"
kill "$served"
wait "$served" 2>/dev/null
cmp "$before" "$idle"
check $? "idle: the same"
cmp "$before" "$beside"
check $? "beside a served VM: the same"
diff "$before" "$beside" | sed 's/^/# /' | head -n 10
finish
