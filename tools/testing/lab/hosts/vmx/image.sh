#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the CD that an emulated machine boots a kernel from, uncompressed.
# In:  image.sh VMLINUX INITRD WORDS OUT: an ELF kernel with a PVH entry, its
#      initramfs and its command line. Out: OUT, an ISO 9660 image.
# State: a folder beside OUT while it runs. Absent on purpose: KASLR, which is
#      the work of the decompressor that this leaves out; any other loader.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../../common.sh
. "$here/../../common.sh"

loader=/usr/lib/ISOLINUX/isolinux.bin
modules=/usr/lib/syslinux/modules/bios

# The physical address that Xen's note 18 holds, low byte first
pvh_entry()
{
	local bytes

	bytes=$(readelf -n "$1" | sed -n '/(0x00000012)/{n;s/.*data: //p}')
	# shellcheck disable=SC2086 # its words are the bytes
	set -- $bytes
	[ $# -ge 4 ] || return 1
	echo "0x$4$3$2$1"
}

# "OFFSET ADDRESS FILE-SIZE MEMORY-SIZE" of what is to be loaded. What lies from
# .bss on is zero, and in no file that has to be read from a CD.
segments()
{
	local bss kind offset virt phys size memory rest zero

	bss=$(readelf -SW "$1" | sed -n 's/.* \.bss  *NOBITS  *\([0-9a-f]*\) .*/\1/p')
	readelf -lW "$1" | while read -r kind offset virt phys size memory rest; do
		[ "$kind" = LOAD ] || continue
		zero=$((16#$bss - virt))
		if [ $zero -ge 0 ] && [ $zero -lt $((size)) ]; then
			size=$zero
		fi
		echo "$((offset)) $phys $((size)) $((memory))"
	done
}

# The kernel's segments and entry.c as one 32-bit ELF file
link_kernel()
{
	local vmlinux=$1 out=$2 n=0 at=() offset phys size memory

	gcc -m32 -march=i386 -O2 -ffreestanding -fno-pic -fno-stack-protector \
		-fcf-protection=none -fno-asynchronous-unwind-tables \
		-Wall -Wextra -Werror "-DPVH_ENTRY=\"$(pvh_entry "$vmlinux")\"" \
		-c -o "$work/entry.o" "$here/entry.c"
	while read -r offset phys size memory; do
		printf '.section .segment%d,"awx"\n.incbin "%s",%d,%d\n' \
			$n "$vmlinux" "$offset" "$size"
		if [ "$memory" -gt "$size" ]; then
			printf '.section .zero%d,"aw",@nobits\n.skip %d\n' \
				$n $((memory - size))
			at+=("--section-start=.zero$n=$(printf '%#x' $((phys + size)))")
		fi
		at+=("--section-start=.segment$n=$phys")
		n=$((n + 1))
	done < <(segments "$vmlinux") >"$work/segments.S"
	as --32 -o "$work/segments.o" "$work/segments.S"
	ld -m elf_i386 -n -static -z noexecstack --no-warn-rwx-segments \
		--build-id=none -Ttext=0x101000 --section-start=.multiboot=0x100000 \
		"${at[@]}" -o "$out" "$work/entry.o" "$work/segments.o"
}

main()
{
	local vmlinux=$1 initrd=$2 words=$3 out=$4

	work=$(mktemp -d "$out.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/cd"
	link_kernel "$vmlinux" "$work/cd/kernel"
	ln "$initrd" "$work/cd/initrd" 2>/dev/null || cp "$initrd" "$work/cd/initrd"
	cp "$loader" "$modules/ldlinux.c32" "$modules/libcom32.c32" \
		"$modules/mboot.c32" "$work/cd"
	printf 'default linux\nlabel linux\n kernel mboot.c32\n append kernel %s --- initrd\n' \
		"$words" >"$work/cd/isolinux.cfg"
	xorriso -as mkisofs -quiet -o "$out" -b isolinux.bin -c boot.cat -no-emul-boot \
		-boot-load-size 4 -boot-info-table "$work/cd" 2>"$work/words" || {
		cat "$work/words" >&2
		die "xorriso could not make the CD"
	}
}

main "$@"
