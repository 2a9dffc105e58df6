#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel for the lab from Debian's source package.
# In:  NAME[-SERIES]: configs/NAME.config, after configs/nohv.config, each with
#      its *-7.config for a 7.x; SERIES is 6.12 when not given, or `newest`. Only
#      6.12 and later know a KVM without Hyper-V code. LAB_CC, another compiler.
# Out: the path of a folder in the layout that kernel.sh documents; what it
#      does meanwhile, and why that takes long, on stderr.
# State: cache/kernels/source-<version>, the unpacked source, and
#      cache/kernels/<name>-<version>-<hash of configuration and compiler>,
#      complete when it holds the file release; one that is there is used, even
#      when apt has a newer version. An interrupted build goes on where it was.
#      Modules are built against both; delete both to have it anew.
# Absent on purpose: installing anything (deps.sh kernel does), patches; this
#      machine's compiler for another release's source (a tree of roots.sh has it).
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"
# shellcheck source=roots.sh
. "$here/roots.sh"

store=$lab_cache/kernels
cc=${LAB_CC:-gcc}

# The first two numbers of what Debian has for those who want the newest
newest_series()
{
	local version

	apt_look_at "$apt_newest_suite"
	version=$(apt_versions linux-image-amd64 |
		awk -v suite="$apt_newest_suite" '$2 == suite { print $1; exit }')
	[ -n "$version" ] || die "$apt_newest_suite has no linux-image-amd64, which" \
		"tells what KERNEL=$spec is"
	echo "$version" | cut -d . -f 1-2
}

# Set version; and root, suite and needs when it is to be built in a tree.
find_source()
{
	apt_find "linux-source-$series"
	[ -n "$found" ] || die "apt offers no linux-source-$series, which" \
		"KERNEL=$spec is built from"
	version=${found% *} suite=${found#* } suite=${suite%%-*} root=''
	# Where the machine's own apt has it, the machine's own compiler will do.
	if [ ${#apt_opts[@]} = 0 ] || [ "$suite" = "$(apt_codename)" ]; then
		"$here/deps.sh" kernel
		return
	fi
	need xz lab
	needs=$("$here/deps.sh" --list kernel)
	# shellcheck disable=SC2086 # a list of packages
	root_make "$suite" "${root_module[@]}" $needs
}

# unpack_source DIR: all or nothing.
unpack_source()
{
	local dir=$1 package=linux-source-$series new tar

	[ ! -d "$dir/tree" ] || return 0
	new=$(mktemp -d "$store/.source-XXXXXX")
	mkdir "$new/debs" "$new/tree"
	apt_download "$new/debs" "$package=$version" ||
		die "$package $version could not be downloaded"
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

# builder COMMAND...: here, or in the tree, which finds cache/kernels in its place
builder()
{
	if [ -z "$root" ]; then
		nice -n 19 "$@"
	else
		root_run "$root" "$store" -- nice -n 19 "$@"
	fi
}

kbuild()
{
	local dir=$1
	shift

	builder make -C "$source" O="$dir/build" CC="$cc" HOSTCC="$cc" "$@"
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
	builder objcopy --dump-section ".BTF=$dir/btf" --strip-debug \
		"$dir/build/vmlinux" "$dir/vmlinux"
	ln -f "$dir/vmlinux" "$dir/build/vmlinux"
	find "$dir/build" \( -name '*.o' -o -name '*.a' -o -name '.tmp_vmlinux*' \
		-o -name vmlinux.unstripped \) -delete
	if [ -n "$root" ]; then
		echo "$suite" >"$dir/suite"
		echo "$needs" >"$dir/needs"
	fi
	echo "$release" >"$dir/release"
}

# Set configs to the files whose lines count: those of a name before those that
# are for a major version besides.
choose_configs()
{
	local part file

	configs=()
	for part in $(printf '%s\n' nohv "$name" | uniq); do
		for file in "$part" "$part-${series%%.*}"; do
			[ ! -e "$here/configs/$file.config" ] ||
				configs+=("$here/configs/$file.config")
		done
	done
}

# hash_of COMMAND...: the end of a folder's name, of the configuration and what
# the command says
hash_of()
{
	{ config_lines; "$@"; } | sha256sum | cut -c 1-12
}

# The newest that was built of this series, by this machine's compiler or in a
# tree, if there is one.
find_built()
{
	{
		compgen -G "$store/$name-$series.*-$(hash_of "$cc" --version)/release"
		compgen -G "$store/$name-$series.*-$(hash_of echo tree)/release"
	} | sort -V | tail -n 1
}

make_kernel()
{
	local hash

	find_source
	if [ -z "$root" ]; then
		hash=$(hash_of "$cc" --version)
	else
		hash=$(hash_of echo tree) cc=gcc
	fi
	source=$store/source-${version//[:~\/]/_}
	dir=$store/$name-${version//[:~\/]/_}-$hash
	mkdir -p "$dir"
	exec 9>"$store/.lock-source${root:+-$suite}"
	flock 9
	unpack_source "$source"
	source=$source/tree
	[ -e "$dir/release" ] || { build "$dir"; finish "$dir"; }
}

main()
{
	local built

	spec=${1:-}
	name=${spec%%-*}
	case $spec in
	-h | --help) sed -n '4,16s/^# //p' "$0"; return ;;
	*-*) series=${spec#*-} ;;
	*)   series=6.12 ;;
	esac
	if [ $# != 1 ] || [ ! -e "$here/configs/$name.config" ]; then
		die 2 "usage: source.sh NAME[-SERIES]; there are:" \
		      "$(cd "$here/configs" && echo *.config)"
	fi
	# Assigned on its own line: a refusal in there must end the script.
	[ "$series" != newest ] || series=$(newest_series)
	choose_configs
	built=$(find_built) || true
	dir=${built%/release}
	[ -n "$dir" ] || make_kernel
	echo "$dir"
}

main "$@"
