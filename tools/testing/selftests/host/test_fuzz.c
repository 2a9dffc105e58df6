// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: random ioctls
 *
 * In: a seed, and how many operations for each of three threads, or with an s
 * behind it how many seconds. Out: what was asked, accepted and refused; it fails
 * where an errno is none that the interface has, where a refusal has no sentence,
 * where some request was never accepted, or when a VM stays served that nobody
 * holds any more. A guest runs all the while and must not notice. Each thread's
 * operations follow from the seed; how they meet does not. They share the pool
 * (fuzz_pool.c) and the counts, under tally_lock.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <hve/registry.h>
#include "fuzz.h"
#include "tap.h"

#define THREADS		3u
#define PAGE		4096u
#define SHOWN		8u
#define OWN		256		/* above all that are the pool's */

struct thread {
	pthread_t pthread;
	struct fuzz_random random;
	struct fuzz_memory memory;
	int own;			/* a context that no other thread has */
};

static struct fuzz_pool pool;
static unsigned long operations;
static time_t until;

static pthread_mutex_t tally_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int accepted[FUZZ_REQUESTS], refused[FUZZ_REQUESTS];
static unsigned int wrong, silent;

static void saw_id(struct fuzz_random *r, unsigned int id)
{
	__atomic_store_n(&pool.ids[fuzz_below(r, FUZZ_FDS)], id, __ATOMIC_RELAXED);
}

/* With @least, a descriptor that nobody who was slow takes for a closed one */
static int new_context(struct fuzz_random *r, int least)
{
	struct hve_config config = { .size = sizeof(config) };
	int low = open(HVE_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC), fd = low;

	if (least) {
		fd = fcntl(low, F_DUPFD_CLOEXEC, least);
		close(low);
	}
	config.features[0] = fuzz_below(r, 2) ? hve_all_features() :
						hve_base_features();
	config.spinlock_retries = 0x1fff;
	if (fuzz_below(r, 4))
		ioctl(fd, HVE_SET_CONFIG, &config);
	return fd;
}

/* Its own, or what another thread opens there would be waited for. */
static void use_file(struct fuzz_random *r, struct thread *thread, int of)
{
	int fd = dup(of);
	struct pollfd wait = { .fd = fd, .events = POLLIN | POLLOUT };
	unsigned char *at = thread->memory.page + PAGE;
	unsigned long length = fuzz_below(r, PAGE + 1);

	fcntl(fd, F_SETFL, O_NONBLOCK);
	switch (fuzz_below(r, 4)) {
	case 0:
		poll(&wait, 1, 0);
		break;
	case 1:
		length = fuzz_below(r, 2) ? sizeof(struct hve_port_message) :
					    length;
		if (write(fd, at - length, length) > (long)length)
			abort();
		break;
	default:
		if (read(fd, at - length, length) > (long)length)
			abort();
	}
	if (fd >= 0)
		close(fd);
}

static bool known_error(int error)
{
	switch (error) {
	case EINVAL: case EFAULT: case E2BIG: case EBADF: case EBUSY:
	case EEXIST: case ENOENT: case EOPNOTSUPP: case ENOTTY: case EPERM:
	case ENODATA: case ENOSPC: case EXDEV: case ENOMEM:
		return true;
	}
	return false;
}

/* What another thread may spoil is not asked for, nor what is told to nobody */
static bool has_sentence(const struct thread *thread, int fd,
			 const struct fuzz_request *request, int error)
{
	struct hve_reason reason = { .size = sizeof(reason) };

	if (fd != thread->own || !request->size || error == ENOTTY ||
	    error == ENOMEM || request->number == HVE_GET_REASON)
		return true;
	if (ioctl(fd, HVE_GET_REASON, &reason))
		return false;
	return reason.error == (unsigned int)error && reason.text[0] &&
	       memchr(reason.text, 0, sizeof(reason.text));
}

static void judge(const struct thread *thread, int fd,
		  const struct fuzz_request *request, int r, int error)
{
	bool odd = r < 0 && !known_error(error);
	bool mute = r < 0 && !has_sentence(thread, fd, request, error);

	pthread_mutex_lock(&tally_lock);
	if (r < 0)
		refused[request->which]++;
	else
		accepted[request->which]++;
	wrong += odd;
	silent += mute;
	if ((odd || mute) && wrong + silent <= SHOWN)
		diag("%s: %s, %s", fuzz_name(request->which), strerror(error),
		     odd ? "an errno that it does not have" : "without a sentence");
	pthread_mutex_unlock(&tally_lock);
}

static void saw_ids(struct thread *thread, unsigned int count, unsigned int size)
{
	const unsigned char *page = thread->memory.page;
	struct hve_vm_info info;
	unsigned int i;

	for (i = 0; i < count && (i + 1) * size <= PAGE; i++) {
		memcpy(&info, page + i * size, sizeof(info));
		saw_id(&thread->random, info.vm_id);
	}
}

/* What a request that was accepted leaves behind for others */
static void keep(struct thread *thread, const struct fuzz_request *request, int r)
{
	struct hve_attach attach;
	struct hve_state state;
	struct hve_list list;

	switch (request->number) {
	case HVE_OPEN_PORT:
	case HVE_OPEN_DEBUG:
		fuzz_put(&thread->random, pool.ports, r);
		break;
	case HVE_ATTACH:
		memcpy(&attach, request->at, sizeof(attach));
		saw_id(&thread->random, attach.vm_id);
		break;
	case HVE_LIST_VMS:
		memcpy(&list, request->at, sizeof(list));
		if (list.vms == (unsigned long)thread->memory.page)
			saw_ids(thread, list.count, list.entry_size);
		break;
	case HVE_GET_STATE:
		memcpy(&state, request->at, sizeof(state));
		if (state.data == (unsigned long)thread->memory.blob &&
		    state.length <= FUZZ_BLOB) {
			thread->memory.blob_length = state.length & ~7u;
			thread->memory.blob_vm = state.vm_id;
		}
		break;
	}
}

static void one_request(struct thread *thread)
{
	struct fuzz_random *random = &thread->random;
	int fd = fuzz_below(random, 2) ? thread->own : fuzz_get(random, pool.contexts);
	struct fuzz_request request;
	int r, error;

	fuzz_make(random, &pool, &thread->memory, &request);
	/* Takes milliseconds of everybody's time */
	if (request.number == HVE_SELF_CHECK && fuzz_below(random, 16))
		return;
	r = ioctl(fd, request.number, request.arg);
	error = errno;
	if (r < 0 && error == EBADF && fd != thread->own)
		return;
	judge(thread, fd, &request, r, error);
	if (r >= 0 && request.at)
		keep(thread, &request, r);
}

static void operate(struct thread *thread)
{
	struct fuzz_random *r = &thread->random;

	switch (fuzz_below(r, 48)) {
	case 0:
		fuzz_put(r, pool.contexts, new_context(r, 0));
		break;
	case 1:
		close(thread->own);
		thread->own = new_context(r, OWN);
		break;
	case 2:
	case 3:
		fuzz_new_vm(r, &pool);
		break;
	case 4:
		fuzz_new_vcpu(r, &pool);
		break;
	case 5:
		fuzz_use_vcpu(r, &pool);
		break;
	case 6:
		use_file(r, thread, fuzz_get(r, pool.ports));
		break;
	case 7:
		use_file(r, thread, fuzz_get(r, pool.contexts));
		break;
	case 8:
		fuzz_put(r, pool.ports, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
		break;
	default:
		one_request(thread);
	}
}

static void *work(void *arg)
{
	struct thread *thread = arg;
	unsigned long i;

	for (i = 0; until ? time(NULL) < until : i < operations; i++)
		operate(thread);
	close(thread->own);
	return NULL;
}

static void start(struct thread *thread, unsigned long seed)
{
	struct fuzz_memory *memory = &thread->memory;
	unsigned char *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memory->blob = aligned_alloc(8, FUZZ_BLOB);
	if (map == MAP_FAILED || !memory->blob ||
	    mprotect(map + PAGE, PAGE, PROT_NONE) ||
	    mprotect(map + 2 * PAGE, PAGE, PROT_READ) ||
	    mprotect(map + 3 * PAGE, PAGE, PROT_NONE))
		trouble("no memory");
	memory->page = map;
	memory->readonly = map + 2 * PAGE;
	thread->random.state = seed;
	thread->own = new_context(&thread->random, OWN);
	if (pthread_create(&thread->pthread, NULL, work, thread))
		trouble("pthread_create: %s", strerror(errno));
}

static void report(void)
{
	unsigned int i, never = 0;

	for (i = 0; i < FUZZ_REQUESTS; i++) {
		diag("%-12s %7u accepted, %7u refused", fuzz_name(i), accepted[i],
		     refused[i]);
		/* No guest crashed; a VM that may be set is rare; two are none. */
		never += !accepted[i] && i < FUZZ_REQUESTS - 2 &&
			 strcmp(fuzz_name(i), "GET_CRASH") &&
			 strcmp(fuzz_name(i), "SET_STATE");
	}
	ok(!wrong, "%u errors that the interface does not have", wrong);
	ok(!silent, "%u refusals without a sentence", silent);
	ok(!never, "%u requests were never accepted", never);
	ok(!accepted[FUZZ_REQUESTS - 2] && !accepted[FUZZ_REQUESTS - 1],
	   "what is no request is refused");
}

int main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	const char *amount = argc > 2 ? argv[2] : "3000";
	int device = configured(hve_base_features() | HVE_BIT(SYNIC));
	struct thread threads[THREADS] = { 0 };
	char ms[24] = "8000";
	pid_t guest;
	unsigned int i;

	operations = strtoul(amount, NULL, 0);
	if (strchr(amount, 's')) {
		until = time(NULL) + operations;
		snprintf(ms, sizeof(ms), "%lu", operations * 1000);
	}
	guest = spawn_vmm("busy", "-v", "2", "-A", ms, NULL);
	ok(wait_served(device, 1), "a guest is served");
	fuzz_open_pool(&pool);
	for (i = 0; i < THREADS; i++)
		start(&threads[i], seed * THREADS + i);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i].pthread, NULL);
	fuzz_close_pool(&pool);
	report();
	ok(reap(guest) == STATUS_PASS, "the guest did not notice");
	ok(wait_served(device, 0), "no VM stays served");
	return done();
}
