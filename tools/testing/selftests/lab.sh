#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the selftests and run them inside an emulated host.
# In:  KERNEL; arguments for `run`. Out: run.sh's output and status.
# State: build/selftests. Absent on purpose: the tests themselves (tests.list).
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
out=$top/build/selftests

rm -rf "$out"
mkdir -p "$out"
make -s -C "$here" install DESTDIR="$out"
"$top/tools/testing/lab/module.sh" --kernel "${KERNEL:-}" "$out"
make -s -C "$top/tools/hve" static
cp "$top/tools/hve/hve-static" "$out/hve"
# What an emulated machine has to load from an emulated CD had better be small.
strip --strip-debug "$out"/kvm-hve.ko "$out"/hve* "$out"/test-*
case ${KERNEL:-} in
debug*) mem=3072 limit=10800 ;;		# checkers take memory and time
*)      mem=2048 limit=2400 ;;
esac
cp -r "$top/tools/hve/profiles" "$out/profiles"
exec "$top/tools/testing/lab/run.sh" --kernel "${KERNEL:-}" --payload "$out" \
	--mem $mem --timeout $limit -- sh /payload/run "$@"
