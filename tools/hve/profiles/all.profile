# Every enlightenment there is: to try them, or for a guest not known yet
#
# The KVM leaves of the VMM stay visible at 0x40000100, where Windows does not
# look and Linux does; for a Linux guest add --hv kvm=hide.

vpindex			# every served VM has it; named for completeness
relaxed
time
frequencies
vapic
tlbflush
ipi
spinlocks=0x1fff	# what QEMU's users commonly give: about 8000 spins
xmm-input		# Windows flushes and interrupts without a memory page
xmm-output
tlbflush-ext		# lists of addresses are flushed one by one
guest-idle		# Linux's paravirtual spinlocks need it
runtime
crash			# kept by the module, and the guest goes on
reset
synic			# without it nothing of the next two
stimer			# Windows leaves the RTC and the HPET alone
stimer-direct
reenlightenment
ext-calls		# memory that is zero need not be cleared
vp-index-calls
invtsc			# a guest that asks trusts the TSC: leave out where it varies
avic
no-nonarch-coresharing=auto
hw-features
# Not here: syndbg. It is for debugging a guest, not for production, and a
# guest may wait at boot for a debugger that is not there.
kvm=move
