#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command inside an emulated host with KVM; one contract for every host.
# In:  [--kernel SPEC] [--payload DIR] [--smp N] [--mem MB] [--timeout SECONDS]
#      [--root] [--share NAME=DIR] [--module NAME] [--qemu-arg ARG]
#      [--append WORDS] [--log FILE] [--silence SECONDS] [--vmlinuz] [--shell]
#      [-- COMMAND...]
#      --vmlinuz boots the compressed image: 3 s slower, but with KASLR.
#      One COMMAND word is shell text, several are a program and its arguments;
#      none means DIR/cmd. KERNEL, LAB_HOST, LAB_ACCEL, LAB_ROOT, KVM_HVE_CACHE.
# Out: the console on stdout and in a log. Status 0: the command succeeded and
#      the kernel never complained; 1: one of them did; 2: wrong call; 3: the
#      host died without a verdict; 124: it was stopped at the time limit, or
#      after --silence without a word on the console.
# Absent on purpose: trust in anything but the second serial port's last line.
set -eu

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"

defaults()
{
	kernel=${KERNEL:-} payload='' smp='' mem='' timeout=300 silence=''
	root=0 shell=0 compressed=0 words='' console_log=''
	shares=() extra=() modules_wanted=() command=()
}

parse()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--root)  root=1; shift; continue ;;
		--shell) shell=1; shift; continue ;;
		--vmlinuz) compressed=1; shift; continue ;;
		--)      shift; command=("$@"); break ;;
		-h | --help) sed -n '4,16s/^# //p' "$0"; exit 0 ;;
		esac
		[ $# -gt 1 ] || die 2 "$1 wants a value, or is unknown; see --help"
		case $1 in
		--kernel)   kernel=$2 ;;
		--payload)  payload=$2 ;;
		--smp)      smp=$2 ;;
		--mem)      mem=$2 ;;
		--timeout)  timeout=$2 ;;
		--silence)  silence=$2 ;;
		--share)    shares+=("$2") ;;
		--module)   modules_wanted+=(--module "$2") ;;
		--qemu-arg) extra+=("$2") ;;
		--append)   words+=" $2" ;;
		--log)      console_log=$2 ;;
		*)          die 2 "unknown argument $1; see --help" ;;
		esac
		shift 2
	done
}

# host_check, host_argv and host_smp come from a file of the host's own.
choose_host()
{
	case ${LAB_HOST:-svm} in
	*[!a-z]*) die 2 "LAB_HOST ${LAB_HOST} is no host" ;;
	esac
	[ -e "$here/hosts/${LAB_HOST:-svm}.sh" ] || die 2 "there is no host ${LAB_HOST}"
	# shellcheck source=hosts/svm.sh
	. "$here/hosts/${LAB_HOST:-svm}.sh"
	smp=${smp:-$host_smp}
}

check_options()
{
	local item

	silence=${silence:-$timeout}
	case $kernel in
	debug*) mem=${mem:-3072} ;;	# checkers keep their own notes of it
	*)      mem=${mem:-2048} ;;
	esac
	for item in smp mem timeout silence; do
		case ${!item} in
		'' | *[!0-9]* | 0*) die 2 "--$item ${!item} is no positive number" ;;
		esac
	done
	if [ -n "$payload" ] && [ ! -d "$payload" ]; then
		die 2 "the payload $payload is no folder"
	fi
	for item in "${shares[@]}"; do
		[[ $item =~ ^[a-z][a-z0-9_-]{0,25}=. ]] ||
			die 2 "--share $item is not NAME=DIR with a lower-case name"
		[ -d "${item#*=}" ] || die 2 "${item#*=} is no folder to share"
	done
	if [ ${#command[@]} = 0 ] && [ $shell = 0 ] && [ ! -e "$payload/cmd" ]; then
		die 2 "there is nothing to run: give -- COMMAND, a payload with a" \
		      "file cmd, or --shell"
	fi
}

# The command as a script for a POSIX shell.
write_command()
{
	local word

	if [ ${#command[@]} = 1 ]; then
		printf '%s\n' "${command[0]}"
		return
	fi
	for word in "${command[@]}"; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
	echo
}

kernel_words()
{
	local names

	names=$(printf '%s\n' "${shares[@]%%=*}" | paste -sd, -)
	echo "console=ttyS0,115200 loglevel=4 panic=-1 oops=panic panic_on_warn=1" \
	     "tsc=reliable log_buf_len=4M cryptomgr.notests watchdog_thresh=30" \
	     "rcupdate.rcu_cpu_stall_timeout=60 rdinit=/init" \
	     "lab.root=$root lab.shell=$shell lab.loglevel=5 lab.share=$names$words"
}

prepare()
{
	local lines args

	lines=$("$here/kernel.sh" --kernel "$kernel")
	vmlinux=''
	eval "$lines"
	# shellcheck disable=SC2154 # vmlinuz comes out of the eval
	if [ $compressed = 1 ] || [ -z "$vmlinux" ]; then
		image=$vmlinuz
	else
		image=$vmlinux
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/kvm-hve-lab-XXXXXX")
	initrd=$work/initrd verdict=$work/verdict
	: >"$verdict"
	if [ -z "$console_log" ]; then
		mkdir -p "$lab_cache/logs"
		find "$lab_cache/logs" -name '*.log' -mtime +7 -delete
		console_log=$lab_cache/logs/$(date +%Y%m%d-%H%M%S)-$$.log
	fi
	# shellcheck disable=SC2154 # modules comes out of the eval
	args=(--modules "$modules" --output "$initrd" "${modules_wanted[@]}")
	[ -z "$payload" ] || args+=(--payload "$payload")
	if [ ${#command[@]} -gt 0 ]; then
		write_command >"$work/cmd"
		args+=(--command "$work/cmd")
	fi
	"$here/initrd.sh" "${args[@]}"
	append=$(kernel_words)
	host_argv
}

# The emulator dies with this script, even when the script is killed.
stop_host()
{
	if [ -n "${host_pid:-}" ]; then
		kill "$host_pid" 2>/dev/null || true
		wait "$host_pid" 2>/dev/null || true
		host_pid=''
	fi
}

cleanup()
{
	stop_host
	if [ -n "${timer_pid:-}" ]; then
		kill "$timer_pid" 2>/dev/null || true
	fi
	if [ -n "${work:-}" ]; then
		rm -rf "$work"
	fi
}

# Nothing came to the console for as long as --silence says.
is_silent()
{
	local now said

	said=$(stat -c %Y "$console_log" 2>/dev/null) || return 1
	printf -v now '%(%s)T' -1
	[ $((now - said)) -ge "$silence" ]
}

# Until the host has to be stopped, or this script is no more
watch_host()
{
	local end=$((SECONDS + timeout))

	while [ $SECONDS -lt $end ] && kill -0 $$ 2>/dev/null && ! is_silent; do
		sleep 1
	done
}

# Start the host and wait for its end or for the time limit; host_status and
# timed_out tell which.
boot()
{
	local filter_pid

	timed_out=0 host_status=0
	if [ $shell = 1 ]; then
		setpriv --pdeathsig KILL "${host_cmd[@]}" <&0 &
		host_pid=$!
		wait "$host_pid" || host_status=$?
		host_pid=''
		return
	fi
	mkfifo "$work/console"
	sed -u 's/\r*$//' <"$work/console" &
	filter_pid=$!
	setpriv --pdeathsig KILL "${host_cmd[@]}" </dev/null >"$work/console" &
	host_pid=$!
	: >"$console_log"
	watch_host &
	timer_pid=$!
	wait -n "$host_pid" "$timer_pid" || host_status=$?
	if kill -0 "$timer_pid" 2>/dev/null; then
		host_pid=''
		kill "$timer_pid"
	else
		timed_out=1 limit="$timeout s without an end"
		! is_silent || limit="$silence s without a word"
		stop_host
	fi
	timer_pid=''
	wait "$filter_pid" || true
}

# The kernel's lines of the console, guests' kernels included, that report
# trouble: the first of them.
console_splat()
{
	tr -d '\r' <"$console_log" |
		sed -nE 's/^.*\[ *[0-9]+\.[0-9]{6}\](\[ *[CT][0-9]+\])? //p' |
		grep -E -m 1 -f "$here/splats" || true
}

judge()
{
	local last trouble

	last=$(tr -d '\r' <"$verdict" | tail -n 1)
	trouble=$(console_splat)
	if [ $timed_out = 1 ]; then
		say "stopped after $limit${trouble:+ ($trouble)};" \
		    "log: $console_log"
		return 124
	fi
	case $last in
	success)
		[ -n "$trouble" ] || return 0
		say "the command succeeded but the kernel complained ($trouble); log: $console_log"
		return 1 ;;
	"failure splat "*)
		say "the kernel complained (${last#failure splat }); log: $console_log"
		return 1 ;;
	"failure "*)
		say "the command failed with ${last#failure }; log: $console_log"
		return 1 ;;
	esac
	say "the host died without a verdict (${trouble:-silently}," \
	    "emulator status $host_status); log: $console_log"
	return 3
}

main()
{
	defaults
	parse "$@"
	choose_host
	check_options
	host_check
	need cpio lab
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	prepare
	boot
	judge
}

main "$@"
