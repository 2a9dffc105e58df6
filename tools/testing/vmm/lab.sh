#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests with real VMMs and Linux guests: prepare them, boot a host for each.
# In:  KERNEL, the host's and guests' kernel; HVE_KO, a module to use in place
#      of this tree's; names of tests (tests/NAME.sh), none means all.
# Out: what `run` prints; status 0 when every check passed. A host that dies
#      without a word of its kernel, or a guest that does not come up, is tried
#      again, twice at most, and its output kept as comments: QEMU's emulation
#      of SVM does that, with and without hve (Documentation/lab.rst).
# State: build/vmm. Absent on purpose: knowledge of what is tested.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
lab=$top/tools/testing/lab
out=$top/build/vmm
words="console=ttyS0 quiet loglevel=4 tsc=reliable panic=-1 oops=panic"
words+=" panic_on_warn=1 nokaslr cryptomgr.notests"

say()
{
	echo "vmm: $*"
}

guest_program()
{
	gcc -O2 -static -pthread -Wall -Werror -o "$out/guest/bin/$1" "$2"
}

guest_image()
{
	mkdir -p "$out/guest"/{bin,dev,proc,sys}
	cp "$(command -v busybox)" "$out/guest/bin/busybox"
	for name in sh mount dmesg grep sed head cat nproc sleep reboot tr \
		    uname awk; do
		ln -s busybox "$out/guest/bin/$name"
	done
	guest_program work "$top/tools/testing/demo/work.c"
	guest_program clock "$here/guest/clock.c"
	guest_program pages "$here/guest/pages.c"
	guest_program kexec "$here/guest/kexec.c"
	install -m 755 "$here/guest/init" "$out/guest/init"
	(cd "$out/guest" && find . | cpio -o -H newc --quiet) \
		>"$out/payload/guest.img"
}

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

# emulator_failed STATUS LOG: the emulator is to blame, as far as can be told
emulator_failed()
{
	case $1 in
	3) grep -q 'died without a verdict (silently' "$2" ||
		grep -q 'stack guard page was hit' "$2" ;;
	124) true ;;
	*) grep -q '^# guest .* did not come up' "$2" ;;
	esac
}

run_test()
{
	local log=$out/$1.log try rc

	say "$1, in an emulated AMD machine with SVM"
	for try in 1 2 3; do
		rc=0
		"$lab/run.sh" --kernel "${KERNEL:-}" --root --smp 1 --mem 3072 \
			--append "nohz=off highres=off" \
			--share "images=$out/images" \
			--payload "$out/payload" --timeout 400 -- \
			sh /payload/run "$1" >"$log" 2>&1 || rc=$?
		if [ $rc = 0 ] || [ $try = 3 ] || ! emulator_failed $rc "$log"; then
			break
		fi
		say "the emulated host failed: once more"
		retries=$((retries + 1))
		sed 's/^/# /' "$log"
	done
	cat "$log"
	return $rc
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
rm -rf "$out"
mkdir -p "$out/payload"
if [ -n "${HVE_KO:-}" ]; then
	cp "$HVE_KO" "$out/payload/kvm-hve.ko"
else
	"$lab/module.sh" --kernel "${KERNEL:-}" "$out/payload"
fi
strip --strip-debug "$out/payload/kvm-hve.ko"
make -s -C "$top/tools/hve" static
cp "$top/tools/hve/hve-static" "$out/payload/hve"
cp -r "$top/tools/hve/profiles" "$out/payload/profiles"
cp -r "$here/run" "$here/qemu" "$here"/*.sh "$here/tests" "$out/payload/"
echo "kernel='${vmlinux:-$vmlinuz}' image='$vmlinuz' words='$words'" >"$out/payload/config"
guest_image
boot_images
status=0 retries=0
for test in "${names[@]}"; do
	run_test "$test" || status=1
done
say "${#names[@]} tests, and the host started again $retries times"
exit "$status"
