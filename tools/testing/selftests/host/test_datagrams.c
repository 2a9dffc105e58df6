// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: a guest and a debugger on the loopback device
 *
 * In: guest/debuggee.c, and `hve syndbg` beside this program. Out: what the guest
 * sends by MSR and in frames arrives in a UDP socket, and what that answers
 * arrives in the guest, which judges; the debugger is at the other end of
 * --connect, and of --listen. hve ends when the VM does. A debugger that is not
 * there yet is no error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <hve/registry.h>
#include "tap.h"
#include "../debug.h"

static int device;

static void loopback_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = { .ifr_name = "lo" };

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request))
		trouble("no loopback device: %s", strerror(errno));
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		trouble("lo does not come up: %s", strerror(errno));
	close(fd);
}

static struct sockaddr_in here(unsigned int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(DEBUG_ADDRESS),
	};

	return address;
}

/* Sends back what comes, each byte counted up, until it is killed */
static int debugger(void *arg)
{
	unsigned char data[5000];
	struct sockaddr_in address = here(DEBUG_PORT);
	const bool listens = arg;
	struct sockaddr_in from;
	socklen_t len;
	ssize_t got, i;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	/* hve connects to us; or it listens, and we have to begin */
	if (!listens && bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return STATUS_TROUBLE;
	if (listens)
		sendto(fd, "hello", 5, 0, (struct sockaddr *)&address,
		       sizeof(address));
	for (;;) {
		len = sizeof(from);
		got = recvfrom(fd, data, sizeof(data), 0,
			       (struct sockaddr *)&from, &len);
		for (i = 0; i < got; i++)
			data[i]++;
		if (got > 0)
			sendto(fd, data, got, 0, (struct sockaddr *)&from, len);
	}
}

struct bridge {
	const char *option;
	unsigned int vm_id;
};

static int hve(void *arg)
{
	static char self[300], program[300], address[32], vm[16];
	const struct bridge *bridge = arg;

	if (readlink("/proc/self/exe", self, sizeof(self) - 10) < 0)
		return STATUS_TROUBLE;
	snprintf(program, sizeof(program), "%.280s/hve", dirname(self));
	snprintf(address, sizeof(address), "127.0.0.1:%u", DEBUG_PORT);
	snprintf(vm, sizeof(vm), "%u", bridge->vm_id);
	execl(program, "hve", "syndbg", bridge->option, address, vm, NULL);
	return STATUS_TROUBLE;
}

/* Ends by itself when its VM is gone */
static bool ended_well(pid_t pid)
{
	return reap(pid) == 0;
}

static void test_exchange(const char *option, bool late)
{
	const bool listens = !strcmp(option, "--listen");
	struct bridge bridge = { .option = option };
	struct hve_vm_info info;
	pid_t guest, peer, carrier;

	guest = spawn_vmm("debuggee", "-v", "2", "-H", "syndbg,synic,relaxed",
			  "-A", "1", NULL);
	ok(wait_served(device, 1), "a VM is served");
	hve_count_vms(device, &info);
	bridge.vm_id = info.vm_id;
	if (!listens && !late) {
		peer = spawn(debugger, NULL);
		ms_sleep(200);
		carrier = spawn(hve, &bridge);
	} else {
		carrier = spawn(hve, &bridge);
		ms_sleep(500);
		peer = spawn(debugger, listens ? &bridge : NULL);
	}
	ok(reap(guest) == STATUS_PASS, "%s: the guest is content", option);
	ok(ended_well(carrier), "%s: hve ends with the VM", option);
	kill(peer, SIGKILL);
	reap(peer);
	wait_served(device, 0);
}

int main(void)
{
	device = configured(0);
	loopback_up();
	test_exchange("--connect", false);
	test_exchange("--connect", true);
	test_exchange("--listen", false);
	return done();
}
