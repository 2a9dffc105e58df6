# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# QEMU saves a VM and hve its Hyper-V state; new ones go on with both: first by
# a migration through a file, then by a snapshot.
# In:  lib.sh; the guest's lines "T nanoseconds steps worst". Out: its clock goes
#      on where it was, without the pause, and never back; timers, IPIs and
#      flushes go on; a running VM is not saved.
# State: three VMMs, one after the other. Their disk has no device; it is only for
#      the snapshot, and made by the first QEMU, which needs no qemu-img then.

disk=/tmp/migrate.qcow2
saved=/host/tmp/migrate.hyperv

# vmm NAME DISK QEMU'S ARGUMENTS...; its monitor may be asked at once
vmm()
{
	name=$1 drive=if=none,id=disk,$2
	shift 2
	mkfifo "/host/tmp/$name.monitor.in" "/host/tmp/$name.monitor.out"
	start "$name" hve run --profile linux -- /payload/qemu "$name" \
		clock,works -drive "$drive" "$@"
}

uptime()
{
	cut -d ' ' -f 1 /proc/uptime
}

# monitor NAME COMMAND: and what QEMU answers, some of it; does not wait for a
# QEMU that has ended
monitor()
{
	echo "$2" 1<>"/host/tmp/$1.monitor.in"
	{ timeout 1 cat "/host/tmp/$1.monitor.out"; } 2>/dev/null | tr -d '\r'
}

monitor_says()
{
	monitor "$1" "$2" >"$work/monitor"
	grep "$3" "$work/monitor" ||
		{ cat "$work/monitor" "$work/$1.vmm"; return 1; }
}

is_ticking()
{
	is_more "$(clock_lines "$1" | wc -l)" "$2"
}

has_worked()
{
	is_more "$(grep -ac '^FACT clock_gettime' "$(console "$1")")" "$2"
}

# save NAME: stopped, and its Hyper-V state in the file
save()
{
	before=$(uptime)
	check "$1: QEMU stops it" within 6 monitor_says "$1" "stop
info status" 'VM status: paused'
	check "$1: hve save" hve save "$(vm_of "$(pid_of "$1")")" $saved
	after=$(uptime)
	last=$(last_clock "$1")
}

# restore NAME: of a VM that QEMU has loaded
restore()
{
	id=$(vm_of "$(pid_of "$1")")
	again=$(uptime)
	check "$1: hve restore" hve restore "$id" $saved
	monitor "$1" cont >/dev/null
	check "$1: its clock ticks on" within 30 is_ticking "$1" 0
	seen=$(uptime)
}

# The reference time goes on from the pause to the saving, and from the
# restoring on; the guest may be late with its first line.
clock_goes_on()
{
	first=$(clock_lines "$2" | head -n 1)
	echo "$last; $first; paused $before, saved $after, restored $again," \
		"seen $seen"
	echo "$last; $first; $before $after $again $seen" | tr -d ';' | awk '{
		gap = ($6 - $2) / 1e9
		most = $10 - $9 + $12 - $11 + 0.5
		printf "guest: %.2f s, at most %.2f s, pause %.2f s\n", gap,
			most, $11 - $10
		exit !(NF == 12 && gap > 0 && gap < most) }'
}

# lives NAME OLD: it goes on where OLD was stopped, with all that it used
lives()
{
	check "$1: its clock goes on where it was" clock_goes_on "$2" "$1"
	check "$1: timers go on" within 30 is_ticking "$1" 100
	check "$1: it goes on to work" within 60 has_worked "$1" 2
	check "$1: its clock never steps back" no_steps "$1"
	same "$1: its TSC page is valid" "$(vm_field "$1" tsc_page)" valid
	same "$1: hve knows the guest" "$(vm_field "$1" guest_os_id)" "$os_id"
	for name in timers ipi_targets flush_targets; do
		check "$1: hve counts $name" is_more "$(vm_count "$1" $name)" 0
	done
	check "$1: no kernel complains" calm "$1"
}

by_file()
{
	save old
	check "old: QEMU saves it" monitor old \
		'migrate "exec:cat > /tmp/migrate.qemu"'
	check "old: it has done so" within 6 monitor_says old "info migrate" \
		'completed'
	stop old
	vmm new file=$disk -S -incoming "exec:cat /tmp/migrate.qemu"
	check "new: QEMU loads it" within 6 monitor_says new "info migrate" \
		'completed' || return 1
	restore new
	lives new old
}

by_snapshot()
{
	save new
	check "new: QEMU makes a snapshot" within 6 monitor_says new \
		'savevm moment
info snapshots' '^-- *moment '
	stop new
	vmm again file=$disk -S -loadvm moment
	check "again: QEMU loads the snapshot" within 6 monitor_says again \
		"info status" 'VM status: paused' || return
	restore again
	lives again new
}

test_migrate()
{
	load
	vmm old driver=null-co,size=1M
	check "old: the guest comes up" ready old || return
	check "old: it works" within 60 has_worked old 0
	check "old: it is enlightened" enlightened old
	os_id=$(vm_field old guest_os_id)
	check "old: it is not saved while it runs" is 1 "$(run_status hve save \
		"$(vm_of "$(pid_of old)")" $saved)"
	monitor old "drive_backup -f disk $disk qcow2" >/dev/null
	by_file && by_snapshot
	stop again
}
