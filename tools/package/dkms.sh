#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make dkms, make dkms-remove: this tree's module, by DKMS, without a package.
# In:  install [RELEASE...] or remove; dkms.conf; the module's files as they are
#      in the working tree. Without a RELEASE: every kernel that has the module
#      by DKMS already, and the one that runs. Root.
# Out: it is built and installed for those, in place of any other version that
#      was; or a sentence and status 1. Where one was there, all is built beside
#      it first: a tree that does not build takes nothing away.
# State: DKMS's, and /usr/src/kvm-hve-VERSION. Absent on purpose: the command
#      line (make install); loading the module or taking it out of the kernel.
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
# shellcheck source=tree.sh
. "$here/tree.sh"
name=kvm-hve

die()
{
	echo "dkms.sh: $*" >&2
	exit 1
}

# "VERSION RELEASE" of each that DKMS has; RELEASE is empty where it is only known
known()
{
	dkms status "$name" 2>/dev/null | awk -F '[/,:] *' -v name=$name \
		'$1 == name { print $2, (NF > 4 ? $3 : "") }'
}

versions()
{
	known | cut -d ' ' -f 1 | sort -u
}

check_host()
{
	command -v dkms >/dev/null || die "dkms is not here: apt install dkms"
	[ "$(id -u)" = 0 ] || die "only root may do this: begin with sudo"
	if dpkg-query -W -f '${db:Status-Status}' "$name-dkms" 2>/dev/null |
	   grep -qx installed; then
		die "the package $name-dkms is installed, and this would fight with" \
			"it: apt remove $name-dkms, or install a newer package (make deb)"
	fi
}

# try VERB FOLDER RELEASE...: dkms add, then VERB for each, in FOLDER or for real
try()
{
	local verb=$1 folder=$2 tree=/var/lib/dkms where=() release
	shift 2

	if [ -n "$folder" ]; then
		tree=$folder/tree
		mkdir -p "$tree" "$folder/source"
		where=(--dkmstree "$tree" --sourcetree "$folder/source")
	fi
	dkms add "${where[@]}" "$work/module" >>"$work/log" 2>&1 || return
	for release; do
		dkms "$verb" "${where[@]}" "$name/$version" -k "$release" \
			>>"$work/log" 2>&1 && continue
		cat "$tree/$name/$version/build/make.log" >>"$work/log" 2>/dev/null ||
			true
		return 1
	done
}

fail()
{
	tail -n 15 "$work/log" >&2
	trap - EXIT
	die "$*; all of it: $work/log"
}

forget()
{
	local old

	for old in $(versions); do
		dkms remove "$name/$old" --all >>"$work/log" 2>&1 ||
			fail "DKMS does not give up $name $old"
		# Its own copy of what it was given; DKMS leaves that there.
		rm -rf "/usr/src/$name-$old"
	done
}

install()
{
	local releases=("$@") release

	if [ $# = 0 ]; then
		mapfile -t releases < <({ known | awk 'NF > 1 { print $2 }'; uname -r; } |
			sort -u)
	fi
	for release in "${releases[@]}"; do
		[ -e "/lib/modules/$release/build" ] ||
			die "the headers of Linux $release are not here:" \
				"apt install linux-headers-$release"
	done
	mkdir "$work/module"
	tree_copy "$top" "$work/module" Kbuild COPYING dkms.conf hv include
	[ -z "$(versions)" ] || try build "$work/trial" "${releases[@]}" ||
		fail "$name $version does not build; what was installed stays"
	forget
	rm -rf "/usr/src/$name-$version"
	try install '' "${releases[@]}" ||
		fail "$name $version could not be installed"
	echo "$name $version is installed for ${releases[*]}"
	if [ -e /sys/module/kvm_hve ]; then
		echo "the loaded module is still the old one: when no VM is served," \
			"modprobe -r $name && modprobe $name"
	fi
}

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
check_host
work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-dkms-XXXXXX")
trap 'rm -rf "$work"' EXIT
case ${1:-} in
install)
	install "${@:2}" ;;
remove)
	forget
	echo "DKMS has no $name any more" ;;
*)
	die "usage: dkms.sh install [RELEASE...] | remove" ;;
esac
