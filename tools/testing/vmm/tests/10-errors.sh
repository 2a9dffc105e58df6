# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# hve run and hve doctor on hosts that are not ready, and wrong calls.
# In:  lib.sh. Out: exit statuses (0 done, 1 refused, 2 not understood), a
#      sentence for each, nothing armed afterwards.
# State: unloads and loads kvm-hve and kvm-amd, switches ftrace; all as before
#      at the end. Absent on purpose: a VM.

# refused STATUS PATTERN COMMAND...: that status, those words, nothing started
refused()
{
	want=$1 pattern=$2
	shift 2
	is "$(run_status "$@")" "$want" && words_say "$pattern"
}

# Armed contexts keep the hooks, and the hooks the vendor's module: with
# nothing armed it may go.
nothing_armed()
{
	within 10 rmmod kvm_amd && modprobe kvm_amd
}

# Each FAIL of the doctor has a next step in the line that follows
explained()
{
	cat "$work/words"
	awk '/^FAIL/ { fails++; name = $0; getline; if ($0 !~ /->/) bad = name }
	     END { if (bad) print "no next step: " bad; exit bad || !fails }' \
		"$work/words"
}

# doctor_fails WORDS: status 1, a FAIL with these words, all explained
doctor_fails()
{
	refused 1 "^FAIL .*$1" hve doctor && explained
}

# The device is there and the call is wrong, or what it asks for
wrong_calls()
{
	check "an unknown name is refused" \
		refused 1 'nonsense' hve run --hv time,nonsense -- true
	check "an unknown profile is refused, and those there are named" \
		refused 1 'no profile "gone".*linux' \
		hve run --profile gone -- true
	check "a value out of range is refused" \
		refused 1 'spinlocks' hve run --hv spinlocks=0x1ffffffff -- true
	check "no command is a wrong call" \
		refused 2 'no command' hve run --profile linux --
	check "no choice is a wrong call" refused 2 'nothing to serve' hve run -- true
	check "an unknown option is a wrong call" \
		refused 2 'no option' hve run --fast -- true
	check "a command that is absent is named" \
		refused 1 '/no/such/vmm does not start: No such file' \
		hve run --profile linux -- /no/such/vmm
	check "the status of the command is its own" \
		refused 7 'serving' hve run --profile linux -- sh -c 'exit 7'
	check "nothing is left armed" nothing_armed
}

without_module()
{
	check "without the module hve run is refused" \
		refused 1 '/dev/kvm-hve is absent: load the module' \
		hve run --profile linux -- true
	check "without the module hve status is refused" \
		refused 1 'load the module' hve status
	check "without the module hve doctor fails and says so" \
		doctor_fails 'kvm-hve +neither loaded nor installed'
}

without_ftrace()
{
	sysctl -q -w kernel.ftrace_enabled=0
	check "without ftrace hve doctor fails and says so" \
		doctor_fails 'ftrace +switched off'
	check "without ftrace hve run is refused" \
		refused 1 'ftrace_enabled' hve run --profile linux -- true
	sysctl -q -w kernel.ftrace_enabled=1
}

without_vendor()
{
	check "kvm-amd can be unloaded" within 10 rmmod kvm_amd
	check "without kvm-amd hve doctor fails and says so" \
		doctor_fails 'kvm +kvm is loaded, but neither'
	check "without kvm-amd hve run is refused" \
		refused 1 'kvm_amd' hve run --profile linux -- true
	check "kvm-amd loads again" modprobe kvm_amd
}

test_errors()
{
	rmmod kvm_hve 2>/dev/null
	without_module
	check "the module loads" load
	check "hve doctor finds this host able" \
		refused 0 'This host can serve VMs' hve doctor
	check "hve doctor --json says the same" \
		refused 0 '"usable": true' hve doctor --json
	wrong_calls
	without_vendor
	without_ftrace
	check "hve doctor finds this host able again" \
		refused 0 'This host can serve VMs' hve doctor
	check "hve status finds no VM" no_vms
}
