# What a Linux guest makes use of, and nothing else
#
# Linux takes the interface for real as soon as it finds its signature, the
# hypercall page and the VP index, which every served VM has. Source of the
# choice: what Linux 6.1 to 7.3 does with each CPUID bit (arch/x86/hyperv,
# arch/x86/kernel/cpu/mshyperv.c, drivers/clocksource/hyperv_timer.c).

relaxed			# Linux makes no use of it so far, and it costs nothing
time			# clocksource hyperv_clocksource_tsc_page: no exit to read it
frequencies		# TSC and APIC timer without calibration against the PIT
vapic			# EOI mostly without an exit, ICR in one write
tlbflush		# a flush does not wait for a vCPU that is not running
ipi			# one exit for any number of targets
tlbflush-ext		# lists of addresses are flushed one by one
guest-idle		# paravirtual spinlocks, together with ipi
synic			# needed by the next one; Linux itself leaves it alone
stimer			# clockevent of each CPU, "Hyper-V clockevent"
stimer-direct		# the only form of it that Linux can use without a VMBus
crash			# a panic leaves the end of the kernel's log in hve status

# Linux looks for KVM's own leaves as well, and would use those in place of
# these if it found them.
kvm=hide

# Left out: reenlightenment (for guests that run KVM and are migrated), invtsc
# (Linux then takes its own TSC as clocksource, and trusts it even where the
# host's is not invariant), avic (says what the advice against automatic EOI
# says anyway), spinlocks (Linux waits with the idle MSR, and never makes that
# call), xmm-input and xmm-output (Linux uses memory), reset (Linux has other
# ways), ext-calls (Linux asks and makes no use of the answer), and what Linux
# does not look at: runtime, no-nonarch-coresharing, hw-features, vp-index-calls.
