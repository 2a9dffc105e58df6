# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# QEMU's hv-* properties, one by one and together: what a guest sees.
# In:  /payload/flags, /payload/ask.rom, QEMU in /host. Out: on both providers
#      QEMU starts and the guest sees the same leaves and may use the same MSRs,
#      or QEMU refuses with the same words; else it is explained.
# State: $work/PROVIDER, the answers of all cases, each line with its case.

# ask NAME FLAGS: one start; prints the guest's lines, or QEMU's last words
ask()
{
	rm -f "/host/tmp/ask.out"
	rc=0
	# shellcheck disable=SC2086 # the prefix is several words
	timeout 60 $prefix chroot /host qemu-system-x86_64 -accel kvm \
		-machine q35 -cpu "host${2:+,$2}" -m 16 -nodefaults \
		-no-user-config -display none -bios /tmp/payload/ask.rom \
		-debugcon file:/tmp/ask.out \
		-device isa-debug-exit,iobase=0xf4 >"$work/ask.vmm" 2>&1 || rc=$?
	# isa-debug-exit turns the guest's 0 into 1
	if [ $rc != 1 ] || ! grep -q '^done' /host/tmp/ask.out; then
		echo "end: status $rc, $(tail -n 1 "$work/ask.vmm" | tr -d '\r')"
		return
	fi
	echo "end: answered"
	sed -nE 's/^((cpuid|read|zero) [0-9a-f]+|name) (.*)/\1: \3/p' \
		/host/tmp/ask.out
}

ask_all()
{
	provide "$1"
	while read -r name flags; do
		case $name in
		'' | '#'*) continue ;;
		esac
		ask "$name" "${flags#-}" | sed "s/^/$name /" >>"$work/$1"
	done </payload/flags
	check "QEMU serves the plain flags on $1" \
		grep -q '^time read 40000020: running' "$work/$1"
}

# answers CASE: of both, to compare; a refusal is one difference, not a hundred
answers()
{
	kind=''
	for provider in $providers; do
		grep -q "^$1 end: answered" "$work/$provider" || kind='end:'
	done
	for provider in $providers; do
		grep "^$1 $kind" "$work/$provider" >"$work/$provider.now"
	done
}

test_flags()
{
	. /payload/config
	. /payload/provider.sh
	note "$(chroot /host qemu-system-x86_64 --version | head -n 1)"
	for provider in $providers; do
		ask_all "$provider"
		note "refused on $provider:"
		grep -E '^[a-z-]+ end: status' "$work/$provider" | sed 's/^/# /'
	done
	both || return
	while read -r name _; do
		case $name in
		'' | '#'*) continue ;;
		esac
		answers "$name"
		check "$name: no difference but those explained" \
			no_difference flags "$work/own.now" "$work/module.now"
	done </payload/flags
	tell_used
}
