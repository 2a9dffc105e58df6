// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: the VM restarts while one of its vCPUs runs
 *
 * In: how often; guest/restarts.c. Out: userspace loads the reset vector into
 * the boot vCPU, in a loop, while another thread sends messages to a vCPU that
 * is in the guest and has them delivered: no buffer of the port is lost or
 * given back twice, and what is sent afterwards arrives, in order. What else
 * may go wrong is the kernel's to report. Three threads; the port's descriptor
 * and @sending are shared.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"
#include "../ports.h"
#include "../restarts.h"

static struct vm vm = { .nr_vcpus = 2, .irqchip = true };
static volatile unsigned long *words;
static int device, port;
static bool sending;
static unsigned long sent, full, nobody, odd;

static int post(unsigned int type)
{
	struct hve_port_message message = { .type = type, .size = 8 };

	return write(port, &message, sizeof(message)) < 0 ? errno : 0;
}

static void *send(void *arg)
{
	while (__atomic_load_n(&sending, __ATOMIC_ACQUIRE)) {
		int err = post(1);

		sent += !err;
		full += err == EAGAIN;
		nobody += err == ENOTCONN;
		odd += err && err != EAGAIN && err != ENOTCONN;
		if (err)
			usleep(100);
	}
	return arg;
}

static void begin(void)
{
	struct hve_port_request open = {
		.size = sizeof(open), .connection = CONN_TO_GUEST, .vp = 1,
		.flags = HVE_PORT_TO_GUEST | HVE_PORT_MESSAGE,
		.sint = PORT_SINT_MESSAGE, .eventfd = -1,
	};

	device = configured(HVE_BIT(SYNIC));
	open.vm_id = vm_begin(&vm, device, "restarts");
	words = vm.param->scratch;
	port = ioctl(device, HVE_OPEN_PORT, &open);
	if (port < 0)
		trouble("HVE_OPEN_PORT: %s", hve_why(device));
	ok(vm_comes_to(&vm, RESTARTS_AT, RESTARTS_CHURN), "the guest runs");
	vcpu_wait_parked(&vm.vcpus[0]);
}

static void restart(unsigned int rounds)
{
	unsigned long before = words[RESTARTS_LIVES];
	struct kvm_regs regs;
	pthread_t thread;
	unsigned int i;

	vcpu_finish_out(&vm.vcpus[0]);
	vcpu_reset(&vm.vcpus[0]);
	MUST(vm.vcpus[0].fd, KVM_GET_REGS, &regs);
	sending = true;
	if (pthread_create(&thread, NULL, send, NULL))
		trouble("pthread_create");
	for (i = 0; i < rounds; i++) {
		usleep(200);
		MUST(vm.vcpus[0].fd, KVM_SET_REGS, &regs);
	}
	__atomic_store_n(&sending, false, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	diag("%lu sent, %lu with the port full, %lu to nobody, %lu lives", sent,
	     full, nobody, words[RESTARTS_LIVES] - before);
	ok(!odd, "sending met no other error (%lu)", odd);
	ok(sent && full && words[RESTARTS_LIVES] > before,
	   "messages waited, and the guest set up again");
	MUST(vm.vcpus[0].fd, KVM_SET_REGS, &regs);
}

static void afterwards(void)
{
	unsigned int nr = 0;

	words[RESTARTS_WANT] = RESTARTS_HOLD;
	ok(vm_comes_to(&vm, RESTARTS_AT, RESTARTS_HOLD), "the guest holds its slot");
	while (nr <= RESTARTS_BUFFERS && !post(RESTARTS_TYPE + nr))
		nr++;
	ok(nr == RESTARTS_BUFFERS, "the port has room for %u messages", nr);
	words[RESTARTS_WANT] = RESTARTS_DRAIN;
	ok(vm_comes_to(&vm, RESTARTS_GOT, nr), "all of them came, in order");
}

int main(int argc, char **argv)
{
	begin();
	restart(argc > 1 ? strtoul(argv[1], NULL, 0) : 5000);
	afterwards();
	return done();
}
