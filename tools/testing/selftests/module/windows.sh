#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: a guest like Windows, served as a profile says, from boot to crash: once
# with a restart in the middle, once without. In: PROFILE BUILD [MORE], where MORE
# are enlightenments beyond the profile's. Out: TAP. What the VM must have is read
# from the profile by other means than hve's own.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

profile=$1 build=$2 more=${3:-}
for hve in "$here/hve" "$here/../hve"; do
	[ -x "$hve" ] && break
done
file=$(dirname "$hve")/profiles/$profile.profile
if [ ! -x "$hve" ] || [ ! -e "$file" ]; then
	echo "# no hve with its profiles beside the tests"
	exit 4
fi

# Names only, but for spinlocks, whose number the guest is to see; kvm= is none
list=$(sed -e 's/[[:space:]]*#.*//' -e '/^$/d' -e '/^kvm=/d' \
	-e '/^spinlocks=/!s/=.*//' "$file" | tr '\n' ',')$more

windows()
{
	"$hve" run --profile "$profile" ${more:+--hv "$more"} -- \
		"$here/test-windows" --build "$build" "$@" "$list"
}

loaded || load
windows --vcpus 2 --message
check $? "$profile: boot, work, crash with a message"
windows --vcpus 4 --reboot
check $? "$profile: boot, work, restart, boot, work, crash; 4 vCPUs"
finish
