#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo: a Linux guest, enlightened, under a VMM that knows no Hyper-V.
# In:  KERNEL (as of tools/testing/lab/kernel.sh). Out: host.sh's table and the
#      counters; status 0 when the guest was enlightened.
# State: build/demo. Absent on purpose: anything installed by hand; deps.sh
#      installs what is missing and says so before.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
out=$top/build/demo

say()
{
	echo "demo: $*"
}

guest_image()
{
	rm -rf "$out/guest"
	mkdir -p "$out/guest"/{bin,dev,proc,sys}
	cp "$(command -v busybox)" "$out/guest/bin/busybox"
	for name in sh mount dmesg grep sed head cat nproc sleep; do
		ln -s busybox "$out/guest/bin/$name"
	done
	gcc -O2 -static -pthread -Wall -Werror -o "$out/guest/bin/work" \
		"$here/work.c"
	install -m 755 "$here/guest-init" "$out/guest/init"
	(cd "$out/guest" && find . | cpio -o -H newc --quiet) \
		>"$out/payload/guest.img"
}

"$top/tools/testing/lab/deps.sh" build lab
say "looking for the host's kernel"
kernel=$("$top/tools/testing/lab/kernel.sh" --kernel "${KERNEL:-}")
eval "$kernel"
# shellcheck disable=SC2154 # release and vmlinux come out of the eval
say "building the module for Linux $release, and hve"
rm -rf "$out"
mkdir -p "$out/payload"
"$top/tools/testing/lab/module.sh" --kernel "${KERNEL:-}" "$out/payload"
make -s -C "$top/tools/hve" static
cp "$top/tools/hve/hve-static" "$out/payload/hve"
cp "$top/tools/hve/profiles/linux.profile" "$here/host.sh" "$out/payload/"
guest_image
# One CPU: with more of them QEMU injects an interrupt twice now and then, and a
# guest that boots on ticks of a timer hangs; a periodic tick, because QEMU
# loses one now and then (Documentation/lab.rst). A host that dies all the same
# without a word of its kernel is tried again.
say "booting the host: an emulated AMD machine with SVM"
for try in 1 2 3; do
	status=0
	"$top/tools/testing/lab/run.sh" --kernel "${KERNEL:-}" --root --smp 1 \
		--append "nohz=off highres=off" \
		--payload "$out/payload" --mem 2048 --timeout 400 -- \
		sh /payload/host.sh "${vmlinux:-$vmlinuz}" || status=$?
	case $status in
	3 | 124) [ $try = 3 ] || say "the emulated host failed: once more" ;;
	*) exit $status ;;
	esac
done
exit "$status"
