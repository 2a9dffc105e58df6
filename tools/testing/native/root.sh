#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A small Debian with QEMU and libvirt, for the emulated host to mount.
# In:  SUITE: bookworm (QEMU 7.2, libvirt 9.0), trixie (10.0, 11.3) or later;
#      the mirror of this machine's apt.
# Out: on stdout its folder. Nothing is installed on this machine but
#      mmdebstrap, which is announced.
# State: that of lab/roots.sh.
# Absent on purpose: a kernel, and any file of ours: tests mount theirs over
#      empty folders.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../lab/common.sh
. "$here/../lab/common.sh"
# shellcheck source=../lab/apt.sh
. "$here/../lab/apt.sh"
# shellcheck source=../lab/roots.sh
. "$here/../lab/roots.sh"

packages=(qemu-system-x86 qemu-utils seabios libvirt-daemon libvirt-daemon-system
	libvirt-clients libvirt-daemon-driver-qemu dmidecode procps)

case ${1:-} in
'' | -* | *[!a-z]*) die 2 "usage: root.sh SUITE, such as bookworm" ;;
esac
root_make "$1" "${packages[@]}"
# shellcheck disable=SC2154 # root_make sets it
as_root mkdir -p "$root/usr/lib/kvm-hve" "$root/etc/kvm-hve"
echo "$root"
