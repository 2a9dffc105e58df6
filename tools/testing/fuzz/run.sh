#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the fuzzers of the pure code, one after the other.
# In:  SECONDS for all together, SEED, names; O, their folder, and TOP. From make.
# Out: a line each, and the share of each file's lines, functions and branches
#      that was run; status 1 when one found something: its input stays in O,
#      and the program takes that file's name as its argument to do it again.
# Absent on purpose: judging coverage; a minute's worth differs from an hour's.
set -eu -o pipefail

time=$1 seed=$2
shift 2
each=$((time / $#)) number=0 failed=0 objects=()
[ $each -gt 0 ] || each=1

# A start for those that would never guess a name.
seed_corpus()
{
	local file word

	mkdir -p "$O/corpus/$1"
	[ "$1" = options ] || return 0
	for file in "$TOP"/tools/hve/profiles/*.profile; do
		printf '\1\0\1%s' "$(<"$file")" >"$O/corpus/$1/${file##*/}"
	done
	grep -ohE '"[a-z][a-z-]+"' "$TOP/include/hve/enlightenments.def" \
		"$TOP/tools/hve/values.c" | sort -u >"$O/options.dict"
	tr -d '"' <"$O/options.dict" | while read -r word; do
		for file in "$word" "$word=1" "+$word" "$word=on"; do
			printf '\0\0\1%s' "$file" >"$O/corpus/$1/list-$file"
		done
	done
}

fuzz()
{
	local name=$1 log=$O/$1.log extra=()

	number=$((number + 1))
	seed_corpus "$name"
	[ "$name" != options ] || extra=(-dict="$O/options.dict")
	if ! (cd "$O" && LLVM_PROFILE_FILE=$O/$name.profraw UBSAN_OPTIONS=print_stacktrace=1 \
	      "$O/fuzz_$name" -max_total_time=$each -seed="$seed" -max_len=4096 \
	      -print_final_stats=1 -artifact_prefix="$O/$name-" "${extra[@]}" \
	      "$O/corpus/$name") >"$log" 2>&1; then
		failed=$((failed + 1))
		echo "not ok $number - $name: log $log"
		grep -m 3 -E 'not so|ERROR|runtime error|Test unit written' "$log" || true
		return
	fi
	echo "ok $number - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
	objects+=(-object "$O/fuzz_$name")
}

for name; do
	fuzz "$name"
done
echo "1..$number"
if [ ${#objects[@]} -gt 0 ]; then
	llvm-profdata merge -o "$O/all.profdata" "$O"/*.profraw
	# shellcheck disable=SC2046 # names without spaces
	llvm-cov report "${objects[@]:1}" -instr-profile "$O/all.profdata" | awk '
	BEGIN { printf "%-26s %9s %9s %9s\n", "coverage of", "functions", "lines", "branches" }
	sub(/^(\.\.\/)+/, "") && !/^tools\/testing/ && $10 ~ /[1-9]/ {
		printf "%-26s %9s %9s %9s\n", $1, $7, $10, $13 }'
fi
[ $failed = 0 ]
