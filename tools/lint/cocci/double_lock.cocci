// SPDX-License-Identifier: GPL-2.0
//
// A lock taken twice on one way through a function.
// In: C files. Out: file:line: message, at the second place. Absent on purpose:
// ways across functions, which lockdep sees in the debug kernel.

virtual report

@mutexes exists@
expression lock;
position p;
@@
mutex_lock(lock)
... when != mutex_unlock(lock)
mutex_lock@p(lock)

@spinlocks exists@
expression lock;
position p;
@@
\(spin_lock\|spin_lock_irq\|raw_spin_lock\)(lock)
... when != \(spin_unlock\|spin_unlock_irq\|raw_spin_unlock\)(lock)
\(spin_lock@p\|spin_lock_irq@p\|raw_spin_lock@p\)(lock)

@script:python depends on report@
p << mutexes.p;
@@
coccilib.report.print_report(p[0], "mutex taken again without being given back")

@script:python depends on report@
p << spinlocks.p;
@@
coccilib.report.print_report(p[0], "spinlock taken again without being given back")
