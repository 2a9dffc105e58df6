// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: what a guest in native mode makes its VMM see
 *
 * In: guest/native.c, twice: with KVM_CAP_HYPERV_SYNIC and with SYNIC2. Out: each
 * exit with what KVM's interface says it holds, in the order of what the guest
 * does; eventfds, an interrupt route with a resampler; then the state as a VMM
 * saves it, and a second VM that gets it. KVM's own Hyper-V code had no part.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include <hve/tlfs.h>
#include "native_vm.h"
#include "tap.h"
#include "../native.h"

#define GSI	70u

enum {
#define HVE_MSR(name, id, number, ...) MSR_##name = (number),
#include <hve/enlightenments.def>
};

static struct seen {
	unsigned int synic, simp, siefp, control;
	unsigned int post, signal, extended, debug, syndbg, crash, reset, other;
	unsigned long message_page, flags_page;
} seen;

static int connection_event, irq_event, resample_event;

static int counted(int event)
{
	unsigned long count;

	return read(event, &count, sizeof(count)) == sizeof(count) ? 0 : EAGAIN;
}

static void own_request(struct test_request *request)
{
	const unsigned long one = 1;

	switch (request->op) {
	case NATIVE_OP_RAISE:
		request->error = write(irq_event, &one, sizeof(one)) < 0;
		break;
	case NATIVE_OP_RESAMPLED:
		request->error = counted(resample_event);
		break;
	case NATIVE_OP_SIGNALLED:
		request->error = counted(connection_event);
		break;
	}
}

static void synic_exit(const struct kvm_hyperv_exit *exit)
{
	seen.synic++;
	seen.control += exit->u.synic.msr == MSR_scontrol;
	seen.simp += exit->u.synic.msr == MSR_simp;
	seen.siefp += exit->u.synic.msr == MSR_siefp;
	seen.message_page = exit->u.synic.msg_page;
	seen.flags_page = exit->u.synic.evt_page;
}

static void call_exit(struct vm *vm, struct kvm_hyperv_exit *exit)
{
	switch (exit->u.hcall.input & TLFS_HYPERCALL_CODE) {
	case 0x5c:
		seen.post += *(unsigned int *)(vm->mem + exit->u.hcall.params[0]) ==
			     CONN_VMM;
		exit->u.hcall.result = STATUS_POST;
		break;
	case 0x5d:
		seen.signal++;
		exit->u.hcall.result = STATUS_SIGNAL;
		break;
	case 0x8001:
		seen.extended++;
		*(unsigned long *)(vm->mem + exit->u.hcall.params[1]) = EXT_ANSWER;
		exit->u.hcall.result = 0;
		break;
	case CODE_RESET_DEBUG:
		seen.debug++;
		exit->u.hcall.result = 0;
		break;
	default:
		seen.other++;
	}
}

static void hyperv_exit(struct vm *vm, struct kvm_hyperv_exit *exit)
{
	if (exit->type == KVM_EXIT_HYPERV_SYNIC) {
		synic_exit(exit);
	} else if (exit->type == KVM_EXIT_HYPERV_HCALL) {
		call_exit(vm, exit);
	} else {
		seen.syndbg += exit->type == KVM_EXIT_HYPERV_SYNDBG &&
			       exit->u.syndbg.msr == SYNDBG_MSR_CONTROL &&
			       exit->u.syndbg.control == 1;
		exit->u.syndbg.status = SYNDBG_ANSWER;
	}
}

static void print(struct vm *vm, const struct test_request *request)
{
	diag("guest: %.*s", (int)request->arg[1] - 1, vm->mem + request->arg[0]);
}

/* Until the guest ends: its status */
static int run(struct vm *vm)
{
	struct vcpu *vcpu = &vm->vcpus[0];
	struct kvm_run *run = vcpu->run;
	struct test_request *request;

	for (;;) {
		if (ioctl(vcpu->fd, KVM_RUN, NULL) < 0)
			trouble("KVM_RUN: %s", strerror(errno));
		if (run->exit_reason == KVM_EXIT_HYPERV) {
			hyperv_exit(vm, &run->hyperv);
		} else if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT) {
			seen.crash += run->system_event.type ==
				      KVM_SYSTEM_EVENT_CRASH;
			seen.reset += run->system_event.type ==
				      KVM_SYSTEM_EVENT_RESET;
		} else if (run->exit_reason == KVM_EXIT_IO &&
			   run->io.port == TEST_PORT) {
			request = (void *)(vm->mem + *(unsigned int *)
					   ((char *)run + run->io.data_offset));
			if (request->op == TEST_OP_EXIT)
				return request->arg[0];
			if (request->op == TEST_OP_PRINT)
				print(vm, request);
			else if (request->op >= NATIVE_OP_RAISE)
				own_request(request);
			else
				vm_request(vcpu, (char *)request - vm->mem);
		} else {
			trouble("exit %u", run->exit_reason);
		}
	}
}

static void add_route(struct vm *vm)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry;
	} routes = {
		.head.nr = 1,
		.entry = {
			.gsi = GSI, .type = KVM_IRQ_ROUTING_HV_SINT,
			.u.hv_sint = { .vcpu = 0, .sint = NATIVE_SINT },
		},
	};
	struct kvm_irqfd irqfd = {
		.gsi = GSI, .fd = irq_event, .resamplefd = resample_event,
		.flags = KVM_IRQFD_FLAG_RESAMPLE,
	};

	ok(!ioctl(vm->fd, KVM_SET_GSI_ROUTING, &routes), "a route to a SINT");
	ok(!ioctl(vm->fd, KVM_IRQFD, &irqfd), "with a resampler (errno %d)", errno);
}

static void add_eventfd(struct vm *vm)
{
	struct kvm_hyperv_eventfd event = {
		.conn_id = CONN_EVENTFD, .fd = connection_event,
	};

	ok(!ioctl(vm->fd, KVM_HYPERV_EVENTFD, &event), "an eventfd for a connection");
	ok(ioctl(vm->fd, KVM_HYPERV_EVENTFD, &event) && errno == EEXIST,
	   "which has only one");
	event.flags = KVM_HYPERV_EVENTFD_DEASSIGN;
	ok(!ioctl(vm->fd, KVM_HYPERV_EVENTFD, &event), "it can be taken away");
	ok(ioctl(vm->fd, KVM_HYPERV_EVENTFD, &event) && errno == ENOENT, "once");
	event.flags = 0;
	event.conn_id = 1u << 24;
	ok(ioctl(vm->fd, KVM_HYPERV_EVENTFD, &event) && errno == EINVAL,
	   "there is no connection of 25 bits");
	event.conn_id = CONN_EVENTFD;
	ok(!ioctl(vm->fd, KVM_HYPERV_EVENTFD, &event), "and given again");
}

static void start(struct vm *vm, bool keep)
{
	const char *here = getenv("here");
	char image[300];

	memset(&seen, 0, sizeof(seen));
	connection_event = eventfd(0, EFD_NONBLOCK);
	irq_event = eventfd(0, EFD_NONBLOCK);
	resample_event = eventfd(0, EFD_NONBLOCK);
	snprintf(image, sizeof(image), "%s/guests/native.bin", here ?: ".");
	native_create(vm, 1, image);
	vm->param->arg = keep ? NATIVE_KEEP_PAGES : 0;
	vm->param->features = ~0ul;
	ok(!native_enable(&vm->vcpus[0], keep ? KVM_CAP_HYPERV_SYNIC2 :
			  KVM_CAP_HYPERV_SYNIC, 0), "the SynIC is enabled");
	add_eventfd(vm);
	add_route(vm);
}

static void check_exits(struct vm *vm)
{
	unsigned long crash = 0;

	ok(seen.synic == 5 && seen.control == 1 && seen.siefp == 1 &&
	   seen.simp == 3, "%u exits of the SynIC: %u, %u, %u", seen.synic,
	   seen.control, seen.siefp, seen.simp);
	ok(seen.message_page & 1 && seen.flags_page & 1, "that say where pages are");
	ok(seen.post == 1 && seen.signal == 2, "%u message, %u events", seen.post,
	   seen.signal);
	ok(seen.extended == 1 && seen.debug == 1 && seen.syndbg == 1 &&
	   !seen.other, "one extended call, one each of a debugger");
	ok(seen.crash == 1 && seen.reset == 1, "%u crash, %u reset", seen.crash,
	   seen.reset);
	ok(!native_get_msr(&vm->vcpus[0], MSR_crash_p + 2, &crash) && crash == 102,
	   "the VMM reads why it crashed");
}

static void check_state(struct vm *vm, int device)
{
	static const unsigned int msrs[] = {
		MSR_guest_os_id, MSR_hypercall, MSR_scontrol, MSR_siefp, MSR_simp,
		MSR_sint + NATIVE_SINT, MSR_crash_p, SYNDBG_MSR_OPTIONS,
	};
	unsigned long value, again;
	unsigned int i, wrong = 0;
	struct hve_vm_info info;
	struct vm other;

	native_create(&other, 1, NULL);
	native_enable(&other.vcpus[0], KVM_CAP_HYPERV_SYNIC2, 0);
	for (i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		value = again = 0;
		/* Without memory there is no hypercall page to be written. */
		if (native_get_msr(&vm->vcpus[0], msrs[i], &value) || !value)
			wrong++;
		if (msrs[i] == MSR_hypercall)
			value &= ~1ul;
		if (native_set_msr(&other.vcpus[0], msrs[i], value) ||
		    native_get_msr(&other.vcpus[0], msrs[i], &again) ||
		    again != value) {
			diag("MSR 0x%x: 0x%lx became 0x%lx", msrs[i], value, again);
			wrong++;
		}
	}
	ok(!wrong, "state goes from one VM into another");
	hve_count_vms(device, &info);
	ok(info.flags & HVE_VM_NATIVE && !(info.flags & HVE_VM_KVM_AWAKE),
	   "in native mode, KVM's own code sleeps (0x%x)", info.flags);
	vm_destroy(&other);
}

int main(void)
{
	int device = native_context(), i;
	struct vm vm;

	ok(!arm(device, HVE_ARM_EVERY), "armed for native mode: %s",
	   hve_why(device));
	for (i = 0; i < 2; i++) {
		start(&vm, i);
		ok(!run(&vm), "the guest is satisfied");
		check_exits(&vm);
		check_state(&vm, device);
		close(irq_event);
		close(resample_event);
		close(connection_event);
		vm_destroy(&vm);
	}
	ok(wait_served(device, 0), "nothing is left");
	return done();
}
