#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test: where the processor delivers interrupts (APICv, AVIC), a SINT with AutoEOI
# ends that for the VM, and the end of it brings it back; without one nothing of
# ours does. In: nothing. Out: TAP; skipped where it does not. KVM's tracepoint
# says what it switched.
# shellcheck source=common.sh disable=SC2154
. "${here:?}/module/common.sh"

event=/sys/kernel/tracing/events/kvm/kvm_apicv_inhibit_changed
trace=/sys/kernel/tracing/trace
reason=1	# APICV_INHIBIT_REASON_HYPERV
alone=0x2	# inhibits: that one and no other, so the VM had it before

in_use()
{
	grep -qsx '[Y1]' /sys/module/kvm_intel/parameters/enable_apicv \
		/sys/module/kvm_amd/parameters/avic
}

# switched GUEST FEATURES: how often that reason was given and taken back
switched()
{
	echo >$trace
	vmm --hv "$2" "$here/guests/$1.bin" >"$out"
	status=$?
	# Newer kernels name the reasons behind the mask.
	set=$(grep -cE "inhibit_changed: set reason=$reason, inhibits=$alone( |$)" \
		$trace)
	cleared=$(grep -cE "inhibit_changed: cleared reason=$reason, inhibits=0x0( |$)" \
		$trace)
	grep '^not ok' "$out" | sed 's/^/# /'
	sed -n 's/.*\(inhibit_changed: .*\)/# \1/p' $trace
	return $status
}

if ! in_use; then
	echo "# SKIP KVM uses neither APICv nor AVIC on this host"
	exit 4
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
loaded || load
[ -e $event ]
check $? "KVM has its tracepoint"
echo 1 >$event/enable
switched synic synic,stimer,time,hw-features
check $? "the test of the SynIC passes"
[ "$set" -gt 0 ]
check $? "AutoEOI switched the processor's delivery off ($set times)"
[ "$cleared" = "$set" ]
check $? "and on ($cleared times)"
switched stimer synic,stimer,time,avic
check $? "the test of the timers, which does without, passes"
[ "$set$cleared" = 00 ]
check $? "and nothing was switched"
echo 0 >$event/enable
finish
