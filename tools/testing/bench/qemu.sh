#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# QEMU as the lab starts it, but counting: one executed instruction is one
# nanosecond and one tick of the TSC, nothing depends on the wall clock, and
# SVM has NRIPS. To be named in LAB_QEMU.
# In:  the arguments of the lab's host, BENCH_NRIP (the plugin), BENCH_MEM (MiB,
#      as --mem of the lab's run.sh), BENCH_PLUGIN (arguments for one more).
# Out: QEMU in its place, with -accel, -cpu and -machine exchanged.
# State: the machine's memory, a file that has no name once QEMU runs.
# Absent on purpose: several host CPUs; -icount has one thread.
set -eu

qemu="qemu-system-x86_64"
# Off because TCG lacks them and would say so, or because they are drawn by lot;
# on because real hosts have them.
cpu=EPYC,fxsr-opt=off,misalignsse=off,osvw=off,topoext=off,xsavec=off,rdseed=off,rdrand=off
cpu+=,nrip-save=on,flushbyasid=on,x-force-features=on

if [ "${1:-}" = --version ]; then
	exec $qemu --version
fi
args=()
while [ $# -gt 0 ]; do
	case $1 in
	-accel | -cpu | -machine | -smp) shift 2 ;;
	*) args+=("$1"); shift ;;
	esac
done

ram=$(mktemp "${TMPDIR:-/tmp}/kvm-hve-bench-XXXXXX")
trap 'rm -f "$ram"' EXIT
truncate -s "${BENCH_MEM}M" "$ram"
exec 9<>"$ram"
rm -f "$ram"
trap - EXIT
# The emulator and its plugin open it by this name.
ram=/proc/self/fd/9
# shellcheck disable=SC2054 # QEMU's commas, not the array's
args+=(-machine q35,memory-backend=ram -smp 1 -cpu "$cpu"
       -accel tcg,thread=single
       -object "memory-backend-file,id=ram,size=${BENCH_MEM}M,mem-path=$ram,share=on"
       -icount shift=0,sleep=off -rtc base=2024-01-01,clock=vm -seed 1
       -plugin "$BENCH_NRIP,ram=$ram")
if [ -n "${BENCH_PLUGIN:-}" ]; then
	args+=(-plugin "$BENCH_PLUGIN")
fi
# That it was forced to offer what it does not have is known here.
exec $qemu "${args[@]}" 2> >(grep -v "TCG doesn't support requested" >&2)
