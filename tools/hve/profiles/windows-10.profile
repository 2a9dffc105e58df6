# Windows 10, from 1607 on
#
# Source of the choice: QEMU's document on Hyper-V enlightenments, which wants
# all but those for debugging, and Red Hat's list for RHEL 10; what either says
# no to is named below. Names are QEMU's where it has one. No Windows was started
# by this project: Documentation/windows.md says what was done instead.

relaxed			# else a busy host can look like a hang: stop 0x101
vpindex			# every served VM has it; named for completeness
time			# QueryPerformanceCounter without an exit
frequencies		# no calibration at boot
vapic			# EOI mostly without an exit, no decoding of APIC accesses
tlbflush		# a flush does not wait for a vCPU that is not running
ipi			# one exit for any number of targets
spinlocks=0x1fff	# yields when a lock holder does not run; 8191 as Red Hat has it
xmm-input		# flushes and IPIs without a page that the host looks up
xmm-output		# results of calls in registers as well
tlbflush-ext		# a flush of few addresses spares the rest of the TLB
runtime			# Windows accounts for time that the host took away
guest-idle		# sleeps until an interrupt comes, even a masked one
synic			# what the timers need
stimer			# no RTC and no HPET: an idle guest is idle
stimer-direct		# timers without messages
reset			# restarts without keyboard controller or ACPI
crash			# the stop code in hve status; the guest goes on to write its dump

# Left out: invtsc (a guest that asks trusts the TSC for ever: add it where the
# host's is invariant), avic (the advice against automatic EOI is given anyway),
# no-nonarch-coresharing (a promise: add it where you pin vCPUs to cores),
# hw-features and vp-index-calls (nothing is known to be gained), ext-calls
# (Windows 11 and the servers of its time ask for zeroed memory),
# reenlightenment (for guests that run guests themselves).
