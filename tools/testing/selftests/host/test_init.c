// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a vCPU that waits for SIPI sleeps, whatever wants it
 *
 * In: guest/init.c. Out: after a timer of such a vCPU expired its thread uses no
 * CPU time, and it waits still. Three threads; nothing is shared but what struct
 * vm has.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"
#include "../init.h"

#define LOOK_MS		500u
#define MOST_MS		100u

static struct vm vm = { .nr_vcpus = 2, .irqchip = true };

static unsigned long cpu_ms(const struct vcpu *vcpu)
{
	struct timespec used;
	clockid_t clock;

	if (pthread_getcpuclockid(vcpu->thread, &clock) ||
	    clock_gettime(clock, &used))
		trouble("no CPU time of vCPU %u", vcpu->index);
	return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void leave(int signal)
{
	(void)signal;
}

int main(void)
{
	int device = configured(HVE_BIT(STIMER) | HVE_BIT(SYNIC) | HVE_BIT(TIME));
	struct kvm_mp_state state;
	unsigned long used;

	vm_begin(&vm, device, "init");
	ok(vm_comes_to(&vm, INIT_SENT, 1), "INIT was sent");
	ms_sleep(2 * INIT_TIMER_MS);
	used = cpu_ms(&vm.vcpus[1]);
	ms_sleep(LOOK_MS);
	used = cpu_ms(&vm.vcpus[1]) - used;
	ok(used < MOST_MS, "a vCPU that waits for SIPI uses %lu of %u ms", used,
	   LOOK_MS);
	/* KVM answers when the thread is not in KVM_RUN. */
	signal(SIGUSR1, leave);
	vm.vcpus[1].run->immediate_exit = 1;
	pthread_kill(vm.vcpus[1].thread, SIGUSR1);
	MUST(vm.vcpus[1].fd, KVM_GET_MP_STATE, &state);
	ok(state.mp_state == KVM_MP_STATE_INIT_RECEIVED, "it does wait (%u)",
	   state.mp_state);
	return done();
}
