# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Words every lab script shares.
# In:  sourced by bash scripts of this folder; reads KVM_HVE_CACHE.
# Out: lab_cache (the cache folder), say, die, need, as_root.
# Messages go to stderr, so that stdout stays free for results.
# Absent on purpose: any state; each script owns its own files and traps.

# depmod, modprobe and friends are out of an ordinary user's PATH on Debian.
PATH=$PATH:/usr/sbin:/sbin
# shellcheck disable=SC2034 # read by the scripts that source this
lab_cache=${KVM_HVE_CACHE:-$HOME/.cache/kvm-hve}

say()
{
	printf 'lab: %s\n' "$*" >&2
}

# die [STATUS] SENTENCE: status 1 is a refusal, 2 a wrong call.
die()
{
	local status=1

	case $1 in
	[0-9]) status=$1; shift ;;
	esac
	say "$*"
	exit "$status"
}

# need COMMAND GROUP: the group is what deps.sh installs it with.
need()
{
	command -v "$1" >/dev/null ||
		die "$1 is missing: run tools/testing/lab/deps.sh $2"
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "$1 needs root here: run as root or install sudo"
	fi
}
