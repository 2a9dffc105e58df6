# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# The host's clock changes under a guest that reads the TSC page.
# In:  lib.sh; the guest's lines "T nanoseconds steps worst". Out: the page is
#      invalid while the host's clock is not its TSC, valid again after; the
#      guest's clock never steps back and keeps the host's rate within 5 %.
# State: current_clocksource, as before at the end.

clocks=/sys/devices/system/clocksource/clocksource0
window=5

# sample: a new line of the guest, and the host's time before and after it came
sample()
{
	mark=$(cut -d ' ' -f 1 /proc/uptime)
	old=$(last_clock clock)
	new=$old
	tries=200
	while [ "$new" = "$old" ] && [ $tries -gt 0 ]; do
		sleep 0.02
		since=$mark
		mark=$(cut -d ' ' -f 1 /proc/uptime)
		new=$(tail -c 200 "$(console clock)" | tr -d '\r' |
			grep -aE '^T( [0-9]+){3}$' | tail -n 1)
		tries=$((tries - 1))
	done
	[ $tries -gt 0 ] || echo stopped
	echo "$new $since $(cut -d ' ' -f 1 /proc/uptime)"
}

# keeps_rate: over the window, the guest's time against the host's, which is
# known as well as the machine is idle
keeps_rate()
{
	first=$(sample)
	sleep $window
	last=$(sample)
	echo "$first / $last"
	echo "$first $last" | awk '{
		guest = ($8 - $2) / 1e9
		least = $11 - $6
		most = $12 - $5
		printf "guest: %.2f s, host: %.2f to %.2f s\n", guest, least, most
		exit !(NF == 12 && guest > least * 0.95 && guest < most * 1.05) }'
}

# steps: as the guest saw them; its times in the order of their lines count too
steps()
{
	clock_lines clock | awk '$2 < last { back++ } { last = $2 }
				 END { print $3 + back }'
}

page_is()
{
	is "$(vm_field clock tsc_page)" "$1"
}

# switched CLOCK STATE: and how the guest fares
switched()
{
	rewrites=$(vm_count clock tsc_updates)
	echo "$1" >$clocks/current_clocksource
	same "the host takes $1" "$(cat $clocks/current_clocksource)" "$1"
	check "with $1 the TSC page is $2" within 5 page_is "$2"
	check "with $1 the guest's clock keeps the rate" keeps_rate
	same "with $1 the guest's clock never steps back" "$(steps)" 0
	check "with $1 the guest reads its clock on" alive "$(pid_of clock)"
}

test_clock()
{
	load
	other=$(tr ' ' '\n' <$clocks/available_clocksource | grep -vx tsc |
		head -n 1)
	if [ "$(cat $clocks/current_clocksource)" != tsc ] || [ -z "$other" ]; then
		skip "the host's clock changes" \
			"it offers $(cat $clocks/available_clocksource)"
		return
	fi
	start clock hve run --profile linux -- /payload/qemu clock clock
	check "the guest comes up" ready clock || return
	same "it uses the TSC page" "$(fact clock clocksource)" \
		hyperv_clocksource_tsc_page
	same "the TSC page is valid" "$(vm_field clock tsc_page)" valid
	check "the guest's clock keeps the rate" keeps_rate
	switched "$other" invalid
	reads=$(vm_count clock time_ref_count)
	check "then it reads the counter" is_more "$reads" 100
	switched tsc valid
	check "back on tsc the page was rewritten" is_more \
		"$(vm_count clock tsc_updates)" "$rewrites"
	check "no kernel complains" calm clock
	stop clock
}
