// SPDX-License-Identifier: GPL-2.0
//
// A reference that an early return forgets.
// In: C files. Out: file:line: message, at the return. What was stored or
// handed on counts as given back. Absent on purpose:
// references of this module's own types, whose rules are in hv/hve.h.

virtual report

@forgotten exists@
local idexpression x;
expression place;
identifier hand;
position p;
@@
(
x = \(fget\|get_task_pid\|get_pid\|find_get_pid\|get_task_mm\)(...)
|
x = \(open\|openat\|fopen\|opendir\)(...)
)
... when != \(fput\|put_pid\|put_task_struct\|mmput\)(x)
    when != \(close\|fclose\|closedir\)(x)
    when != place = x
    when != x = ...
    when != hand(..., x, ...)
    when != true !x
    when != true x == NULL
    when != true IS_ERR(x)
    when != true x < 0
    when != false x
    when != false x >= 0
(
return x;
|
return@p ...;
)

@script:python depends on report@
p << forgotten.p;
@@
coccilib.report.print_report(p[0], "returns without giving back what was taken above")
