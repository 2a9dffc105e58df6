// SPDX-License-Identifier: GPL-2.0
//
// The size of a pointer where that of what it points to is meant.
// In: C files. Out: file:line: message. Absent on purpose: sizeof of a pointer
// anywhere but beside that very pointer, where it may be meant.

virtual report

@wrong@
expression *x;
expression other, flags;
position p;
@@
(
\(memset\|memcpy\|memmove\|memcmp\|copy_from_user\|copy_to_user\)(x, other, sizeof@p(x))
|
\(memcpy\|memmove\|memcmp\|copy_from_user\|copy_to_user\)(other, x, sizeof@p(x))
|
x = \(kmalloc\|kzalloc\|kvzalloc\)(sizeof@p(x), flags)
|
x = \(malloc\|vmalloc\|vzalloc\)(sizeof@p(x))
)

@script:python depends on report@
p << wrong.p;
@@
coccilib.report.print_report(p[0], "size of the pointer, not of what it points to")
