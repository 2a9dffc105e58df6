#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make deb: the Debian packages.
# In:  [--version VERSION]; the tracked files as they are in the working tree;
#      the version is that of dkms.conf unless named. Out: kvm-hve_*.deb and
#      kvm-hve-dkms_*.deb in build/deb, their names on stdout.
# State: build/deb. debian/changelog is made there from the last commit: there
#      is nothing else to say about a release that git does not know.
# Absent on purpose: signing, uploading, installing.
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
out=$top/build/deb
# shellcheck source=tree.sh
. "$here/tree.sh"

die()
{
	echo "deb: $*" >&2
	exit 1
}

write_changelog()
{
	local when

	when=$(git -C "$top" log -1 --format=%cD 2>/dev/null) || when=$(date -R)
	printf 'kvm-hve (%s) unstable; urgency=medium\n\n' "$version"
	printf '  * Built from %s.\n\n' \
		"$(git -C "$top" describe --always --dirty 2>/dev/null || echo "a release")"
	printf ' -- %s  %s\n' \
		"$(sed -n 's/^Maintainer: //p' "$top/debian/control")" "$when"
}

main()
{
	local tree

	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
	if [ "${1:-}" = --version ] && [ $# = 2 ]; then
		version=$2
	elif [ $# != 0 ]; then
		die "usage: deb.sh [--version VERSION]"
	fi
	tree=$out/kvm-hve-$version
	rm -rf "$out"
	mkdir -p "$tree"
	"$top/tools/testing/lab/deps.sh" build deb
	tree_copy "$top" "$tree"
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" "$tree/dkms.conf"
	write_changelog >"$tree/debian/changelog"
	if ! (cd "$tree" && DEB_BUILD_OPTIONS=noautodbgsym \
	      dpkg-buildpackage -b -us -uc) >"$out/log" 2>&1; then
		tail -n 20 "$out/log" >&2
		die "the packages were not built; all of it: $out/log"
	fi
	rm -rf "$tree"
	ls "$out"/*.deb
}

main "$@"
