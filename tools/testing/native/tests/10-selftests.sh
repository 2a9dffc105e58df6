# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# The kernel's selftests of KVM's Hyper-V interface, as they are.
# In:  /payload/kst/VERSION as build.sh made it. Out: each passes on the module,
#      which a SKIP does not; on KVM's own code as well, or it is explained.
# State: none. hyperv_clock compares two clocks to 1 %, which the emulated host
#      cannot always keep: a test has three tries, and the table counts them.

# kst VERSION NAME: one program; prints PASS, SKIP or FAIL, and the tries
kst()
{
	tries=0
	while [ $tries -lt 3 ]; do
		tries=$((tries + 1))
		rc=0
		# shellcheck disable=SC2086 # the prefix is several words
		timeout 200 $prefix "/payload/kst/$1/$2" >"$work/kst.out" 2>&1 ||
			rc=$?
		case $rc in
		0) echo "PASS $tries"; return ;;
		4) echo "SKIP $tries"; return ;;
		esac
		{
			echo "$provider, $1, $2: status $rc, try $tries:"
			tail -n 12 "$work/kst.out"
		} | sed 's/^/# /' >&2
	done
	echo "FAIL $tries"
}

row()
{
	: >"$work/own.now"
	: >"$work/module.now"
	for provider in $providers; do
		provide "$provider"
		kst "$1" "$2" >"$work/$provider.now"
		read -r result tries <"$work/$provider.now"
		echo "$1 $2: $result" >>"$work/$provider"
	done
	printf '# %-6s %-28s %-12s %s\n' "$1" "$2" "$(cat "$work/own.now")" \
		"$(cat "$work/module.now")" >>"$work/table"
	check "$1 $2 passes on $provider" is "$result" PASS
}

test_selftests()
{
	. /payload/config
	. /payload/provider.sh
	printf '# %-6s %-28s %-12s %s   (result and tries; %s)\n' "" test \
		"KVM's own" module "$host_tag" >"$work/table"
	for version in /payload/kst/*; do
		version=${version##*/}
		while read -r name; do
			row "$version" "$name"
		done <"/payload/kst/$version/tests"
	done
	if both; then
		check "no difference but those explained" \
			no_difference selftests "$work/own" "$work/module"
	fi
	cat "$work/table"
	tell_used
}
