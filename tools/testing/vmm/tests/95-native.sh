# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# QEMU with its own hv- options, which KVM's interface is served to by hve.
# In:  lib.sh; QEMU and qemu-img of the build machine. Out: the guest finds all
#      that QEMU was told to offer, and uses it; savevm and loadvm take its state
#      along: no clock steps back, timers go on.
# State: one VMM, a disk in /host/tmp. Absent on purpose: each option by itself.

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

# The last line of the guest's clock: nanoseconds, steps back, the worst
tick()
{
	tr -d '\r' <"$(console native)" | grep -aE '^T( [0-9]+){3}$' |
		tail -n 1
}

# ticks_on: its clock still runs, in the next seconds
ticks_on()
{
	was=$(tick)
	sleep 2
	now=$(tick)
	echo "$was, then $now"
	[ -n "$now" ] && [ "$was" != "$now" ]
}

never_back()
{
	is "$(tick | cut -d ' ' -f 3)" 0
}

snapshot()
{
	chroot /host qemu-img snapshot -U -l /tmp/native.qcow2 | grep one
}

test_native()
{
	load
	chroot /host qemu-img create -q -f qcow2 /tmp/native.qcow2 64M
	start native hve run --native -- /payload/qemu native work,clock \
		-cpu "host,-tsc-deadline,kvm=off,$options" \
		-drive if=none,id=disk,file=/tmp/native.qcow2
	check "the guest of QEMU comes up" ready native
	check "it found what QEMU offers" enlightened native
	check "in native mode" is_native
	for name in stimer reference_tsc flush_targets timers; do
		check "hve status counts $name" is_more \
			"$(vm_count native $name)" 0
	done
	check "its clock runs" ticks_on
	monitor native "savevm one"
	check "its state is saved" within 60 snapshot
	sleep 2
	monitor native "loadvm one"
	check "and its clock runs when that is loaded" within 30 ticks_on
	check "it never stepped back" never_back
	check "no kernel complains" calm native
	stop native
	check "its VM goes with it" within 10 no_vms
}
