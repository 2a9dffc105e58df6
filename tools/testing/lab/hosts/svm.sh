# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The AMD host: QEMU's own emulation of SVM with nested paging.
# In:  sourced by run.sh, which sets image, initrd, append, smp, mem,
#      console_log, verdict, root, shares and extra.
# Out: host_check refuses a machine that cannot do it; host_argv fills the
#      array host_cmd with a program that runs until the host is off, its
#      console on stdin and stdout.
# Environment: LAB_ACCEL=kvm to use the machine's nested virtualization;
#      LAB_THREAD=multi for one thread a CPU, which is faster and loses
#      interrupts (Documentation/lab.rst); LAB_QEMU for another emulator.
# Absent on purpose: a guess at LAB_ACCEL; /dev/kvm is touched when asked only.

qemu=${LAB_QEMU:-qemu-system-x86_64}
# shellcheck disable=SC2034 # for run.sh
host_smp=2

host_check()
{
	local version

	need "$qemu" lab
	version=$("$qemu" --version | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p')
	thread=${LAB_THREAD:-single}
	case ${LAB_ACCEL:-tcg} in
	kvm) return 0 ;;
	tcg) ;;
	*)   die 2 "LAB_ACCEL is ${LAB_ACCEL}; it can be tcg or kvm" ;;
	esac
	if [ "${version:-0}" -lt 8 ]; then
		die "QEMU ${version:-of unknown version} is too old to emulate the host:" \
		    "8 is the least, 10 or later is wanted (tools/testing/lab/deps.sh lab)"
	fi
	if [ "$version" -lt 10 ] && [ "$thread" != single ]; then
		say "QEMU $version corrupts code patched under several threads: using one"
		thread=single
	fi
}

# Named off because TCG lacks them and would say so in every run.
cpu_model()
{
	local off

	printf EPYC
	for off in fxsr-opt misalignsse osvw topoext nrip-save xsavec; do
		printf ',%s=off' "$off"
	done
}

share_common=,security_model=none,multidevs=remap

# share_arg TAG DIR OPTIONS: a folder over 9p; a comma in its name is doubled.
share_arg()
{
	host_cmd+=(-virtfs "local,path=${2//,/,,},mount_tag=$1$3$share_common")
}

# shellcheck disable=SC2154
share_args()
{
	local item

	if [ "$root" = 1 ]; then
		share_arg host-tree "${LAB_ROOT:-/}" ,readonly=on
	fi
	for item in "${shares[@]}"; do
		share_arg "lab-${item%%=*}" "${item#*=}" ''
	done
}

host_argv()
{
	host_cmd=("$qemu" -machine q35 -smp "$smp" -m "$mem"
		  -nodefaults -no-user-config -no-reboot -display none -nic none
		  -kernel "$image" -initrd "$initrd" -append "$append"
		  -chardev "stdio,id=console,signal=off,mux=off,logfile=${console_log//,/,,}"
		  -serial chardev:console -serial "file:${verdict//,/,,}")
	if [ "${LAB_ACCEL:-tcg}" = kvm ]; then
		host_cmd+=(-accel kvm -cpu host)
	else
		host_cmd+=(-accel "tcg,thread=$thread" -cpu "$(cpu_model)")
	fi
	share_args
	host_cmd+=("${extra[@]}")
}
