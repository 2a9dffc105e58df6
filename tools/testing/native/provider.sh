# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034,SC2154 # the tests use prefix; work comes from run
#
# The same on KVM's own code and on the module, and what differs.
# In:  sourced by the tests of native; /payload/explained. Out: functions.
# State: $prefix, what a command is started with; $work/own and $work/module, the
#      lines to compare; $work/used, explanations that applied. Absent on purpose:
#      what is started.

: >"$work/own"
: >"$work/module"
: >"$work/used"
keeper=''
tab=$(printf '\t')

# The lines of `explained` with this name apply to the host
host_tag="$(uname -r)"
grep -q ' kvm_hv_hypercall\b' /proc/kallsyms || host_tag="$host_tag-nohyperv"

# Installing hooks takes seconds here, so they stay from one start to the next.
# No path of a VM that is not served differs, and KVM's own part is over.
keep_hooks()
{
	! alive "${keeper:-none}" || return 0
	hve run --native --quiet -- sleep 100000 &
	keeper=$!
	started="$started $keeper"
}

# provide own|module: from here on
provide()
{
	case $1 in
	own) prefix='' ;;
	*)   prefix='hve run --native --quiet --'
	     load
	     keep_hooks ;;
	esac
}

# Lines "KEY: VALUE" of two files that are not the same: "KEY: own A, module B"
differences()
{
	awk -F ': ' '
	FNR == 1 { file++ }
	!($1 in seen) { order[++n] = $1; seen[$1] = 1 }
	{ value[file, $1] = substr($0, length($1) + 3) }
	END {
		for (i = 1; i <= n; i++) {
			own = value[1, order[i]]; module = value[2, order[i]]
			if (own != module)
				printf "%s: own %s, module %s\n", order[i],
					own == "" ? "nothing" : own,
					module == "" ? "nothing" : module
		}
	}' "$1" "$2"
}

# unexplained PART: of the differences on stdin, those that `explained` has not
unexplained()
{
	while read -r line; do
		if ! explanation "$1" "$line" >>"$work/used"; then
			echo "$line"
		fi
	done
}

# explanation PART DIFFERENCE: why it is well; false when nobody knows
explanation()
{
	while IFS="$tab" read -r part kernel pattern reason; do
		[ "$part" = "$1" ] || continue
		# shellcheck disable=SC2254 # a pattern it is
		case $host_tag in
		$kernel) ;;
		*) continue ;;
		esac
		if echo "$2" | grep -qE -- "^$pattern\$"; then
			echo "$reason"
			return
		fi
	done </payload/explained
	return 1
}

# no_difference PART OWN MODULE: but those explained
no_difference()
{
	differences "$2" "$3" >"$work/differ"
	unexplained "$1" <"$work/differ" >"$work/unexplained"
	cat "$work/unexplained"
	[ ! -s "$work/unexplained" ]
}

# What was found different and is well
tell_used()
{
	[ -s "$work/used" ] || return 0
	note "differences that are explained:"
	sort "$work/used" | uniq -c | sed 's/^/# /'
	: >"$work/used"
}

# Both providers ran, so that there is something to compare
both()
{
	[ "$providers" = "own module" ]
}
