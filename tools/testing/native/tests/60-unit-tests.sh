# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# The Hyper-V tests of kvm-unit-tests, in QEMU.
# In:  /payload/kut, the .flat files of a built tree (lab.sh, KVM_UNIT_TESTS); QEMU
#      in /host. Out: each passes on the module in native mode, with the results of
#      KVM's own code or for an explained reason others; those that need nothing of
#      a VMM pass where QEMU knows nothing of Hyper-V, too.
# State: none. Absent on purpose: the programs; no release of Debian packs them.

# kut NAME FLAT CPU WORD QEMU-ARGUMENTS...: one start; lines "NAME TEST: RESULT"
kut()
{
	name=$1 flat=$2 cpu=$3 word=$4
	shift 4
	rc=0
	# shellcheck disable=SC2086 # the prefix is several words
	timeout 100 $prefix chroot /host qemu-system-x86_64 -accel kvm \
		-machine q35 -cpu "$cpu" -smp 2 -m 64 -nodefaults \
		-no-user-config -display none -serial stdio -device pc-testdev \
		-device isa-debug-exit,iobase=0xf4,iosize=0x4 "$@" \
		-kernel "/tmp/payload/kut/$flat.flat" -append "$word" \
		>"$work/kut.out" 2>&1 </dev/null || rc=$?
	tr -d '\r' <"$work/kut.out" |
		sed -nE "s/^(PASS|FAIL|SKIP): (.*)/$name \2: \1/p"
	# isa-debug-exit turns the guest's 0 into 1
	if [ $rc = 1 ]; then
		echo "$name end: PASS"
	else
		echo "$name end: status $rc"
		tail -n 20 "$work/kut.out" | sed "s/^/# $name: /" >&2
	fi
}

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
	if [ ! -d /payload/kut ]; then
		skip "kvm-unit-tests" "KVM_UNIT_TESTS names no folder"
		return
	fi
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
