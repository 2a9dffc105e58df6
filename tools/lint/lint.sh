#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything about the sources that can be judged without running them.
# In:  [KDIR]: the kernel's build folder; without it that of the running kernel,
#      and where there is none, that of the lab's kernel. The tracked files.
# Out: file:line: message for each finding, "lint: N findings" at the end,
#      status 1 if there are any, 2 for a wrong call or a missing tool.
# State: a folder of its own below TMPDIR, which does not outlive the run.
# Absent on purpose: corrections; nothing in the tree is written.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
lab=$top/tools/testing/lab
findings=0

die()
{
	echo "lint: $*" >&2
	exit 2
}

# Findings of one part come in on stdin, and with our folder's name in front
collect()
{
	local out=$work/findings

	sed "s,^$work/tree/,," | sort -u -t: -k1,1 -k2,2n -k3 >"$out"
	cat "$out"
	findings=$((findings + $(wc -l <"$out")))
}

files()
{
	(cd "$top" && git ls-files -z "$@" | while IFS= read -r -d '' file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done)
}

is_shell()
{
	head -n 1 "$1" | grep -qE '^#!.*sh$|^# shellcheck shell='
}

find_kdir()
{
	local lines

	kdir=${1:-/lib/modules/$(uname -r)/build}
	if [ -e "$kdir/Makefile" ]; then
		return
	fi
	[ $# = 0 ] || die "$1 is no build folder of a kernel"
	lines=$("$lab/kernel.sh")
	eval "$lines"
	# shellcheck disable=SC2154 # both come out of the eval
	kdir=$build HVE_VMLINUZ=$vmlinuz
	# shellcheck disable=SC2154
	HVE_MODULES=$modules
	export HVE_VMLINUZ HVE_MODULES
}

# The compiler with its additional warnings, and sparse; of what they say about
# the kernel's own headers nothing is reported.
lint_build()
{
	local status=0

	mkdir "$work/tree"
	files Kbuild dkms.conf hv include | tar -C "$top" -c -T - | tar -C "$work/tree" -x
	make -C "$kdir" M="$work/tree" W=1 C=2 CF=-D__CHECK_ENDIAN__ \
		-j"$(nproc)" modules >"$work/build.log" 2>&1 || status=$?
	sed -n "\\,^$work/tree/,p" "$work/build.log" |
		grep -E ': (warning|error): ' >"$work/build" || true
	if [ $status != 0 ] && [ ! -s "$work/build" ]; then
		echo "Kbuild:1: the module does not build: $(grep -m 1 -E 'kvm-hve:|Error|error' \
			"$work/build.log")" >"$work/build"
	fi
	collect <"$work/build"
}

lint_cocci()
{
	local patch name

	# Not the tests: what they take, the end of their process gives back.
	files 'hv/*.c' 'tools/hve/*.c' ':!tools/hve/tests' >"$work/c-files"
	cd "$top"
	for patch in "$here"/cocci/*.cocci; do
		name=$(basename "$patch")
		if ! xargs spatch --very-quiet --no-includes -D report --sp-file "$patch" \
		     <"$work/c-files" >"$work/cocci" 2>"$work/cocci.log"; then
			echo "tools/lint/cocci/$name:1: spatch: $(tail -n 1 "$work/cocci.log")"
		fi
		sed -E 's/^([^:]+:[0-9]+):[0-9]+-[0-9]+:/\1:/' "$work/cocci"
	done >"$work/cocci.all"
	collect <"$work/cocci.all"
}

lint_shell()
{
	cd "$top"
	files | while read -r file; do
		if is_shell "$file"; then
			printf '%s\n' "$file"
		fi
	done >"$work/scripts"
	xargs shellcheck -x -P SCRIPTDIR -f gcc <"$work/scripts" >"$work/shell" || true
	collect <"$work/shell"
}

lint_style()
{
	cd "$top"
	files ':!COPYING' | xargs grep -lI . >"$work/texts" || true
	xargs awk -f "$here/style.awk" <"$work/texts" >"$work/style"
	collect <"$work/style"
}

main()
{
	local tool

	[ $# -le 1 ] || die "usage: lint.sh [KDIR]"
	for tool in sparse spatch shellcheck gcc make git; do
		command -v $tool >/dev/null ||
			die "$tool is missing: run tools/testing/lab/deps.sh build lint"
	done
	find_kdir "$@"
	work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-lint-XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	lint_style
	lint_shell
	lint_build
	lint_cocci
	echo "lint: $findings findings"
	[ $findings = 0 ]
}

main "$@"
