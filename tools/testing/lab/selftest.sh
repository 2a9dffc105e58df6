#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Prove the lab's verdicts: each way a run can end, and what run.sh says of it.
# In:  --kernel SPEC (or KERNEL) and LAB_HOST, as for run.sh.
# Out: TAP on stdout; the runs' consoles in a folder named when one fails.
#      Status 0 when every verdict was right.
# Absent on purpose: anything of kvm-hve itself; a lab that calls a dead host
# a success would make every other test worthless, so it is tested alone.
set -u

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"

count=0 failed=0

# lab NAME STATUS PATTERN RUN-ARGUMENTS...: one run; its status must be STATUS
# and its output must hold PATTERN.
lab()
{
	local name=$1 want=$2 pattern=$3 got=0 start=$SECONDS
	local out=$work/$((count + 1)).txt
	shift 3

	count=$((count + 1))
	"$here/run.sh" --kernel "$kernel" --mem 512 --log "$out.console" \
		"$@" >"$out" 2>&1 || got=$?
	if [ $got = "$want" ] && grep -qE -- "$pattern" "$out"; then
		echo "ok $count - $name ($((SECONDS - start)) s)"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $name"
	echo "# status $got, wanted $want with: $pattern"
	tail -n 12 "$out" | sed 's/^/# /'
}

# What only one host can do, and that the other says so
folders()
{
	if [ "${LAB_HOST:-svm}" = vmx ]; then
		lab "a folder that the host cannot reach" 2 'reaches no folder' \
			--share "out=$work/share" -- true
		return
	fi
	lab "a folder of this machine, KASLR on" 0 '^hello$' --timeout $limit --vmlinuz \
		--share "out=$work/share" -- 'echo hello | tee /share/out/file'
	count=$((count + 1))
	if [ "$(cat "$work/share/file" 2>/dev/null)" = hello ]; then
		echo "ok $count - it takes results out"
	else
		failed=$((failed + 1))
		echo "not ok $count - it takes results out"
	fi
}

# Single quotes below are on purpose: the words are for the shell inside.
# shellcheck disable=SC2016
all()
{
	mkdir "$work/payload" "$work/share"
	echo 'grep -q reached /payload/file && test "$0" = /payload/cmd' \
		>"$work/payload/cmd"
	echo reached >"$work/payload/file"

	lab "a command that succeeds" 0 '^hello$' --timeout $limit -- \
		'test -c /dev/kvm && echo hello'
	folders
	lab "a payload with its own command" 0 . --timeout $limit \
		--payload "$work/payload"
	lab "a program whose arguments hold quotes fails" 1 'failed with status 7' \
		--timeout $limit -- sh -c 'test "$1" = "it'\''s" && exit 7' sh "it's"
	lab "a kernel panic" 3 'died without a verdict.*panic' --timeout $limit -- \
		'echo c >/proc/sysrq-trigger'
	lab "power lost before the verdict" 3 'without a verdict .silently' \
		--timeout $limit -- 'poweroff -f'
	lab "a warning of the kernel" 1 'kernel complained .WARNING: CPU' \
		--timeout $limit -- 'echo "<4>WARNING: CPU: 0 PID: 1 at fake" >/dev/kmsg'
	lab "a warning wiped from the log" 1 'kernel complained .BUG: fake' \
		--timeout $limit -- \
		'dmesg -n 1; echo "<4>BUG: fake" >/dev/kmsg; dmesg -c >/dev/null'
	lab "a hang" 124 "stopped after $hang s" --timeout $hang -- \
		'while :; do sleep 1; done'
}

main()
{
	kernel=${KERNEL:-}
	if [ "${1:-}" = --kernel ] && [ $# = 2 ]; then
		kernel=$2
	elif [ $# != 0 ]; then
		die 2 "usage: selftest.sh [--kernel SPEC]"
	fi
	limit=60 hang=12
	if [ "${LAB_HOST:-svm}" = vmx ]; then
		limit=180 hang=90
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-selftest-XXXXXX")
	echo "TAP version 13"
	all
	echo "1..$count"
	if [ $failed = 0 ]; then
		rm -rf "$work"
		return 0
	fi
	echo "# $failed of $count verdicts were wrong; see $work"
	return 1
}

main "$@"
