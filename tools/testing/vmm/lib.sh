# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# Words that the tests share: results as TAP, guests, what hve says of them.
# In:  sourced by run (busybox sh, as root, inside the host). Out: functions.
# State: counts of results; $work; the processes in $started, which end_all
#      ends. A guest is known by its NAME: its console is /host/tmp/NAME.console,
#      its VMM's own words are in $work/NAME.vmm.
# Absent on purpose: what is expected; that stands in tests/.

limit=100
count=0 failed=0 started=''

note()
{
	echo "# $*"
}

# check NAME COMMAND...: one result; what COMMAND says becomes diagnostics
check()
{
	what=$1
	shift
	count=$((count + 1))
	if "$@" >"$work/said" 2>&1; then
		echo "ok $count - $group: $what"
		return 0
	fi
	failed=$((failed + 1))
	echo "not ok $count - $group: $what"
	note "failed: $*"
	tail -n 50 "$work/said" | tr -d '\r' | sed 's/^/# /'
	return 1
}

skip()
{
	count=$((count + 1))
	echo "ok $count - $group: $1 # SKIP $2"
}

# same NAME FOUND WANTED
same()
{
	check "$1" is "$2" "$3"
}

is()
{
	[ "$1" = "$2" ] || { echo "it is \"$1\", not \"$2\""; return 1; }
}

is_more()
{
	[ "${1:-0}" -gt "$2" ] || { echo "$1 is not more than $2"; return 1; }
}

not()
{
	! "$@"
}

# within SECONDS COMMAND...: it becomes true in that time
within()
{
	tries=$(($1 * 5))
	shift
	while ! "$@" >"$work/last" 2>&1; do
		tries=$((tries - 1))
		if [ $tries -le 0 ]; then
			cat "$work/last"
			return 1
		fi
		sleep 0.2
	done
}

console()
{
	echo "/host/tmp/$1.console"
}

# clock_lines NAME: what its guest's clock said: T, ns, steps back, the worst
clock_lines()
{
	tr -d '\r' <"$(console "$1")" | grep -aE '^T( [0-9]+){3}$'
}

last_clock()
{
	clock_lines "$1" | tail -n 1
}

# no_steps NAME: neither as the guest saw it nor in the order of its lines
no_steps()
{
	clock_lines "$1" | awk '$2 < last || $3 { print; bad = 1 } { last = $2 }
			  END { exit bad || !NR }'
}

# start NAME COMMAND...: in the background; pid_NAME is its process
start()
{
	name=$1
	shift
	: >"$(console "$name")"
	"$@" >"$work/$name.vmm" 2>&1 </dev/null &
	eval "pid_$name=$!"
	started="$started $!"
}

pid_of()
{
	eval "echo \"\$pid_$1\""
}

alive()
{
	kill -0 "$1" 2>/dev/null
}

# stop NAME: end its VMM and wait until that is gone
stop()
{
	kill "$(pid_of "$1")" 2>/dev/null
	wait "$(pid_of "$1")" 2>/dev/null
	within 10 not alive "$(pid_of "$1")"
}

end_all()
{
	for one in $started; do
		kill -9 "$one" 2>/dev/null
	done
	wait 2>/dev/null
	started=''
}

# kill_now NAME...: all at once and without a warning, in this order
kill_now()
{
	for one in "$@"; do
		kill -9 "$(pid_of "$one")" 2>/dev/null
	done
	end_all
}

# autopsy NAME: of a guest that did not come up
autopsy()
{
	echo "guest $1 did not come up; its VMM and console said:"
	tail -n 4 "$work/$1.vmm"
	tail -n 5 "$(console "$1")"
	alive "$(pid_of "$1")" || return
	echo "its CPUs, twice:"
	printf 'info registers -a\ninfo pic\n' >"/host/tmp/$1.monitor.in"
	sleep 1
	echo 'info registers -a' >"/host/tmp/$1.monitor.in"
	timeout 2 cat "/host/tmp/$1.monitor.out" |
		tr -d '\r' | grep -aE '^(CPU#|RIP=|RAX=|irr|isr)'
	hve status 2>&1 | grep -vE '^$|COUNT'
}

# ready NAME [TIMES]: its guest has come to its end of boot that often
ready()
{
	waited=0
	while [ "$(grep -ac '^READY' "$(console "$1")")" -lt "${2:-1}" ]; do
		sleep 0.5
		waited=$((waited + 1))
		if [ $waited -ge $((limit * 2)) ] || ! alive "$(pid_of "$1")"; then
			autopsy "$1"
			return 1
		fi
	done
}

# fact NAME FACT: what the guest said last about it
fact()
{
	tr -d '\r' <"$(console "$1")" | sed -n "s/^FACT $2|//p" | tail -n 1
}

# No kernel of a guest complained
calm()
{
	! tr -d '\r' <"$(console "$1")" |
		sed -nE 's/^.*\[ *[0-9]+\.[0-9]{6}\] //p' | grep -aE -f /lab/splats
}

loaded()
{
	grep -q '^kvm_hve ' /proc/modules
}

load()
{
	loaded || insmod /payload/kvm-hve.ko
}

# The hooks go some moments after the last user
unload()
{
	within 10 rmmod kvm_hve
}

no_vms()
{
	hve status >"$work/vms" && cat "$work/vms" &&
		grep -q '^No VM is served' "$work/vms"
}

# vm_of PID: the number of the VM that it has, or nothing
vm_of()
{
	hve status --json | tr -d ',' |
		awk -v pid="$1" '$1 == "\"vm\":" { vm = $2 }
				 $1 == "\"pid\":" && $2 == pid { print vm }'
}

# vm_field NAME FIELD: one value of `hve status --json` about a guest's VM
vm_field()
{
	hve status "$(vm_of "$(pid_of "$1")")" --json |
		sed -n "s/^ *\"$2\": *\"\{0,1\}\([^\",]*\).*/\1/p" | head -n 1
}

# vm_list NAME features|refused: the names, in one line
vm_list()
{
	hve status "$(vm_of "$(pid_of "$1")")" --json |
		sed -n "/^ *\"$2\":/,/^ *\]/p" | grep -v '"reason"' |
		grep -v "\"$2\"" | sed -n 's/.*"\([a-z-]*\)",\{0,1\}$/\1/p' |
		tr '\n' ' ' | sed 's/ $//'
}

# vm_count NAME COUNTER: the sum over its kinds
vm_count()
{
	hve status "$(vm_of "$(pid_of "$1")")" --json | tr -d '",' |
		awk -v name="$2" '$1 == "name:" { hit = $2 == name }
				  $1 == "value:" && hit { sum += $2; hit = 0 }
				  END { print sum + 0 }'
}

served()
{
	[ -n "$(vm_of "$(pid_of "$1")")" ] || { hve status; return 1; }
}

# A mark in the kernel's log, and what came behind it
mark_log()
{
	log_mark="vmm-tests-$count-$$"
	echo "<6>$log_mark" >/dev/kmsg
}

log_says()
{
	dmesg | sed "1,/$log_mark/d" | grep -E "$1" ||
		{ dmesg | tail -n 4; return 1; }
}

# enlightened NAME: the guest found all that the profile linux gives
enlightened()
{
	is "$(fact "$1" hypervisor)" "Microsoft Hyper-V" &&
		is "$(fact "$1" clocksource)" hyperv_clocksource_tsc_page &&
		is "$(fact "$1" ipi)" yes && is "$(fact "$1" flush)" yes &&
		is "$(fact "$1" apic)" yes && calm "$1"
}

# run_status COMMAND...: prints its exit status; its words are in $work/words
run_status()
{
	"$@" >"$work/words" 2>&1 </dev/null
	echo $?
}

words_say()
{
	grep -E "$1" "$work/words" || { cat "$work/words"; return 1; }
}
