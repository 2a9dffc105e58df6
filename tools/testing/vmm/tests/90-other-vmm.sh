# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# Another VMM than QEMU, where the build machine has one: kvmtool.
# In:  lib.sh; lkvm below /host. Out: its guest is enlightened by hve run, with
#      no option of its own.
# State: one VMM. Absent on purpose: VMMs that Debian does not package.

test_other_vmm()
{
	load
	if ! chroot /host sh -c 'command -v lkvm' >/dev/null; then
		skip "kvmtool is served" "lkvm is not on the build machine"
		return
	fi
	. /payload/config
	start lkvm hve run --profile linux -- sh -c "exec chroot /host lkvm run \
		--kernel '$image' --initrd /tmp/payload/guest.img --cpus 2 \
		--mem 192 --console serial --params '$words vmm.jobs=work' \
		>/host/tmp/lkvm.console"
	check "the guest of kvmtool comes up" ready lkvm
	check "it is enlightened" enlightened lkvm
	stop lkvm
}
