#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make check: the tests, all that do not take long.
# In:  KERNEL, the kernel of the emulated host; words to run some parts only.
#      Parts that are not in the list below run when they are named only: they
#      take long. newest is a handful of selftests on the newest kernel there is,
#      whatever KERNEL says.
#      Out: each part's own output, a table of the parts, and "N passed, N failed"
#      as the last line; status 0 when nothing failed.
# State: build/check, or CHECK_LOGS, with one log a part and the table. Absent on
#      purpose: judging by hand; a part that ends without saying its numbers has
#      failed. Other kernels and processors: matrix.sh.
set -u

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
logs=${CHECK_LOGS:-$top/build/check}
parts=(unit tools lint fuzz lab demo reboot clients selftests newest vmx
       kselftests dkms bench)
# What tells soonest that a kernel is not the one the module was written for: a
# test of each row, the hooks, and one of everything that KVM's insides are for.
telling=(rows-cpuid rows-msr rows-call privilege hypercall-page tsc vapic ipi flush
	 flush-ext crash idle synic stimer-direct reset hooks arming two break-symbol)
passed=0 failed=0 skipped=0

say()
{
	echo "check: $*"
}

part_unit()      { make -s -C "$top/tools/testing/unit" check; }
part_tools()     { make -s -C "$top/tools/hve" check && "$top/Documentation/gen.sh" --check; }
part_lint()      { "$top/tools/lint/lint.sh"; }
part_fuzz()      { make -s -C "$here/fuzz" run TIME=20; }
part_lab()       { "$here/lab/selftest.sh"; }
part_demo()      { "$here/demo/demo.sh"; }
part_selftests() { "$here/selftests/lab.sh"; }
part_vmx()       { "$here/selftests/vmx.sh"; }
part_reboot()    { "$here/vmm/lab.sh" reboot; }
part_clients()   { "$here/vmm/lab.sh" clients; }
part_vmm()       { "$here/vmm/lab.sh"; }
part_newest()    { KERNEL=newest "$here/selftests/lab.sh" "${telling[@]/#/-t}"; }
part_kselftests() { "$here/native/lab.sh" selftests; }
part_native()    { "$here/native/lab.sh"; }
part_dkms()      { "$here/lab/dkms.sh"; }
part_package()   { "$here/lab/package.sh"; }
part_bench()     { "$here/bench/bench.sh" --quick; }

# How many checks a part's log reports: outermost TAP lines, or cmocka's; a part
# without any counts as one.
count()
{
	local log=$1 status=$2 ok not skip

	ok=$(grep -cE '^ok [0-9]|^\[ +OK +\]' "$log")
	not=$(grep -cE '^not ok [0-9]|^\[ +FAILED +\] [a-z_]+$' "$log")
	skip=$(grep -cE '^ok [0-9].*# SKIP' "$log")
	ok=$((ok - skip))
	if [ $((ok + not)) = 0 ] && [ "$status" = 0 ]; then
		ok=1
	elif [ "$status" != 0 ] && [ "$not" = 0 ]; then
		not=1
	fi
	passed=$((passed + ok))
	failed=$((failed + not))
	skipped=$((skipped + skip))
	printf '%-10s %5d passed %5d failed %5d skipped %6d s\n' "$part" "$ok" \
		"$not" "$skip" "$SECONDS" >>"$logs/table"
}

run_part()
{
	local status

	part=$1
	SECONDS=0
	say "$part"
	"part_$part" 2>&1 | tee "$logs/$part.log"
	status=${PIPESTATUS[0]}
	count "$logs/$part.log" "$status"
	[ "$status" = 0 ] || say "$part failed (status $status); log: $logs/$part.log"
}

rm -rf "$logs"
mkdir -p "$logs"
"$here/lab/deps.sh" build lab unit lint root fuzz || exit 1
[ $# = 0 ] || parts=("$@")
for name in "${parts[@]}"; do
	run_part "$name"
done
echo
cat "$logs/table"
echo
if [ $skipped != 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed = 0 ]
