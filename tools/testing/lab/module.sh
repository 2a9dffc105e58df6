#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module for a lab kernel.
# In:  [--kernel SPEC] DIR. Out: DIR/kvm-hve.ko.
# State: build/module-RELEASE in the source tree, a copy of what the module is
#      made of, so that builds for several kernels do not disturb each other. A
#      kernel of a release that is not this machine's wants that one's compiler:
#      there the build runs in a small tree of that release (roots.sh).
# Absent on purpose: installing anything (deps.sh does that).
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"
# shellcheck source=roots.sh
. "$here/roots.sh"

build_here()
{
	HVE_VMLINUZ=${vmlinux:-$vmlinuz} HVE_MODULES=$modules \
		make -C "$build" M="$work" -j"$(nproc)" modules
}

# What source.sh built has its source beside the kernel's folder.
build_in_tree()
{
	root_run "$root" "$(dirname "${modules%/tree/*}")" "$work" -- env \
		HVE_VMLINUZ="${vmlinux:-$vmlinuz}" HVE_MODULES="$modules" \
		make -C "$build" M="$work" -j"$(nproc)" modules
}

kernel=${KERNEL:-}
if [ "${1:-}" = --kernel ]; then
	kernel=$2
	shift 2
fi
release='' build='' modules='' vmlinux='' vmlinuz='' suite='' needs='' root=''
lines=$("$here/kernel.sh" --kernel "$kernel")
eval "$lines"
work=$top/build/module-$release
mkdir -p "$work"
(cd "$top" && tar cf - Kbuild dkms.conf hv/*.[ch] hv/enl/*.[ch] \
	hv/*.def hv/kvm/*.[chS] hv/kvm/*.def hv/kvm/*.sh include) |
	(cd "$work" && tar xf -)
how=build_here
if [ -n "$suite" ]; then
	# shellcheck disable=SC2086 # a list of packages
	root_make "$suite" "${root_module[@]}" $needs
	how=build_in_tree
fi
if ! $how >"$work/log" 2>&1; then
	cat "$work/log" >&2
	exit 1
fi
cp "$work/kvm-hve.ko" "${1:-$top/build}"
