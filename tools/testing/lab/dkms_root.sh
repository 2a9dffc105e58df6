# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A small Debian tree with DKMS, and kernels in it.
# In:  sourced after common.sh, apt.sh and roots.sh.
# Out: dkms_root_begin, dkms_root_make, dkms_root_add_kernel, inside, result,
#      dkms_root_end; variables work (a scratch folder, work/root the tree),
#      release (the kernel added last), count and failed, and dkms_root_begin's.
# State: a copy of the tree, which does not outlive the run.
# Absent on purpose: an emulator; whether the module loads is seen elsewhere.
# shellcheck disable=SC2034,SC2154 # the includer has here and lab_cache, and uses these

dkms_root_packages=(dkms gcc make libc6-dev libbpf-dev libelf-dev pahole
	xz-utils zstd lz4)
# What the command line is linked with
dkms_root_packages+=(libjson-c5 libncurses6)
count=0 failed=0

# dkms_root_make CODENAME: the run's copy of a tree of that release
dkms_root_make()
{
	root_make "$1" "${dkms_root_packages[@]}"
	as_root cp -a --reflink=auto "$root" "$work/root"
}

# dkms_root_begin OPTION ARGUMENTS...: a script's arguments, --release, --kernel
# and OPTION where that is not empty, and the tree; sets kernel, second, version,
# work
dkms_root_begin()
{
	local code also=$1 value
	shift

	code=$(apt_codename)
	kernel=${KERNEL:-} second='' release=''
	while [ $# -gt 1 ]; do
		value=$2
		case $1 in
		--release) code=$value ;;
		--kernel)  kernel=$value ;;
		"$also")   second=$value ;;
		*) break ;;
		esac
		shift 2
	done
	[ $# = 0 ] || die 2 "usage: ${0##*/} [--release CODENAME] [--kernel SPEC]" \
		"${also:+[$also SPEC]}"
	kernel=${kernel:-$code}
	second=${second:-$code-backports}
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
	work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-${0##*/}-XXXXXX")
	trap dkms_root_end EXIT
	trap 'exit 130' INT TERM
	dkms_root_make "$code"
}

# dkms_root_add_kernel SPEC: what the packages of that kernel would have put
# there; sets release
dkms_root_add_kernel()
{
	local lines parts tree modules=''

	lines=$("$here/kernel.sh" --kernel "$1")
	eval "$lines"
	tree=${modules%/lib/modules/*}
	mapfile -t parts < <(cd "$tree" && shopt -s nullglob && printf '%s\n' usr/src \
		usr/lib/linux-kbuild-* "boot/vmlinuz-$release"* \
		"lib/modules/$release"/vmlinuz* \
		"lib/modules/$release"/modules.* \
		"lib/modules/$release/kernel/arch/x86/kvm")
	tar -C "$tree" -c "${parts[@]}" |
		as_root tar -C "$work/root" -x --no-same-owner --keep-directory-symlink
	as_root ln -s "/usr/src/linux-headers-$release" \
		"$work/root/lib/modules/$release/build"
}

# inside COMMAND...: in the tree
inside()
{
	root_run "$work/root" -- "$@"
}

# result NAME STATUS [FILE]: FILE is shown when STATUS is not 0
result()
{
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $count - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1"
	[ $# -lt 3 ] || tail -n 15 "$3" | sed 's/^/# /'
}

# A failed run leaves its logs and tree
dkms_root_end()
{
	[ $failed = 0 ] || { say "logs and tree: $work"; return; }
	as_root rm -rf "$work"
}

