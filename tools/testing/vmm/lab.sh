#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests with real VMMs and Linux guests: prepare them, boot a host for each.
# In:  KERNEL, the host's and guests' kernel; HVE_KO, a module to use in place
#      of this tree's; names of tests (tests/NAME.sh), none means all.
# Out: what `run` prints; status 0 when every check passed. prepare.sh says
#      which failures are tried again.
# State: build/vmm. Absent on purpose: knowledge of what is tested.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
lab=$top/tools/testing/lab
out=$top/build/vmm
# shellcheck source=prepare.sh
. "$here/prepare.sh"

# A disk or CD that boots KERNEL with JOBS, through the firmware
boot_image()
{
	local file=$1 kernel=$2 jobs=$3

	rm -rf "$out/iso"
	mkdir -p "$out/iso"
	cp /usr/lib/ISOLINUX/isolinux.bin \
		/usr/lib/syslinux/modules/bios/ldlinux.c32 "$out/iso/"
	cp "$kernel" "$out/iso/kernel"
	cp "$out/payload/guest.img" "$out/iso/initrd"
	printf 'default linux\nlabel linux\n  kernel /kernel\n  append initrd=/initrd %s\n' \
		"$words vmm.jobs=$jobs" >"$out/iso/isolinux.cfg"
	xorriso -as mkisofs -quiet -o "$file" -b isolinux.bin -c boot.cat \
		-no-emul-boot -boot-load-size 4 -boot-info-table \
		-isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin "$out/iso"
}

# Two images for a VM that changes its kernel when it reboots
boot_images()
{
	local spec lines other=''

	for spec in 6.12 6.1 7; do
		lines=$("$lab/kernel.sh" --kernel $spec 2>/dev/null) || continue
		# shellcheck disable=SC2154 # both come out of the eval
		other=$(eval "$lines" && echo "$release $vmlinuz")
		[ "${other% *}" = "$release" ] || break
		other=''
	done
	if [ -z "$other" ]; then
		echo "apt offers no second kernel beside $release" \
			>"$out/payload/no-second-kernel"
		return
	fi
	say "the guest that reboots goes from $release to ${other% *}"
	echo "${other% *}" >"$out/payload/second-kernel"
	boot_image "$out/payload/first.iso" "$vmlinuz" work,reboot
	boot_image "$out/payload/second.iso" "${other#* }" work,pages,clock
}

names=("$@")
if [ $# = 0 ]; then
	for file in "$here"/tests/*.sh; do
		name=$(basename "$file" .sh)
		names+=("${name#*-}")
	done
fi
"$lab/deps.sh" build lab
eval "$("$lab/kernel.sh" --kernel "${KERNEL:-}")"
# shellcheck disable=SC2154 # release and vmlinux come out of the eval
say "building the module for Linux $release, hve and the guests"
prepare
cp -r "$here/run" "$here/qemu" "$here"/*.sh "$here/tests" "$out/payload/"
boot_images
status=0
for test in "${names[@]}"; do
	run_test "$test" --smp 1 --append "nohz=off highres=off" || status=1
done
exit "$status"
