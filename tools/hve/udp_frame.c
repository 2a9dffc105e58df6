// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Datagrams in Ethernet frames
 *
 * In: bytes that a guest made, so anything. Out: see udp_frame.h. Each length is
 * held against what there is before it is used. Checksums of what the guest
 * sends are not looked at: it comes through memory, not over a wire.
 */
#include <string.h>
#include "udp_frame.h"

/* RFC 894 */
#define ETHER_TYPE	12u
#define ETHER_SIZE	14u
#define TYPE_IPV4	0x0800u
/* RFC 791 */
#define IP_VERSION	0u
#define IP_LENGTH	2u
#define IP_FRAGMENT	6u
#define IP_TTL		8u
#define IP_PROTOCOL	9u
#define IP_SUM		10u
#define IP_FROM		12u
#define IP_TO		16u
#define IP_SIZE		20u
#define NOT_WHOLE	0x3fffu	/* more fragments, or not the first one */
#define PROTOCOL_UDP	17u
/* RFC 768 */
#define UDP_FROM	0u
#define UDP_TO		2u
#define UDP_LENGTH	4u
#define UDP_SUM		6u
#define UDP_SIZE	8u

/* RFC 2131: who asks for an address asks a server, not a debugger */
#define PORT_BOOT_SERVER	67u
#define PORT_BOOT_CLIENT	68u

static unsigned int get16(const uint8_t *from)
{
	return (unsigned int)from[0] << 8 | from[1];
}

static void put16(uint8_t *to, unsigned int value)
{
	to[0] = value >> 8;
	to[1] = value;
}

/* RFC 1071, so far: 16 bits at a time, carries added in again */
static uint32_t sum_up(const uint8_t *from, size_t size, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += get16(from + i);
	if (size & 1)
		sum += (uint32_t)from[size - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

bool hve_frame_open(const uint8_t *frame, size_t len, struct hve_flow *flow,
		    size_t *at, size_t *size)
{
	const uint8_t *ip = frame + ETHER_SIZE, *udp;
	size_t total, head, payload;
	unsigned int port;

	if (len < ETHER_SIZE + IP_SIZE || get16(frame + ETHER_TYPE) != TYPE_IPV4)
		return false;
	len -= ETHER_SIZE;
	head = (ip[IP_VERSION] & 0xf) * 4u;
	total = get16(ip + IP_LENGTH);
	if (ip[IP_VERSION] >> 4 != 4 || head < IP_SIZE || total > len ||
	    total < head + UDP_SIZE || ip[IP_PROTOCOL] != PROTOCOL_UDP ||
	    get16(ip + IP_FRAGMENT) & NOT_WHOLE)
		return false;
	udp = ip + head;
	payload = get16(udp + UDP_LENGTH);
	port = get16(udp + UDP_TO);
	if (payload <= UDP_SIZE || payload > total - head ||
	    port == PORT_BOOT_SERVER || port == PORT_BOOT_CLIENT)
		return false;
	memcpy(flow->to_mac, frame, sizeof(flow->to_mac));
	memcpy(flow->from_mac, frame + sizeof(flow->to_mac),
	       sizeof(flow->from_mac));
	memcpy(flow->from_ip, ip + IP_FROM, sizeof(flow->from_ip));
	memcpy(flow->to_ip, ip + IP_TO, sizeof(flow->to_ip));
	memcpy(flow->from_port, udp + UDP_FROM, sizeof(flow->from_port));
	memcpy(flow->to_port, udp + UDP_TO, sizeof(flow->to_port));
	*at = ETHER_SIZE + head + UDP_SIZE;
	*size = payload - UDP_SIZE;
	return true;
}

static void put_ip(const struct hve_flow *flow, size_t size, uint8_t *ip)
{
	memset(ip, 0, IP_SIZE);
	ip[IP_VERSION] = 4u << 4 | IP_SIZE / 4;
	put16(ip + IP_LENGTH, IP_SIZE + UDP_SIZE + size);
	ip[IP_TTL] = 64;
	ip[IP_PROTOCOL] = PROTOCOL_UDP;
	memcpy(ip + IP_FROM, flow->to_ip, sizeof(flow->to_ip));
	memcpy(ip + IP_TO, flow->from_ip, sizeof(flow->from_ip));
	put16(ip + IP_SUM, ~sum_up(ip, IP_SIZE, 0));
}

/* The sum covers addresses, protocol and length as well; 0 stands for no sum. */
static void put_udp(const struct hve_flow *flow, size_t size, uint8_t *ip)
{
	uint8_t *udp = ip + IP_SIZE;
	unsigned int sum;

	memcpy(udp + UDP_FROM, flow->to_port, sizeof(flow->to_port));
	memcpy(udp + UDP_TO, flow->from_port, sizeof(flow->from_port));
	put16(udp + UDP_LENGTH, UDP_SIZE + size);
	put16(udp + UDP_SUM, 0);
	sum = sum_up(ip + IP_FROM, 8, PROTOCOL_UDP + UDP_SIZE + size);
	sum = ~sum_up(udp, UDP_SIZE + size, sum) & 0xffff;
	put16(udp + UDP_SUM, sum ? sum : 0xffff);
}

size_t hve_frame_answer(const struct hve_flow *flow, const void *data,
			size_t size, uint8_t *frame, size_t room)
{
	uint8_t *ip = frame + ETHER_SIZE;

	if (room < HVE_FRAME_HEADERS || size > room - HVE_FRAME_HEADERS ||
	    size > 0xffff - IP_SIZE - UDP_SIZE)
		return 0;
	memcpy(frame, flow->from_mac, sizeof(flow->from_mac));
	memcpy(frame + sizeof(flow->from_mac), flow->to_mac,
	       sizeof(flow->to_mac));
	put16(frame + ETHER_TYPE, TYPE_IPV4);
	memcpy(frame + HVE_FRAME_HEADERS, data, size);
	put_ip(flow, size, ip);
	put_udp(flow, size, ip);
	return HVE_FRAME_HEADERS + size;
}
