# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # work, group and more come from run and lib.sh
#
# A VMM without the in-kernel APIC gets the rest; one with a part of it, all.
# In:  lib.sh. Out: with kernel-irqchip=off what needs it is refused by name,
#      in hve status and in the kernel's log; with =split nothing is. QEMU 8
#      and later have no APIC of their own with KVM: so one CPU, without any,
#      and none of the KVM features whose MSRs want one.
# State: one VMM after the other.

check_split()
{
	start split hve run --profile linux -- /payload/qemu split work \
		-machine kernel-irqchip=split
	check "kernel-irqchip=split: the guest comes up" ready split
	check "its guest is enlightened" enlightened split
	same "nothing is refused" "$(vm_list split refused)" ""
}

check_off()
{
	mark_log
	start off hve run --profile linux -- /payload/qemu off work \
		-machine kernel-irqchip=off -cpu host,-apic,kvm=off -smp 1
	check "kernel-irqchip=off: the guest comes up" ready off
	same "what needs the in-kernel APIC is refused" \
		"$(vm_list off refused)" \
		"vapic ipi synic stimer stimer-direct guest-idle"
	same "the rest is served" "$(vm_list off features)" \
		"hypercall vpindex relaxed time frequencies tlbflush crash tlbflush-ext"
	check "the kernel's log says so" log_says \
		'VM .*vapic, ipi, synic, .* not served: the VMM has no in-kernel APIC'
	check "hve status says so" out_of_status 'not served: ipi: needs the in-kernel'
	same "the guest finds Hyper-V" "$(fact off hypervisor)" "Microsoft Hyper-V"
	same "it uses the TSC page" "$(fact off clocksource)" \
		hyperv_clocksource_tsc_page
	same "it would flush by hypercall" "$(fact off flush)" yes
	same "it interrupts without hypercall" "$(fact off ipi)" no
	same "it uses its APIC the plain way" "$(fact off apic)" no
	check "no kernel complains" calm off
}

out_of_status()
{
	hve status | grep "$1"
}

test_irqchip()
{
	load
	check_split
	stop split
	check_off
	stop off
	check "both VMs are gone" within 10 no_vms
}
