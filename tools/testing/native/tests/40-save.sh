# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# savevm, loadvm and live migration of a Linux guest that lives on the TSC page
# and the synthetic timers.
# In:  the guest's lines "T nanoseconds steps worst", twenty a second. Out: on
#      both providers, after each move the guest's clock goes on where it was,
#      never steps back, keeps the host's rate, and its timers still fire.
# State: /host/tmp/state.qcow2 and two sockets.

features=hv-relaxed,hv-vapic,hv-vpindex,hv-time,hv-frequencies,hv-synic,hv-stimer
features=$features,hv-stimer-direct,hv-tlbflush,hv-ipi,hv-runtime,hv-crash
# A busy emulated host: what it may add
slack_ms=1000
window=4

# vm NAME MORE...: on the provider of now
vm()
{
	vm=$1
	shift
	# shellcheck disable=SC2086 # the prefix is several words
	start "$vm" $prefix /payload/qemu "$vm" clock \
		-cpu "host,-tsc-deadline,kvm=off,$features" "$@"
}

# Of the monitor, up to the answer to what hmp asks last. No sed: busybox's
# wants to see the next line first.
# shellcheck disable=SC2016 # the words are for the shell inside
until_answered()
{
	timeout 60 sh -c 'while read -r line; do
		echo "$line"
		case $line in
		40000002*) exit ;;
		esac
	done'
}

# hmp NAME COMMAND: waits until QEMU has done it; prints what it said
hmp()
{
	printf '%s\nprint /d 40000001+1\n' "$2" >"/host/tmp/$1.monitor.in"
	until_answered <"/host/tmp/$1.monitor.out" | tr -d '\r'
}

# The guest's time in ms as the last line (or the one with a number) has it
last_ms()
{
	clock_lines "$1" | tail -n 1 | awk '{ printf "%d\n", $2 / 1e6 }'
}

nth_ms()
{
	clock_lines "$1" | sed -n "$2p" | awk '{ printf "%d\n", $2 / 1e6 }'
}

lines()
{
	clock_lines "$1" | wc -l
}

more_lines()
{
	[ "$(lines "$1")" -gt "$2" ]
}

# The host's time in ms
host_ms()
{
	awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime
}

# A moment to go on from: the guest's time and the host's
moment()
{
	moment_guest=$(last_ms "$1")
	moment_host=$(host_ms)
}

# goes_on NAME LINES: the first line after LINES is not before the moment, and
# not further from it than the host's time went on: a busy emulator may be slow
# to give the guest its processor, but the clock must not have been put forward
goes_on()
{
	within 30 more_lines "$1" "$2" || return
	passed=$(($(host_ms) - moment_host))
	gone=$(($(nth_ms "$1" $(($2 + 1))) - moment_guest))
	echo "from $moment_guest ms the guest's clock went on by $gone ms," \
		"the host's by $passed ms" | tee "$work/gone"
	[ $gone -ge 0 ] && [ $gone -le $((passed + slack_ms)) ]
}

# rate NAME: guest's time against the host's since the first moment
rate()
{
	last="$(last_ms "$1") $(host_ms)"
	echo "$first / $last"
	echo "$first $last" | awk '{
		ratio = ($3 - $1) / ($4 - $2)
		printf "guest / host: %.3f\n", ratio
		exit !(ratio > 0.9 && ratio < 1.1) }'
}

# keeps_rate NAME: over the window, and no pause between two lines that a lost
# timer would make. Reading the two times takes a moment, which on a busy machine
# is long: it matters less the longer the window is, a wrong pace does not.
keeps_rate()
{
	first="$(last_ms "$1") $(host_ms)"
	from=$(lines "$1")
	sleep $window
	rate "$1" || { sleep $((window * 3)); rate "$1"; } || return
	clock_lines "$1" | sed "1,${from}d" | awk -v most=$slack_ms '
		NR > 1 && ($2 - last) / 1e6 > most { late++ }
		{ last = $2 }
		END { print NR " lines, " late + 0 " late"; exit NR < 10 || late }'
}

# As the guest saw them: it compares with what it read before, wherever it was
no_steps()
{
	is "$(clock_lines "$1" | tail -n 1 | cut -d ' ' -f 3)" 0
}

# well NAME LINES WHAT: all that is asked of a guest after a move
well()
{
	check "$provider: $3: the clock goes on where it was" \
		goes_on "$1" "$2" || return
	note "$provider: $3: $(cat "$work/gone")"
	check "$provider: $3: clock and timers keep their pace" keeps_rate "$1"
	check "$provider: $3: no step of the clock" no_steps "$1"
	check "$provider: $3: the guest is calm" calm "$1"
}

# shellcheck disable=SC2086 # $drive is several words
snapshots()
{
	drive='-drive if=none,id=state,format=qcow2,file=/tmp/state.qcow2'
	chroot /host qemu-img create -q -f qcow2 /tmp/state.qcow2 1G
	vm one $drive
	check "$provider: a guest comes up" ready one || return
	check "$provider: its clock runs" within 30 more_lines one 5 || return
	hmp one stop >/dev/null
	moment one
	check "$provider: savevm" saved_as "$(hmp one 'savevm moment')"
	hmp one cont >/dev/null
	sleep 2
	hmp one stop >/dev/null
	mark=$(lines one)
	check "$provider: the guest went on after savevm" \
		is_more "$(last_ms one)" $((moment_guest + 500))
	check "$provider: loadvm" said_nothing "$(hmp one 'loadvm moment')"
	moment_host=$(host_ms)
	hmp one cont >/dev/null
	well one "$mark" loadvm
	stop one
	moment_host=$(host_ms)
	vm again $drive -loadvm moment
	well again 0 "-loadvm in another process"
	stop again
}

# savevm and loadvm print errors only; echo of the line itself is no word
said_nothing()
{
	echo "$1"
	! echo "$1" | grep -q '^Error'
}

saved_as()
{
	said_nothing "$1" && hmp one 'info snapshots' | grep -w moment
}

completed()
{
	hmp "$1" 'info migrate' >"$work/migrate"
	grep -iE 'status|downtime' "$work/migrate"
	grep -qi '^\(migration \)\?status:[ \t]*completed' "$work/migrate"
}

migration()
{
	vm from
	check "$provider: the guest comes up" ready from || return
	check "$provider: it lives on the TSC page" \
		is "$(fact from clocksource)" hyperv_clocksource_tsc_page
	note "$provider: its clock events come from $(fact from clockevent)"
	vm to -incoming unix:/tmp/move.sock
	within 20 test -S /host/tmp/move.sock
	within 30 more_lines from 5
	check "$provider: the guest's timers before" keeps_rate from
	moment from
	hmp from 'migrate -d unix:/tmp/move.sock' >"$work/said.move"
	check "$provider: the migration completes" within 60 completed from ||
		cat "$work/said.move"
	note "$provider: $(grep -i downtime "$work/migrate" | tr '\n' ' ')"
	moved=$(last_ms from)
	check "$provider: the source has stopped" is \
		"$(hmp from 'info status' | grep -c postmigrate)" 1
	well to 0 migration
	check "$provider: migration: its clock was not put back" \
		is_more "$(nth_ms to 1)" "$moved"
	kill_now from to
}

test_save()
{
	. /payload/config
	. /payload/provider.sh
	for provider in $providers; do
		provide "$provider"
		snapshots
		end_all
		migration
		end_all
		rm -f /host/tmp/state.qcow2 /host/tmp/move.sock /host/tmp/*.console
	done
}
