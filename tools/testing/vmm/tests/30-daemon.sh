# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# A VMM that becomes a daemon is served, and leaves its traces.
# In:  lib.sh. Out: the parent of QEMU is gone before the VM is created; the
#      guest is enlightened; hve status and the tracepoints agree.
# State: the trace buffer, reset at the end. Absent on purpose: other guests.

tracing=/sys/kernel/tracing

trace()
{
	echo "$1" >$tracing/events/kvm_hve/enable
}

traced()
{
	grep -m 1 -E ": $1: $2" "$work/trace" ||
		{ tail -n 5 "$work/trace"; return 1; }
}

check_traces()
{
	trace 0
	grep -v '^#' $tracing/trace >"$work/trace"
	check "hve_attach is traced" traced hve_attach 'vm [0-9]+ features 0x'
	check "hve_msr is traced" traced hve_msr \
		'vm [0-9]+ vp 0 wrmsr 0x40000000 = 0x8100'
	check "hve_hypercall is traced" traced hve_hypercall \
		'vm [0-9]+ vp [0-9]+ control 0x.*result 0'
	check "hve_flush is traced" traced hve_flush 'vm [0-9]+ vp [0-9]+ targets [12]'
	check "hve_ipi is traced" traced hve_ipi 'vm [0-9]+ vp [0-9]+ targets [12]'
	echo >$tracing/trace
	echo 1408 >$tracing/buffer_size_kb
}

check_counts()
{
	for name in flush_targets ipi_targets cpuid tsc_updates; do
		check "hve status counts $name" is_more "$(vm_count daemon $name)" 0
	done
	same "the TSC page is valid" "$(vm_field daemon tsc_page)" valid
	same "it has the CPUs of the VMM" "$(vm_field daemon vcpus)" 2
	same "nothing is refused" "$(vm_list daemon refused)" ""
}

# Without ftrace the hooks would be gone, and the guest without its hypervisor
ftrace_stays()
{
	sysctl -w kernel.ftrace_enabled=0
	now=$(cat /proc/sys/kernel/ftrace_enabled)
	sysctl -q -w kernel.ftrace_enabled=1
	is "$now" 1
}

test_daemon()
{
	load
	echo 16384 >$tracing/buffer_size_kb
	trace 1
	start daemon hve run --profile linux -- /payload/qemu daemon work \
		-daemonize -pidfile /tmp/daemon.pid
	check "QEMU becomes a daemon" wait "$(pid_of daemon)"
	pid_daemon=$(cat /host/tmp/daemon.pid)
	check "it is served" within 5 served daemon
	check "its guest comes up" ready daemon
	check "its guest is enlightened" enlightened daemon
	check_counts
	check_traces
	check "ftrace cannot be switched off now" ftrace_stays
	kill "$pid_daemon"
	check "its VM goes with it" within 10 no_vms
}
