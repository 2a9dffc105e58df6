#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The small Debian tree that Bochs is taken from.
# In:  the mirror of this machine's apt. Out: on stdout the folder; a sentence and
#      status 1 where there is none.
# State: that of lab/roots.sh. Absent on purpose: this machine's own Bochs. Before
#      3.1 a descriptor of posted interrupts has to have a page of its own, which
#      KVM's has not; and only Debian's sid has 3.1.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../../common.sh
. "$here/../../common.sh"
# shellcheck source=../../apt.sh
. "$here/../../apt.sh"
# shellcheck source=../../roots.sh
. "$here/../../roots.sh"

apt_is_debian || die "the Intel host takes Bochs from Debian's sid, which the apt of" \
	"this machine does not reach: use Debian, or LAB_HOST=svm"
root_make sid bochs bochs-term bochsbios vgabios
# shellcheck disable=SC2154 # root_make sets it
echo "$root"
