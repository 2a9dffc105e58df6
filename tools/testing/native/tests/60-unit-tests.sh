# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2034,SC2154 # work and more come from run; kut reads prefix
#
# The Hyper-V tests of kvm-unit-tests, in QEMU.
# In:  /payload/kut, the .flat files of a built tree (lab.sh, KVM_UNIT_TESTS); QEMU
#      in /host. Out: each passes on the module in native mode, with the results of
#      KVM's own code or for an explained reason others; those that need nothing of
#      a VMM pass where QEMU knows nothing of Hyper-V, too.
# State: none. Absent on purpose: the programs; no release of Debian packs them.

# Without a device of QEMU's that sends for the guest
kut_alone()
{
	kut stimer hyperv_stimer "$1" ''
	kut direct hyperv_stimer "$1" direct
	kut clock hyperv_clock "$1" ''
}

kut_all()
{
	kut synic hyperv_synic "$1" '' -device hyperv-testdev
	kut connections hyperv_connections "$1" '' -device hyperv-testdev
	kut_alone "$1"
}

# passed FILE NAME: it came to its end, and nothing failed or was skipped
kut_passed()
{
	grep "^$2 " "$work/$1"
	grep -qx "$2 end: PASS" "$work/$1" &&
		! grep "^$2 " "$work/$1" | grep -qE ': (FAIL|SKIP)$'
}

test_unit_tests()
{
	. /payload/config
	. /payload/provider.sh
	. /payload/kut.sh
	has_kut || return 0
	for provider in $providers; do
		provide "$provider"
		# vCPUs say theirs in any order
		kut_all host,hv_passthrough | sort >"$work/$provider"
	done
	for name in synic connections stimer direct clock; do
		check "$name passes on $provider" kut_passed "$provider" "$name"
	done
	both || return
	check "no difference but those explained" \
		no_difference unit-tests "$work/own" "$work/module"
	tell_used
	prefix='hve run --quiet --profile all --'
	kut_alone host >"$work/plain"
	for name in stimer direct clock; do
		check "$name passes in a VM that QEMU offers nothing" \
			kut_passed plain "$name"
	done
}
