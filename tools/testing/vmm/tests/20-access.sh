# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# Who may open the device, with owner and mode of the udev rule.
# In:  lib.sh; the build machine's setpriv at /host. Out: members of the group
#      kvm may use hve, others are refused with the reason.
# State: owner and mode of /dev/kvm-hve and /dev/kvm; a file of groups over that
#      of /host, which may have no kvm, or another group with its number. Absent on purpose: udev.

# as_user GROUPS COMMAND...: as nobody, in these groups
as_user()
{
	groups=$1
	shift
	chroot /host /usr/bin/setpriv --reuid 65534 --regid 65534 --groups "$groups" "$@"
}

is_refused()
{
	is "$(run_status as_user 65534 /tmp/payload/hve "$@")" 1 &&
		words_say 'no permission to open /dev/kvm-hve: it is for the group kvm'
}

test_access()
{
	load
	gid=$(sed -n 's/^kvm:[^:]*:\([0-9]*\):.*/\1/p' /etc/group)
	sed "/^[^:]*:[^:]*:$gid:/d" /host/etc/group >"$work/group"
	echo "kvm:x:$gid:" >>"$work/group"
	mount --bind "$work/group" /host/etc/group
	chgrp "$gid" /dev/kvm-hve /dev/kvm
	chmod 660 /dev/kvm-hve /dev/kvm
	same "a member of the group may ask" \
		"$(run_status as_user "$gid" /tmp/payload/hve status)" 0
	same "a member of the group may arm" \
		"$(run_status as_user "$gid" /tmp/payload/hve run \
			--profile linux -- true)" 0
	same "a member of the group may run the self-check" \
		"$(run_status as_user "$gid" /tmp/payload/hve doctor)" 0
	check "others may not ask" is_refused status
	check "others may not arm" is_refused run --profile linux -- true
	umount /host/etc/group
}
