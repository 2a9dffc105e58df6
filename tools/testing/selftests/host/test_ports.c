// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: ports, from the program's side
 *
 * In: guest/ports.c in another process. Out: messages go in and come back in
 * order, more than there are buffers; events go both ways; what cannot be opened
 * says why; a guest that does not listen, and one that is gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "tap.h"
#include "../ports.h"

#define WAIT_MS		20000

static int device;
static unsigned int vm_id;

static int open_port(unsigned int flags, unsigned int connection, int eventfd)
{
	struct hve_port_request request = {
		.size = sizeof(request), .flags = flags, .vm_id = vm_id,
		.connection = connection, .eventfd = eventfd,
	};

	if (flags & HVE_PORT_TO_GUEST) {
		request.sint = flags & HVE_PORT_EVENT ? PORT_SINT_EVENT :
							PORT_SINT_MESSAGE;
		request.flag = flags & HVE_PORT_EVENT ? PORT_FLAG : 0;
	}
	return ioctl(device, HVE_OPEN_PORT, &request);
}

static void refused(struct hve_port_request request, int error, const char *what)
{
	int fd;

	request.size = sizeof(request);
	fd = ioctl(device, HVE_OPEN_PORT, &request);
	ok(fd < 0 && errno == error, "%s (%d, errno %d)", what, fd, errno);
	if (fd >= 0)
		close(fd);
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, WAIT_MS) == 1 && p.revents & POLLIN;
}

static bool receive(int fd, struct hve_port_message *message)
{
	return readable(fd) && read(fd, message, sizeof(*message)) == sizeof(*message);
}

static int post(int fd, unsigned int type, unsigned int size)
{
	struct hve_port_message message = { .type = type, .size = size };
	unsigned int i, tries;

	for (i = 0; i < size; i++)
		message.payload[i] = type + i;
	for (tries = 0; tries < WAIT_MS; tries++) {
		if (write(fd, &message, sizeof(message)) == sizeof(message))
			return 0;
		if (errno != EAGAIN)
			return errno;
		ms_sleep(1);
	}
	return EAGAIN;
}

static void test_refused(int event)
{
	const unsigned int from = HVE_PORT_FROM_GUEST, to = HVE_PORT_TO_GUEST;
	struct hve_port_request good = {
		.flags = HVE_PORT_MESSAGE | to, .vm_id = vm_id,
		.connection = CONN_TO_GUEST, .sint = 2, .eventfd = -1,
	}, bad = good;

	bad.vm_id += 1000;
	refused(bad, ENOENT, "no such VM");
	bad = good;
	bad.flags = HVE_PORT_MESSAGE;
	refused(bad, EINVAL, "no direction");
	bad.flags = HVE_PORT_MESSAGE | from | to;
	refused(bad, EINVAL, "both directions");
	bad.flags = HVE_PORT_MESSAGE | to | 1u << 8;
	refused(bad, EINVAL, "an unknown flag");
	bad = good;
	bad.sint = 0;
	refused(bad, EINVAL, "SINT 0 is the hypervisor's");
	bad.sint = 16;
	refused(bad, EINVAL, "SINT 16");
	bad = good;
	bad.vp = 5000;
	refused(bad, EINVAL, "VP 5000");
	bad = good;
	bad.eventfd = event;
	refused(bad, EINVAL, "messages have no eventfd");
	bad = good;
	bad.flags = HVE_PORT_EVENT | to;
	refused(bad, EBADF, "events need one");
	bad.eventfd = device;
	refused(bad, EINVAL, "which is one");
	bad.eventfd = event;
	bad.flag = 2048;
	refused(bad, EINVAL, "flag 2048");
	bad = good;
	bad.flags = HVE_PORT_MESSAGE | from;
	bad.sint = 0;
	bad.connection = CONN_ECHO;
	refused(bad, EEXIST, "a connection that has a port");
}

static void test_echo(int echo, int to_guest)
{
	struct hve_port_message message;
	unsigned int sent = 0, got = 0, wrong = 0;
	int err = 0;

	while (got < PORT_MESSAGES && !err) {
		if (sent < PORT_MESSAGES && sent - got < PORT_WINDOW) {
			err = post(to_guest, TYPE_FIRST + 2 * sent, sent % 241);
			sent += !err;
			continue;
		}
		if (!receive(echo, &message))
			break;
		if (message.type != TYPE_FIRST + 2 * got + 1 ||
		    message.size != got % 241 ||
		    (message.size && message.payload[message.size - 1] !=
		     (unsigned char)(TYPE_FIRST + 2 * got + message.size - 1)))
			wrong++;
		got++;
	}
	ok(got == PORT_MESSAGES && !wrong, "%u of %u messages came back, %u wrong (%d)",
	   got, PORT_MESSAGES, wrong, err);
}

static void test_events(int to_guest, int from_guest)
{
	uint64_t one = 1, count;
	unsigned int n;

	for (n = 0; n < PORT_EVENTS; n++) {
		if (write(to_guest, &one, sizeof(one)) != sizeof(one) ||
		    !readable(from_guest) ||
		    read(from_guest, &count, sizeof(count)) != sizeof(count))
			break;
	}
	ok(n == PORT_EVENTS, "%u of %u events were answered", n, PORT_EVENTS);
}

/* Signalled before there is a port: told as soon as there is one */
static void test_signalled_before(int from_guest)
{
	uint64_t count;
	int early = eventfd(1, 0);
	int fd = open_port(HVE_PORT_EVENT | HVE_PORT_TO_GUEST, 0, early);

	ok(fd >= 0 && readable(from_guest) &&
	   read(from_guest, &count, sizeof(count)) == sizeof(count),
	   "an event from before the port was opened is answered");
	close(fd);
	close(early);
}

static void test_gone(int echo, int to_guest)
{
	struct hve_port_message message;
	struct pollfd p = { .fd = to_guest, .events = POLLOUT };

	ok(read(echo, &message, sizeof(message)) == 0, "the VM is gone: end of file");
	ok(post(to_guest, TYPE_FIRST, 1) == EPIPE, "and EPIPE");
	ok(poll(&p, 1, 0) == 1 && p.revents & POLLHUP, "and POLLHUP");
}

static void test_without_synic(void)
{
	struct hve_vm_info info;
	pid_t pid = spawn_vmm("busy", "-H", "-", "-A", "2000", NULL);

	wait_served(device, 1);
	hve_count_vms(device, &info);
	vm_id = info.vm_id;
	ok(open_port(HVE_PORT_MESSAGE | HVE_PORT_FROM_GUEST, 1, -1) < 0 &&
	   errno == EOPNOTSUPP, "a VM without synic");
	reap(pid);
}

int main(void)
{
	int in = eventfd(0, 0), out = eventfd(0, 0);
	int echo, full, to_guest, from_event, to_event;
	struct hve_port_message message;
	struct hve_vm_info info;
	pid_t pid;

	device = configured(0);
	pid = spawn_vmm("ports", "-H", "synic", NULL);
	ok(wait_served(device, 1), "a VM is served");
	hve_count_vms(device, &info);
	vm_id = info.vm_id;
	full = open_port(HVE_PORT_MESSAGE | HVE_PORT_FROM_GUEST, CONN_FULL, -1);
	from_event = open_port(HVE_PORT_EVENT | HVE_PORT_FROM_GUEST, CONN_EVENT, in);
	to_guest = open_port(HVE_PORT_MESSAGE | HVE_PORT_TO_GUEST, CONN_TO_GUEST, -1);
	to_event = open_port(HVE_PORT_EVENT | HVE_PORT_TO_GUEST, 0, out);
	ok(full >= 0 && from_event >= 0 && to_guest >= 0 && to_event >= 0,
	   "ports are open (%d %d %d %d)", full, from_event, to_guest, to_event);
	ok(post(to_guest, TYPE_FIRST, 1) == ENOTCONN, "the guest does not listen yet");
	echo = open_port(HVE_PORT_MESSAGE | HVE_PORT_FROM_GUEST, CONN_ECHO, -1);
	ok(receive(echo, &message) && message.type == TYPE_READY, "it speaks");
	ok(receive(echo, &message) && message.type == TYPE_READY, "and listens");
	test_refused(out);
	test_echo(echo, to_guest);
	test_events(out, in);
	test_signalled_before(in);
	ok(!post(to_guest, TYPE_END, 0), "it is told to end");
	ok(reap(pid) == STATUS_PASS, "the guest is content");
	wait_served(device, 0);
	test_gone(echo, to_guest);
	close(echo);
	close(full);
	close(to_guest);
	close(from_event);
	close(to_event);
	test_without_synic();
	return done();
}
