#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unmodified users of KVM's Hyper-V interface, on KVM's own code and on ours.
# In:  KERNEL, the host's and guests' kernel; SUITES, the Debian releases whose
#      QEMU and libvirt are used (bookworm trixie); HVE_KO, a module in place of
#      this tree's; PROVIDERS, "own" to run KVM's own code alone; KVM_UNIT_TESTS,
#      a folder where kvm-unit-tests was built; names of tests (tests/NN-NAME.sh),
#      none means all.
# Out: what each test prints, tables of what was different and why, and "N
#      passed, N failed" at the end; status 0 when nothing failed.
# State: build/native. Absent on purpose: which differences are well; they
#      stand in `explained`.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
lab=$top/tools/testing/lab
out=$top/build/native
# shellcheck source=../vmm/prepare.sh
. "$top/tools/testing/vmm/prepare.sh"

kernel_selftests()
{
	local version versions="6.12 7.3" old='' dir

	# What a KVM older than 6.8 has not; those of 7.x are not for such ones
	# shellcheck disable=SC2154 # release comes out of the eval
	case $release in
	6.[1-7].*) versions=6.12 old=/old ;;
	esac
	mkdir "$out/payload/kst"
	for version in $versions; do
		say "the kernel's selftests of $version"
		dir=$("$here/build.sh" "$version")
		cp -r "$dir$old" "$out/payload/kst/$version"
		cp "$here/kselftests" "$out/payload/kst/$version/tests"
	done
}

# The guest that asks what it sees of Hyper-V
firmware()
{
	gcc -m16 -march=i386 -Os -Wall -Werror -ffreestanding -fno-pic \
		-fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib \
		-static -no-pie -Wl,--build-id=none,--no-warn-rwx-segments \
		-Wl,-T,"$here/guest/rom.ld" -o "$out/ask.elf" \
		"$here/guest/start.S" "$here/guest/ask.c"
	objcopy -O binary --pad-to 0x10000 "$out/ask.elf" "$out/payload/ask.rom"
}

payload()
{
	local vmm=$top/tools/testing/vmm

	prepare
	cp -r "$vmm/run" "$vmm/qemu" "$vmm/lib.sh" "$here/provider.sh" "$here/kut.sh" \
		"$here/flags" "$here/domain.xml" "$here/tests" "$here/explained" "$out/payload/"
	install -m 755 "$top/tools/hve/qemu-wrapper" "$out/payload/wrapper"
	# Trees of other releases do not have the guests' kernel
	cp "${vmlinux:-$vmlinuz}" "$out/payload/kernel"
	{
		echo "kernel=/tmp/payload/kernel"
		echo "providers='${PROVIDERS:-own module}'"
	} >>"$out/payload/config"
	if [ -n "${KVM_UNIT_TESTS:-}" ]; then
		mkdir "$out/payload/kut"
		cp "$KVM_UNIT_TESTS"/x86/*.flat "$out/payload/kut"
	fi
	firmware
}

# Each release's QEMU (and libvirt) is a tree that the host has at /host
with_suites()
{
	local test=$1 suite root
	shift

	for suite in ${SUITES:-bookworm trixie}; do
		root=$("$here/root.sh" "$suite")
		label=$test-$suite
		LAB_ROOT=$root run_test "$test" --smp 1 \
			--append "nohz=off highres=off" "$@" || status=1
	done
}

one()
{
	label=$1
	case $1 in
	selftests)
		kernel_selftests
		run_test selftests --timeout 1200 || status=1 ;;
	*)
		with_suites "$1" --timeout 900 ;;
	esac
}

total()
{
	local passed failed

	passed=$(cat "$out"/*.log | grep '^ok [0-9]' | grep -vc '# SKIP') || true
	failed=$(cat "$out"/*.log | grep -c '^not ok [0-9]') || true
	if [ $status != 0 ] && [ "$failed" = 0 ]; then
		failed=1
	fi
	echo "$passed passed, $failed failed"
}

begin "$@"
say "building the module for Linux $release, hve and the guests"
payload
status=0
for name in "${names[@]}"; do
	one "$name"
done
total
exit "$status"
