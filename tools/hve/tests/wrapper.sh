#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the emulator wrapper: what it becomes for which arguments and files.
# In:  qemu-wrapper; a QEMU and an hve that print how they were called.
# Out: TAP; status 1 when anything failed.
# State: a temporary folder. Absent on purpose: libvirt (tools/testing/native).

cd "$(dirname "$0")/.." || exit 1
etc=$(mktemp -d) || exit 1
trap 'rm -rf "$etc"' EXIT
count=0 failed=0

report()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		printf '%s\n' "$out" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

wrapper()
{
	# shellcheck disable=SC2086 # several words
	out=$(KVM_HVE_ETC=$etc KVM_HVE_COMMAND=${command:-$etc/hve} \
		${as:-} sh ./qemu-wrapper "$@" 2>&1)
	status=$?
}

# becomes NAME WANTED ARGUMENTS...: WANTED is what stands before the emulator
becomes()
{
	local name=$1 wanted=$2

	shift 2
	wrapper "$@"
	[ $status = 0 ] &&
		[ "$out" = "${wanted:+hve run $wanted --quiet -- }qemu $*" ]
	report $? "$name"
}

refused()
{
	local name=$1 words=$2

	shift 2
	wrapper "$@"
	[ $status = 1 ] && grep -q "$words" <<<"$out"
	report $? "$name"
}

# What stands in for both; QEMU's path in the call of hve becomes its name
make_programs()
{
	local real

	real=$(readlink -f "$etc")
	printf '#!/bin/sh\necho "qemu $*"\n' >"$etc/real"
	printf '#!/bin/sh\necho "hve $*" | sed "s,%s/real,qemu,;s,%s,ETC,"\n' \
		"$real" "$etc" >"$etc/hve"
	chmod +x "$etc/real" "$etc/hve"
	ln -s real "$etc/emulator"
	mkdir "$etc/domains"
}

test_plain()
{
	becomes "without KVM: plain" "" -machine q35,accel=tcg -cpu max
	becomes "nothing is configured: plain" "" -name guest=a -accel kvm
	becomes "Hyper-V without KVM: plain" "" -accel tcg -cpu max,hv-time
	becomes "a value with blanks stays one" "" -append "a  b" -S
}

test_native()
{
	local cpu

	for cpu in host,hv-relaxed=on host,hv_time host,+hv-vapic \
		   host,hv-passthrough=on host,hv-time=off,hv-vpindex=on; do
		becomes "-cpu $cpu: native" --native -accel kvm -cpu "$cpu"
	done
	becomes "all is off: plain" "" -accel kvm -cpu host,hv-time=off
	becomes "accel=kvm:tcg counts" --native \
		-machine q35,accel=kvm:tcg -cpu host,hv-time=on
	becomes "-enable-kvm counts" --native -enable-kvm -cpu host,hv-time
	becomes "two dashes are one" --native --accel kvm --cpu host,hv-time
}

test_probes()
{
	local words

	for words in -version --version "-cpu help" "-machine help" "-device ?" \
		     "-machine none,accel=kvm:tcg -qmp stdio" "-M none"; do
		# shellcheck disable=SC2086 # several words
		becomes "a probe is passed on: $words" "" \
			-accel kvm -cpu host,hv-time $words
	done
}

test_profiles()
{
	echo time >"$etc/default.profile"
	becomes "the default, nothing else there" \
		"--profile ETC/default.profile" -accel kvm -name guest=other
	rm "$etc/default.profile"
	echo time >"$etc/domains/web.profile"
	echo time >"$etc/domains/db-*.profile"
	echo time >"$etc/domains/a,b.profile"
	ln -s /dev/null "$etc/domains/off.profile"
	becomes "a domain's own profile" "--profile ETC/domains/web.profile" \
		-accel kvm -name guest=web,debug-threads=on
	becomes "-name without guest=" "--profile ETC/domains/web.profile" \
		-accel kvm -name web
	becomes "the name stands second" "--profile ETC/domains/web.profile" \
		-accel kvm -name debug-threads=on,guest=web
	becomes "a name with a comma" "--profile ETC/domains/a,b.profile" \
		-accel kvm -name guest=a,,b,debug-threads=on
	becomes "a pattern" "--profile ETC/domains/db-*.profile" \
		-accel kvm -name guest=db-7
	becomes "no file fits: plain" "" -accel kvm -name guest=other
	becomes "an empty profile: plain" "" -accel kvm -name guest=off
	becomes "an empty profile wins over Hyper-V" "" \
		-accel kvm -name guest=off -cpu host,hv-time
	becomes "Hyper-V wins over a profile" --native \
		-accel kvm -name guest=web -cpu host,hv-time
	becomes "no way out of the folder" "" -accel kvm -name guest=../domains/web
	echo time >"$etc/default.profile"
	becomes "the default" "--profile ETC/default.profile" \
		-accel kvm -name guest=other
	becomes "the default without a name" "--profile ETC/default.profile" \
		-accel kvm
	becomes "a probe never has it" "" -accel kvm -M none
	: >"$etc/default.profile"
	becomes "an empty default: plain" "" -accel kvm -name guest=other
	becomes "an empty default is not for Hyper-V" --native \
		-accel kvm -name guest=other -cpu host,hv-time
}

# Root reads everything: what may not be read is tried as somebody else
as_nobody()
{
	if [ "$(id -u)" = 0 ]; then
		as="setpriv --reuid=65534 --clear-groups" "$@"
	else
		"$@"
	fi
}

test_unreadable()
{
	local kvm=(-accel kvm -name "guest=web") hyperv=(-cpu "host,hv-time")

	chmod 755 "$etc"
	chmod 0 "$etc/domains/web.profile"
	as_nobody refused "a profile that may not be read" "web.profile cannot be read" \
		"${kvm[@]}"
	chmod 644 "$etc/domains/web.profile"
	for folder in "$etc/domains" "$etc"; do
		chmod 644 "$folder"
		as_nobody refused "${folder/#$etc/ETC} may not be looked into" \
			"$folder cannot be looked into" "${kvm[@]}"
		chmod 755 "$folder"
	done
	as_nobody becomes "now all of them may be" \
		"--profile ETC/domains/web.profile" "${kvm[@]}"
	mv "$etc/domains" "$etc/d"
	echo >"$etc/domains"
	refused "a file in the folder's place" "domains cannot be looked into" \
		"${kvm[@]}"
	rm "$etc/domains"
	mv "$etc/d" "$etc/domains"
	ln -sf /nonexistent "$etc/domains/web.profile"
	refused "a link that leads nowhere" "web.profile cannot be read" "${kvm[@]}"
	refused "the same, of a domain with Hyper-V" "web.profile cannot be read" \
		"${kvm[@]}" "${hyperv[@]}"
	ln -s /nonexistent "$etc/domains/x-*.profile"
	refused "a pattern that leads nowhere" 'x-\*.profile cannot be read' \
		-accel kvm -name x-1
	ln -sf /nonexistent "$etc/default.profile"
	refused "a default that leads nowhere" "default.profile cannot be read" \
		-accel kvm -name other
	becomes "Hyper-V does not need the default" --native \
		-accel kvm -name other "${hyperv[@]}"
	rm "$etc/domains/web.profile"
}

test_refusals()
{
	command=/nonexistent refused "hve is not there" "install kvm-hve" \
		-accel kvm -name guest=db-1
	command=/nonexistent becomes "nobody needs hve" "" \
		-accel kvm -name guest=off
	rm "$etc/emulator"
	cp qemu-wrapper "$etc/qemu-nonesuch"
	out=$(KVM_HVE_ETC=$etc sh "$etc/qemu-nonesuch" -version 2>&1)
	[ $? = 1 ] && grep -q 'make .*emulator a link' <<<"$out"
	report $? "no QEMU"
	for target in /nonexistent "$PWD/qemu-wrapper" "$etc"; do
		ln -sfn "$target" "$etc/emulator"
		refused "an emulator that is none: ${target##*/}" \
			'emulator leads to no QEMU' -version
	done
}

test_texts()
{
	if ! { command -v man && command -v shellcheck; } >/dev/null; then
		report 0 "texts # SKIP man and shellcheck are not both here"
		return
	fi
	out=$(man --warnings -l hve-emulator.8 2>&1 >/dev/null)
	[ -z "$out" ]
	report $? "manual: renders without a warning"
	out=$(shellcheck qemu-wrapper tests/wrapper.sh 2>&1)
	report $? "shell: shellcheck"
}

make_programs
test_plain
test_native
test_probes
test_profiles
test_unreadable
test_refusals
test_texts
echo "1..$count"
echo "# $((count - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
