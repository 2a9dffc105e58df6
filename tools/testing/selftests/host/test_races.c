// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: two threads at one VM that comes or goes
 *
 * In: how many rounds, fewer where $slowness is set. Out: the state of a VM that
 * KVM is still making, and never finishes, can be had by nobody; of two that
 * detach at once one is refused, and a third asks meanwhile; a configuration that
 * changes while a VM is attached takes no hook away, and leaves none behind. What
 * else goes wrong is the kernel's to report. Two VMs keep the hooks of both modes
 * installed, which takes seconds. The threads share counters and descriptors,
 * exchanged atomically.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "native_vm.h"
#include "tap.h"

#define FUNCTIONS	"/sys/kernel/tracing/enabled_functions"
#define TRIES		16u		/* an attaching, for one that is refused early */

static int device;
static unsigned int base;		/* VMs that are served throughout */
static unsigned int next_id, finished;
static int shared_vm = -1;

static int get_state(unsigned int id)
{
	static char blob[64];
	struct hve_state state = {
		.size = sizeof(state), .vm_id = id, .length = sizeof(blob),
		.data = (unsigned long)blob,
	};

	return ioctl(device, HVE_GET_STATE, &state) ? errno : 0;
}

static void *ask(void *arg)
{
	unsigned long *odd = arg;
	int err;

	while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
		err = get_state(__atomic_load_n(&next_id, __ATOMIC_RELAXED));
		*odd += err != ENOENT && err != ENODATA;
	}
	return NULL;
}

static void begin(pthread_t *thread, void *(*fn)(void *arg), void *arg)
{
	finished = 0;
	if (pthread_create(thread, NULL, fn, arg))
		trouble("pthread_create");
}

static void end(pthread_t thread)
{
	__atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
}

static void test_unfinished(unsigned int rounds)
{
	struct hve_attach request = { .size = sizeof(request) };
	unsigned long odd = 0;
	unsigned int i, made = 0;
	pthread_t thread;
	int kvm;

	request.vm_fd = bare_vm(&kvm);
	if (ioctl(device, HVE_ATTACH, &request))
		trouble("HVE_ATTACH: %s", hve_why(device));
	close(request.vm_fd);
	next_id = request.vm_id + 1;
	if (arm(device, HVE_ARM_EVERY))
		trouble("HVE_ARM: %s", hve_why(device));
	begin(&thread, ask, &odd);
	for (i = 0; i < rounds; i++) {
		int vm = ioctl(kvm, KVM_CREATE_VM, NO_TYPE);

		made += vm >= 0;
		if (vm >= 0)
			close(vm);
		__atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
	}
	end(thread);
	close(kvm);
	ok(!made, "no VM of a type that does not exist");
	ok(!odd, "nobody has the state of one (%lu)", odd);
	ok(!ioctl(device, HVE_DISARM, 0) && wait_served(device, base),
	   "none of them stays served");
}

static void *detach_too(void *arg)
{
	unsigned long *odd = arg;
	int err;

	while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
		err = detach(device, __atomic_load_n(&shared_vm, __ATOMIC_RELAXED));
		*odd += err && err != ENOENT && err != EBUSY;
	}
	return NULL;
}

/* Looks whether the VM is in native mode, without anything that keeps it served */
static void *look(void *arg)
{
	unsigned long *odd = arg;

	while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE))
		*odd += ioctl(shared_vm, KVM_CHECK_EXTENSION, KVM_CAP_HYPERV) < 0;
	return NULL;
}

static void test_detaching(unsigned int rounds)
{
	int other = configured(hve_base_features());
	unsigned long odd = 0, lost = 0;
	pthread_t thread, looking;
	unsigned int i;
	int err, kvm;

	shared_vm = bare_vm(&kvm);
	begin(&thread, detach_too, &odd);
	begin(&looking, look, &lost);
	for (i = 0; i < rounds; i++) {
		err = attach(other, shared_vm);
		odd += err && err != EEXIST;
		err = detach(other, shared_vm);
		odd += err && err != ENOENT && err != EBUSY;
	}
	end(thread);
	end(looking);
	close(shared_vm);
	close(kvm);
	close(other);
	ok(!odd, "two detach it: one did, or neither (%lu)", odd);
	ok(!lost, "whoever asks it meanwhile gets an answer (%lu)", lost);
	ok(wait_served(device, base), "and it is not served");
}

static void *reconfigure(void *arg)
{
	struct hve_config config = { .size = sizeof(config) };
	int context = *(int *)arg;

	while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
		config.flags ^= HVE_CONFIG_NATIVE;
		config.features[0] = config.flags ? 0 : hve_base_features();
		HVE_MUST(context, HVE_SET_CONFIG, &config);
	}
	return NULL;
}

/* Functions of KVM that are hooked */
static unsigned int hooked(void)
{
	FILE *file = fopen(FUNCTIONS, "r");
	unsigned int n = 0;
	char line[512];

	if (!file)
		trouble(FUNCTIONS ": %s", strerror(errno));
	while (fgets(line, sizeof(line), file))
		n += !!strstr(line, "kvm");
	fclose(file);
	return n;
}

static void test_reconfiguring(unsigned int rounds)
{
	int context = configured(hve_base_features()), kvm, vm;
	unsigned int i, failed = 0, before = hooked();
	pthread_t thread;

	begin(&thread, reconfigure, &context);
	for (i = 0; i < rounds; i++) {
		vm = bare_vm(&kvm);
		failed += attach(context, vm) != 0;
		close(vm);
		close(kvm);
	}
	end(thread);
	close(context);
	ok(!failed, "attached while the configuration changes (%u failed)", failed);
	ok(wait_served(device, base), "and closed");
	ms_sleep(2000);
	ok(before && hooked() == before, "hooks stay while one VM of each mode does (%u, %u)",
	   before, hooked());
}

static void test_end(int vm, int native)
{
	unsigned int s;

	close(native);
	close(vm);
	for (s = 0; s < 30 && hooked(); s++)
		ms_sleep(1000);
	ok(!hooked(), "no hook is left without a VM (%u)", hooked());
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000;
	const char *slowness = getenv("slowness");
	int vm = bare_vm(NULL), native = bare_vm(NULL), context;

	if (slowness)
		rounds /= strtoul(slowness, NULL, 0);
	device = configured(hve_base_features());
	context = native_context();
	ok(!attach(device, vm) && !attach(context, native),
	   "one VM of each mode is served throughout");
	close(context);
	base = served_vms(device);
	test_unfinished(rounds * TRIES);
	test_detaching(rounds / 4);
	test_reconfiguring(rounds);
	test_end(vm, native);
	return done();
}
