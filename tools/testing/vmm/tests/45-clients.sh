# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# What Linux makes of the profile linux, one check for each thing, with each
# guest kernel there is; then it starts the next of these kernels itself, and
# that one crashes.
# In:  lib.sh; /payload/clients, lines "RELEASE KERNEL NEXT", and RELEASE.img,
#      which holds the kernel of release NEXT. Out: facts of the guest beside hve's counts.
# State: one VMM for each kernel. -no-shutdown keeps a VM that has crashed.

said_yes()
{
	same "$2" "$(fact client "$1")" yes
}

goes_up()
{
	echo "$*"
	is_more "${2:-0}" "${1:-0}"
}

check_client()
{
	same "$1: it is that kernel" "$(fact client release)" "$1"
	same "$1: hypervisor detected" "$(fact client hypervisor)" \
		"Microsoft Hyper-V"
	same "$1: both CPUs came up" "$(fact client cpus)" 2
	same "$1: its clock is the TSC page" "$(fact client clocksource)" \
		hyperv_clocksource_tsc_page
	same "$1: the TSC page is valid" "$(vm_field client tsc_page)" valid
	same "$1: synthetic timers are its clock events" \
		"$(fact client clockevents)" \
		"Hyper-V clockevent,Hyper-V clockevent"
	# shellcheck disable=SC2046 # two numbers
	check "$1: their interrupts (HVS) go on" goes_up $(fact client timers)
	said_yes spinlocks "$1: paravirtual spinlocks are enabled"
	said_yes apic "$1: its APIC is enlightened"
	said_yes ipi "$1: it interrupts by hypercall"
	said_yes flush "$1: it flushes by hypercall"
	check "$1: no kernel complains" calm client
}

# hve saw the same; of the first kernel only, since the counts are the VM's
check_counts()
{
	for name in timers ipi_targets flush_targets; do
		check "$1: hve counts $name" is_more "$(vm_count client $name)" 0
	done
}

# The crash, as scripts see it: one, with the end of the guest's log
crash_shown()
{
	hve status "$(vm_of "$(pid_of client)")" --json >"$work/crash"
	grep -q '"count": *1,' "$work/crash" &&
		grep -o '"message": *".*Kernel panic - not syncing: [^\\]*' \
			"$work/crash" | grep -o 'Kernel panic.*'
}

crash_for_people()
{
	hve status "$(vm_of "$(pid_of client)")" >"$work/crash"
	grep 'crashed, as it said itself: 1 time' "$work/crash" &&
		grep '^ *| .*Kernel panic - not syncing: sysrq triggered crash' \
			"$work/crash"
}

check_crash()
{
	check "$1: its panic reaches hve status --json, with the reason" \
		within 30 crash_shown || { tail -n 5 "$(console client)"; return; }
	check "$1: hve status shows it to people" crash_for_people
	check "$1: the host's log has a line" log_says \
		'kvm_hve: VM .*the guest says that it crashed'
}

# client RELEASE KERNEL NEXT
client()
{
	mark_log
	start client hve run --profile linux -- /payload/qemu client \
		work,timer,kexec -kernel "$2" -m 400 -no-shutdown \
		-initrd "/tmp/share/images/$1.img"
	check "$1: the guest comes up" ready client || return
	check_client "$1"
	check_counts "$1"
	check "$3, by kexec from $1: the guest comes up" ready client 2 || return
	check_client "$3"
	check_crash "$3"
}

test_clients()
{
	load
	while read -r release kernel next; do
		client "$release" "$kernel" "$next"
		stop client
	done </payload/clients
}
