#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A small Debian with QEMU and libvirt, for the emulated host to mount.
# In:  SUITE: bookworm (QEMU 7.2, libvirt 9.0), trixie (10.0, 11.3) or later;
#      the mirror of this machine's apt.
# Out: on stdout its folder. Nothing is installed on this machine but
#      mmdebstrap, which is announced.
# State: cache/roots/vmm-SUITE-KEY, made once; it may be deleted.
# Absent on purpose: a kernel, and any file of ours: tests mount theirs over
#      empty folders.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../lab/common.sh
. "$here/../lab/common.sh"
# shellcheck source=../lab/apt.sh
. "$here/../lab/apt.sh"

packages=qemu-system-x86,qemu-utils,seabios,libvirt-daemon,libvirt-daemon-system
packages+=,libvirt-clients,libvirt-daemon-driver-qemu,dmidecode,procps

# The release and its updates, from where this machine gets its own
sources()
{
	local suite=$1 uri from key

	read -r uri _ _ from < <(apt_entries |
		awk -v code="$(apt_codename)" '$2 == code && $3 == "main"') ||
		die "no apt source of $(apt_codename)/main was found to take $suite from"
	key=$(apt_keyring "$uri" "${from%:*}")
	for suite in "$1" "$1-updates"; do
		echo "deb ${key:+[signed-by=$key] }$uri $suite main"
	done
}

# shellcheck disable=SC2016 # mmdebstrap's shell expands it
make_root()
{
	"$here/../lab/deps.sh" root
	say "making a small $1 with QEMU and libvirt in $root"
	new=$(mktemp -d "$lab_cache/roots/.new-XXXXXX")
	if ! as_root mmdebstrap --mode=root --variant=apt --include="$packages" \
	     --aptopt='APT::Install-Recommends "false"' \
	     --dpkgopt=path-exclude='/usr/share/doc/*' \
	     --dpkgopt=path-exclude='/usr/share/man/*' \
	     --dpkgopt=path-exclude='/usr/share/locale/*' \
	     --customize-hook='mkdir -p "$1/usr/lib/kvm-hve" "$1/etc/kvm-hve"' \
	     "$1" "$new/root" "$work" >"$new/log" 2>&1; then
		tail -n 15 "$new/log" >&2
		as_root rm -rf "$new"
		die "the tree could not be made"
	fi
	as_root mv -T "$new/root" "$root"
	rm -rf "$new"
}

case ${1:-} in
'' | -* | *[!a-z]*) die 2 "usage: root.sh SUITE, such as bookworm" ;;
esac
mkdir -p "$lab_cache/roots"
work=$(mktemp)
trap 'rm -f "$work"' EXIT
sources "$1" >"$work"
root=$lab_cache/roots/vmm-$1-$( (cat "$work"; echo "$packages") |
	sha256sum | head -c 16)
[ -d "$root" ] || make_root "$1"
echo "$root"
