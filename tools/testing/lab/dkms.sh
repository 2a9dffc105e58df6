#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build, install, replace and remove the module by DKMS in a small Debian tree.
# In:  [--release CODENAME] (this machine's), [--kernel SPEC] (KERNEL, or what
#      that release has); the tracked files as they are in the working tree.
# Out: TAP on stdout; DKMS's words in a folder that is named when one fails.
#      Status 0 when all is well, 2 for a wrong call.
# State: dkms_root.sh's. Absent on purpose: Debian packages (package.sh).
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=apt.sh
. "$here/apt.sh"
# shellcheck source=roots.sh
. "$here/roots.sh"
# shellcheck source=dkms_root.sh
. "$here/dkms_root.sh"
# shellcheck source=../../package/tree.sh
. "$top/tools/package/tree.sh"

add_source()
{
	mkdir "$work/source"
	tree_copy "$top" "$work/source"
	as_root cp -a "$work/source" "$work/root/root/source"
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

# ours LOG ARGUMENTS...: what `make dkms` and `make dkms-remove` run
ours()
{
	local log=$1
	shift

	inside /root/source/tools/package/dkms.sh "$@" >"$work/$log" 2>&1
}

is_installed()
{
	find "$installed" -name 'kvm-hve.ko*' | grep -q .
}

test_again()
{
	local status=0

	ours again.log install "$release" && is_installed || status=1
	result "make dkms puts the same version in its place" $status \
		"$work/again.log"

	as_root sh -c "echo '#error' >>$work/root/root/source/hv/main.c"
	ours broken.log install "$release" || status=$?
	[ $status = 1 ] && is_installed && status=0 || status=1
	grep -q 'what was installed stays' "$work/broken.log" || status=1
	result "a tree that does not build takes nothing away" $status \
		"$work/broken.log"
	as_root cp "$work/source/hv/main.c" "$work/root/root/source/hv/main.c"
}

test_remove()
{
	local status=0 left

	ours remove.log remove || status=$?
	left=$(find "$work/root/var/lib/dkms/kvm-hve" "$installed" \
		"$work/root/usr/src" -name '*kvm-hve*' 2>/dev/null) || true
	if [ -n "$left" ]; then
		status=1
		echo "left: $left" >>"$work/remove.log"
	fi
	result "make dkms-remove leaves nothing" $status "$work/remove.log"
}

main()
{
	dkms_root_begin "" "$@"
	dkms_root_add_kernel "$kernel"
	add_source
	installed=$work/root/lib/modules/$release/updates/dkms
	echo "TAP version 13"
	test_build
	test_install
	test_again
	test_no_image
	test_remove
	echo "1..$count"
	[ $failed = 0 ]
}

main "$@"
