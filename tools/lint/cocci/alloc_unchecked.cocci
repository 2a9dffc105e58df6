// SPDX-License-Identifier: GPL-2.0
//
// Memory that was asked for and is used without a look whether it came.
// In: C files. Out: file:line: message. An early return, a test in any form and
// a replacement of the pointer count as a look. Absent on purpose: memory that
// is handed to another function untested, which may well test it.

virtual report

@used exists@
expression x;
identifier member;
statement S1, S2;
position p;
@@
(
x@p = \(kmalloc\|kzalloc\|kcalloc\|kmalloc_array\|kstrdup\|kmemdup\)(...)
|
x@p = \(kvzalloc\|kvmalloc\|kvcalloc\|vmalloc\|vzalloc\|alloc_page\)(...)
|
x@p = \(memdup_user\|malloc\|calloc\|strdup\)(...)
)
... when != if (<+... x ...+>) S1 else S2
    when != \(x == NULL\|x != NULL\|!x\|IS_ERR(x)\)
    when != x = ...
    when != return x;
\(x->member\|*x\|x[...]\)

@script:python depends on report@
p << used.p;
@@
coccilib.report.print_report(p[0], "allocated and used without a check")
