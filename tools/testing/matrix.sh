#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make check-all: parts of make check on every kernel and processor.
# In:  rows of matrix.list; words to run some only, each KERNEL, KERNEL/HOST or
#      KERNEL/HOST/PART as it is written there; the word results: run none, and
#      write down those that there are.
# Out: each part's own output, then one table of the last result of each, and
#      "N passed, N failed" of those that ran now as the last line; status 0 when
#      nothing failed and something ran. Documentation/test-results.md is written
#      anew, table and all; what has no result yet is named there.
# State: build/matrix/KERNEL-HOST/PART, what check.sh leaves for each, with the
#      kernel's version, the date and the commit; what is not there is taken over
#      from the file.
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

# wanted KERNEL HOST PART NAME...: no names means all
wanted()
{
	local kernel=$1 host=$2 part=$3 name
	shift 3

	[ $# != 0 ] || return 0
	for name; do
		case $name in
		"$kernel" | "$kernel/$host" | "$kernel/$host/$part") return 0 ;;
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

# run KERNEL HOST PART: a kernel that cannot be had is a failure, too.
run()
{
	local kernel=$1 host=$2 part=$3 dir
	dir=$logs/$(column "$1" "$2")/$3

	rm -rf "$dir"
	mkdir -p "$dir"
	commit >"$dir/commit"
	date -u '+%Y-%m-%d' >"$dir/date"
	say "$kernel on $host: $part"
	if ! version "$kernel" >"$dir/version"; then
		echo "no kernel" >"$dir/version"
		echo "kernel 0 passed 1 failed 0 skipped 0 s" >"$dir/table"
		return
	fi
	KERNEL=$kernel LAB_HOST=$host CHECK_LOGS=$dir/check "$here/check.sh" "$part"
	cp "$dir/check/table" "$dir/table" ||
		echo "check 0 passed 1 failed 0 skipped 0 s" >"$dir/table"
}

# cell COLUMN PART: what came out, or a dash
cell()
{
	[ -e "$logs/$1/$2/table" ] || { echo -; return; }
	awk '{
		printf "%d", $2
		if ($4) printf ", **%d failed**", $4
		if ($6) printf ", %d skipped", $6
	}' "$logs/$1/$2/table"
}

# The parts that there are results of, in the order of the list
parts_run()
{
	local kernel host parts part

	while read -r kernel host parts; do
		for part in $parts; do
			[ ! -e "$logs/$(column "$kernel" "$host")/$part/table" ] ||
				echo "$part"
		done
	done < <(rows) | awk '!seen[$0]++'
}

# stamps COLUMN: which parts were run of what and when, a line for each that differs
stamps()
{
	local dir

	for dir in "$logs/$1"/*/; do
		echo "$(basename "$dir")|Linux $(<"$dir/version"), on $(<"$dir/date")," \
			"commit $(paste -sd ' ' "$dir/commit")"
	done | awk -F '|' '
	{ parts[$2] = parts[$2] (parts[$2] ? ", " : "") $1 }
	END { for (stamp in parts) print parts[stamp] ": " stamp }' | sort
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
	local column part cells=() rule=()

	for column in "${columns[@]}"; do
		cells+=("${names[$column]}")
		rule+=(---)
	done
	line part "${cells[@]}"
	line --- "${rule[@]}"
	for part in $(parts_run); do
		cells=()
		for column in "${columns[@]}"; do
			cells+=("$(cell "$column" "$part")")
		done
		line "$part" "${cells[@]}"
	done
	echo
	for column in "${columns[@]}"; do
		stamps "$column" | sed "s|^|* ${names[$column]}: |"
	done
}

# What failed, by name
failures()
{
	local column log

	for column in "${columns[@]}"; do
		for log in "$logs/$column"/*/check/*.log; do
			[ -e "$log" ] || continue
			sed -n "s|^not ok [0-9]* - \\(.*\\)|* ${names[$column]}, $(
				basename "$log" .log): \\1|p" "$log"
		done
	done
}

commit()
{
	git -C "$top" log -1 --format='%h of %cs' 2>/dev/null || echo unknown
	# The results of the parts before are no change
	[ -z "$(git -C "$top" status --porcelain -uno -- ':/' \
		":!/${results#"$top"/}" 2>/dev/null)" ] ||
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
		echo "Each cell counts the checks of a part of \`make check\` that" \
			"passed on a kernel and an emulated processor; a dash: not run there."
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

# total FOLDER...: the last line, and the verdict
total()
{
	local dir

	for dir; do
		cat "$dir/table"
	done | awk '{ passed += $2; failed += $4 }
		END { print passed " passed, " failed " failed"; exit failed != 0 }'
}

# Every part of the list that the words want; ran gets the folders of results
run_wanted()
{
	local kernel host parts part

	while read -r -u 3 kernel host parts; do
		for part in $parts; do
			if wanted "$kernel" "$host" "$part" "$@"; then
				run "$kernel" "$host" "$part"
				ran+=("$logs/$(column "$kernel" "$host")/$part")
			fi
		done
	done 3< <(rows)
}

# written: what the file says of each run: NAME|PART|CELL|VERSION|DATE|COMMIT
written()
{
	awk '
	/^\| part / { n = split($0, name, / *\| */); next }
	/^\| ---/ { next }
	/^\| / {
		split($0, cell, / *\| */)
		for (i = 3; i < n; i++)
			cells[name[i], cell[2]] = cell[i]
	}
	/^\* .*: Linux .*, on .*, commit / {
		match($0, /: Linux /)
		head = substr($0, 3, RSTART - 3)
		stamp = substr($0, RSTART + RLENGTH)
		column = head
		sub(/: .*/, "", column)
		sub(/^[^:]*: /, "", head)
		sub(/, on /, "|", stamp)
		sub(/, commit /, "|", stamp)
		nr = split(head, part, /, /)
		for (i = 1; i <= nr; i++)
			print column "|" part[i] "|" cells[column, part[i]] "|" stamp
	}' "$results"
}

# What ran on other machines, or before build/ was removed, is no less a result.
recall()
{
	local name part cell version date commit dir failed skipped

	[ -e "$results" ] || return 0
	while IFS='|' read -r name part cell version date commit; do
		dir=$logs/$(column "${name%%, *}" "${name#*, }")/$part
		[ ! -e "$dir/table" ] || continue
		mkdir -p "$dir"
		echo "$version" >"$dir/version"
		echo "$date" >"$dir/date"
		echo "$commit" >"$dir/commit"
		failed=$(sed -n 's/.*\*\*\([0-9]*\) failed.*/\1/p' <<<"$cell")
		skipped=$(sed -n 's/.*, \([0-9]*\) skipped.*/\1/p' <<<"$cell")
		echo "$part ${cell%%,*} passed ${failed:-0} failed" \
			"${skipped:-0} skipped 0 s" >"$dir/table"
	done < <(written)
}

# Set columns and names to the rows that have a result, missing to what has none
look()
{
	local kernel host parts part column

	while read -r -u 3 kernel host parts; do
		column=$(column "$kernel" "$host")
		for part in $parts; do
			if [ ! -e "$logs/$column/$part/table" ]; then
				missing+=("$kernel, $host: $part")
			elif [ -z "${names[$column]:-}" ]; then
				columns+=("$column")
				names[$column]="$kernel, $host"
			fi
		done
	done 3< <(rows)
}

main()
{
	local ran=()
	local -A names=()

	columns=() missing=()
	recall
	[ "$*" = results ] || run_wanted "$@"
	look
	if [ "$*" = results ] && [ ${#columns[@]} != 0 ]; then
		write_results
		return
	fi
	if [ ${#ran[@]} = 0 ]; then
		say "nothing is called that; see tools/testing/matrix.list"
		exit 2
	fi
	printf '\n%s\n\n' "$(table)"
	write_results
	total "${ran[@]}"
}

main "$@"
