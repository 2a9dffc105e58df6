/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: SynIC and synthetic timers of one vCPU
 *
 * In: nothing. Out: struct hve_synic, which hve_vcpu.synic points to where the
 * VM has the SynIC, and what synic.c, message.c and stimer.c offer each other.
 * Each field names who may touch it.
 */
#ifndef HVE_ENL_SYNIC_H
#define HVE_ENL_SYNIC_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include "../hve.h"
#include "../port.h"
#include "period.h"

/**
 * struct hve_stimer - a synthetic timer
 * @vcpu: whose
 * @index: 0 to 3
 * @timer: the host's timer that stands for it
 * @config: the MSR
 * @count: the MSR
 * @at: when it expires, and when the host's timer is to look
 * @expired: the expiration that @waiting is about
 * @waiting: it expired in message mode, and the message is not delivered
 * @held: it is periodic, and its host's timer rests until that is delivered
 *
 * From @config on under hve_synic.lock. The host's timer is started by the vCPU
 * and by itself only.
 */
struct hve_stimer {
	struct hve_vcpu *vcpu;
	u32 index;
	struct hrtimer timer;
	u64 config;
	u64 count;
	struct hve_period at;
	u64 expired;
	bool waiting;
	bool held;
};

/**
 * struct hve_synic - SynIC and timers
 * @control: SCONTROL; written by the vCPU, and by a restart
 * @siefp: likewise
 * @simp: likewise
 * @sirbp: likewise
 * @sint: likewise
 * @auto_eoi: SINTs that need no EOI, one bit each; likewise
 * @blocked: a message waits for its slot: the next EOI or EOM tries again
 * @message_page: overlay at SIMP; hve_vm.lock
 * @event_page: overlay at SIEFP; hve_vm.lock
 * @rearm: timers were restored and do not run: for the vCPU, before it enters
 *	the guest; set while it is stopped
 * @begin: of those, the ones that begin anew, one bit each; likewise
 * @lock: what follows, from any context
 * @messages: to be delivered, oldest first
 * @signals: event flags to be set
 * @resets: how often both were emptied
 * @again: timers that rest because they fired while the reference time was not
 *	known, one bit each: for the vCPU, before it enters the guest
 * @unseen: direct timers that expired since the vCPU left KVM_RUN, one bit each
 * @timers: the four of them
 */
struct hve_synic {
	u64 control;
	u64 siefp;
	u64 simp;
	u64 sirbp;
	u64 sint[TLFS_SINT_COUNT];
	u32 auto_eoi;
	bool blocked;
	bool rearm;
	u32 begin;
	struct hve_overlay message_page;
	struct hve_overlay event_page;
	raw_spinlock_t lock;
	struct list_head messages;
	struct list_head signals;
	u32 resets;
	u32 again;
	u32 unseen;
	struct hve_stimer timers[TLFS_STIMER_COUNT];
};

static inline bool hve_sint_is_auto_eoi(u64 value)
{
	return value & TLFS_SINT_AUTO_EOI && !(value & TLFS_SINT_MASKED);
}

/* synic.c, under hve_vm.lock: the SINTs with AutoEOI are @auto_eoi from now on */
void hve_synic_inhibit_apicv(struct hve_vcpu *vcpu, u32 auto_eoi);

/* What is not looked at here */
void hve_sint_set(struct hve_vcpu *vcpu, u32 index, u64 data);

/* message.c, in the vCPU's thread. False: it must wait */
bool hve_message_deliver(struct hve_vcpu *vcpu, u32 sint,
			 const struct tlfs_message *message);
/* What ports queued */
void hve_message_work(struct hve_vcpu *vcpu);
/* Of a list that nobody else knows: they never arrive */
void hve_messages_drop(struct list_head *messages);
/* Sets a flag of @sint, and interrupts unless it was set */
void hve_event_flag_set(struct hve_vcpu *vcpu, u32 sint, u32 flag);

/* stimer.c */
void hve_stimer_init(struct hve_vcpu *vcpu);
/* Disables all; returns when none can fire any more */
void hve_stimer_stop(struct hve_vcpu *vcpu);
/* Delivers what waits, in the vCPU's thread */
void hve_stimer_messages(struct hve_vcpu *vcpu);
/* Starts what was restored, in the vCPU's thread */
void hve_stimer_rearm(struct hve_vcpu *vcpu);
/* Likewise what rests, now that the reference time is known again */
void hve_stimer_look_again(struct hve_vcpu *vcpu);
/* Under hve_synic.lock: what is left of an expiration, before MSRs are set */
void hve_stimer_forget(struct hve_stimer *timer);
/* Whether a timer can run with what @config says of its signal */
bool hve_stimer_may_run(u64 config);

/* stimer_state.c: the VMM, of a vCPU that stands still, in native mode */
void hve_stimer_host_set(struct hve_vcpu *vcpu, u32 index, u64 data);
u64 hve_stimer_host_get(struct hve_vcpu *vcpu, u32 index);

#endif /* HVE_ENL_SYNIC_H */
