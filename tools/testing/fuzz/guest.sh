#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make fuzz-guest: a guest whose vCPUs do random things, in an emulated host.
# In:  [TIME [SEED [VCPUS]]]: seconds (60), a number up to 2^32 - 1 (0: one is
#      made, and printed), vCPUs (4). TIME may be THOUSANDSk instead: so many
#      thousand operations for each vCPU, which with the same seed is a replay.
#      KERNEL; debug finds most.
# Out: what was hit and what came of it; status 0 when nothing was wrong with
#      the answers, with the kernel, and every row of the registry was hit.
# Absent on purpose: the fuzzer itself (selftests/guest/fuzz.c).
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
out=$top/build/fuzz-guest
amount=${1:-60} seed=${2:-0} vcpus=${3:-4}

case ${amount%k}${seed}${vcpus} in
*[!0-9]*) sed -n '4,12s/^# //p' "$0" >&2; exit 2 ;;
esac
if [ "$seed" = 0 ]; then
	seed=$(od -An -tu4 -N4 /dev/urandom | tr -d ' ')
fi
case $amount in
*k) arg=$(((${amount%k} << 32) | seed)) limit=3600 ;;
*)  arg=0x8$(printf '%07x%08x' "$amount" "$seed") limit=$((amount * 4 + 600)) ;;
esac

"$top/tools/testing/lab/deps.sh" build lab
rm -rf "$out"
mkdir -p "$out"
make -s -C "$top/tools/testing/selftests" install DESTDIR="$out"
"$top/tools/testing/lab/module.sh" --kernel "${KERNEL:-}" "$out"
echo "fuzz: again with: $0 $amount $seed $vcpus"
exec "$top/tools/testing/lab/run.sh" --kernel "${KERNEL:-}" --payload "$out" \
	--timeout "$limit" -- "insmod kvm-hve.ko || exit
./hve-vmm --vcpus $vcpus --arg $arg guests/fuzz.bin
status=\$?
rmmod kvm_hve && exit \$status"
