#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What enlightenments cost, in executed instructions: kvm-hve beside KVM's own
# code, and what a VM pays that is not served.
# In:  [--kernel SPEC] [--quick] [--json FILE] [--module FILE] [--twice]; --twice
#      repeats the run and compares, --module takes a kvm-hve.ko that is there.
# Out: tables on stdout. Status 0: measured, and within the limits; 1: a limit
#      is exceeded, a run failed or two runs differ; 2: wrong call.
# State: build/bench, all of it made anew where it is older than its sources.
# Absent on purpose: seconds. Cycles of an emulator mean nothing.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
lab=$top/tools/testing/lab
# shellcheck source=../lab/common.sh
. "$lab/common.sh"

out=$top/build/bench
mem=1024
# What is drawn by lot, or depends on where in a slab an object lies, makes two
# runs differ: places in memory, offsets of stacks, checks of copied objects.
words="nokaslr norandmaps randomize_kstack_offset=off hardened_usercopy=off"

parse()
{
	kernel=${KERNEL:-} samples=1000 sizes="2 16 64 200" json='' module='' twice=0
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) samples=200 sizes="2 64"; shift; continue ;;
		--twice) twice=1; shift; continue ;;
		-h | --help) sed -n '4,12s/^# //p' "$0"; exit 0 ;;
		esac
		[ $# -gt 1 ] || die 2 "$1 wants a value, or is unknown; see --help"
		case $1 in
		--kernel) kernel=$2 ;;
		--json)   json=$2 ;;
		--module) module=$2 ;;
		*)        die 2 "unknown argument $1; see --help" ;;
		esac
		shift 2
	done
}

build()
{
	local programs=$out/programs

	make -s -C "$top/tools/testing/selftests" -f Makefile \
		-f ../bench/bench.mk O="$programs" bench
	rm -rf "$out/payload"
	mkdir -p "$out/payload"
	cp "$programs/hve-vmm" "$programs"/bench/*.bin \
		"$programs"/bench/{memory,ioctls} "$here/inside.sh" "$out/payload"
	if [ -n "$module" ]; then
		cp "$module" "$out/payload/kvm-hve.ko"
	else
		"$lab/module.sh" --kernel "$kernel" "$out/payload"
	fi
}

# run FILE: one boot, its console in FILE
run()
{
	local status=0

	LAB_QEMU=$here/qemu.sh BENCH_MEM=$mem \
		BENCH_NRIP=$out/programs/bench/nrip.so LAB_HOST=svm LAB_ACCEL=tcg \
		"$lab/run.sh" --kernel "$kernel" --payload "$out/payload" --smp 1 \
		--mem $mem --timeout 900 --log "$1" \
		--append "$words" \
		-- "sh /payload/inside.sh $samples $sizes" >/dev/null || status=$?
	if [ $status != 0 ]; then
		tail -n 20 "$1" >&2
		die "the run failed with status $status; its console is $1"
	fi
}

tables()
{
	local release

	release=$(sed -n 's/^lab: Linux \([^,]*\),.*/\1/p' "$1")
	tr -d '\r' <"$1" | awk -v kernel="$release" -v json="$json" \
		-f "$here/report.awk"
}

main()
{
	parse "$@"
	mkdir -p "$out"
	build
	say "counting; this takes a minute or two"
	run "$out/first.log"
	if [ $twice = 1 ]; then
		say "and once more"
		run "$out/second.log"
		if ! diff <(json='' tables "$out/first.log") \
			  <(json='' tables "$out/second.log") >&2; then
			die "two runs differ"
		fi
		say "two runs gave identical tables"
	fi
	tables "$out/first.log"
}

main "$@"
