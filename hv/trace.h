/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Tracepoints, in the group kvm_hve
 *
 * In: what was done for a guest. Out: one line of a trace each. They are the
 * place for everything that a guest can cause: it must not reach the log.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm_hve

#if !defined(HVE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define HVE_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(hve_msr,
	TP_PROTO(u32 vm, u32 vp, bool write, u32 msr, u64 data, int verdict),
	TP_ARGS(vm, vp, write, msr, data, verdict),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vp)
		__field(u32, msr)
		__field(bool, write)
		__field(u64, data)
		__field(int, verdict)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->vp = vp;
		__entry->msr = msr;
		__entry->write = write;
		__entry->data = data;
		__entry->verdict = verdict;
	),
	TP_printk("vm %u vp %u %s %#x = %#llx%s", __entry->vm, __entry->vp,
		  __entry->write ? "wrmsr" : "rdmsr", __entry->msr,
		  __entry->data, __entry->verdict ? " #GP" : "")
);

TRACE_EVENT(hve_hypercall,
	TP_PROTO(u32 vm, u32 vp, u64 control, u64 input, u64 result),
	TP_ARGS(vm, vp, control, input, result),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vp)
		__field(u64, control)
		__field(u64, input)
		__field(u64, result)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->vp = vp;
		__entry->control = control;
		__entry->input = input;
		__entry->result = result;
	),
	TP_printk("vm %u vp %u control %#llx input %#llx result %#llx",
		  __entry->vm, __entry->vp, __entry->control, __entry->input,
		  __entry->result)
);

DECLARE_EVENT_CLASS(hve_targets_class,
	TP_PROTO(u32 vm, u32 vp, bool all, u32 targets, u32 what),
	TP_ARGS(vm, vp, all, targets, what),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vp)
		__field(bool, all)
		__field(u32, targets)
		__field(u32, what)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->vp = vp;
		__entry->all = all;
		__entry->targets = targets;
		__entry->what = what;
	),
	TP_printk("vm %u vp %u targets %u%s, %u", __entry->vm, __entry->vp,
		  __entry->targets, __entry->all ? " (all)" : "", __entry->what)
);

/* what: flags of the call */
DEFINE_EVENT(hve_targets_class, hve_flush,
	TP_PROTO(u32 vm, u32 vp, bool all, u32 targets, u32 what),
	TP_ARGS(vm, vp, all, targets, what));

/* what: vector */
DEFINE_EVENT(hve_targets_class, hve_ipi,
	TP_PROTO(u32 vm, u32 vp, bool all, u32 targets, u32 what),
	TP_ARGS(vm, vp, all, targets, what));

DECLARE_EVENT_CLASS(hve_vm_class,
	TP_PROTO(u32 vm, u64 features, const char *text),
	TP_ARGS(vm, features, text),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u64, features)
		__array(char, text, 64)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->features = features;
		strscpy(__entry->text, text, sizeof(__entry->text));
	),
	TP_printk("vm %u features %#llx %s", __entry->vm, __entry->features,
		  __entry->text)
);

DEFINE_EVENT(hve_vm_class, hve_attach,
	TP_PROTO(u32 vm, u64 features, const char *text),
	TP_ARGS(vm, features, text));

DEFINE_EVENT(hve_vm_class, hve_refusal,
	TP_PROTO(u32 vm, u64 features, const char *text),
	TP_ARGS(vm, features, text));

#endif /* HVE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
