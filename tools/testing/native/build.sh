#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the kernel's own selftests of KVM's Hyper-V interface, unchanged.
# In:  VERSION, the beginning of a kernel's version, such as 6.12 or 7.3, of
#      which apt offers linux-source; Debian's other suites are asked too, with
#      lists of their own: the machine's apt is not changed.
# Out: on stdout the folder that holds the static programs, one for each name
#      in `kselftests`; in its folder old the same for a KVM older than 6.8
#      (memory2.c); what happens meanwhile on stderr.
# State: cache/kvm-selftests/VERSION-OF-PACKAGE, renamed into place when
#      complete. It may be deleted.
# Absent on purpose: patches; whoever reads the results must be able to trust
#      that these are the kernel's programs as they are.
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../lab/common.sh
. "$here/../lab/common.sh"
# shellcheck source=../lab/apt.sh
. "$here/../lab/apt.sh"

store=$lab_cache/kvm-selftests
# What of the source is needed; the whole of it is ten times as large
wanted=(Makefile Kbuild scripts include arch/x86 tools/include
	tools/arch/x86 tools/build tools/scripts tools/lib
	tools/testing/selftests)

# Set version
find_source()
{
	apt_find "$package"
	[ -n "$found" ] || die "neither this machine's apt nor Debian's other suites" \
		"have a $package"
	version=${found% *}
}

fetch_source()
{
	apt_download "$work" "$package=$version" ||
		die "$package $version could not be downloaded"
	cd "$work"
	dpkg-deb -x "$package"_*.deb .
	rm "$package"_*.deb
	mkdir tree
	say "unpacking what is needed of it"
	tar -xf "usr/src/$package.tar.xz" -C tree --strip-components 1 \
		"${wanted[@]/#/$package/}"
	rm -r usr
}

# link FOLDER LDFLAGS: the programs, from objects that are made once
link_tests()
{
	local name

	rm -f "${names[@]}"
	# From 7.x on the library of VFIO is linked in, which needs more headers
	nice make -s -C "$kvm" ARCH=x86_64 EXTRA_CFLAGS=-static \
		LDFLAGS="-static $2" LIBVFIO_O= -j"$(nproc)" "${names[@]}" || return
	mkdir -p "$1"
	for name in "${names[@]}"; do
		strip -o "$1/${name##*/}" "$name"
	done
}

make_tests()
{
	nice make -s -C "$work/tree" ARCH=x86_64 headers &&
	gcc -O2 -Wall -Werror -I"$work/tree/usr/include" -c \
		-o "$work/memory2.o" "$here/memory2.c" &&
	link_tests "$work/out" '' &&
	link_tests "$work/out/old" "-Wl,--wrap=ioctl $work/memory2.o"
}

build_tests()
{
	local kvm=$work/tree/tools/testing/selftests/kvm folder=x86 name names=()

	[ -d "$kvm/$folder" ] || folder=x86_64
	while read -r name; do
		names+=("$kvm/$folder/$name")
	done <"$here/kselftests"
	say "building them"
	if ! make_tests >"$work/log" 2>&1; then
		tail -n 20 "$work/log" >&2
		die "the selftests of $version do not build"
	fi
	recipe >"$work/out/recipe"
}

# What was built, and how: other recipes build again
recipe()
{
	cat "$here/kselftests" "$here/memory2.c" "$here/build.sh"
}

main()
{
	local dir

	if [ $# != 1 ] || ! [[ $1 =~ ^[0-9]+\.[0-9]+$ ]]; then
		die 2 "usage: build.sh VERSION, such as 6.12"
	fi
	package=linux-source-$1
	find_source
	dir=$store/${version//[:~\/]/_}
	if ! recipe | cmp -s - "$dir/recipe"; then
		"$here/../lab/deps.sh" build
		mkdir -p "$store"
		work=$(mktemp -d "$store/.new-XXXXXX")
		trap 'rm -rf "$work"' EXIT
		trap 'exit 130' INT TERM
		(fetch_source && build_tests)
		chmod 755 "$work/out"
		rm -rf "$dir"
		mv -T "$work/out" "$dir"
	fi
	echo "$dir"
}

main "$@"
