# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of hve syndbg, a part of cli.sh.
# In:  the functions and variables of cli.sh; a debugger, peer.py. Out: TAP.
# State: cli.sh's folder. Absent on purpose: a guest, which fake_host.c plays.

# A debugger that answers two datagrams; hve is at the other end
test_syndbg() {
	local peer port option

	for option in --connect --listen; do
		: > "$root/port"
		tests/peer.py $option > "$root/port" &
		peer=$!
		while [ ! -s "$root/port" ] && kill -0 $peer; do
			sleep 0.1
		done
		read -r port < "$root/port"
		expect "syndbg: $option: carries packets until the VM ends" 0 \
			'^VM 7 is gone' syndbg $option "127.0.0.1:$port" 7
		wait "$peer"
		report $? "syndbg: $option: the debugger got what it should"
		out=$(cat "$root/answers")
		[ "$out" = $'0 3 ONE\n1 45 TWO' ]
		report $? "syndbg: $option: and so did the guest"
	done
	expect "syndbg: a second debugger" 1 'refused: VM 1 has a debugger' syndbg 1
	expect "syndbg: a number that is too large" 2 'not the number' \
		syndbg 4294967297
	expect "syndbg: no VM" 2 'the number of one VM is needed' syndbg
	expect "syndbg: two VMs" 2 'the number of one VM is needed' syndbg 1 7
	expect "syndbg: not a number" 2 '"x" is not the number' syndbg x
	expect "syndbg: both" 2 'contradict' \
		syndbg --connect 127.0.0.1 --listen 127.0.0.1 7
	for option in host 127.0.0.1:0 127.0.0.1:65536 127.0.0.1: :1 127.0.0.1:1x \
		127.0.0.1:-1 1234567890123456789012; do
		expect "syndbg: address $option" 2 'is no address: write' \
			syndbg --connect "$option" 7
	done
	expect "syndbg: an option without a value" 2 'needs an argument' syndbg --listen
	expect "syndbg: not this host's" 1 '192.0.2.1:50000 cannot be listened at' \
		syndbg --listen 192.0.2.1 7
	module=old expect "syndbg: an old module" 1 'same version' syndbg 7
	rm -f "$root/dev/kvm-hve"
	expect "syndbg: no module" 1 'modprobe kvm-hve' syndbg 7
	make_host
}
