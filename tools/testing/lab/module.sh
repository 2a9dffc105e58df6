#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module for a lab kernel.
# In:  [--kernel SPEC] DIR. Out: DIR/kvm-hve.ko.
# State: build/module-RELEASE in the source tree, a copy of what the module is
#      made of, so that builds for several kernels do not disturb each other.
# Absent on purpose: installing anything (deps.sh does that).
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
kernel=${KERNEL:-}
if [ "${1:-}" = --kernel ]; then
	kernel=$2
	shift 2
fi
release='' build='' modules='' vmlinux='' vmlinuz=''
eval "$("$here/kernel.sh" --kernel "$kernel")"
work=$top/build/module-$release
mkdir -p "$work"
(cd "$top" && tar cf - Kbuild dkms.conf hv/*.[ch] hv/enl/*.[ch] \
	hv/*.def hv/kvm/*.[chS] hv/kvm/*.def hv/kvm/*.sh include) |
	(cd "$work" && tar xf -)
if ! HVE_VMLINUZ=${vmlinux:-$vmlinuz} HVE_MODULES=$modules \
     make -C "$build" M="$work" -j"$(nproc)" modules >"$work/log" 2>&1; then
	cat "$work/log" >&2
	exit 1
fi
cp "$work/kvm-hve.ko" "${1:-$top/build}"
