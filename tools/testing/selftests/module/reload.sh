#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: loading and unloading while VMs run. In: how often (200), on a slow host
# so much less often. Out: TAP. A plain VM runs all the while and must not notice;
# four times a VM is served as well; no hook stays behind.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

rounds=$((${1:-200} / slowness)) quarter=$((rounds / 4))
unload
check $? "the module is not loaded"
"$here/hve-vmm" --plain --arg 3600000 "$here/guests/unserved.bin" >/dev/null &
plain=$!
sleep 0.5
bad=0 i=0
while [ "$i" -lt "$rounds" ]; do
	load || bad=$((bad + 1))
	if [ $((i % quarter)) = $((quarter - 1)) ]; then
		vmm "$here/guests/vpindex.bin" >/dev/null || bad=$((bad + 1))
		echo "# $((i + 1)) rounds"
	fi
	unload || bad=$((bad + 1))
	i=$((i + 1))
done
[ "$bad" = 0 ]
check $? "loaded and unloaded $rounds times, $bad refused"
[ "$(hooked)" = 0 ]
check $? "no hook is left"
kill -0 "$plain"
check $? "the plain VM still runs"
kill "$plain"
wait "$plain" 2>/dev/null
load
check $? "loaded once more"
vmm "$here/guests/vpindex.bin" >/dev/null
check $? "and it serves"
finish
