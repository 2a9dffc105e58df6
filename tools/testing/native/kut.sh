# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work and prefix come from run and provider.sh
#
# A program of kvm-unit-tests in QEMU.
# In:  sourced; /payload/kut, the .flat files of a built tree (lab.sh,
#      KVM_UNIT_TESTS); QEMU in /host; $prefix, what it is started with.
# Out: functions. State: none. Absent on purpose: the programs; no release of
#      Debian packs them.

has_kut()
{
	[ ! -d /payload/kut ] || return 0
	skip "kvm-unit-tests" "KVM_UNIT_TESTS names no folder"
	return 1
}

# kut NAME FLAT CPU WORD QEMU-ARGUMENTS...: one start; lines "NAME TEST: RESULT"
kut()
{
	name=$1 flat=$2 cpu=$3 word=$4
	shift 4
	rc=0
	# shellcheck disable=SC2086 # the prefix is several words
	timeout 240 $prefix chroot /host qemu-system-x86_64 -accel kvm \
		-machine q35 -cpu "$cpu" -smp 2 -m 64 -nodefaults \
		-no-user-config -display none -serial stdio -device pc-testdev \
		-device isa-debug-exit,iobase=0xf4,iosize=0x4 "$@" \
		-kernel "/tmp/payload/kut/$flat.flat" -append "$word" \
		>"$work/kut.out" 2>&1 </dev/null || rc=$?
	# One ": " in each line; a line that comes again has its number
	tr -d '\r' <"$work/kut.out" |
		sed -nE 's/^(PASS|FAIL|SKIP): (.*)/\1 \2/p' |
		awk -v name="$name" '{
			result = $1
			sub(/^[A-Z]+ /, "")
			gsub(/: /, " - ")
			printf "%s %s (%d): %s\n", name, $0, ++seen[$0], result
		}'
	# isa-debug-exit turns the guest's 0 into 1
	if [ $rc = 1 ]; then
		echo "$name end: PASS"
	else
		echo "$name end: status $rc"
		tail -n 20 "$work/kut.out" | sed "s/^/# $name: /" >&2
	fi
}
