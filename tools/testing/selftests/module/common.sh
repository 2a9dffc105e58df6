# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# For the tests of the module as a whole; ./run exports here (the installed
# tests) and module. In: results. Out: TAP and the exit status. Leaves the module
# as it found it only where a test says so: ./run loads it again when needed.

results=0 failures=0
functions=/sys/kernel/tracing/enabled_functions
: "${here:?}" "${module:?}"

[ -e "$functions" ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null

# check STATUS TEXT...
check()
{
	results=$((results + 1))
	status=$1
	shift
	if [ "$status" = 0 ]; then
		echo "ok $results - $*"
	else
		failures=$((failures + 1))
		echo "not ok $results - $*"
	fi
}

finish()
{
	echo "1..$results"
	[ "$failures" = 0 ] && [ "$results" -gt 0 ]
	exit
}

loaded()
{
	grep -q '^kvm_hve ' /proc/modules
}

# load [PARAMETER]
# shellcheck disable=SC2120 # most load it without
load()
{
	insmod "$module" ${1:+"$1"}
}

# Hooks are gone a moment after the last VM: wait for it, not for ever
unload()
{
	loaded || return 0
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		rmmod kvm_hve 2>/dev/null && return 0
		sleep 0.2
	done
	return 1
}

hooked()
{
	grep -c kvm "$functions"
}

vmm()
{
	"$here/hve-vmm" "$@"
}
