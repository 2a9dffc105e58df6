# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # here, top, lab and out are the caller's; the rest kernel.sh's
#
# What every test with VMMs of this world needs: a payload and a host to run it.
# In:  sourced by scripts that set here (their folder), top (the source tree), lab
#      (its lab) and out (a folder below build); KERNEL, HVE_KO.
# Out: begin TEST... sets names, and what kernel.sh says; prepare fills
#      out/payload; run_test NAME RUN.SH-ARGUMENTS... boots a host for one test. A
#      host that dies without a word of its kernel, or a guest that does not come
#      up, is tried again, twice at most, and its output kept as comments: QEMU's
#      emulation of SVM does that, with and without hve (Documentation/lab.rst).
#      retries counts these.
# State: $out, with a log of each test, by its name or $label. Absent on
#      purpose: knowledge of what is tested.

retries=0
words="console=ttyS0 quiet loglevel=4 tsc=reliable panic=-1 oops=panic"
words+=" panic_on_warn=1 nokaslr cryptomgr.notests"

say()
{
	echo "${out##*/}: $*"
}

guest_program()
{
	gcc -O2 -static -pthread -Wall -Werror -o "$out/guest/bin/$1" "$2"
}

guest_image()
{
	local vmm=$top/tools/testing/vmm

	mkdir -p "$out/guest"/{bin,dev,proc,sys}
	cp "$(command -v busybox)" "$out/guest/bin/busybox"
	for name in sh mount dmesg grep sed head cat nproc sleep reboot tr \
		    uname awk; do
		ln -s busybox "$out/guest/bin/$name"
	done
	guest_program work "$top/tools/testing/demo/work.c"
	guest_program clock "$vmm/guest/clock.c"
	guest_program pages "$vmm/guest/pages.c"
	guest_program kexec "$vmm/guest/kexec.c"
	install -m 755 "$vmm/guest/init" "$out/guest/init"
	(cd "$out/guest" && find . | cpio -o -H newc --quiet) \
		>"$out/payload/guest.img"
}

# Set names to the tests given, or to all that $here/tests has, and what
# kernel.sh says; packages are there then.
begin()
{
	local file name kernel

	names=("$@")
	if [ $# = 0 ]; then
		for file in "$here"/tests/*.sh; do
			name=$(basename "$file" .sh)
			names+=("${name#*-}")
		done
	fi
	"$lab/deps.sh" build lab
	kernel=$("$lab/kernel.sh" --kernel "${KERNEL:-}")
	eval "$kernel"
}

# The module, hve, guests and where the guests' kernel is
prepare()
{
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
	echo "kernel='${vmlinux:-$vmlinuz}' image='$vmlinuz' words='$words'" \
		>"$out/payload/config"
	guest_image
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
	local test=$1 log=$out/${label:-$1}.log try rc
	shift

	say "${label:-$test}, in an emulated AMD machine with SVM"
	for try in 1 2 3; do
		rc=0
		"$lab/run.sh" --kernel "${KERNEL:-}" --root --mem 3072 \
			--payload "$out/payload" --timeout 240 "$@" -- \
			sh /payload/run "$test" >"$log" 2>&1 || rc=$?
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
