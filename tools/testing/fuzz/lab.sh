#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make fuzz-guest, make fuzz-ioctls: random things in an emulated host, done by
# the vCPUs of a guest, or by the threads of a program on the host.
# In:  guest or ioctls, then [TIME [SEED [VCPUS]]]: seconds (60), a number up to
#      2^32 - 1 (0: one is made, and printed), vCPUs of a guest (4). TIME may be
#      THOUSANDSk instead: so many thousand operations for each vCPU or thread,
#      which with the same seed is a replay. KERNEL; debug finds most.
# Out: what was done and what came of it; status 0 when nothing was wrong with
#      the answers, with the kernel, and everything there is was done.
# Absent on purpose: the fuzzers themselves (selftests/guest/fuzz.c,
#      selftests/host/test_fuzz.c).
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
what=${1:-} amount=${2:-60} seed=${3:-0} vcpus=${4:-4}
out=$top/build/fuzz-$what

case $what/${amount%k}${seed}${vcpus} in
guest/*[!0-9]* | ioctls/*[!0-9]*) ;;
guest/* | ioctls/*) right=1 ;;
esac
if [ -z "${right:-}" ]; then
	sed -n '4,13s/^# //p' "$0" >&2
	exit 2
fi
if [ "$seed" = 0 ]; then
	seed=$(od -An -tu4 -N4 /dev/urandom | tr -d ' ')
fi
case $what/$amount in
guest/*k)  run="./hve-vmm --vcpus $vcpus --arg $(((${amount%k} << 32) | seed))" ;;
guest/*)   run="./hve-vmm --vcpus $vcpus --arg 0x8$(printf '%07x%08x' \
		"$amount" "$seed")" ;;
ioctls/*k) run="./test-fuzz $seed ${amount%k}000" ;;
ioctls/*)  run="./test-fuzz $seed ${amount}s" ;;
esac
[ "$what" = ioctls ] || run="$run guests/fuzz.bin"
case $amount in
*k) limit=3600 ;;
*)  limit=$((amount * 4 + 600)) ;;
esac

"$top/tools/testing/lab/deps.sh" build lab
rm -rf "$out"
mkdir -p "$out"
make -s -C "$top/tools/testing/selftests" install DESTDIR="$out"
"$top/tools/testing/lab/module.sh" --kernel "${KERNEL:-}" "$out"
echo "fuzz: again with: $0 $what $amount $seed $vcpus"
exec "$top/tools/testing/lab/run.sh" --kernel "${KERNEL:-}" --payload "$out" \
	--timeout "$limit" -- "insmod kvm-hve.ko || exit
$run
status=\$?
rmmod kvm_hve && exit \$status"
