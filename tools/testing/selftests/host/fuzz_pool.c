// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What the threads of the fuzzer share
 *
 * In: random numbers. Out: descriptors that any thread may use, VMs and vCPUs
 * among them, and a vCPU run now and then. Each field is exchanged atomically, no
 * lock is held; what was in it is closed while others may be using it. A KVM_RUN
 * is bounded by SIGALRM, which every thread keeps blocked, so that it reaches no
 * other ioctl. Deliberately absent: memory for the guests, and the interface's own
 * requests, which are the test's.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "fuzz.h"
#include "tap.h"

#define PAGE		4096u
#define RUN_US		50000		/* at most, in KVM_RUN */
#define SIGSET_BYTES	8u		/* the kernel's, not the library's */

static sigset_t alarms;			/* SIGALRM; constant once the pool is open */

static void on_alarm(int signal)
{
	(void)signal;
}

/* Programs started before this do not inherit the mask. */
void fuzz_open_pool(struct fuzz_pool *pool)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval every = {
		.it_interval.tv_usec = RUN_US,
		.it_value.tv_usec = RUN_US,
	};

	memset(pool, 0xff, sizeof(*pool));
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	if (pthread_sigmask(SIG_BLOCK, &alarms, NULL) ||
	    sigaction(SIGALRM, &action, NULL) ||
	    setitimer(ITIMER_REAL, &every, NULL))
		trouble("no alarm");
}

void fuzz_close_pool(struct fuzz_pool *pool)
{
	unsigned int i;

	for (i = 0; i < FUZZ_FDS; i++) {
		close(pool->ports[i]);
		close(pool->vcpus[i]);
		close(pool->vms[i]);
		close(pool->contexts[i]);
	}
}

void fuzz_put(struct fuzz_random *r, int *fds, int fd)
{
	int old = __atomic_exchange_n(&fds[fuzz_below(r, FUZZ_FDS)], fd,
				      __ATOMIC_RELAXED);

	if (old >= 0)
		close(old);
}

int fuzz_get(struct fuzz_random *r, const int *fds)
{
	return __atomic_load_n(&fds[fuzz_below(r, FUZZ_FDS)], __ATOMIC_RELAXED);
}

void fuzz_new_vm(struct fuzz_random *r, struct fuzz_pool *pool)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	fuzz_put(r, pool->vms, ioctl(kvm, KVM_CREATE_VM, 0));
	close(kvm);
}

void fuzz_new_vcpu(struct fuzz_random *r, struct fuzz_pool *pool)
{
	int vm = fuzz_get(r, pool->vms);

	if (fuzz_below(r, 2))
		ioctl(vm, KVM_CREATE_IRQCHIP, 0);
	fuzz_put(r, pool->vcpus, ioctl(vm, KVM_CREATE_VCPU, fuzz_below(r, 4)));
}

/*
 * A guest without memory is left at once, but KVM and the module set it up. Where
 * an exception is pending in it, KVM 7.3 on AMD enters it for ever (porting.md).
 */
static void enter(struct fuzz_random *r, int fd)
{
	static const struct timespec now;
	/* One that waits to be started would wait for ever. */
	struct kvm_mp_state runnable = { KVM_MP_STATE_RUNNABLE };
	struct {
		struct kvm_signal_mask head;
		unsigned char set[SIGSET_BYTES];
	} none = { .head.len = SIGSET_BYTES };
	struct kvm_run *run = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				   MAP_SHARED, fd, 0);

	if (run == MAP_FAILED)
		return;
	run->immediate_exit = fuzz_below(r, 4) != 0;
	ioctl(fd, KVM_SET_MP_STATE, &runnable);
	ioctl(fd, KVM_SET_SIGNAL_MASK, &none);
	/* One that came before is not to end it. */
	sigtimedwait(&alarms, NULL, &now);
	ioctl(fd, KVM_RUN, 0);
	munmap(run, PAGE);
}

void fuzz_use_vcpu(struct fuzz_random *r, struct fuzz_pool *pool)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msr = { .head.nmsrs = 1 };
	/* Its own: another thread may close that one, and open the next vCPU there. */
	int fd = dup(fuzz_get(r, pool->vcpus));

	msr.entry.index = 0x40000000 | fuzz_below(r, 0x120);
	msr.entry.data = fuzz_bits(r);
	switch (fuzz_below(r, 4)) {
	case 0:
		ioctl(fd, KVM_SET_MSRS, &msr);
		break;
	case 1:
		ioctl(fd, KVM_GET_MSRS, &msr);
		break;
	default:
		enter(r, fd);
	}
	if (fd >= 0)
		close(fd);
}
