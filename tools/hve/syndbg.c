// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve syndbg: a guest's kernel and its debugger
 *
 * In: the number of a VM and the debugger's address, or one to wait for it at.
 * Out: what the guest sends becomes a datagram for the debugger and the other way
 * round, until the VM is gone. A guest that sends frames gets frames that answer
 * its last one, and what is no datagram for a debugger is dropped. Loopback
 * unless told otherwise, because whoever is at that address owns the guest. State:
 * struct bridge, for as long as the command runs. What is in a datagram is
 * deliberately not looked at.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <hve/tlfs.h>
#include "hve.h"
#include "udp_frame.h"

#define DEFAULT_PORT	50000u	/* as QEMU's device and WinDbg's examples */
/* What a guest's page takes, in either form */
#define ANSWER_MAX	(TLFS_DEBUG_DATA_MAX - HVE_FRAME_HEADERS)

struct bridge {
	__u32 vm_id;
	bool listens;
	bool has_peer;		/* the socket is connected to the debugger */
	bool has_flow;		/* the guest's last packet was a frame */
	bool has_form;		/* it sent one at all */
	struct sockaddr_in address;
	struct hve_flow flow;
	int guest;
	int socket;
};

static const struct option options[] = {
	{ "connect", required_argument, NULL, 'c' },
	{ "listen", required_argument, NULL, 'l' },
	{ 0 },
};

static int parse_address(struct sockaddr_in *address, const char *text)
{
	char host[INET_ADDRSTRLEN], *end;
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	unsigned long port = DEFAULT_PORT;

	snprintf(host, sizeof(host), "%.*s", (int)len, text);
	errno = 0;
	if (colon) {
		port = strtoul(colon + 1, &end, 10);
		if (colon[1] < '0' || colon[1] > '9' || *end)
			port = 0;
	}
	if (len >= sizeof(host) || !inet_aton(host, &address->sin_addr) ||
	    errno || !port || port > 0xffff)
		return hve_print_error(HVE_USAGE,
				       "\"%s\" is no address: write it as 127.0.0.1 or 127.0.0.1:%u",
				       text, DEFAULT_PORT);
	address->sin_family = AF_INET;
	address->sin_port = htons(port);
	return HVE_DONE;
}

static int parse(struct bridge *bridge, int argc, char **argv)
{
	const char *connect = NULL, *listen = NULL, *address;
	int c, ret;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (c == 'c')
			connect = optarg;
		else if (c == 'l')
			listen = optarg;
		else
			return hve_print_bad_option(argv, c);
	}
	if (connect && listen)
		return hve_print_error(HVE_USAGE,
				       "--connect and --listen contradict each other: give one of them");
	if (optind != argc - 1)
		return hve_print_error(HVE_USAGE,
				       "the number of one VM is needed: `hve help syndbg`");
	bridge->listens = listen;
	address = listen ? listen : connect ? connect : "127.0.0.1";
	ret = parse_address(&bridge->address, address);
	return ret ? ret : hve_parse_vm(argv[optind], &bridge->vm_id);
}

static void name_address(const struct sockaddr_in *address, char *name,
			 size_t len)
{
	char host[INET_ADDRSTRLEN] = "?";

	inet_ntop(AF_INET, &address->sin_addr, host, sizeof(host));
	snprintf(name, len, "%s:%u", host, ntohs(address->sin_port));
}

static int open_socket(struct bridge *bridge, char *why, size_t len)
{
	const struct sockaddr *address = (struct sockaddr *)&bridge->address;
	char name[64];
	int ret, error;

	bridge->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bridge->socket < 0)
		ret = -1;
	else if (bridge->listens)
		ret = bind(bridge->socket, address, sizeof(bridge->address));
	else
		ret = connect(bridge->socket, address, sizeof(bridge->address));
	bridge->has_peer = !ret && !bridge->listens;
	if (!ret)
		return 0;
	error = errno;
	name_address(&bridge->address, name, sizeof(name));
	snprintf(why, len, "%s cannot be %s: %s; %s", name,
		 bridge->listens ? "listened at" : "reached", strerror(error),
		 bridge->listens ? "choose another address with --listen" :
				   "choose another one with --connect");
	return -error;
}

static int open_guest(struct bridge *bridge, char *why, size_t len)
{
	struct hve_debug_request request = {
		.size = sizeof(request), .vm_id = bridge->vm_id,
		.address = ntohl(bridge->address.sin_addr.s_addr),
		.port = ntohs(bridge->address.sin_port),
	};
	int fd = hve_device_open(why, len);

	if (fd < 0)
		return fd;
	bridge->guest = hve_device_call(fd, HVE_OPEN_DEBUG, &request,
					"debugging", why, len);
	close(fd);
	return bridge->guest;
}

static void announce(const struct bridge *bridge)
{
	char name[64];

	name_address(&bridge->address, name, sizeof(name));
	printf("VM %u: %s %s; Ctrl-C ends this\n", bridge->vm_id,
	       bridge->listens ? "waiting for a debugger at" : "debugger at",
	       name);
	fflush(stdout);
	if (ntohl(bridge->address.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
		fprintf(stderr,
			"hve: %s is not on this host: whoever reaches or reads what goes there can read and change all of the guest, so use a network that you trust\n",
			name);
}

/* False: the VM is gone, or @why says what else */
static bool from_guest(struct bridge *bridge, char *why, size_t len)
{
	struct hve_debug_packet packet;
	struct hve_flow flow;
	size_t at = 0, size;
	ssize_t got;

	got = read(bridge->guest, &packet, sizeof(packet));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got < 0)
		snprintf(why, len, "VM %u: its packets cannot be read: %s; `dmesg` may say more",
			 bridge->vm_id, strerror(errno));
	if (got < HVE_DEBUG_HEAD)
		return false;
	size = got - HVE_DEBUG_HEAD;
	if (packet.flags & HVE_DEBUG_FRAME) {
		if (!hve_frame_open(packet.data, size, &flow, &at, &size))
			return true;
		bridge->flow = flow;
	}
	bridge->has_flow = packet.flags & HVE_DEBUG_FRAME;
	bridge->has_form = true;
	/* Datagrams get lost, and who sent them sends them again. */
	if (bridge->has_peer)
		(void)!send(bridge->socket, packet.data + at, size, MSG_DONTWAIT);
	return true;
}

/* Likewise */
static bool from_debugger(struct bridge *bridge, char *why, size_t len)
{
	struct hve_debug_packet packet = { 0 };
	uint8_t data[ANSWER_MAX + 1];
	struct sockaddr_in peer;
	socklen_t peer_len = sizeof(peer);
	ssize_t got;

	/* Errors are of what was sent before: nobody was there. */
	got = recvfrom(bridge->socket, data, sizeof(data), MSG_DONTWAIT,
		       (struct sockaddr *)&peer, &peer_len);
	if (got < 0)
		return true;
	/* The first one is the debugger, and nobody else from then on. */
	if (!bridge->has_peer)
		bridge->has_peer = !connect(bridge->socket,
					    (struct sockaddr *)&peer, peer_len);
	if (!got || got > (ssize_t)ANSWER_MAX || !bridge->has_form)
		return true;
	if (bridge->has_flow) {
		packet.flags = HVE_DEBUG_FRAME;
		packet.size = hve_frame_answer(&bridge->flow, data, got,
					       packet.data, sizeof(packet.data));
	} else {
		memcpy(packet.data, data, got);
		packet.size = got;
	}
	if (write(bridge->guest, &packet, HVE_DEBUG_HEAD + packet.size) >= 0 ||
	    errno == EAGAIN || errno == EINTR)
		return true;
	if (errno != EPIPE)
		snprintf(why, len, "VM %u: a packet is not taken: %s; `dmesg` may say more",
			 bridge->vm_id, strerror(errno));
	return false;
}

static void carry(struct bridge *bridge, char *why, size_t len)
{
	struct pollfd fds[] = {
		{ .fd = bridge->guest, .events = POLLIN },
		{ .fd = bridge->socket, .events = POLLIN },
	};
	bool go_on = true;

	while (go_on) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			go_on = from_guest(bridge, why, len);
		if (go_on && fds[1].revents)
			go_on = from_debugger(bridge, why, len);
	}
}

int hve_syndbg_main(int argc, char **argv)
{
	struct bridge bridge = { .guest = -1, .socket = -1 };
	char why[HVE_WHY_LEN] = "";
	int ret = parse(&bridge, argc, argv);

	if (ret)
		return ret;
	ret = open_socket(&bridge, why, sizeof(why));
	if (!ret)
		ret = open_guest(&bridge, why, sizeof(why));
	if (ret >= 0) {
		announce(&bridge);
		carry(&bridge, why, sizeof(why));
		if (!why[0])
			printf("VM %u is gone\n", bridge.vm_id);
	}
	if (bridge.guest >= 0)
		close(bridge.guest);
	if (bridge.socket >= 0)
		close(bridge.socket);
	return why[0] ? hve_print_error(HVE_REFUSED, "%s", why) : HVE_DONE;
}
