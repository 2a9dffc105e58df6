# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# A guest reboots into another kernel in the same VMM process.
# In:  lib.sh; first.iso and second.iso. Out: the second kernel is enlightened
#      as the first was, its clock goes on, and nobody writes to pages that
#      held the first one's Hyper-V state: it fills its memory and looks.
# State: one VMM. QEMU boots its CD once, and its disk after that.

check_first()
{
	check "the first kernel comes up" ready reboot || return 1
	same "it is the first" "$(fact reboot release)" "$first"
	check "it is enlightened" enlightened reboot
	same "no reset was seen" "$(vm_field reboot resets)" 0
	first_id=$(vm_field reboot guest_os_id)
	first_vm=$(vm_of "$(pid_of reboot)")
}

ticking()
{
	is_more "$(clock_lines reboot | wc -l)" 20
}

check_second()
{
	check "the second kernel comes up" ready reboot 2 || return 1
	same "it is the second" "$(fact reboot release)" "$second"
	check "it is enlightened" enlightened reboot
	same "it is the same VM" "$(vm_of "$(pid_of reboot)")" "$first_vm"
	same "one reset was seen" "$(vm_field reboot resets)" 1
	check "the OS id is the second's" not is \
		"$(vm_field reboot guest_os_id)" "$first_id"
	same "its TSC page is valid" "$(vm_field reboot tsc_page)" valid
	pages=$(fact reboot pages)
	note "pages: $pages (MiB rounds bad)"
	check "it checked more than 64 MiB" is_more "${pages%% *}" 64
	same "nobody wrote to its memory" "${pages##* }" 0
	check "its clock goes on" within 10 ticking
	check "its clock never steps back" no_steps reboot
}

test_reboot()
{
	if [ -e /payload/no-second-kernel ]; then
		skip "another kernel boots" "$(cat /payload/no-second-kernel)"
		return
	fi
	load
	first=$(uname -r) second=$(cat /payload/second-kernel)
	start reboot hve run --profile linux -- /payload/qemu reboot - -m 256 \
		-cdrom /tmp/payload/first.iso -boot order=c,once=d \
		-drive file=/tmp/payload/second.iso,format=raw,if=ide
	check_first && check_second
	stop reboot
}
