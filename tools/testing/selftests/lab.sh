#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the selftests and run them inside an emulated host.
# In:  KERNEL; arguments for `run`. Out: run.sh's output and status. A host that
#      dies or falls silent without a word of its kernel is started once more,
#      from the test on that it did not finish: QEMU's emulation of SVM loses an
#      interrupt of the host now and then (Documentation/lab.rst). The same test
#      twice is a failure.
# State: build/selftests. Absent on purpose: the tests themselves (tests.list).
set -eu -o pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
out=$top/build/selftests

rm -rf "$out"
mkdir -p "$out"
make -s -C "$here" install DESTDIR="$out"
"$top/tools/testing/lab/module.sh" --kernel "${KERNEL:-}" "$out"
make -s -C "$top/tools/hve" static
cp "$top/tools/hve/hve-static" "$out/hve"
# What an emulated machine has to load from an emulated CD had better be small.
strip --strip-debug "$out"/kvm-hve.ko "$out"/hve* "$out"/test-*
case ${LAB_HOST:-svm}/${KERNEL:-} in
*/debug*) limit=10800 silence=900 slowness=6 ;;		# checkers take time
vmx/*)    limit=5400 silence=400 slowness=8 ;;
*)        limit=2400 silence=400 slowness=1 ;;
esac
cp -r "$top/tools/hve/profiles" "$out/profiles"

# host ARGUMENTS...: prints what it prints, and keeps it
host()
{
	"$top/tools/testing/lab/run.sh" --kernel "${KERNEL:-}" --payload "$out" \
		--timeout $limit --silence $silence -- \
		env slowness=$slowness sh /payload/run "$@" 2>&1 | tee "$out.log"
}

# The emulator is to blame, as far as can be told
emulator_failed()
{
	[ "$1" = 124 ] || [ "$1" = 3 ] &&
		grep -qE 'stopped after [0-9]+ s without an? (end|word);|\(silently' \
			"$out.log"
}

last=''
while :; do
	status=0
	host ${last:+-a "$last"} "$@" || status=$?
	emulator_failed $status || exit $status
	before=$last
	last=$(sed -nE 's/^(not )?ok [0-9]+ - ([^ ]*).*/\2/p' "$out.log" | tail -n 1)
	if [ -z "$last" ] || [ "$last" = "$before" ]; then
		exit $status
	fi
	echo "# the emulated host stopped: a new one goes on after $last"
done
