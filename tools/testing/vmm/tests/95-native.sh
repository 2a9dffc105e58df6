# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# QEMU with its own hv- options, which KVM's interface is served to by hve.
# In:  lib.sh; QEMU of the build machine. Out: the guest finds all that QEMU was
#      told to offer, and uses it; migrated into another QEMU it takes its state
#      along: no clock steps back, timers go on.
# State: two VMMs, a file in /host/tmp. Absent on purpose: each option by itself.

options=hv-relaxed,hv-vpindex,hv-time,hv-synic,hv-stimer,hv-stimer-direct
options=$options,hv-vapic,hv-tlbflush,hv-ipi,hv-frequencies,hv-runtime,hv-crash
options=$options,hv-reset,hv-reenlightenment

monitor()
{
	echo "$2" >"/host/tmp/$1.monitor.in"
}

is_native()
{
	hve status "$(vm_of "$(pid_of native)")" | grep 'native mode'
}

# ticks_on NAME: its clock still runs, in the next seconds
ticks_on()
{
	was=$(last_clock "$1")
	sleep 2
	now=$(last_clock "$1")
	echo "$was, then $now"
	[ -n "$now" ] && [ "$was" != "$now" ]
}

# never_back NAME: also not behind the last reading of native's
never_back()
{
	last=$(last_clock native | cut -d ' ' -f 2)
	last_clock "$1"
	is "$(last_clock "$1" | cut -d ' ' -f 3)" 0 &&
		is_more "$(last_clock "$1" | cut -d ' ' -f 2)" "$((last - 1))"
}

# begin NAME ARGUMENTS...: QEMU with the same machine
begin()
{
	name=$1
	shift
	start "$name" hve run --native -- /payload/qemu "$name" work,clock \
		-cpu "host,-tsc-deadline,kvm=off,$options" "$@"
}

migrated()
{
	[ -s /host/tmp/native.state ] && ! ticks_on native
}

test_native()
{
	load
	begin native
	check "the guest of QEMU comes up" ready native || return
	check "it found what QEMU offers" enlightened native
	check "in native mode" is_native
	for name in stimer reference_tsc flush_targets timers; do
		check "hve status counts $name" is_more \
			"$(vm_count native $name)" 0
	done
	check "its clock runs" ticks_on native
	monitor native 'migrate "exec:cat > /tmp/native.state"'
	check "it goes into a file" within 60 migrated
	begin again -incoming "exec:cat /tmp/native.state"
	check "and out of it in another QEMU" within 60 ticks_on again
	check "where its clock did not step back" never_back again
	check "its timers go on" is_more "$(vm_count again timers)" 0
	check "no kernel complains" calm again
	stop native
	stop again
	check "the VMs go with them" within 10 no_vms
}
