#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make check-all: parts of make check on every kernel and processor.
# In:  rows of matrix.list; words to run some rows only, each KERNEL or
#      KERNEL/HOST as it is written there; the word results: run none, and write
#      down those that there are.
# Out: each part's own output, then one table of the last result of each row, and
#      "N passed, N failed" of those that ran now as the last line; status 0 when
#      nothing failed and something ran. Documentation/test-results.md is written
#      anew, table and all; rows that have no result yet are named there.
# State: build/matrix/KERNEL-HOST, what check.sh leaves for each row.
# Absent on purpose: what a part does (check.sh), and results written by hand.
set -u

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
logs=$top/build/matrix
results=$top/Documentation/test-results.md

say()
{
	echo "matrix: $*"
}

# Rows without comments: kernel host parts...
rows()
{
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$here/matrix.list"
}

# wanted KERNEL HOST NAME...: no names means all
wanted()
{
	local kernel=$1 host=$2 name
	shift 2

	[ $# != 0 ] || return 0
	for name; do
		case $name in
		"$kernel" | "$kernel/$host") return 0 ;;
		esac
	done
	return 1
}

# The kernel's release, and the version of the package that it, or its source,
# came in
version()
{
	local release='' modules='' lines key

	lines=$("$here/lab/kernel.sh" --kernel "$1") || return
	eval "$lines"
	key=$(basename "${modules%/tree/*}")
	case $key in
	"$release"-[0-9]*) echo "$release (${key#"$release-"})" ;;
	"${1%%-*}"-[0-9]*) key=${key#*-}; echo "$release (${key%-*})" ;;
	*) echo "$release" ;;
	esac
}

# column KERNEL HOST: the name of a folder
column()
{
	local name=$1-$2

	echo "${name//\//_}"
}

# run_row KERNEL HOST PART...: a kernel that cannot be had is a failure, too.
run_row()
{
	local kernel=$1 host=$2 dir
	dir=$logs/$(column "$1" "$2")
	shift 2

	rm -rf "$dir"
	mkdir -p "$dir"
	echo "$kernel" >"$dir/kernel"
	echo "$host" >"$dir/host"
	commit >"$dir/commit"
	date -u '+%Y-%m-%d, %H:%M UTC' >"$dir/date"
	say "$kernel on $host: $*"
	if ! version "$kernel" >"$dir/version"; then
		echo "no kernel" >"$dir/version"
		echo "kernel 0 passed 1 failed 0 skipped 0 s" >"$dir/table"
		return
	fi
	KERNEL=$kernel LAB_HOST=$host CHECK_LOGS=$dir/check "$here/check.sh" "$@"
	cp "$dir/check/table" "$dir/table" ||
		echo "check 0 passed 1 failed 0 skipped 0 s" >"$dir/table"
}

# cell COLUMN SUITE: what came out, or a dash
cell()
{
	awk -v suite="$2" '$1 == suite {
		found = 1
		printf "%d", $2
		if ($4) printf ", **%d failed**", $4
		if ($6) printf ", %d skipped", $6
	}
	END { if (!found) printf "-" }' "$logs/$1/table"
}

suites()
{
	local column

	for column in "${columns[@]}"; do
		awk '{ print $1 }' "$logs/$column/table"
	done | awk '!seen[$0]++'
}

# line CELL...: a row of a table
line()
{
	printf '|'
	printf ' %s |' "$@"
	echo
}

table()
{
	local column suite cells=() rule=()

	for column in "${columns[@]}"; do
		cells+=("$(<"$logs/$column/kernel"), $(<"$logs/$column/host")")
		rule+=(---)
	done
	line suite "${cells[@]}"
	line --- "${rule[@]}"
	for suite in $(suites); do
		cells=()
		for column in "${columns[@]}"; do
			cells+=("$(cell "$column" "$suite")")
		done
		line "$suite" "${cells[@]}"
	done
	echo
	for column in "${columns[@]}"; do
		echo "* $(<"$logs/$column/kernel"), $(<"$logs/$column/host"):" \
			"Linux $(<"$logs/$column/version"), on" \
			"$(<"$logs/$column/date"), commit" \
			"$(paste -sd ' ' "$logs/$column/commit")"
	done
}

# What failed, by name
failures()
{
	local column log

	for column in "${columns[@]}"; do
		for log in "$logs/$column"/check/*.log; do
			[ -e "$log" ] || continue
			sed -n "s/^not ok [0-9]* - \\(.*\\)/* $(<"$logs/$column/kernel"), $(
				<"$logs/$column/host"), $(basename "$log" .log): \\1/p" "$log"
		done
	done
}

commit()
{
	git -C "$top" log -1 --format='%h of %cs' 2>/dev/null || echo unknown
	[ -z "$(git -C "$top" status --porcelain -uno 2>/dev/null)" ] ||
		echo "with changes that were not committed"
}

write_results()
{
	local list

	list=$(failures)
	{
		echo "# Test results"
		echo
		echo "Written by \`make check-all\` (tools/testing/matrix.sh), never by" \
			"hand."
		echo
		echo "Each cell counts checks of a part of \`make check\` on a kernel" \
			"and an emulated processor; a dash is a part that was not run."
		echo
		table
		if [ ${#missing[@]} != 0 ]; then
			printf '\nNot run yet:\n\n'
			printf '* %s\n' "${missing[@]}"
		fi
		if [ -n "$list" ]; then
			printf '\nFailed:\n\n%s\n' "$list"
		fi
	} >"$results"
	say "written: $results"
}

# total COLUMN...: the last line, and the verdict
total()
{
	local column

	for column; do
		cat "$logs/$column/table"
	done | awk '{ passed += $2; failed += $4 }
		END { print passed " passed, " failed " failed"; exit failed != 0 }'
}

main()
{
	local kernel host parts ran=()

	columns=() missing=()
	while read -r -u 3 kernel host parts; do
		if wanted "$kernel" "$host" "$@"; then
			# shellcheck disable=SC2086 # words on purpose
			run_row "$kernel" "$host" $parts
			ran+=("$(column "$kernel" "$host")")
		fi
		if [ -e "$logs/$(column "$kernel" "$host")/table" ]; then
			columns+=("$(column "$kernel" "$host")")
		else
			missing+=("$kernel on $host")
		fi
	done 3< <(rows)
	if [ "$*" = results ] && [ ${#columns[@]} != 0 ]; then
		write_results
		return
	fi
	if [ ${#ran[@]} = 0 ]; then
		say "no row is called that; see tools/testing/matrix.list"
		exit 2
	fi
	printf '\n%s\n\n' "$(table)"
	write_results
	total "${ran[@]}"
}

main "$@"
