#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what the project needs from apt.
# In:  group names, or all; none means build lab unit. --list GROUP only says
#      what is in one, for who installs it somewhere else.
# Out: the packages are there; says what it installs, and why, before it does.
#      Nothing is printed, fetched or asked when everything is there already.
# State: apt's own, plus the sources file of a suite that had to be added.
# Absent on purpose: kernels (kernel.sh only unpacks those, in the cache),
# and any other package manager.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"

qemu_want=10
qemu_least=8
all_groups=(build lab unit lint root deb kernel fuzz)

group_packages()
{
	case $1 in
	build) echo "gcc make libc6-dev binutils bc kmod xz-utils zstd lz4" \
		    "cpio gzip pkgconf libelf-dev libbpf-dev zlib1g-dev" \
		    "libjson-c-dev libncurses-dev pahole" ;;
	lab)   echo "busybox-static binutils cpio kmod xz-utils zstd util-linux" \
		    "isolinux syslinux-common xorriso" ;;
	unit)  echo "gcc make libc6-dev libcmocka-dev pkgconf python3 util-linux" ;;
	lint)  echo "sparse coccinelle shellcheck" ;;
	root)  echo "mmdebstrap" ;;
	deb)   echo "debhelper dh-dkms dpkg-dev fakeroot" ;;
	kernel) echo "gcc make libc6-dev bc flex bison perl-base python3 kmod" \
		     "xz-utils libelf-dev libssl-dev pahole binutils" ;;
	fuzz)  echo "clang llvm libc6-dev make" ;;
	*)     die 2 "unknown group $1; known: ${all_groups[*]} all" ;;
	esac
}

group_reason()
{
	case $1 in
	build) echo "build the module and the command line" ;;
	lab)   echo "run the emulated host" ;;
	unit)  echo "run the tests of pure code" ;;
	lint)  echo "check the sources" ;;
	root)  echo "make small Debian trees for the lab" ;;
	deb)   echo "make Debian packages" ;;
	kernel) echo "build kernels for the lab" ;;
	fuzz)  echo "throw random input at the pure code" ;;
	esac
}

installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

available()
{
	[ -n "$(apt_versions "$1")" ]
}

# apt_install PACKAGE[/SUITE]...: quiet unless it fails. Configuration files
# the user changed stay as they are.
apt_install()
{
	local log status=0

	log=$(mktemp)
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
		--no-install-recommends install "$@" >"$log" 2>&1 || status=$?
	if [ $status != 0 ]; then
		tail -n 15 "$log" >&2
	fi
	rm -f "$log"
	return $status
}

# install WHY PACKAGE...: a second try is on fresh lists, since images of
# containers and CI machines carry lists older than the mirror; a third may
# take all from backports, for machines whose libraries came from there.
install()
{
	local why=$1 suite
	shift

	say "installing, to $why: $*"
	if apt_install "$@"; then
		return 0
	fi
	apt_refresh
	if apt_install "$@"; then
		return 0
	fi
	suite=$(apt_codename)-backports
	if ! apt_has_suite "$suite" || ! apt_install -t "$suite" "$@"; then
		die "apt-get could not install: $*"
	fi
}

install_group()
{
	local pkg missing=()

	for pkg in $(group_packages "$1"); do
		installed "$pkg" || missing+=("$pkg")
	done
	if [ ${#missing[@]} = 0 ]; then
		return 0
	fi
	available "${missing[0]}" || apt_refresh
	# Before bookworm the same tool was called pkg-config.
	available pkgconf || missing=("${missing[@]/#pkgconf/pkg-config}")
	install "$(group_reason "$1")" "${missing[@]}"
}

qemu_major()
{
	qemu-system-x86_64 --version 2>/dev/null |
		sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p'
}

# Newest QEMU of the configured suites: "MAJOR SUITE".
qemu_offer()
{
	apt_versions qemu-system-x86 | sed 's/^[0-9]*://' |
		sed -n 's/^\([0-9]*\)[^ ]* \(.*\)/\1 \2/p' | sort -rn | head -n 1
}

# From backports only what must come from there: with "-t" or "/suite" newer
# libraries come along, which the release's own -dev packages refuse.
fetch_qemu()
{
	local suite=$1 name names=()

	for name in qemu-system-x86 qemu-system-common qemu-system-data seabios; do
		names+=("$name=$(apt_versions "$name" |
			awk -v suite="$suite" '$2 == suite { print $1; exit }')")
	done
	case $suite in
	*-backports) ;;
	*) names=(qemu-system-x86) ;;
	esac
	install "run the emulated host" "${names[@]}"
}

install_qemu()
{
	local have major='' suite='' code

	have=$(qemu_major || true)
	if [ "${have:-0}" -ge $qemu_want ]; then
		return 0
	fi
	available qemu-system-x86 || apt_refresh
	read -r major suite < <(qemu_offer) || true
	code=$(apt_codename)
	if [ "${major:-0}" -lt $qemu_want ] && apt_is_debian; then
		apt_add_suite "$code-backports"
		read -r major suite < <(qemu_offer) || true
	fi
	if [ "${major:-0}" -gt "${have:-0}" ]; then
		fetch_qemu "$suite"
	fi
	have=$(qemu_major || true)
	if [ "${have:-0}" -lt $qemu_least ]; then
		die "QEMU ${have:-none} is too old for the lab: $qemu_least is the" \
		    "least, $qemu_want or later is wanted, and apt offers ${major:-none}"
	fi
	if [ "$have" -lt $qemu_want ]; then
		say "QEMU $have is older than $qemu_want: the lab will run on one thread"
	fi
}

main()
{
	local what groups=("$@")

	if [ ${#groups[@]} = 0 ]; then
		groups=(build lab unit)
	elif [ "${groups[*]}" = all ]; then
		groups=("${all_groups[@]}")
	fi
	command -v apt-get >/dev/null ||
		die "apt-get is missing: only Debian and Ubuntu are supported"
	for what in "${groups[@]}"; do
		install_group "$what"
		if [ "$what" = lab ]; then
			install_qemu
		fi
	done
}

case ${1:-} in
-h | --help) sed -n '4,8s/^# //p' "$0" ;;
--list) group_packages "${2:-}" ;;
*) main "$@" ;;
esac
