#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make lab: the emulated host, by hand.
# In:  KERNEL, LAB_HOST; a command, or nothing for a shell. Out: run.sh's. Inside,
#      /payload holds the module, hve, its profiles and the tests; the build
#      machine's tree is at /host, with its QEMU, if the host can have it.
# State: build/lab. Absent on purpose: anything that the tests do not use too.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
out=$top/build/lab

"$here/deps.sh" build lab
rm -rf "$out"
mkdir -p "$out"
"$here/module.sh" --kernel "${KERNEL:-}" "$out"
make -s -C "$top/tools/hve" static
cp "$top/tools/hve/hve-static" "$out/hve"
cp -r "$top/tools/hve/profiles" "$out/profiles"
make -s -C "$top/tools/testing/selftests" install DESTDIR="$out/selftests"
root=(--root)
if [ "${LAB_HOST:-svm}" = vmx ]; then
	root=()
fi
if [ $# -gt 0 ]; then
	exec "$here/run.sh" --kernel "${KERNEL:-}" "${root[@]}" --payload "$out" \
		--timeout 600 -- "$1"
fi
exec "$here/run.sh" --kernel "${KERNEL:-}" "${root[@]}" --payload "$out" --shell
