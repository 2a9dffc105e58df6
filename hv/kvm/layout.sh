#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write layout.h: what the target kernel's own type information (BTF) says of
# the functions that are hooked or called.
# In:  KDIR OUT: the kernel's build folder, and where to write. Environment:
#      HVE_VMLINUZ, HVE_MODULES: the kernel's image (compressed, ELF or raw BTF)
#      and its lib/modules/RELEASE, where these are not at the usual places;
#      HVE_NO_BTF=1: write an empty one; HOSTCC, and HOSTCFLAGS for libbpf.
# Out: OUT, left alone when nothing it depends on changed; or a sentence.
# State: none but OUT, whose first line remembers what it was made from.
# Absent on purpose: anything of the running kernel, unless it is the target.
set -eu

here=$(dirname "$(readlink -f "$0")")

die()
{
	printf 'kvm-hve: %s\n' "$*" >&2
	exit 1
}

first_readable()
{
	for file; do
		if [ -n "$file" ] && [ -r "$file" ] && [ -f "$file" ]; then
			printf '%s\n' "$file"
			return
		fi
	done
}

# A kernel that was unpacked somewhere has its headers in ROOT/usr/src.
find_root()
{
	case $(readlink -f "$kdir") in
	*/usr/src/*) readlink -f "$kdir" | sed 's,/usr/src/.*,,' ;;
	esac
}

is_running()
{
	[ "$(uname -r)" = "$release" ]
}

find_vmlinux()
{
	if [ -n "${HVE_VMLINUZ:-}" ]; then
		[ -r "$HVE_VMLINUZ" ] || die "HVE_VMLINUZ: $HVE_VMLINUZ cannot be read"
	fi
	first_readable "${HVE_VMLINUZ:-}" "$kdir/vmlinux" \
		"$root/boot/vmlinuz-$release" "$root/lib/modules/$release/vmlinuz" \
		"$(is_running && echo /sys/kernel/btf/vmlinux)"
}

# find_module kvm|kvm-amd|kvm-intel
find_module()
{
	set -- "$1" "$kdir/arch/x86/kvm/$1.ko"
	for dir in "${HVE_MODULES:-}" "$root/lib/modules/$release"; do
		for ext in '' .xz .zst .gz; do
			if [ -n "$dir" ]; then
				set -- "$@" "$dir/kernel/arch/x86/kvm/$1.ko$ext"
			fi
		done
	done
	if is_running; then
		set -- "$@" "/sys/kernel/btf/$(echo "$1" | tr - _)"
	fi
	shift
	first_readable "$@"
}

find_files()
{
	vmlinux=$(find_vmlinux)
	[ -n "$vmlinux" ] ||
		die "no image of kernel $release was found to take type information" \
		    "(BTF) from: install linux-image-$release, or name the file in" \
		    "HVE_VMLINUZ; HVE_NO_BTF=1 builds without the comparison of" \
		    "prototypes"
	kvm=$(find_module kvm)
	amd=$(find_module kvm-amd)
	intel=$(find_module kvm-intel)
	if [ -z "$kvm" ] && grep -qs '^CONFIG_KVM=y' "$kdir/include/config/auto.conf"; then
		die "KVM is built into kernel $release: kvm-hve needs it as a module"
	fi
	if [ -z "$kvm" ] || [ -z "$amd$intel" ]; then
		die "kvm.ko and kvm-amd.ko or kvm-intel.ko of kernel $release were not" \
		    "found: install linux-image-$release (linux-modules-$release on" \
		    "Ubuntu), or name its lib/modules/$release in HVE_MODULES;" \
		    "HVE_NO_BTF=1 builds without the comparison of prototypes"
	fi
}

# All that the result depends on, in one line
fingerprint()
{
	{
		cat "$here/layout.sh" "$here/layout.c" "$here/hooks.def" \
			"$here/services.def" "$here/fields.def"
		for file in "$vmlinux" "$kvm" "$amd" "$intel"; do
			[ -z "$file" ] || stat -L -c '%n %s %Y %i' "$file"
		done
	} | sha256sum | sed 's/ .*//; s,.*,/* made from & */,'
}

bytes()
{
	od -An "-t$1" -j "$2" -N "$3" "$4" | tr -d ' '
}

# The ELF file inside a compressed image. The header of the boot protocol tells
# where the payload starts and ends; its first bytes tell the compression.
payload()
{
	[ "$(bytes c 514 4 "$1")" = HdrS ] ||
		die "$1 is neither a kernel image nor an ELF file nor BTF"
	setup=$(bytes u1 497 1 "$1")
	start=$(((setup + 1) * 512 + $(bytes u4 584 4 "$1")))
	# The last four bytes are the length after decompression.
	size=$(($(bytes u4 588 4 "$1") - 4))
	case $(bytes x1 $start 4 "$1") in
	fd377a58) tool=xz ;;
	28b52ffd) tool=zstd ;;
	1f8b*)    tool=gzip ;;
	02214c18) tool=lz4 ;;
	*) die "$1 is compressed in a way that is not known here" ;;
	esac
	command -v $tool >/dev/null || die "$tool is missing: install the package $tool"
	tail -c +$((start + 1)) "$1" | head -c $size | $tool -dc
}

# expand FILE NAME: print NAME=, and a file that libbpf can read
expand()
{
	[ -n "$1" ] || return 0
	case $(bytes x1 0 4 "$1") in
	9feb*)    echo "$2=$1"; return ;;
	7f454c46) echo "$2=$1"; return ;;
	fd377a58) xz -dc "$1" >"$work/$2" ;;
	28b52ffd) zstd -dcq "$1" >"$work/$2" ;;
	1f8b*)    gzip -dc "$1" >"$work/$2" ;;
	*)        payload "$1" >"$work/$2" ;;
	esac
	echo "$2=$work/$2"
}

build_tool()
{
	cc=${HOSTCC:-gcc}
	# Both may be several words.
	# shellcheck disable=SC2086
	if ! echo '#include <bpf/btf.h>' |
	     $cc ${HOSTCFLAGS:-} -E -x c - >/dev/null 2>&1; then
		die "libbpf's headers are missing: install libbpf-dev; HVE_NO_BTF=1" \
		    "builds without the comparison of prototypes"
	fi
	# shellcheck disable=SC2086
	$cc ${HOSTCFLAGS:-} -O1 -Wall -o "$work/layout" "$here/layout.c" -lbpf
}

write_layout()
{
	printf '  BTF     %s\n' "$out"
	build_tool
	# One by one: a failure in any of them must end the script.
	vmlinux=$(expand "$vmlinux" vmlinux)
	kvm=$(expand "$kvm" kvm)
	amd=$(expand "$amd" kvm-amd)
	intel=$(expand "$intel" kvm-intel)
	{
		echo "$made_from"
		"$work/layout" "$vmlinux" "$kvm" "$amd" "$intel"
	} >"$work/layout.h"
	mv "$work/layout.h" "$out"
}

main()
{
	[ $# = 2 ] || die "usage: layout.sh KDIR OUT"
	kdir=$1 out=$2
	vmlinux='' kvm='' amd='' intel=''
	# Debian's include/config/kernel.release names another one.
	release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' \
		"$kdir/include/generated/utsrelease.h" 2>/dev/null) ||
		die "$kdir is no build folder of a kernel: install linux-headers-$(uname -r)"
	root=$(find_root)
	[ "${HVE_NO_BTF:-}" = 1 ] || find_files
	made_from=$(fingerprint)
	if [ -e "$out" ] && [ "$(head -n 1 "$out")" = "$made_from" ]; then
		return
	fi
	if [ "${HVE_NO_BTF:-}" = 1 ]; then
		echo "kvm-hve: HVE_NO_BTF=1: the kernel's prototypes are not compared" >&2
		echo "$made_from" >"$out"
		return
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-layout-XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	write_layout
}

main "$@"
