#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the unit tests inside an emulated host.
# In:  KERNEL. Out: cmocka's reports; status 0 when all passed and the kernel
#      never complained. The build machine's tree is mounted there, with its
#      libraries, so that the programs are the very same.
# State: build/unit. Absent on purpose: a second build, as a kernel module: what
#      is tested here knows no kernel.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../../..")
out=$top/build/unit

"$top/tools/testing/lab/deps.sh" unit lab
make -s -C "$here" all O="$out"
exec "$top/tools/testing/lab/run.sh" --kernel "${KERNEL:-}" --root --timeout 1800 \
	-- "failed=0 ran=0
for program in /host$out/test_*; do
	case \${program##*/} in
	*.*) continue ;;
	esac
	ran=1
	chroot /host \${program#/host} || failed=1
done
[ \$failed\$ran = 01 ]"
