#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The selftests that see a difference between VMX and SVM, on Intel hosts as Bochs
# emulates them: one without TSC scaling and APICv, and those of time and of
# interrupts on one with both.
# In:  KERNEL. Out: lab.sh's output of both; status 0 when nothing failed and
#      nothing was skipped: these hosts are here for these tests. A machine that
#      is no Debian has no such host.
# Absent on purpose: the other selftests; LAB_HOST=vmx lab.sh runs all of them.
set -u -o pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../lab/common.sh
. "$here/../lab/common.sh"
# shellcheck source=../lab/apt.sh
. "$here/../lab/apt.sh"
export LAB_HOST=vmx
status=0 log=$(mktemp)
trap 'rm -f "$log"' EXIT

# on MODEL TEST...
on()
{
	local name args=()

	export LAB_CPU=$1
	shift
	for name; do
		args+=(-t "$name")
	done
	"$here/lab.sh" "${args[@]}" | tee "$log" || status=1
	if grep '^ok [0-9].*# SKIP' "$log"; then
		echo "$LAB_CPU has what the above wants, but was not found to have it"
		status=1
	fi
}

if ! apt_is_debian; then
	echo "ok 1 - Intel hosts # SKIP their Bochs comes from Debian's sid"
	exit 0
fi
on corei7_haswell_4770 \
	rows-cpuid rows-cpuid-apic rows-msr rows-msr-base rows-call rows-call-base \
	rows-call-no-xmm privilege hypercall-page tsc tsc-four frequencies vapic hints \
	ipi flush flush-ext runtime invtsc idle-two hw-features synic-two stimer \
	stimer-direct reset no-irqchip-cpuid hooks unserved
on corei7_skylake_x \
	tsc frequencies vapic hints ipi flush reenlightenment invtsc synic synic-two \
	stimer-direct stimer-four reset hooks apicv saved
exit $status
