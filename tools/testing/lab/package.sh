#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install, upgrade, carry over to a second kernel, and remove the Debian packages
# in a small Debian tree, with dpkg and DKMS as a host has them.
# In:  [--release CODENAME] (this machine's), [--kernel SPEC] (KERNEL, or what
#      that release has), and [--second SPEC], the kernel that comes later (what
#      is backported). Out: TAP on stdout; the words of dpkg and DKMS in a folder
#      that is named when one fails.
# State: dkms_root.sh's, build/deb. Absent on purpose: apt's own resolving: the
#      tree has all that the packages depend on, else dpkg refuses them.
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

# The version that an upgrade brings
next_version()
{
	echo "$1" | awk -F. -v OFS=. '{ $NF = $NF + 1; print }'
}

# make_packages VERSION: in the tree's /root/VERSION
make_packages()
{
	"$top/tools/package/deb.sh" --version "$1" >"$work/deb-$1.log" 2>&1 || {
		cat "$work/deb-$1.log" >&2
		die "make deb failed"
	}
	as_root mkdir -p "$work/root/root/$1"
	as_root cp "$top"/build/deb/*.deb "$work/root/root/$1"
}

# Where DKMS puts it; Debian 13 compresses modules there.
built()
{
	find "$work/root/lib/modules/$1/updates" -name 'kvm-hve.ko*' 2>/dev/null |
		grep -q .
}

# shellcheck disable=SC2016 # expanded by the shell inside
dpkg_install()
{
	inside sh -c 'dpkg -i /root/'"$1"'/*.deb' >"$work/dpkg-$1.log" 2>&1
}

test_install()
{
	local status=0

	dpkg_install "$version" || status=$?
	built "$first" || status=1
	result "dpkg -i builds the module for $first" $status "$work/dpkg-$version.log"

	status=0
	inside hve --version >"$work/hve.log" 2>&1 || status=1
	grep -q "$version" "$work/hve.log" || status=1
	for file in usr/lib/udev/rules.d/99-kvm-hve.rules usr/share/man/man8/hve.8.gz \
		usr/share/bash-completion/completions/hve \
		usr/lib/modules-load.d/kvm-hve.conf \
		usr/share/kvm-hve/profiles/linux.profile etc/kvm-hve/domains \
		usr/share/doc/kvm-hve/Documentation/windows.md; do
		if [ ! -e "$work/root/$file" ]; then
			echo "$file is missing" >>"$work/hve.log"
			status=1
		fi
	done
	result "hve, its manual, completion, profiles and rules are there" $status \
		"$work/hve.log"
}

# A tree is no host, this one not even with /proc: doctor must say so.
test_doctor()
{
	local status=0

	inside hve doctor >"$work/doctor.log" 2>&1 && status=1
	grep -q '^FAIL  */proc ' "$work/doctor.log" || status=1
	result "hve doctor explains that this tree is no host" $status \
		"$work/doctor.log"
}

test_second_kernel()
{
	local status=0

	dkms_root_add_kernel "$second"
	# What a package of headers runs when it is installed
	inside /etc/kernel/header_postinst.d/dkms "$release" \
		>"$work/second.log" 2>&1 || status=$?
	built "$release" || status=1
	cat "$work"/root/var/lib/dkms/kvm-hve/*/build/make.log \
		>>"$work/second.log" 2>/dev/null || true
	result "a second kernel, $release, gets it with its headers" $status \
		"$work/second.log"
}

test_upgrade()
{
	local status=0 later

	later=$(next_version "$version")
	make_packages "$later"
	dpkg_install "$later" || status=$?
	inside dkms status kvm-hve >"$work/status.log" 2>&1 || status=1
	grep -q "$later" "$work/status.log" || status=1
	if grep -qF "$version" "$work/status.log" ||
	   [ -e "$work/root/usr/src/kvm-hve-$version" ]; then
		status=1
	fi
	for kernel in "$first" "$release"; do
		built "$kernel" || status=1
	done
	cat "$work/dpkg-$later.log" >>"$work/status.log"
	result "an upgrade to $later replaces it for both" $status "$work/status.log"
}

test_remove()
{
	local status=0 left

	inside dpkg -r kvm-hve kvm-hve-dkms >"$work/remove.log" 2>&1 || status=$?
	left=$(as_root find "$work/root" -xdev -name '*kvm-hve*' \
		-not -path '*/root/[0-9]*' -not -path '*/var/lib/dpkg/*') || true
	if [ -n "$left" ]; then
		status=1
		echo "left: $left" >>"$work/remove.log"
	fi
	result "dpkg -r leaves nothing" $status "$work/remove.log"
}

main()
{
	local first

	dkms_root_begin --second "$@"
	# Manuals and documents are left out of the tree, but not ours.
	as_root rm -f "$work/root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
	dkms_root_add_kernel "$kernel"
	first=$release
	make_packages "$version"
	echo "TAP version 13"
	test_install
	test_doctor
	test_second_kernel
	test_upgrade
	test_remove
	echo "1..$count"
	[ $failed = 0 ]
}

main "$@"
