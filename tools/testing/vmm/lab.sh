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

# "RELEASE KERNEL IMAGE" of what kernel.sh finds, the last for boot loaders
kernel_line()
{
	local lines release vmlinuz vmlinux=''

	lines=$("$lab/kernel.sh" --kernel "$1") && eval "$lines" &&
		echo "$release ${vmlinux:-$vmlinuz} $vmlinuz"
}

# Lines of two kernels for guests, or of one: the host's own, and the first
# other one that apt offers.
find_kernels()
{
	local spec own other

	own=$(kernel_line "${KERNEL:-}")
	echo "$own"
	for spec in 6.12 6.1 7; do
		other=$(kernel_line $spec 2>/dev/null) || continue
		if [ "$other" != "$own" ]; then
			echo "$other"
			return
		fi
	done
}

# NAME.img: the guests' image, with the kernel to start next in /next
next_image()
{
	local name=$1 next=$2 dir=$out/next

	rm -rf "$dir"
	mkdir -p "$dir/next"
	cp "$next" "$dir/next/kernel"
	cp "$out/payload/guest.img" "$dir/next/initrd"
	echo "$words vmm.jobs=work,timer,crash" >"$dir/next/words"
	(cd "$dir" && find next | cpio -o -H newc --quiet) |
		cat "$out/payload/guest.img" - >"$out/images/$name.img"
}

# A guest of the test clients: FROM starts TO, both lines of find_kernels
client()
{
	local from=$1 to=$2 name kernel

	read -r name kernel _ <<<"$from"
	next_image "$name" "${to##* }"
	echo "$name $kernel ${to%% *}" >>"$out/payload/clients"
}

# What each kernel starts next is another one where there are two
boot_images()
{
	local all first second

	mapfile -t all < <(find_kernels)
	first=${all[0]} second=${all[1]:-}
	mkdir -p "$out/images"
	client "$first" "${second:-$first}"
	if [ -z "$second" ]; then
		echo "apt offers no second kernel beside $release" \
			>"$out/payload/no-second-kernel"
		return
	fi
	client "$second" "$first"
	say "guests run $release and ${second%% *}"
	echo "${second%% *}" >"$out/payload/second-kernel"
	boot_image "$out/payload/first.iso" "${first##* }" work,reboot
	boot_image "$out/payload/second.iso" "${second##* }" work,pages,clock
}

begin "$@"
# shellcheck disable=SC2154 # release and vmlinux come out of the eval
say "building the module for Linux $release, hve and the guests"
prepare
cp -r "$here/run" "$here/qemu" "$here"/*.sh "$here/tests" "$out/payload/"
boot_images
status=0
for test in "${names[@]}"; do
	run_test "$test" --smp 1 --append "nohz=off highres=off" \
		--share "images=$out/images" --timeout 400 || status=1
done
say "${#names[@]} tests, and the host started again $retries times"
exit "$status"
