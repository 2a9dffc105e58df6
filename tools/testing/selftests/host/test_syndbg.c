// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest's debugger, by its descriptor
 *
 * In: guest/debuggee.c in another process. Out: who may not be a debugger, and
 * why; packets come in order and are bounded in both directions; what the guest
 * does not want is counted; nothing is left when a debugger or the VM is gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"
#include "../debug.h"

#define WAIT_MS		20000
#define ROOM		1024u
#define SYNDBG		"syndbg,synic,relaxed"
#define ANYBODY		1000

static int device;
static unsigned int vm_id;

static int open_debug(void)
{
	struct hve_debug_request request = {
		.size = sizeof(request), .vm_id = vm_id,
		.address = DEBUG_ADDRESS, .port = DEBUG_PORT,
	};

	return ioctl(device, HVE_OPEN_DEBUG, &request);
}

static void refused(struct hve_debug_request request, int error,
		    const char *what)
{
	int fd;

	request.size = sizeof(request);
	fd = ioctl(device, HVE_OPEN_DEBUG, &request);
	ok(fd < 0 && errno == error, "%s (%d, errno %d: %s)", what, fd, errno,
	   hve_why(device));
	if (fd >= 0)
		close(fd);
}

/* Another user, who may use the device all the same */
static int as_anybody(void *arg)
{
	struct hve_debug_request request = {
		.size = sizeof(request), .vm_id = vm_id,
	};
	int other = hve_open();

	(void)arg;
	if (other < 0 || setuid(ANYBODY))
		return STATUS_TROUBLE;
	return ioctl(other, HVE_OPEN_DEBUG, &request) < 0 && errno == EPERM ?
	       STATUS_PASS : STATUS_FAIL;
}

static void test_refused(void)
{
	struct hve_debug_request good = { .vm_id = vm_id }, bad = good;

	bad.vm_id += 1000;
	refused(bad, ENOENT, "no such VM");
	bad = good;
	bad.flags = 1;
	refused(bad, EINVAL, "an unknown flag");
	bad = good;
	bad.reserved[2] = 1;
	refused(bad, EINVAL, "reserved bits");
	refused(good, EBUSY, "a second debugger");
	ok(reap(spawn(as_anybody, NULL)) == STATUS_PASS, "another user's VM");
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, WAIT_MS) == 1 && p.revents & POLLIN;
}

static bool receive(int fd, struct hve_debug_packet *packet)
{
	ssize_t len;

	memset(packet, 0, sizeof(*packet));
	if (!readable(fd))
		return false;
	len = read(fd, packet, sizeof(*packet));
	return len == (ssize_t)(HVE_DEBUG_HEAD + packet->size);
}

static unsigned int word_of(const struct hve_debug_packet *packet)
{
	unsigned int word;

	memcpy(&word, packet->data, sizeof(word));
	return word;
}

static bool hears(int fd, unsigned int word)
{
	struct hve_debug_packet packet;

	return receive(fd, &packet) && !packet.flags && packet.size == 8 &&
	       word_of(&packet) == word;
}

/* 0 or errno */
static int post(int fd, unsigned int flags, const void *data, unsigned int size)
{
	struct hve_debug_packet packet = { .flags = flags, .size = size };

	memcpy(packet.data, data, size);
	return write(fd, &packet, HVE_DEBUG_HEAD + size) ==
	       (ssize_t)(HVE_DEBUG_HEAD + size) ? 0 : errno;
}

static unsigned long lost(void)
{
	static struct hve_counter counters[ROOM];
	struct hve_counters request = {
		.size = sizeof(request), .vm_id = vm_id, .vcpu = HVE_ALL_VCPUS,
		.count = ROOM, .counters = (unsigned long)counters,
	};
	unsigned int i;

	HVE_MUST(device, HVE_GET_COUNTERS, &request);
	for (i = 0; i < request.count; i++)
		if (counters[i].kind == HVE_COUNTER_EVENT &&
		    counters[i].key == HVE_EV_DEBUG_LOST)
			return counters[i].value;
	return 0;
}

static bool wait_lost(unsigned long count)
{
	unsigned int ms;

	for (ms = 0; ms < WAIT_MS && lost() < count; ms += 10)
		ms_sleep(10);
	return lost() == count;
}

static void test_descriptor(int fd)
{
	struct hve_debug_packet packets[2] = { { .size = 4 } };
	struct hve_debug_packet *packet = packets;
	const void *volatile nowhere = NULL;
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	ok(read(fd, packet, sizeof(*packet) - 1) < 0 && errno == EINVAL,
	   "a short buffer");
	ok(write(fd, packet, 4) < 0 && errno == EINVAL, "half a head");
	ok(write(fd, packet, HVE_DEBUG_HEAD + 3) < 0 && errno == EINVAL &&
	   write(fd, packet, HVE_DEBUG_HEAD + 5) < 0 && errno == EINVAL,
	   "a size that is another");
	packet->size = 0;
	ok(write(fd, packet, HVE_DEBUG_HEAD) < 0 && errno == EINVAL,
	   "an empty packet");
	packet->size = HVE_DEBUG_DATA + 1;
	ok(write(fd, packet, HVE_DEBUG_HEAD + packet->size) < 0 && errno == EINVAL,
	   "a packet too large");
	packet->size = 4;
	packet->flags = 2;
	ok(write(fd, packet, HVE_DEBUG_HEAD + 4) < 0 && errno == EINVAL,
	   "an unknown flag");
	ok(write(fd, nowhere, HVE_DEBUG_HEAD + 4) < 0 && errno == EFAULT,
	   "a packet that cannot be read");
	ok(poll(&p, 1, 0) == 1 && p.revents == POLLOUT, "there is room");
}

static void test_fill(int fd)
{
	struct hve_debug_packet packet;
	unsigned int i, wrong = 0;
	unsigned int word = WORD_FILL;

	ok(wait_lost(2), "two packets too many are counted (%lu)", lost());
	ok(hears(fd, WORD_FILL), "the guest speaks");
	for (i = 1; i < DEBUG_QUEUE; i++)
		wrong += !receive(fd, &packet) || word_of(&packet) != i;
	ok(!wrong, "%u packets more, %u wrong", DEBUG_QUEUE - 1, wrong);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	ok(read(fd, &packet, sizeof(packet)) < 0 && errno == EAGAIN, "no more");
	fcntl(fd, F_SETFL, 0);
	memset(packet.data, 0, 8);
	memcpy(packet.data, &word, sizeof(word));
	ok(!post(fd, 0, packet.data, 8), "an answer");
}

static void test_choice(int fd)
{
	unsigned char bytes[100];

	memset(bytes, 60, sizeof(bytes));
	ok(hears(fd, WORD_FORMS), "the guest asks for forms");
	post(fd, HVE_DEBUG_FRAME, bytes, 50);
	post(fd, 0, "abc", 3);
	ok(hears(fd, WORD_SIZES), "and for sizes");
	post(fd, 0, bytes, 50);
	post(fd, HVE_DEBUG_FRAME, bytes, 100);
	post(fd, HVE_DEBUG_FRAME, bytes, 60);
	ok(hears(fd, WORD_PURGE), "and for what it will not take");
	post(fd, HVE_DEBUG_FRAME, bytes, 60);
	ok(lost() == 5, "three packets more are lost (%lu)", lost());
}

static void test_bound(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	unsigned int count = 0;
	int err;

	ok(hears(fd, WORD_REBOOT), "the guest asks for all there is room for");
	while (!(err = post(fd, HVE_DEBUG_FRAME, "xyz", 3)) && count < 1000)
		count++;
	ok(count == DEBUG_QUEUE && err == EAGAIN, "%u packets (%d)", count, err);
	/* Unless the reboot was sooner, which makes room */
	diag("room: %d", poll(&p, 1, 0));
	ok(hears(fd, WORD_END), "and ends, rebooted");
}

static void test_gone(int fd)
{
	struct hve_debug_packet packet;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	ok(read(fd, &packet, sizeof(packet)) == 0, "the VM is gone: end of file");
	ok(post(fd, 0, "x", 1) == EPIPE, "and EPIPE");
	ok(poll(&p, 1, 0) == 1 && p.revents & POLLHUP, "and POLLHUP");
}

static void test_without(void)
{
	struct hve_debug_request request = { 0 };
	struct hve_vm_info info;
	pid_t pid = spawn_vmm("busy", "-H", "synic,relaxed", "-A", "2000", NULL);

	wait_served(device, 1);
	hve_count_vms(device, &info);
	request.vm_id = info.vm_id;
	refused(request, EOPNOTSUPP, "a VM without syndbg");
	reap(pid);
}

/* A debugger that went leaves nothing for the next one. */
static void test_next(void)
{
	struct hve_debug_packet packet;
	struct hve_vm_info info;
	pid_t pid;
	int fd;

	wait_served(device, 0);
	pid = spawn_vmm("debuggee", "-H", SYNDBG, "-A", "0", NULL);
	wait_served(device, 1);
	hve_count_vms(device, &info);
	vm_id = info.vm_id;
	fd = open_debug();
	wait_lost(2);
	post(fd, 0, "old", 3);
	close(fd);
	fd = open_debug();
	fcntl(fd, F_SETFL, O_NONBLOCK);
	ok(fd >= 0 && read(fd, &packet, sizeof(packet)) < 0 && errno == EAGAIN,
	   "a second debugger finds nothing of the first one");
	kill(pid, SIGKILL);
	reap(pid);
	close(fd);
}

int main(void)
{
	struct hve_vm_info info;
	pid_t pid;
	int fd;

	device = configured(0);
	pid = spawn_vmm("debuggee", "-H", SYNDBG, "-A", "0", NULL);
	ok(wait_served(device, 1), "a VM is served");
	hve_count_vms(device, &info);
	vm_id = info.vm_id;
	fd = open_debug();
	ok(fd >= 0, "it has a debugger (%d: %s)", fd, hve_why(device));
	test_refused();
	test_descriptor(fd);
	test_fill(fd);
	test_choice(fd);
	test_bound(fd);
	ok(reap(pid) == STATUS_PASS, "the guest is content");
	wait_served(device, 0);
	test_gone(fd);
	close(fd);
	test_without();
	test_next();
	return done();
}
