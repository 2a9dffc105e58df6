#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel for the lab from Debian's source package.
# In:  NAME[-SERIES]: configs/NAME.config, after configs/nohv.config; the SERIES
#      of the kernel, 6.12 when not given. Only 6.12 and later know a KVM
#      without Hyper-V code. Environment: LAB_CC, another compiler.
# Out: the path of a folder in the layout that kernel.sh documents; what it
#      does meanwhile, and why that takes long, on stderr.
# State: cache/kernels/source-<version>, the unpacked source, and
#      cache/kernels/<name>-<version>-<hash of configuration and compiler>,
#      complete when it holds the file release; one that is there is used, even
#      when apt has a newer version. An interrupted build goes on where it was.
#      Modules are built against both; delete both to have it anew.
# Absent on purpose: installing anything (deps.sh kernel does), patches.
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"

store=$lab_cache/kernels
cc=${LAB_CC:-gcc}

find_version()
{
	local package=$1 found

	found=$(apt_versions "$package" | head -n 1)
	if [ -z "$found" ] && ! apt_have_lists; then
		apt_refresh
		found=$(apt_versions "$package" | head -n 1)
	fi
	if [ -z "$found" ]; then
		apt_add_suite "$(apt_codename)-backports"
		found=$(apt_versions "$package" | head -n 1)
	fi
	[ -n "$found" ] || die "apt offers no $package, which KERNEL=$spec is built from"
	echo "${found%% *}"
}

# unpack_source DIR PACKAGE VERSION: all or nothing.
unpack_source()
{
	local dir=$1 package=$2 version=$3 new tar

	[ ! -d "$dir/tree" ] || return 0
	new=$(mktemp -d "$store/.source-XXXXXX")
	mkdir "$new/debs" "$new/tree"
	if ! apt_download "$new/debs" "$package=$version"; then
		apt_refresh
		apt_download "$new/debs" "$package=$version" ||
			die "$package $version could not be downloaded"
	fi
	say "unpacking the source of Linux $version"
	tar=$(cd "$new/debs" && dpkg-deb -c ./*.deb |
		sed -n 's/.* \(\.\/usr\/src\/linux-source-.*\.tar\.xz\)$/\1/p')
	dpkg-deb --fsys-tarfile "$new"/debs/*.deb | tar xO "$tar" |
		xz -T0 -dc | tar x -C "$new/tree" --strip-components=1
	rm -rf "$new/debs"
	chmod 755 "$new"
	rm -rf "$dir"
	mv -T "$new" "$dir"
}

config_lines()
{
	# A later line may say something else than an earlier one: it counts.
	cat "${configs[@]}" | awk '
	/^CONFIG_/ { name = $0; sub(/=.*/, "", name) }
	/^# CONFIG_.* is not set$/ { name = $2 }
	name { line[name] = $0; order[name] = NR; at[NR] = name; name = "" }
	END { for (i = 1; i <= NR; i++)
		if (i in at && order[at[i]] == i) print line[at[i]] }'
}

# Each line of the fragments must be in the result: an option that was renamed,
# or misses what it needs, would be gone in silence.
configure()
{
	local dir=$1 line lost=''

	config_lines >"$dir/wanted"
	kbuild "$dir" -s KCONFIG_ALLCONFIG="$dir/wanted" allnoconfig
	while read -r line; do
		case $line in
		'#'*) line=${line#\# }
		      ! grep -q "^${line%% *}=" "$dir/build/.config" ;;
		*)    grep -qxF "$line" "$dir/build/.config" ;;
		esac || lost+=" ${line%% *}"
	done <"$dir/wanted"
	[ -z "$lost" ] || die "Linux $version does not take these lines of" \
		"${configs[*]##*/}:$lost"
}

kbuild()
{
	local dir=$1
	shift

	nice -n 19 make -C "$source" O="$dir/build" CC="$cc" HOSTCC="$cc" "$@"
}

build()
{
	local dir=$1 start=$SECONDS

	say "building Linux $version for KERNEL=$spec: 5 to 25 minutes, once;" \
	    "log: $dir/log"
	mkdir -p "$dir/build"
	configure "$dir"
	if ! kbuild "$dir" -j"$(nproc)" bzImage modules >"$dir/log" 2>&1; then
		grep -m 5 -A 3 -E 'error|Error' "$dir/log" >&2 || true
		die "the kernel could not be built; log: $dir/log"
	fi
	say "built in $(((SECONDS - start) / 60)) minutes"
}

# The layout; objects and debugging information go, they take gigabytes.
finish()
{
	local dir=$1 release

	release=$(<"$dir/build/include/config/kernel.release")
	rm -rf "$dir/tree"
	kbuild "$dir" INSTALL_MOD_PATH="$dir/tree" INSTALL_MOD_STRIP=--strip-debug \
		modules_install >>"$dir/log" 2>&1
	cp "$dir/build/arch/x86/boot/bzImage" "$dir/vmlinuz"
	objcopy --dump-section ".BTF=$dir/btf" --strip-debug \
		"$dir/build/vmlinux" "$dir/vmlinux"
	ln -f "$dir/vmlinux" "$dir/build/vmlinux"
	find "$dir/build" \( -name '*.o' -o -name '*.a' -o -name '.tmp_vmlinux*' \) \
		-delete
	echo "$release" >"$dir/release"
}

main()
{
	local series package key dir

	spec=${1:-}
	name=${spec%%-*}
	case $spec in
	-h | --help) sed -n '4,15s/^# //p' "$0"; return ;;
	*-*) series=${spec#*-} ;;
	*)   series=6.12 ;;
	esac
	if [ $# != 1 ] || [ ! -e "$here/configs/$name.config" ]; then
		die 2 "usage: source.sh NAME[-SERIES]; there are:" \
		      "$(cd "$here/configs" && echo *.config)"
	fi
	configs=("$here/configs/nohv.config")
	[ "$name" = nohv ] || configs+=("$here/configs/$name.config")
	key=$({ config_lines; "$cc" --version; } | sha256sum | cut -c 1-12)
	dir=$(compgen -G "$store/$name-$series.*-$key/release" | sort -V | tail -n 1) ||
		true
	dir=${dir%/release}
	if [ -z "$dir" ]; then
		"$here/deps.sh" kernel
		package=linux-source-$series
		# Assigned on its own line: a refusal in there must end the script.
		version=$(find_version "$package")
		dir=$store/$name-${version//[:~\/]/_}-$key
		mkdir -p "$dir"
		exec 9>"$store/.lock-source"
		flock 9
		source=$store/source-${version//[:~\/]/_}
		unpack_source "$source" "$package" "$version"
		source=$source/tree
		[ -e "$dir/release" ] || { build "$dir"; finish "$dir"; }
	fi
	echo "$dir"
}

main "$@"
