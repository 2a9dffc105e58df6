# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# A Linux guest of QEMU with all hv-* properties together, and with all of the host.
# In:  /payload/flags, the guest of vmm. Out: it boots on both providers, calm,
#      and finds the same; every property is taken on the module.
# State: none.

# flags_of CASE: what QEMU is asked for
flags_of()
{
	awk -v name="$1" '$1 == name { print $2 }' /payload/flags
}

# boot NAME CASE: on the provider of now; its facts go to $work/NAME.facts
boot()
{
	# shellcheck disable=SC2086 # the prefix is several words
	start "$1" $prefix /payload/qemu "$1" work \
		-cpu "host,-tsc-deadline,kvm=off,$(flags_of "$2")"
	check "$2: Linux boots on $provider" ready "$1" || return
	check "$2: no kernel complains on $provider" calm "$1"
	tr -d '\r' <"$(console "$1")" |
		sed -n "s/^FACT \([a-z]*\)|/$2 \1: /p" >"$work/$1.facts"
	stop "$1"
}

found()
{
	is "$(fact "$1" hypervisor)" "Microsoft Hyper-V" &&
		is "$(fact "$1" clocksource)" hyperv_clocksource_tsc_page &&
		is "$(fact "$1" ipi)" yes && is "$(fact "$1" flush)" yes
}

test_boot()
{
	. /payload/config
	. /payload/provider.sh
	for case in all-but-ext passthrough; do
		for provider in $providers; do
			provide "$provider"
			boot "$provider" "$case"
		done
		both || continue
		check "$case: the guest finds the same on both" \
			no_difference boot "$work/own.facts" "$work/module.facts"
	done
	if both; then
		boot module all
		check "all: the guest uses it" found module
	fi
	tell_used
}
