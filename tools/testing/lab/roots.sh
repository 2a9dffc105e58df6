# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Small Debian trees, for what this machine cannot do itself: build for a
# kernel that wants another compiler, or try what it must not have installed.
# In:  sourced after common.sh and apt.sh.
# Out: root_make, root_run; root_module, the packages that a tree needs to build
#      the module, beside the kernel's own wishes: layout.sh's tools.
# State: cache/roots/KEY, each made once; the key changes with what it is made
#      from. Removing one costs half a minute.
# Absent on purpose: writing into a tree that is there; who wants to install
#      more in it takes a copy.

# shellcheck disable=SC2034 # for module.sh and source.sh, which share trees
root_module=(gcc make libc6-dev libbpf-dev xz-utils zstd lz4)

# root_make SUITE PACKAGE...: set root to a tree of that suite with those.
root_make()
{
	local suite=$1 key new list log status=0
	shift

	# shellcheck disable=SC2154 # common.sh has it
	mkdir -p "$lab_cache/roots"
	list=$(apt_sources "$suite")
	[ -n "$list" ] ||
		die "this machine's apt names no source of $(apt_codename)/main"
	key=$suite-$(printf '%s\n' "$list" "$@" | sha256sum | head -c 16)
	root=$lab_cache/roots/$key
	if [ -d "$root" ]; then
		return
	fi
	exec 8>"$lab_cache/roots/.lock"
	flock 8
	if [ ! -d "$root" ]; then
		"$(dirname "${BASH_SOURCE[0]}")/deps.sh" root
		say "making a small $suite in $root, with $*"
		new=$(mktemp -d "$lab_cache/roots/.new-XXXXXX")
		log=$new/log
		printf '%s\n' "$list" >"$new/list"
		# How this machine reaches its mirror, and what it takes from there
		apt-config dump | grep -iE 'proxy|check-valid-until' \
			>"$new/apt.conf" || true
		as_root mmdebstrap --mode=root --variant=apt \
			--include="$(echo "$*" | tr ' ' ,)" \
			--dpkgopt=path-exclude='/usr/share/doc/*' \
			--dpkgopt=path-exclude='/usr/share/man/*' \
			--dpkgopt=path-exclude='/usr/share/locale/*' \
			--aptopt="$new/apt.conf" \
			"$suite" "$new/root" "$new/list" >"$log" 2>&1 || status=$?
		if [ $status != 0 ]; then
			tail -n 15 "$log" >&2
			as_root rm -rf "$new"
			die "the tree could not be made"
		fi
		as_root mv -T "$new/root" "$root"
		rm -rf "$new"
	fi
	exec 8>&-
}

# root_run ROOT DIR... -- COMMAND...: in the tree, with a /proc of its own, as
# root. Each DIR of this machine is found there under the same name; with any,
# it is the caller who runs the command, because it writes the caller's files.
root_run()
{
	local tree=$1 dirs=() who=0:0
	shift

	while [ "$1" != -- ]; do
		dirs+=("$1") who=$(id -u):$(id -g)
		shift
	done
	shift
	# shellcheck disable=SC2016 # the words are for the shell inside
	as_root unshare --mount --pid --fork --kill-child sh -ec '
		root=$1 who=$2 n=$3
		shift 3
		mount -t proc proc "$root/proc"
		while [ "$n" -gt 0 ]; do
			mkdir -p "$root$1"
			mount --bind "$1" "$root$1"
			shift
			n=$((n - 1))
		done
		exec chroot --userspec="$who" "$root" /usr/bin/env -i \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"' \
		sh "$tree" "$who" ${#dirs[@]} "${dirs[@]}" "$@"
}
