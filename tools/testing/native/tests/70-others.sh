# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2034,SC2154 # work and more come from run; kut reads prefix
#
# kvm-unit-tests that know nothing of Hyper-V, with every enlightenment and without.
# In:  as 60-unit-tests.sh. Out: what the processor, the APIC and the clocks do is
#      no other with them: every line of each program has the same result.
# State: none. Absent on purpose: what takes minutes here (access, svm, sieve) or
#      does not end on a host of one CPU without us either (apic), what finds KVM's
#      own CPUID leaves, which are elsewhere then (kvmclock), and `emulator`, which
#      ends the QEMU that emulates the host.

# File, CPU and, behind a colon, the word
others='smptest:host: ioapic:qemu64,+x2apic:
	tsc:host: tsc_adjust:host: msr:host: hypercall:host: idt_test:host:
	syscall:host: eventinj:host: realmode:host: debug:host: xsave:host: umip:host:
	pcid:host: rdpru:host: setjmp:host: vmexit:host:ipi vmexit:host:vmcall'

all_others()
{
	for line in $others; do
		flat=${line%%:*} word=${line##*:} cpu=${line#*:}
		[ -e "/payload/kut/$flat.flat" ] || continue
		kut "$flat${word:+-$word}" "$flat" "${cpu%:*}" "$word"
	done | sed -E 's/0x[0-9a-f]{9,}/RANDOM/g'
}

test_others()
{
	. /payload/config
	. /payload/provider.sh
	. /payload/kut.sh
	has_kut || return 0
	all_others >"$work/own"
	load
	prefix='hve run --quiet --profile all --'
	all_others >"$work/module"
	note "$(grep -c ': PASS$' "$work/own") lines pass without"
	check "many lines were compared" [ "$(wc -l <"$work/own")" -gt 100 ]
	check "no difference with every enlightenment" \
		no_difference others "$work/own" "$work/module"
	tell_used
}
