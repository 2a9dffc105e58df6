// SPDX-License-Identifier: GPL-2.0
//
// Memory that is allocated and then cleared by hand.
// In: C files. Out: file:line: message. The zeroing form of the allocator says
// it in one word and cannot clear the wrong length. Absent on purpose: memory
// that is cleared later again, after it was used.

virtual report

@cleared@
expression x, size, flags, len;
statement S;
position p;
@@
x = \(kmalloc@p(size, flags)\|kvmalloc@p(size, flags)\|vmalloc@p(size)\|malloc@p(size)\);
(
if (!x) S
|
if (x == NULL) S
|
)
... when != x
memset(x, 0, len);

@script:python depends on report@
p << cleared.p;
@@
coccilib.report.print_report(p[0], "allocation followed by memset: use the form that zeroes")
