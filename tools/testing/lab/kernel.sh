#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make a kernel for the lab available, without installing it.
# In:  --kernel SPEC (or KERNEL): nothing for the distribution's default, the
#      beginning of a version such as 6.12 for what apt's suites hold, the name
#      of a suite such as sid, `newest`, rt or rt-VERSION for Debian's kernels with
#      PREEMPT_RT, a name of configs/ (nohv, debug) for one that source.sh builds,
#      or the path of a folder with the layout below, for a kernel built by hand.
#      On Debian, suites that the machine does not have are asked too, last.
# Out: release= vmlinuz= modules= build= lines, to be eval'ed, and where they
#      could be had btf= (raw type information) and vmlinux= (an ELF file that
#      QEMU boots without decompression); build is a KDIR for make. suite= and
#      needs= (packages) say where modules can be built, if not here.
# State: cache/kernels/<abi>-<package version>/{release,vmlinuz,vmlinux,btf,build,
#      tree,suite,needs}, renamed into place when complete; spec-* remember what a
#      SPEC meant until apt's lists change. Deleting any of it costs one download.
# Absent on purpose: installation, and removal of kernels no longer newest.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"

store=$lab_cache/kernels
# The packages that make up a kernel, on Debian and on Ubuntu.
parts='^linux-(hwe-[0-9.]+-)?(image|binary|base|modules|modules-extra|headers|kbuild)-[0-9u]'

print_kernel()
{
	local dir=$1 release part

	release=$(<"$dir/release")
	printf '%s=%q\n' release "$release" vmlinuz "$dir/vmlinuz" \
		modules "$dir/tree/lib/modules/$release" \
		build "$(readlink -f "$dir/build")"
	for part in btf vmlinux; do
		if [ -e "$dir/$part" ]; then
			printf '%s=%q\n' "$part" "$dir/$part"
		fi
	done
	if [ -e "$dir/suite" ] && [ "$(<"$dir/suite")" != "$(apt_codename)" ]; then
		printf '%s=%q\n' suite "$(<"$dir/suite")" needs "$(<"$dir/needs")"
	fi
}

# The newest "VERSION PACKAGE SUITE" of the candidates that fits the prefix.
# Without a prefix, backports do not count: they are nobody's default.
pick_version()
{
	local spec=$1 meta
	shift

	for meta in "$@"; do
		apt_versions "$meta" | awk -v spec="$spec" -v meta="$meta" '
		spec == "" && $2 ~ /-backports$/ { next }
		spec != "" && index($1, spec) != 1 { next }
		spec != "" && substr($1, length(spec) + 1) ~ /^[0-9]/ { next }
		{ print $1, meta, $2 }'
	done | sort -rV | head -n 1
}

# meta_packages FLAVOUR: nothing, or rt
meta_packages()
{
	# shellcheck source=/dev/null
	. /etc/os-release
	case "$ID ${ID_LIKE:-}" in
	*ubuntu*) echo "linux-image-generic linux-image-generic-hwe-${VERSION_ID:-}" ;;
	*debian*) echo "linux-image-${1:+$1-}amd64" ;;
	*) die "no kernel packages are known for ${PRETTY_NAME:-this system}" ;;
	esac
}

# in_suite META SUITE [SPEC]: the newest there, or the newest there that fits; apt
# speaks of that suite afterwards.
in_suite()
{
	local meta=$1 suite=$2

	apt_look_at "$suite"
	found=$(apt_versions "$meta" | awk -v suite="$suite" -v meta="$meta" \
		-v spec="${3:-}" '
		$2 != suite && $2 != suite "-security" && $2 != suite "-updates" { next }
		spec != "" && index($1, spec) != 1 { next }
		spec != "" && substr($1, length(spec) + 1) ~ /^[0-9]/ { next }
		{ print $1, meta, $2; exit }')
}

# Set found to "VERSION META-PACKAGE SUITE"; asks more of apt step by step.
resolve()
{
	local spec=$1 flavour='' metas suite

	case $spec in
	rt | rt-*) flavour=rt
		spec=${spec#rt} spec=${spec#-} ;;
	esac
	read -r -a metas < <(meta_packages $flavour)
	if [[ ${metas[0]} = linux-image-*amd64 ]]; then
		[ "$spec" != newest ] || spec=$apt_newest_suite
		case $spec in
		[a-z]*) in_suite "${metas[0]}" "$spec"
			[ -n "$found" ] || die "apt has no kernel in $spec"
			return ;;
		esac
	fi
	found=$(pick_version "${spec#newest}" "${metas[@]}")
	if [ -z "$found" ] && [ -z "$(apt_versions "${metas[0]}")" ]; then
		apt_refresh
		found=$(pick_version "${spec#newest}" "${metas[@]}")
	fi
	if [ -z "$found" ] && [[ ${metas[0]} = linux-image-*amd64 ]]; then
		for suite in $(apt_other_suites); do
			in_suite "${metas[0]}" "$suite" "$spec"
			[ -z "$found" ] || return 0
		done
	fi
	if [ -z "$found" ]; then
		apt_opts=()
		die "no kernel ${spec:-of this distribution} in apt; it offers:" \
			"$(for m in "${metas[@]}"; do apt_versions "$m"; done |
			   awk '{ printf "%s ", $1 }')"
	fi
}

# Depends and Pre-Depends of PACKAGE[=VERSION] that are parts of a kernel,
# one per line, the first alternative only, pinned where apt says "=".
part_depends()
{
	apt-cache "${apt_opts[@]}" show --no-all-versions "$1" |
		sed -n 's/^\(Pre-\)\?Depends: //p' | tr ',' '\n' | sed 's/|.*//; s/^ *//; s/ *$//' |
		sed 's/^\([^ ]*\) (= \([^)]*\))$/\1=\2/; s/ (.*//' |
		grep -E "$parts" || true
}

# What else the headers of a kernel want, for building modules: a compiler above
# all. The first alternative of each, one line.
other_depends()
{
	local pkg

	for pkg; do
		apt-cache "${apt_opts[@]}" show --no-all-versions "$pkg" | sed -n 's/^Depends: //p'
	done | tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g' |
		grep -v '^linux-' | sort -u | paste -sd ' '
}

# All parts reachable from the given packages.
closure()
{
	local todo=("$@") next pkg
	local -A seen=()

	while [ ${#todo[@]} -gt 0 ]; do
		next=()
		for pkg in "${todo[@]}"; do
			if [ -z "${seen[${pkg%%=*}]:-}" ]; then
				seen[${pkg%%=*}]=$pkg
				mapfile -t -O ${#next[@]} next < <(part_depends "$pkg")
			fi
		done
		todo=("${next[@]}")
	done
	printf '%s\n' "${seen[@]}"
}

# Header packages name each other by absolute path; make that relative.
relocate()
{
	local tree=$1 link to file

	find "$tree" -type l -lname '/*' | while read -r link; do
		to=$tree$(readlink "$link")
		ln -sfnr "$to" "$link"
	done
	# shellcheck disable=SC2016
	for file in "$tree"/usr/src/linux-headers-*/Makefile; do
		[ "$(wc -l <"$file")" -le 5 ] || continue
		# shellcheck disable=SC2016 # make expands it
		self='$(dir $(lastword $(MAKEFILE_LIST)))'
		sed -i -e "s,^include /usr/src/,include $self../," \
			-e "s,^KBUILD_OUTPUT=/usr/src/.*,KBUILD_OUTPUT:=\$(abspath $self)," \
			"$file"
	done
}

# The ELF file inside a compressed kernel image: the boot protocol's header
# tells where its payload starts, the first bytes there tell the compression.
extract_vmlinux()
{
	local image=$1 setup start size magic

	setup=$(od -An -tu1 -j 497 -N 1 "$image")
	start=$(od -An -tu4 -j 584 -N 4 "$image")
	size=$(od -An -tu4 -j 588 -N 4 "$image")
	start=$(((setup + 1) * 512 + start))
	magic=$(od -An -tx1 -j $start -N 4 "$image" | tr -d ' ')
	# Four bytes of length follow the compressed data: no complaint wanted.
	tail -c +$((start + 1)) "$image" | head -c $((size - 4)) |
		case $magic in
		fd377a58) xz -dc ;;
		28b52ffd) zstd -dcq ;;
		1f8b*)    gzip -dc ;;
		02214c18) lz4 -dc ;;
		*)        cat ;;
		esac
}

# From the image: the raw BTF, for the generators, and the ELF file, which an
# emulated machine starts 3 s sooner, where it can be entered the PVH way.
extract_parts()
{
	local dir=$1

	extract_vmlinux "$dir/vmlinuz" >"$dir/vmlinux" 2>/dev/null || true
	objcopy --dump-section ".BTF=$dir/btf" "$dir/vmlinux" "$dir/scratch" \
		2>/dev/null || true
	if [ ! -s "$dir/btf" ]; then
		say "no type information was found in this kernel"
		rm -f "$dir/btf"
	fi
	if ! readelf -n "$dir/vmlinux" 2>/dev/null |
	     grep -q '(0x00000012)'; then
		rm -f "$dir/vmlinux"
	fi
	rm -f "$dir/scratch"
}

# unpack DIR RELEASE: package files in DIR/debs become the layout named above.
unpack()
{
	local dir=$1 release=$2 deb image

	need depmod lab
	need objcopy lab
	for deb in "$dir"/debs/*.deb; do
		dpkg-deb -x "$deb" "$dir/tree"
	done
	rm -rf "$dir/debs"
	if [ ! -d "$dir/tree/lib/modules/$release" ]; then
		mkdir -p "$dir/tree/lib"
		ln -s ../usr/lib/modules "$dir/tree/lib/modules"
	fi
	relocate "$dir/tree"
	depmod -b "$dir/tree" "$release"
	for image in "boot/vmlinuz-$release" "lib/modules/$release/vmlinuz"; do
		if [ -e "$dir/tree/$image" ]; then
			ln -sfn "tree/$image" "$dir/vmlinuz"
		fi
	done
	[ -e "$dir/vmlinuz" ] || die "the packages of $release hold no vmlinuz"
	ln -s "tree/usr/src/linux-headers-$release" "$dir/build"
	[ -e "$dir/build/Makefile" ] || die "the packages of $release hold no headers"
	echo "$release" >"$dir/release"
	extract_parts "$dir"
}

# fetch KEY RELEASE SUITE PACKAGE...: fill the cache, all or nothing.
fetch()
{
	local key=$1 release=$2 suite=$3
	shift 3

	rm -rf "$store"/.new-*
	new=$(mktemp -d "$store/.new-XXXXXX")
	trap 'rm -rf "$new"' EXIT
	trap 'exit 130' INT TERM
	mkdir "$new/debs"
	apt_download "$new/debs" "$@" || die "the kernel packages could not be downloaded"
	say "unpacking kernel $release into $store/$key"
	unpack "$new" "$release"
	echo "${suite%-*}" >"$new/suite"
	other_depends "linux-headers-$release" \
		"$(printf '%s\n' "$@" | grep '^linux-kbuild')" >"$new/needs"
	chmod 755 "$new"
	mv -T "$new" "$store/$key"
}

# Apt's lists did not change since, or are gone, as in images of containers.
memo_holds()
{
	[ ! /var/lib/apt/lists -nt "$1" ] || ! apt_have_lists
}

find_kernel()
{
	local spec=$1 memo found='' version meta suite image release key pkgs

	memo=$store/spec-$(apt_codename)-${spec:-default}
	if [ -s "$memo" ] && [ -d "$store/$(<"$memo")" ] && memo_holds "$memo"; then
		print_kernel "$store/$(<"$memo")"
		return
	fi
	mkdir -p "$store"
	exec 9>"$store/.lock"
	flock 9
	resolve "$spec"
	read -r version meta suite <<<"$found"
	image=$(part_depends "$meta=$version" | grep '^linux-image-' | head -n 1)
	release=${image#linux-image-}
	release=${release#unsigned-}
	release=${release%%=*}
	[ -n "$release" ] || die "$meta $version names no kernel image"
	key=$release-${version//[:~\/]/_}
	if [ ! -d "$store/$key" ]; then
		mapfile -t pkgs < <(closure "$image" "${image/image-/headers-}")
		fetch "$key" "$release" "$suite" "${pkgs[@]}"
	fi
	echo "$key" >"$memo"
	print_kernel "$store/$key"
}

main()
{
	local spec=${KERNEL:-} built

	while [ $# -gt 0 ]; do
		case $1 in
		--kernel) [ $# -gt 1 ] || die 2 "--kernel wants a value"
			  spec=$2; shift 2 ;;
		-h | --help) sed -n '4,14s/^# //p' "$0"; return ;;
		*) die 2 "unknown argument $1; see --help" ;;
		esac
	done
	case $spec in
	*/*)  [ -e "$spec/release" ] || die "$spec holds no kernel for the lab"
	      print_kernel "$(readlink -f "$spec")" ;;
	*[!0-9A-Za-z.+~-]*) die 2 "$spec is no version and no folder" ;;
	*)    if [ -e "$here/configs/${spec%%-*}.config" ]; then
		      built=$("$here/source.sh" "$spec")
		      print_kernel "$built"
	      else
		      find_kernel "$spec"
	      fi ;;
	esac
}

main "$@"
