#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the initramfs of the emulated host.
# In:  --modules DIR (lib/modules/RELEASE of kernel.sh), --output FILE, and
#      optionally --payload DIR (becomes /payload), --command FILE (becomes
#      /lab/cmd), --module NAME (one more kernel module, repeatable).
# Out: FILE: an uncompressed cpio of busybox, modules and init, followed by a
#      second one with payload and command. Prints nothing.
# State: cache/initrd/<hash>.cpio, the first part, shared by all runs.
# Absent on purpose: compression (unpacking costs more than reading here),
# device nodes (devtmpfs has them), anything that needs root.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"

# NAME:always, or NAME:FLAG for a module that is loaded on CPUs with that flag; an
# emulator with folders to share has CPUs that know their hypervisor.
wanted="kvm-amd:svm kvm-intel:vmx virtio_pci:hypervisor 9pnet_virtio:hypervisor 9p:hypervisor"

builtin_module()
{
	tr '-' '_' <"$modules/modules.builtin" |
		grep -q "/${1//-/_}\.ko"
}

# modules.dep's line for a module: "path: dependency..."; names in files use
# dashes and underscores as they please.
dep_line()
{
	grep -E "(^|/)${1//[-_]/[-_]}\.ko(\.[a-z0-9]+)?:" "$modules/modules.dep"
}

# copy_module FILE: into the root, decompressed; prints its new name.
copy_module()
{
	local from=$modules/$1 name=${1%.ko*}.ko
	local to=$root/lib/modules/$release/$name

	if [ ! -e "$to" ]; then
		mkdir -p "${to%/*}"
		case $1 in
		*.xz)  xz -dc "$from" >"$to" ;;
		*.zst) zstd -dcq "$from" >"$to" ;;
		*.gz)  gzip -dc "$from" >"$to" ;;
		*)     cp "$from" "$to" ;;
		esac
	fi
	printf '%s' "$name"
}

# add_module NAME always|FLAG: with all its dependencies, and a modules.dep line
# for each, so that modprobe works inside with options of a test's choice.
add_module()
{
	local name=$1 when=$2 line file dep out

	if ! line=$(dep_line "$name"); then
		if [ "$when" = always ] && ! builtin_module "$name"; then
			die "kernel $release has no module $name"
		fi
		return 0
	fi
	for file in ${line/:/}; do
		out=$(copy_module "$file"):
		# shellcheck disable=SC2013 # one line, read word by word
		for dep in $(grep "^$file:" "$modules/modules.dep" | cut -d: -f2-); do
			out+=" ${dep%.ko*}.ko"
		done
		echo "$out" >>"$root/lib/modules/$release/modules.dep.all"
	done
	echo "$name $when" >>"$root/lab/modules"
}

add_busybox()
{
	local busybox applet

	busybox=$(command -v busybox) || die "busybox is missing: run" \
		"tools/testing/lab/deps.sh lab"
	if ldd "$busybox" >/dev/null 2>&1; then
		die "$busybox is not static: run tools/testing/lab/deps.sh lab"
	fi
	cp -L "$busybox" "$root/bin/busybox"
	for applet in $("$busybox" --list); do
		[ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
	done
	ln -s ../bin/busybox "$root/sbin/modprobe"
}

pack()
{
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio -0 -o -H newc -R 0:0 --quiet) >"$2"
}

# build_base FILE: busybox, init and modules.
build_base()
{
	local item dep

	root=$tmp/base
	mkdir -p "$root"/{bin,sbin,etc,root,lab,payload,proc,sys,dev,run,tmp} \
		"$root/usr/bin" "$root/usr/sbin" "$root/lib/modules/$release"
	add_busybox
	install -m 755 "$here/init" "$root/init"
	install -m 644 "$here/splats" "$root/lab/splats"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	for item in $wanted; do
		add_module "${item%:*}" "${item#*:}"
	done
	dep=$root/lib/modules/$release/modules.dep
	sort -u "$dep.all" >"$dep"
	rm "$dep.all"
	cp "$modules/modules.builtin" "$root/lib/modules/$release/"
	pack "$root" "$tmp/base.cpio"
	mv "$tmp/base.cpio" "$1"
}

# What the first part depends on, boiled down to a name.
base_key()
{
	{
		readlink -f "$modules"
		stat -c '%Y %s' "$modules/modules.dep" "$(command -v busybox)"
		echo "$wanted"
		cat "$here/init" "$here/splats" "$here/initrd.sh"
	} | sha256sum | cut -c 1-16
}

build_payload()
{
	root=$tmp/extra
	mkdir -p "$root/lab" "$root/payload"
	if [ -n "$payload" ]; then
		cp -a --reflink=auto "$payload/." "$root/payload/"
	fi
	if [ -n "$command" ]; then
		cp "$command" "$root/lab/cmd"
	fi
	pack "$root" "$tmp/extra.cpio"
}

main()
{
	local output='' base

	modules='' payload='' command=''
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) sed -n '4,9s/^# //p' "$0"; return ;;
		esac
		[ $# -gt 1 ] || die 2 "$1 wants a value"
		case $1 in
		--modules) modules=$2 ;;
		--payload) payload=$2 ;;
		--command) command=$2 ;;
		--module)  wanted+=" $2:always" ;;
		--output)  output=$2 ;;
		*)         die 2 "unknown argument $1; see --help" ;;
		esac
		shift 2
	done
	[ -n "$output" ] || die 2 "--output is missing"
	[ -f "$modules/modules.dep" ] || die 2 "--modules must name a folder with modules.dep"
	[ -z "$payload" ] || [ -d "$payload" ] || die 2 "the payload $payload is no folder"
	need cpio lab
	release=$(basename "$modules")
	mkdir -p "$lab_cache/initrd"
	tmp=$(mktemp -d "$lab_cache/initrd/.new-XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT TERM
	base=$lab_cache/initrd/$(base_key).cpio
	[ -e "$base" ] || build_base "$base"
	touch "$base"
	find "$lab_cache/initrd" -maxdepth 1 -name '*.cpio' -mtime +7 -delete
	build_payload
	cat "$base" "$tmp/extra.cpio" >"$output"
}

main "$@"
