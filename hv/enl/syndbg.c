// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: syndbg: a debugger of the guest's kernel
 *
 * In: the MSRs and the three calls of the synthetic debugger. Out: packets go to
 * whoever has the VM's debug descriptor open (debug.c) and come from there; in
 * one byte of its memory the guest sees whether one waits. MSRs carry what a UDP
 * datagram holds, calls whole Ethernet frames: which of the two a guest is to use
 * is in the options, which it may change. Nothing ever waits: without a packet
 * the answer is that there is none, whatever the timeout, and options of calls
 * but for purging are not looked at, because Windows sets undocumented ones. A
 * send is lost where nobody is attached, and fails where too much waits already.
 * State: struct hve_syndbg, under hve_vm.lock, and the queues. Reset and
 * save/restore: the MSRs; packets on their way to the guest are dropped. Source:
 * TLFS, "Partition Privilege Mask", for the names; tlfs.h.
 */
#include <linux/slab.h>
#include "../debug.h"
#include "../hypercall.h"

/* As much as a guest's buffer takes, from @gpa to the end of the page */
static u32 room_at(u64 gpa)
{
	return TLFS_PAGE_SIZE - (gpa & (TLFS_PAGE_SIZE - 1));
}

static void tell_pending(struct hve_vm *vm)
{
	u8 pending;

	lockdep_assert_held(&vm->lock);
	pending = hve_debug_pending(vm->debug);
	if (vm->syndbg.pending)
		hve_kvm_write(vm->kvm, vm->syndbg.pending, &pending,
			      sizeof(pending));
}

void hve_syndbg_entering(struct hve_vcpu *vcpu)
{
	struct hve_vm *vm = vcpu->vm;

	if (!vm->debug || !READ_ONCE(vm->debug->news))
		return;
	mutex_lock(&vm->lock);
	tell_pending(vm);
	mutex_unlock(&vm->lock);
}

int hve_syndbg_init(struct hve_vm *vm)
{
	const u64 wanted = vm->config.flags & HVE_CONFIG_LENIENT ?
			   hve_all_features() : vm->features;

	if (!(wanted & HVE_BIT(SYNDBG)))
		return 0;
	vm->debug = hve_debug_new(vm);
	hve_syndbg_reset(vm);
	return vm->debug ? 0 : -ENOMEM;
}

void hve_syndbg_reset(struct hve_vm *vm)
{
	struct hve_syndbg *syndbg = &vm->syndbg;

	WRITE_ONCE(syndbg->control, 0);
	WRITE_ONCE(syndbg->status, 0);
	WRITE_ONCE(syndbg->send, 0);
	WRITE_ONCE(syndbg->receive, 0);
	WRITE_ONCE(syndbg->pending, 0);
	WRITE_ONCE(syndbg->options, vm->config.flags & HVE_CONFIG_SYNDBG_CALLS ?
		   TLFS_SYNDBG_USE_CALLS : 0);
	if (vm->debug)
		hve_debug_purge(vm->debug, true, false);
}

void hve_syndbg_restored(struct hve_vm *vm)
{
	if (vm->debug)
		hve_debug_renew(vm->debug);
}

/* @len bytes at @gpa are for the debugger */
static enum hve_verdict send(struct hve_vcpu *vcpu, u32 flags, u64 gpa, u32 len)
{
	struct hve_packet *packet;

	if (!len)
		return HVE_OK;
	if (len > room_at(gpa))
		return HVE_BAD_PARAMETER;
	packet = hve_debug_packet(flags, len);
	if (!packet)
		return HVE_NO_MEMORY;
	if (hve_kvm_read(vcpu->vm->kvm, gpa, packet->data, len)) {
		kfree(packet);
		return HVE_BAD_ALIGNMENT;
	}
	switch (hve_debug_post(vcpu->vm->debug, packet)) {
	case HVE_POSTED:
		vcpu->events[HVE_EV_DEBUG_SENT]++;
		return HVE_OK;
	case HVE_NOBODY_THERE:
		vcpu->events[HVE_EV_DEBUG_LOST]++;
		return HVE_OK;
	default:
		vcpu->events[HVE_EV_DEBUG_LOST]++;
		return HVE_NO_MEMORY;
	}
}

/* The packet that @vcpu's guest gets, or NULL */
static struct hve_packet *receive(struct hve_vcpu *vcpu, u32 flags, u32 room)
{
	struct hve_packet *packet;

	packet = hve_debug_take(vcpu->vm->debug, flags, room,
				&vcpu->events[HVE_EV_DEBUG_LOST]);
	if (packet)
		vcpu->events[HVE_EV_DEBUG_RECEIVED]++;
	return packet;
}

static u64 receive_by_msr(struct hve_vcpu *vcpu)
{
	struct hve_vm *vm = vcpu->vm;
	const u64 gpa = vm->syndbg.receive;
	struct hve_packet *packet;
	u64 status = 0;

	lockdep_assert_held(&vm->lock);
	packet = receive(vcpu, 0, room_at(gpa));
	if (!packet)
		return 0;
	if (!hve_kvm_write(vm->kvm, gpa, packet->data, packet->size))
		status = TLFS_SYNDBG_RECEIVED |
			 (u64)packet->size << TLFS_SYNDBG_SIZE_SHIFT;
	kfree(packet);
	tell_pending(vm);
	return status;
}

static u64 obey(struct hve_vcpu *vcpu, u64 control)
{
	const u32 len = control >> TLFS_SYNDBG_SIZE_SHIFT & TLFS_SYNDBG_SIZE_MASK;

	if (control & TLFS_SYNDBG_SEND)
		return send(vcpu, 0, vcpu->vm->syndbg.send, len) == HVE_OK ?
		       TLFS_SYNDBG_SENT : 0;
	if (control & TLFS_SYNDBG_RECEIVE)
		return receive_by_msr(vcpu);
	return 0;
}

enum hve_verdict hve_set_syndbg_control(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->syndbg.control, data);
	WRITE_ONCE(vm->syndbg.status, obey(vcpu, data));
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

enum hve_verdict hve_set_syndbg_pending_buffer(struct hve_vcpu *vcpu, u64 data)
{
	struct hve_vm *vm = vcpu->vm;

	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->syndbg.pending, data);
	tell_pending(vm);
	mutex_unlock(&vm->lock);
	return HVE_OK;
}

/* Of the others only the value counts. */
#define GETTER(name, field)						\
	enum hve_verdict hve_get_syndbg_##name(struct hve_vcpu *vcpu, u64 *data) \
	{								\
		*data = READ_ONCE(vcpu->vm->syndbg.field);		\
		return HVE_OK;						\
	}
#define SETTER(name, field)						\
	enum hve_verdict hve_set_syndbg_##name(struct hve_vcpu *vcpu, u64 data) \
	{								\
		mutex_lock(&vcpu->vm->lock);				\
		WRITE_ONCE(vcpu->vm->syndbg.field, data);		\
		mutex_unlock(&vcpu->vm->lock);				\
		return HVE_OK;						\
	}

GETTER(control, control)
GETTER(pending_buffer, pending)
GETTER(status, status)
SETTER(status, status)
GETTER(send_buffer, send)
SETTER(send_buffer, send)
GETTER(receive_buffer, receive)
SETTER(receive_buffer, receive)
GETTER(options, options)
SETTER(options, options)

static bool may_call(const struct hve_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->syndbg.options) & TLFS_SYNDBG_USE_CALLS;
}

/* What all three calls begin with: they are allowed, and their fixed input */
static enum hve_verdict take_input(struct hve_vcpu *vcpu,
				   const struct hve_hcall *call, void *in,
				   u32 size)
{
	return may_call(vcpu) ? hve_hcall_input(vcpu, call, 0, in, size) :
				HVE_NOT_ALLOWED;
}

enum hve_verdict hve_do_post_debug_data(struct hve_vcpu *vcpu,
					struct hve_hcall *call)
{
	const u32 left = 0;
	struct tlfs_debug_post in;
	enum hve_verdict verdict;

	verdict = take_input(vcpu, call, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.count > TLFS_DEBUG_DATA_MAX)
		return HVE_BAD_PARAMETER;
	verdict = hve_hcall_output(vcpu, call, 0, &left, sizeof(left));
	if (verdict != HVE_OK)
		return verdict;
	return send(vcpu, HVE_DEBUG_FRAME, call->input + sizeof(in), in.count);
}

static enum hve_verdict retrieve(struct hve_vcpu *vcpu, struct hve_hcall *call,
				 struct tlfs_debug_retrieved *out)
{
	struct hve_vm *vm = vcpu->vm;
	struct hve_packet *packet;
	enum hve_verdict verdict;

	if (!out->remaining)
		return HVE_NO_DATA;
	packet = receive(vcpu, HVE_DEBUG_FRAME, out->remaining);
	mutex_lock(&vm->lock);
	tell_pending(vm);
	mutex_unlock(&vm->lock);
	if (!packet)
		return HVE_NO_DATA;
	out->retrieved = packet->size;
	out->remaining -= packet->size;
	verdict = hve_hcall_output(vcpu, call, sizeof(*out), packet->data,
				   packet->size);
	kfree(packet);
	return verdict;
}

enum hve_verdict hve_do_retrieve_debug_data(struct hve_vcpu *vcpu,
					    struct hve_hcall *call)
{
	struct tlfs_debug_retrieved out = {};
	struct tlfs_debug_retrieve in;
	enum hve_verdict verdict;

	verdict = take_input(vcpu, call, &in, sizeof(in));
	if (verdict != HVE_OK)
		return verdict;
	if (in.count > TLFS_DEBUG_DATA_MAX)
		return HVE_BAD_PARAMETER;
	out.remaining = in.count;
	/* First, so that no packet is lost by an output that cannot be written */
	verdict = hve_hcall_output(vcpu, call, 0, &out, sizeof(out));
	if (verdict == HVE_OK)
		verdict = retrieve(vcpu, call, &out);
	if (verdict == HVE_OK)
		verdict = hve_hcall_output(vcpu, call, 0, &out, sizeof(out));
	return verdict;
}

enum hve_verdict hve_do_reset_debug_session(struct hve_vcpu *vcpu,
					    struct hve_hcall *call)
{
	struct tlfs_debug_session out = {};
	struct hve_vm *vm = vcpu->vm;
	enum hve_verdict verdict;
	u32 options;

	verdict = take_input(vcpu, call, &options, sizeof(options));
	if (verdict != HVE_OK)
		return verdict;
	hve_debug_whereabouts(vm->debug, &out.host_ip, &out.host_port);
	out.target_ip = out.host_ip;
	out.target_port = out.host_port;
	hve_debug_purge(vm->debug, options & TLFS_DEBUG_PURGE_INCOMING,
			options & TLFS_DEBUG_PURGE_OUTGOING);
	mutex_lock(&vm->lock);
	tell_pending(vm);
	mutex_unlock(&vm->lock);
	return hve_hcall_output(vcpu, call, 0, &out, sizeof(out));
}
