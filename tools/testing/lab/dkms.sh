#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build, install and remove the module by DKMS in a small Debian tree.
# In:  --kernel SPEC (or KERNEL), as for kernel.sh; the tracked files as they
#      are in the working tree; the suites and mirrors of this machine's apt.
# Out: TAP on stdout; DKMS's words in a folder that is named when one fails.
#      Status 0 when all is well, 2 for a wrong call.
# State: cache/roots/KEY, the tree with DKMS and a compiler, made once; each run
#      works in a copy of it, which does not outlive the run.
# Absent on purpose: an emulator; whether the module loads is seen elsewhere.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"

packages=dkms,gcc,make,libc6-dev,libbpf-dev,pahole,xz-utils,zstd,lz4
count=0 failed=0

# Lines for a sources.list: the release itself and its updates, as they are
# configured on this machine.
sources()
{
	local code uri suite component from key
	code=$(apt_codename)

	apt_entries | while read -r uri suite component from; do
		case $suite in
		"$code" | "$code-updates" | "$code-security") ;;
		*) continue ;;
		esac
		case $component in
		main | universe) ;;
		*) continue ;;
		esac
		key=$(apt_keyring "$uri" "${from%:*}")
		echo "deb ${key:+[signed-by=$key] }$uri $suite $component"
	done
}

# The cached tree; its key changes with what it is made from.
make_root()
{
	local list=$work/sources.list key new

	sources >"$list"
	[ -s "$list" ] || die "this machine's apt names no source of $(apt_codename)/main"
	key=$(apt_codename)-$( (cat "$list"; echo "$packages") | sha256sum | head -c 16)
	root=$lab_cache/roots/$key
	if [ -d "$root" ]; then
		return
	fi
	"$here/deps.sh" root
	say "making a small $(apt_codename) with DKMS in $root"
	mkdir -p "$lab_cache/roots"
	new=$(mktemp -d "$lab_cache/roots/.new-XXXXXX")
	if ! as_root mmdebstrap --mode=root --variant=apt --include="$packages" \
	     --dpkgopt=path-exclude='/usr/share/doc/*' \
	     --dpkgopt=path-exclude='/usr/share/man/*' \
	     --dpkgopt=path-exclude='/usr/share/locale/*' \
	     "$(apt_codename)" "$new/root" "$list" >"$work/mmdebstrap" 2>&1; then
		tail -n 15 "$work/mmdebstrap" >&2
		as_root rm -rf "$new"
		die "the tree could not be made"
	fi
	as_root mv -T "$new/root" "$root"
	rm -rf "$new"
}

# What the packages of that kernel would have put there
add_kernel()
{
	local lines parts modules=''

	lines=$("$here/kernel.sh" --kernel "$kernel")
	eval "$lines"
	tree=${modules%/lib/modules/*}
	mapfile -t parts < <(cd "$tree" && shopt -s nullglob && printf '%s\n' usr/src \
		usr/lib/linux-kbuild-* "boot/vmlinuz-$release"* \
		"lib/modules/$release"/vmlinuz* \
		"lib/modules/$release"/modules.* \
		"lib/modules/$release/kernel/arch/x86/kvm")
	tar -C "$tree" -c "${parts[@]}" |
		as_root tar -C "$work/root" -x --no-same-owner --keep-directory-symlink
	as_root ln -s "/usr/src/linux-headers-$release" \
		"$work/root/lib/modules/$release/build"
}

add_source()
{
	mkdir "$work/source"
	if [ -e "$top/.git" ]; then
		git -C "$top" ls-files -z | tar -C "$top" -c --null --no-unquote \
			--ignore-failed-read -T - | tar -C "$work/source" -x
	else
		cp -a "$top/." "$work/source"
	fi
	as_root cp -a "$work/source" "$work/root/root/source"
}

# inside COMMAND...: in the tree, with a /proc of its own
inside()
{
	as_root unshare --mount --pid --fork --kill-child --root="$work/root" \
		--mount-proc /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C "$@"
}

# result NAME STATUS [FILE]: FILE is shown when STATUS is not 0
result()
{
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $count - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1"
	[ $# -lt 3 ] || tail -n 15 "$3" | sed 's/^/# /'
}

# dkms VERB LOG: of our package and that kernel
dkms()
{
	inside dkms "$1" "kvm-hve/$version" -k "$release" >"$work/$2" 2>&1
}

test_build()
{
	local status=0 module magic

	{
		inside dkms add /root/source >"$work/add.log" 2>&1 &&
		dkms build build.log
	} || status=$?
	cat "$work/add.log" "$work"/root/var/lib/dkms/kvm-hve/*/build/make.log \
		>>"$work/build.log" 2>/dev/null || true
	result "dkms add and dkms build make the module" $status "$work/build.log"

	module=$(find "$work/root/var/lib/dkms/kvm-hve" -name 'kvm-hve.ko*' | tail -n 1)
	magic=$(modinfo -F vermagic "$module" 2>/dev/null) || true
	[ "${magic%% *}" = "$release" ] && status=0 || status=1
	echo "vermagic of ${module:-no module}: $magic" >"$work/magic.log"
	result "it is built for $release" $status "$work/magic.log"
}

test_install()
{
	local status=0

	dkms install install.log || status=$?
	if [ $status = 0 ]; then
		find "$installed" -name 'kvm-hve.ko*' | grep -q . || status=1
		inside dkms status kvm-hve >>"$work/install.log" 2>&1 || status=1
		grep -q ': installed' "$work/install.log" || status=1
	fi
	result "dkms install puts it in updates/dkms" $status "$work/install.log"
}

# Single quotes on purpose: the words are for the shell inside.
# shellcheck disable=SC2016
test_no_image()
{
	local status=1 log=$work/root/var/lib/dkms/kvm-hve/$version/build/make.log

	dkms uninstall scratch.log || true
	dkms unbuild scratch.log || true
	inside sh -c 'mkdir /aside; for f in /boot/vmlinuz-* /lib/modules/*/vmlinuz \
		/lib/modules/*/build/vmlinux; do mv $f /aside; done' 2>/dev/null || true
	if ! dkms build no-image.log; then
		grep -q "install linux-image-$release" "$log" && status=0
	fi
	cat "$log" >>"$work/no-image.log" || true
	result "without the kernel's image it says what to install" $status \
		"$work/no-image.log"
}

test_remove()
{
	local status=0 left

	inside dkms remove "kvm-hve/$version" --all >"$work/remove.log" 2>&1 || status=$?
	left=$(find "$work/root/var/lib/dkms/kvm-hve" "$installed" -name '*kvm-hve*' \
		2>/dev/null) || true
	if [ -n "$left" ]; then
		status=1
		echo "left: $left" >>"$work/remove.log"
	fi
	result "dkms remove leaves nothing" $status "$work/remove.log"
}

cleanup()
{
	[ $failed = 0 ] || { say "logs and tree: $work"; return; }
	as_root rm -rf "$work"
}

main()
{
	kernel=${KERNEL:-} release=''
	if [ "${1:-}" = --kernel ] && [ $# = 2 ]; then
		kernel=$2
	elif [ $# != 0 ]; then
		die 2 "usage: dkms.sh [--kernel SPEC]"
	fi
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
	work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-dkms-XXXXXX")
	trap cleanup EXIT
	trap 'exit 130' INT TERM
	make_root
	as_root cp -a --reflink=auto "$root" "$work/root"
	add_kernel
	add_source
	installed=$work/root/lib/modules/$release/updates/dkms
	echo "TAP version 13"
	test_build
	test_install
	test_no_image
	test_remove
	echo "1..$count"
	[ $failed = 0 ]
}

main "$@"
