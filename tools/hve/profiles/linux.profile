# What a Linux guest makes use of, and nothing else
#
# Linux takes the interface for real as soon as it finds its signature, the
# hypercall page and the VP index, which every served VM has.

relaxed			# Linux makes no use of it so far, and it costs nothing
time			# clocksource hyperv_clocksource_tsc_page: no exit to read it
frequencies		# TSC and APIC timer without calibration against the PIT
vapic			# EOI mostly without an exit, ICR in one write
tlbflush		# a flush does not wait for a vCPU that is not running
ipi			# one exit for any number of targets
crash			# a panic leaves the end of the kernel's log in hve status

# Linux looks for KVM's own leaves as well, and would use those in place of
# these if it found them.
kvm=hide

# Left out: reenlightenment (for guests that run KVM and are migrated), invtsc
# (Linux then takes its own TSC as clocksource, and trusts it even where the
# host's is not invariant), avic (says what the advice against automatic EOI
# says anyway), spinlocks (a call that Linux does not make), guest-idle (for
# overcommitted hosts), xmm-input (Linux passes its input in memory), reset
# (Linux has other ways), and what Linux does not look at: runtime,
# no-nonarch-coresharing, hw-features.
