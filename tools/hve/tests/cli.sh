#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of hve on a host made of files: no module, no KVM, no root needed.
# In:  the built programs. Out: TAP; status 1 when anything failed.
# State: a temporary folder. Absent on purpose: the real module (selftests).

cd "$(dirname "$0")/.." || exit 1
make -s tests/fake_host.so all || exit 1

root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
count=0
failed=0

report() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		printf '%s\n' "$out" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

# hve on the host of files; its output in $out, its status in $status
fake() {
	out=$(FAKE_ROOT=$root FAKE_MODULE=${module:-good} \
		LD_PRELOAD=$PWD/tests/fake_host.so ./hve "$@" 2>&1)
	status=$?
}

# expect NAME STATUS REGEX ARGUMENTS...
expect() {
	local name=$1 want=$2 regex=$3

	shift 3
	fake "$@"
	[ "$status" -eq "$want" ] && grep -Eq -- "$regex" <<< "$out"
	report $? "$name"
}

# A host where all is well
make_host() {
	rm -rf "${root:?}"/*
	mkdir -p "$root"/{dev,proc/sys/kernel,sys/module/kvm} \
		"$root"/sys/kernel/{tracing,security} "$root/lib/modules/6.12.9"
	echo 1 > "$root/proc/sys/kernel/ftrace_enabled"
	printf 'flags\t\t: fpu svm hypervisor\n' > "$root/proc/cpuinfo"
	printf '%s 1 0 - Live 0x0\n' kvm_hve kvm_amd kvm > "$root/proc/modules"
	for option in MODULES FUNCTION_TRACER KPROBES KALLSYMS_ALL \
		DYNAMIC_FTRACE_WITH_DIRECT_CALLS DEBUG_INFO_BTF \
		DEBUG_INFO_BTF_MODULES; do
		echo "CONFIG_$option=y"
	done > "$root/config"
	sed -n 's/^HVE_HOOK\(_NATIVE\)*([A-Za-z_ ]*, \([a-z0-9_]*\),.*/0 t \2\t[kvm]/p' \
		../../hv/kvm/hooks.def > "$root/proc/kallsyms"
	sed -n -e 's/^HVE_SERVICE(vmlinux, [^,]*, \([a-z0-9_]*\),.*/0 T \1/p' \
		-e 's/^HVE_SERVICE(kvm, [^,]*, \([a-z0-9_]*\),.*/0 t \1\t[kvm]/p' \
		-e 's/^HVE_VENDOR([^,]*, [^,]*, \([a-z0-9_]*\),.*/0 t \1\t[kvm_amd]/p' \
		../../hv/kvm/services.def >> "$root/proc/kallsyms"
	: > "$root/sys/kernel/tracing/enabled_functions"
	echo '[none] integrity confidentiality' > "$root/sys/kernel/security/lockdown"
	touch "$root/dev/kvm" "$root/dev/kvm-hve"
	chmod 660 "$root"/dev/*
}

test_doctor() {
	local functions="$root/sys/kernel/tracing/enabled_functions"

	expect "doctor: a good host is usable" 0 'can serve VMs\.$' doctor
	expect "doctor: JSON says so too" 0 '"usable": true' doctor --json
	sed -i /kvm_cpuid/d "$root/proc/kallsyms"
	expect "doctor: a missing function is named" 1 \
		'^FAIL .*kvm_cpuid: kvm has 0' doctor
	make_host
	printf '0 t kvm_read_guest\t[kvm]\n' >> "$root/proc/kallsyms"
	expect "doctor: an ambiguous function is named" 1 \
		'^FAIL .*kvm_read_guest: kvm has 2' doctor
	make_host
	printf 'kvm_cpuid [kvm] (1) R   D   \ttramp: x\n\tdirect-->bpf_x+0x0/0x1\n' \
		> "$functions"
	expect "doctor: a BPF program on a function is named" 1 \
		'^FAIL .*kvm_cpuid: taken by a BPF' doctor
	printf 'kvm_cpuid [kvm] (1) R I \ttramp: klp\n' > "$functions"
	expect "doctor: a livepatch on a function is named" 1 \
		'^FAIL .*kvm_cpuid: taken by a livepatch' doctor
	printf 'kvm_cpuid [kvm] (1)\tD\n\tdirect-->s+0x0/0x1 [kvm_hve]\n' > "$functions"
	expect "doctor: our own hook is no conflict" 0 'in use by kvm-hve' doctor
	printf 'kvm_cpuid [kvm] (1)         ->function_trace_call\n' > "$functions"
	expect "doctor: plain tracing is no conflict" 0 'traced by somebody' doctor
	rm "$functions"
	expect "doctor: unreadable ftrace list warns" 0 '^warn .*other hooks' doctor
	make_host
	echo 0 > "$root/proc/sys/kernel/ftrace_enabled"
	expect "doctor: ftrace off" 1 'sysctl kernel.ftrace_enabled=1' doctor
	make_host
	sed -i /KPROBES/d "$root/config"
	expect "doctor: missing configuration" 1 '^FAIL .*KPROBES is not set' doctor
	make_host
	echo 'none [integrity] confidentiality' > "$root/sys/kernel/security/lockdown"
	sed -i /kvm_hve/d "$root/proc/modules"
	expect "doctor: lockdown wants a signature" 1 'mokutil --import' doctor
	make_host
	sed -i /kvm_amd/d "$root/proc/modules"
	expect "doctor: no vendor module" 1 'modprobe kvm_amd' doctor
	make_host
	printf 'flags\t\t: fpu hypervisor\n' > "$root/proc/cpuinfo"
	expect "doctor: no nested virtualization" 1 'without nested' doctor
	make_host
	FAKE_RELEASE=5.15.0 expect "doctor: an old kernel" 1 'older than 6.1' doctor
	FAKE_RELEASE=8.0.0 expect "doctor: an untried kernel" 0 'newer than' doctor
	mv "$root/proc/modules" "$root/away"
	expect "doctor: /proc is not there" 1 '^FAIL  /proc .*No such file' doctor
	out=$(grep -E 'KVM is not loaded|modprobe' <<< "$out")
	[ -z "$out" ]
	report $? "doctor: and then the kernel is not blamed"
	mv "$root/away" "$root/proc/modules"
	rm "$root/dev/kvm-hve"
	expect "doctor: no device" 1 '^FAIL  /dev/kvm-hve' doctor
	make_host
	module=refuses expect "doctor: failed self-check" 1 'wrong phase' doctor
}

test_run() {
	expect "run: starts the command" 0 '^started$' \
		run --profile linux -- echo started
	[ "$(cat "$root/armed")" = 2 ]
	report $? "run: arms for every VM"
	expect "run: --next starts it too" 0 '^started$' \
		run --hv relaxed --next --quiet -- echo started
	[ "$(cat "$root/armed")" = 1 ]
	report $? "run: --next arms for one"
	expect "run: says what is served" 0 'serving vpindex, relaxed to every VM of true' \
		run --hv relaxed -- true
	expect "run: the list changes the profile" 0 'time, frequencies, tlbflush, crash, synic' \
		run --hv -vapic,ipi=off --profile linux -- true
	expect "run: passthrough is what the host has" 0 'ipi, spinlocks, runtime, crash, s' \
		run --hv passthrough,-reset -- true
	# shellcheck disable=SC2016
	expect "run: the context stays open in the command" 0 '/dev/kvm-hve' \
		run --quiet --hv relaxed -- sh -c 'ls -l /proc/$$/fd'
	expect "run: status of the command" 42 '' \
		run --quiet --hv relaxed -- sh -c 'exit 42'
	expect "run: a command that is not there" 1 'nothing stays armed' \
		run --hv relaxed -- /nonexistent
	expect "run: native mode takes no names" 2 'with --native' \
		run --native --hv time -- true
	expect "run: no command" 2 'no command to start' run --profile linux
	expect "run: nothing asked for" 2 'linux' run -- true
	# shellcheck disable=SC2016
	expect "run: unknown name" 1 'unknown enlightenment "nonesuch": `hve list`' \
		run --hv nonesuch -- true
	expect "run: unknown option" 2 'no option' run --no -- true
	module=refuses expect "run: the module's sentence" 1 'wrong phase' \
		run --hv relaxed -- true
	module=old expect "run: a module that is too old" 1 'same version' \
		run --hv relaxed -- true
}

test_status() {
	expect "status: the guest's name" 0 'guest: Linux 6.1.12' status
	expect "status: a counter by its row's name" 0 '12  read time_ref_count' status
	expect "status: an unknown key as a number" 0 '3  call 0x7777' status
	expect "status: what was refused, and why" 0 'not served: ipi: needs' status
	expect "status: one VM" 0 'Microsoft Windows NT 10.0, build 17763' status 7
	expect "status: a vCPU that never ran" 0 'vCPU 1: never ran' status 1 --vcpus
	expect "status: hints" 0 'processor is faster: APIC MSRs, IPI calls' status 7
	expect "status: a crash" 0 'crashed, .* 2 times, last 2023-11-14T22:13:20Z on' status 7
	expect "status: the crash's parameters" 0 '0xdead 0x0 .*; it writes no dump' status 7
	expect "status: the end of the message" 0 '\| \.\[2J end$' status 7
	expect "status: and no more lines" 0 'bytes, the end:$' status 7
	[ "$(grep -c '^    | ' <<< "$out")" = 21 ] && ! grep -q $'\x1b' <<< "$out"
	report $? "status: 20 lines and the reason, harmless"
	[ "$(grep -A 1 '| \[ 1\.0\] Kernel panic - .*: 3$' <<< "$out" |
		tail -n 1)" = "    ..." ]
	report $? "status: the reason of a panic comes first"
	expect "status: a VM that is not there" 1 'VM 9 is not served' status 9
	expect "status: not a number" 2 'not the number' status nine
	# Sixteen bytes without an end, as the module may give them
	local name=$'a\e[2J\\\xff\t\x9b789012345'
	local shown='a\\x1b\[2J\\x5c\\xff\\x09\\x9b7890123'
	FAKE_NAME=$name expect "status: a process named to do harm" 0 \
		"^VM 7: $shown, process 4712," status 7
	FAKE_NAME=$name fake status --json
	[[ $out != *$'\e'* && $out == *'"a\\x1b[2J\\x5c'* ]]
	report $? "status: and in JSON"
	FAKE_GROW=1 FAKE_NAME=$name expect "top: such a process" 0 \
		'^   7 a\\x1b\[2J\\x5c\\xf ' top --delay 0.1 --count 1
	FAKE_IDLE=1 expect "status: no VM" 0 'No VM is served' status
	fake status --json --vcpus
	python3 -c 'import json, sys
vms = json.load(sys.stdin)["vms"]
assert [vm["vm"] for vm in vms] == [1, 7]
assert vms[0]["counters"][0]["name"] == "time_ref_count"
assert vms[0]["per_vcpu"][1]["counters"] == []
assert vms[0]["crash"] is None
assert vms[1]["crash"]["parameters"][0] == "0xdead"
assert vms[1]["crash"]["message"].startswith("line 1\nline 2\n")
assert vms[1]["crash"]["message"].endswith(".[2J end\n .")
assert vms[0]["tsc_page"] == "valid"' <<< "$out"
	report $? "status: JSON"
	FAKE_IDLE=1 expect "status: JSON without VMs" 0 '"vms": ?\[' status --json
}

test_save() {
	local file="$root/state" files

	expect "save: writes a file" 0 '^$' save 7 "$file"
	[ "$(stat -c '%s %a' "$file")" = "200000 600" ]
	report $? "save: all of it, for its owner"
	expect "restore: reads it" 0 '^$' restore 7 "$file"
	echo old > "$file"
	expect "save: a running VM" 1 'saving .* refused: VM 1 is running: pause it' \
		save 1 "$file"
	[ "$(cat "$file")" = old ]
	report $? "save: what was there stays"
	expect "restore: another file" 1 'restoring .* refused: .* its end is missing' \
		restore 7 "$file"
	expect "restore: no file" 1 'nothing cannot be read: No such' \
		restore 7 "$root/nothing"
	expect "restore: a folder" 1 'cannot be read: Is a dir' restore 7 "$root/dev"
	truncate -s 65M "$root/large"
	expect "restore: a large file" 1 'too large: name a file' \
		restore 7 "$root/large"
	expect "save: no such folder" 1 'cannot be written: No such' \
		save 7 "$root/nothing/state"
	expect "save: onto a folder" 1 'no plain file: choose' save 7 "$root/dev"
	files=$(find "$root" -maxdepth 1 -name '*.??????')
	out=$files
	[ -z "$files" ]
	report $? "save: nothing is left behind"
	ln -s "$file" "$root/link"
	expect "save: onto a link" 1 'no plain file: choose' save 7 "$root/link"
	expect "save: no file" 2 'a VM and a file are needed' save 7
	expect "save: too many" 2 'a VM and a file are needed' save 7 a b
	expect "save: not a number" 2 '"-1" is not the number' save -1 "$file"
	module=old expect "save: an old module" 1 'same version' save 7 "$file"
	rm -f "$root/dev/kvm-hve"
	expect "save: no module" 1 'modprobe kvm-hve' save 7 "$file"
	make_host
}

# JSON lines of hve top in $out: what the expression EXPRESSION says of them
expect_samples() {
	python3 -c "import json, sys
samples = [json.loads(line) for line in sys.stdin]
vms = [{vm['vm']: vm for vm in sample['vms']} for sample in samples]
assert $2" <<< "$out"
	report $? "$1"
}

test_top() {
	FAKE_GROW=1 fake top --json --delay 0.2 --count 3 --vcpus
	expect_samples "top: an object for each sample" "len(samples) == 3"
	expect_samples "top: JSON has rates" \
		"abs(vms[1][7]['per_second']['msr'] * vms[1][7]['seconds'] - 13000) < 50"
	expect_samples "top: the busiest VM is first" \
		"[vm['vm'] for vm in samples[0]['vms']] == [7, 1]"
	expect_samples "top: a VM that comes begins at zero" \
		"abs(vms[0][1]['per_second']['msr'] * vms[0][1]['seconds'] - 39) < 1"
	expect_samples "top: a VM that goes" "1 not in vms[1] and 1 in vms[2]"
	expect_samples "top: the sums are there too" \
		"vms[0][1]['counters'][0]['value'] == 90"
	expect_samples "top: a counter of a newer module" \
		"vms[1][7]['per_second']['other'] > 0"
	expect_samples "top: a vCPU that never ran" \
		"vms[0][1]['per_vcpu'][1]['activity'] == 0"
	FAKE_GROW=1 expect "top: plain text" 0 '^   7 lkvm +1 +[0-9]+k +[0-9]+k' \
		top --delay 0.1 --count 1
	FAKE_GROW=1 expect "top: a rate by its row's name" 0 \
		'^  time +[0-9k.]+  read time_ref_count' top 7 --delay 0.1 --count 1
	FAKE_GROW=1 expect "top: an unknown one as a number" 0 \
		'^  number 60 .* kind 9, 0x5' top 7 --delay 0.1 --count 1
	FAKE_IDLE=1 expect "top: no VM" 0 ', 0 VMs$' top --delay 0.1 --count 1
	FAKE_UNLOAD=2 expect "top: the module is unloaded meanwhile" 1 \
		'kvm-hve is absent' top --delay 0.1
	expect "top: a VM that is not there" 1 'VM 9 is not served' top 9
	expect "top: no time" 2 'seconds from 0.1' top --delay 0
	expect "top: no number of seconds" 2 'seconds from 0.1' top --delay nan
	expect "top: no number of samples" 2 '1 or more' top --count 0
	expect "top: not a number" 2 'not the number' top -- -1
	screen 24x80 "" "top: the screen" 'sorted by ACTIVITY.*lkvm.*q quit'
	screen 24x80 "s s v ^L" "top: keys" 'sorted by MSR .*PROCESS +VP'
	screen 24x80 "- - - - - ^L" "top: the busiest VM is chosen" \
		'VM 7: lkvm[^:]*guest: Microsoft[^:]*$'
	screen 24x80 "- - - - - down ^L" "top: or another" \
		'VM 1: qemu[^:]*guest: Linux[^:]*$'
	screen 24x80 "- - - - - down down up ^L" "top: and the first again" \
		'VM 7: lkvm[^:]*guest: Microsoft[^:]*$'
	GROW=1 screen 24x80 "down down ^L" "top: VMs come and go" 'q quit'
	screen 1x1 "s v j k" "top: the smallest terminal" ''
	screen 3x200 "s v j k" "top: a flat one" 'ACTIVITY.*lkvm'
	screen 100x400 "s v j k ^L" "top: a large one" 'FAILED.*q quit'
	screen 5x10,40x120,2x2,24x80 "" "top: one that changes" 'q quit'
	TERM=nonesuch screen 24x80 "" "top: an unknown terminal" '[0-9]Z, 2 VMs'
	TERM=dumb screen 24x80 "" "top: one without a cursor" '[0-9]Z, 2 VMs'
	FAKE_UNLOAD=1 screen 24x80 "- ^L - - ^L" "top: the module goes and comes" \
		'kvm-hve is absent.*sorted by.*q quit'
}

# screen SIZE[,SIZE...] KEYS NAME REGEX: hve top on a terminal
screen() {
	local wrong=1

	out=$(FAKE_GROW=${GROW:-stay} FAKE_ROOT=$root FAKE_MODULE=good \
		TERM=${TERM:-xterm} tests/screen.py "$1" "$2" \
		"$PWD/tests/fake_host.so" ./hve top --delay 0.3 --count 8 2>&1) &&
		tr '\n' ' ' <<< "$out" | grep -Eq -- "$4" && wrong=0
	report $wrong "$3"
}

test_list() {
	expect "list: supported here" 0 '^time +yes' list
	expect "list: not supported here" 0 '^xmm-input +no' list
	fake list --json
	python3 -c 'import json, sys; json.load(sys.stdin)' <<< "$out"
	report $? "list: JSON"
	rm "$root/dev/kvm-hve"
	./hve list > /dev/full 2> "$root/said"
	[ $? -eq 1 ] && grep -q 'cannot be written: No space' "$root/said"
	report $? "list: standard output is full"
	expect "list: no module" 0 '^time +\?' list
	make_host
}

# complete WORDS...: what the last word may become
complete_words() {
	bash -c 'source ./hve.bash; compopt() { :; }; hve() { ./hve "$@"; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _hve
		printf "%s\n" "${COMPREPLY[@]}"' -- "$@" 2>&1 | sort -u | xargs
}

expect_words() {
	local name=$1 want=$2

	shift 2
	out=$(complete_words "$@")
	[ "$out" = "$want" ]
	report $? "$name"
}

test_texts() {
	expect_words "completion: a command" "status" hve st
	expect_words "completion: an item" "relaxed" hve run --hv rel
	expect_words "completion: a later item" "relaxed,time" hve run --hv relaxed,ti
	expect_words "completion: an item behind a value" "0x1fff,time" \
		hve run --hv spinlocks = 0x1fff,ti
	expect_words "completion: an item behind --hv=" "relaxed" hve run --hv = rel
	expect_words "completion: a value" "hide move" hve run --hv time,kvm =
	expect_words "completion: a value, begun" "hide" hve run --hv = time,kvm = h
	expect_words "completion: a number is nobody's word" "" hve run --hv spinlocks =
	expect_words "completion: a file of save" "" hve save 1 ""
	expect_words "completion: an option" "--profile" hve run --pro
	expect_words "completion: a profile" "linux" hve run --profile li
	expect_words "completion: behind --" "mktemp" hve run --hv ipi -- mktem
	expect_words "completion: behind the command" "" hve run -- mktemp -
	expect_words "completion: behind a list" "--quiet" hve run --hv relaxed,time --q
	if ! { command -v man && command -v shellcheck; } > /dev/null; then
		report 0 "texts # SKIP man and shellcheck are not both here"
		return
	fi
	out=$(man --warnings -l hve.8 2>&1 > /dev/null)
	[ -z "$out" ]
	report $? "manual: renders without a warning"
	out=$(shellcheck -x -P tests hve.bash tests/cli.sh 2>&1)
	report $? "shell: shellcheck"
}

# shellcheck source=profiles.sh
. tests/profiles.sh
# shellcheck source=syndbg.sh
. tests/syndbg.sh

make_host
test_doctor
test_run
test_profiles
test_status
test_save
test_syndbg
test_top
test_list
test_texts
echo "1..$count"
echo "# $((count - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
