# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# VMMs die at random moments, by SIGKILL.
# In:  lib.sh; SEED to repeat a run. Out: no VM stays served, the module goes
#      and comes, the kernel has nothing to say.
# State: two served VMMs and one that is not, ten times.

rounds=10

# random BELOW: the next number of the series that SEED begins
random()
{
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	drawn=$((seed / 65536 % $1))
}

both_served()
{
	served one && served two
}

# Every other round they die early in their lives, else with guests that run
round()
{
	start one hve run --profile linux -- /payload/qemu one work
	start two hve run --hv relaxed,time,kvm=hide -- /payload/qemu two clock
	start three /payload/qemu three work
	if [ $((i % 2)) = 0 ]; then
		within 20 both_served || return
		seen=$((seen + 1))
	fi
	random 20
	delay="$((drawn / 10)).$((drawn % 10))"
	sleep "$delay"
	random 2
	if [ "$drawn" = 0 ]; then
		kill_now one two three
	else
		kill_now two one three
	fi
	within 10 no_vms
}

all_rounds()
{
	i=0 seen=0
	while [ $i -lt $rounds ]; do
		if ! round; then
			echo "round $i, after $delay s: a VM is served still"
			hve status
			return 1
		fi
		i=$((i + 1))
	done
}

# What the host's kernel logged since it started and nobody should see
host_calm()
{
	! sed -n 's/^[0-9]*,[^;]*;//p' /run/lab/kmsg | grep -A 20 -E -f /lab/splats
}

test_kill()
{
	load
	seed=${SEED:-$(date +%s)}
	note "SEED=$seed"
	check "after each of $rounds rounds nothing is served" all_rounds
	check "in half of them two VMs were" is_more "$seen" $((rounds / 2 - 1))
	check "the module unloads" unload
	check "the module loads again" load
	check "the host's kernel has no complaint" host_calm
}
