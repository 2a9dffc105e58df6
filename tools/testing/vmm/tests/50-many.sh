# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# Several VMs at once: who is served, and with what.
# In:  lib.sh. Out: a child's VM is served; two served VMs have what each was
#      given; neither a plain VM nor one with QEMU's own hv- options is served
#      beside them; under hve run the latter is refused with a sentence.
# State: five VMMs, four at a time. Absent on purpose: their end by force.

own="host,kvm=off,hv-relaxed,hv-vpindex,hv-time"
short=relaxed,time,frequencies,vapic,ipi,kvm=hide

not_served()
{
	alive "$(pid_of "$1")" && not served "$1"
}

# The emulated host boots them fastest, and most reliably, one after the other
start_all()
{
	start child hve run --profile linux -- sh -c \
		'/payload/qemu child work & wait'
	check "a QEMU that a child started: its guest comes up" ready child
	start short hve run --hv $short -- /payload/qemu short work
	check "without tlbflush: the guest comes up" ready short
	start plain /payload/qemu plain none
	check "a QEMU started elsewhere: its guest comes up" ready plain
	start own /payload/qemu own none -cpu "$own"
	check "QEMU's own hv- options: the guest comes up" ready own
}

check_served()
{
	same "the child's QEMU is one of two that are served" \
		"$(hve status --json | grep -c '"comm": "qemu-system-x86"')" 2
	check "its guest is enlightened" enlightened child
	check "the one without tlbflush is served" served short
	same "it is served what it was given" "$(vm_list short features)" \
		"hypercall vpindex relaxed time frequencies vapic ipi"
	same "it does not flush by hypercall" "$(fact short flush)" no
	same "no flush is counted" "$(vm_count short flush_targets)" 0
	same "it interrupts by hypercall" "$(fact short ipi)" yes
	check "no kernel complains" calm short
}

check_unserved()
{
	same "the guest started elsewhere finds KVM" \
		"$(fact plain hypervisor)" KVM
	check "it is not served" not_served plain
	same "with own hv- options the guest finds what QEMU offers" \
		"$(fact own hypervisor),$(fact own clocksource)" \
		"Microsoft Hyper-V,hyperv_clocksource_tsc_page"
	check "it is not served" not_served own
	same "two VMs are served" "$(hve status --json | grep -c '"vm":')" 2
}

ended()
{
	not alive "$(pid_of "$1")"
}

check_twice()
{
	mark_log
	start twice hve run --profile linux -- /payload/qemu twice - -cpu "$own"
	check "own hv- options under hve run: QEMU ends" within 30 ended twice
	check "QEMU says which call failed" grep -i 'busy' "$work/twice.vmm"
	check "the kernel's log names cause and next step" log_says \
		"offers Hyper-V itself.*drop the VMM's own hv- options"
}

test_many()
{
	load
	start_all
	check_served
	check_unserved
	check_twice
	same "the two are served on" "$(hve status --json | grep -c '"vm":')" 2
	killall -q qemu-system-x86_64 qemu-system-x86
	check "all VMs are gone" within 10 no_vms
}
