# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A small Debian tree with DKMS, and kernels in it.
# In:  sourced after common.sh and apt.sh; the suites and mirrors of this
#      machine's apt. Out: dkms_root_make, dkms_root_add_kernel, inside, result,
#      dkms_root_end; variables work (a scratch folder, work/root the tree),
#      release (the kernel added last), count and failed.
# State: cache/roots/KEY, the tree with DKMS and a compiler, made once; each run
#      works in a copy of it, which does not outlive the run.
# Absent on purpose: an emulator; whether the module loads is seen elsewhere.
# shellcheck disable=SC2154 # here, work and lab_cache are the includer's

dkms_root_packages=dkms,gcc,make,libc6-dev,libbpf-dev,libelf-dev,pahole,xz-utils,zstd,lz4
# What the command line is linked with
dkms_root_packages+=,libjson-c5,libncurses6
count=0 failed=0

# Lines for a sources.list: the release itself and its updates, as they are
# configured on this machine, or, of another release, main of the same mirror.
sources()
{
	local code=$1 uri suite component from key

	if [ "$code" != "$(apt_codename)" ]; then
		read -r uri _ _ from < <(apt_entries | awk -v code="$(apt_codename)" \
			'$2 == code && $3 == "main"') || true
		[ -z "$uri" ] || echo "deb $(signed_by "$uri" "$from")$uri $code main"
		return
	fi
	apt_entries | while read -r uri suite component from; do
		case $suite in
		"$code" | "$code-updates" | "$code-security") ;;
		*) continue ;;
		esac
		case $component in
		main | universe) ;;
		*) continue ;;
		esac
		echo "deb $(signed_by "$uri" "$from")$uri $suite $component"
	done
}

signed_by()
{
	local key

	key=$(apt_keyring "$1" "${2%:*}")
	printf '%s' "${key:+[signed-by=$key] }"
}

# dkms_root_make CODENAME: the cached tree, and the run's copy of it
dkms_root_make()
{
	local code=$1 list=$work/sources.list root new

	sources "$code" >"$list"
	[ -s "$list" ] || die "this machine's apt names no source to take $code from"
	root=$lab_cache/roots/$code-$( (cat "$list"; echo "$dkms_root_packages") |
		sha256sum | head -c 16)
	if [ ! -d "$root" ]; then
		"$here/deps.sh" root
		say "making a small $code with DKMS in $root"
		mkdir -p "$lab_cache/roots"
		new=$(mktemp -d "$lab_cache/roots/.new-XXXXXX")
		if ! as_root mmdebstrap --mode=root --variant=apt \
		     --include="$dkms_root_packages" \
		     --dpkgopt=path-exclude='/usr/share/doc/*' \
		     --dpkgopt=path-exclude='/usr/share/man/*' \
		     --dpkgopt=path-exclude='/usr/share/locale/*' \
		     "$code" "$new/root" "$list" >"$work/mmdebstrap" 2>&1; then
			tail -n 15 "$work/mmdebstrap" >&2
			as_root rm -rf "$new"
			die "the tree could not be made"
		fi
		as_root mv -T "$new/root" "$root"
		rm -rf "$new"
	fi
	as_root cp -a --reflink=auto "$root" "$work/root"
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

# inside COMMAND...: in the tree, with a /proc of its own
inside()
{
	as_root unshare --mount --pid --fork --kill-child --root="$work/root" \
		--mount-proc /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C "$@"
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

