/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Datagrams in Ethernet frames
 *
 * In: frames of a guest, datagrams of its debugger. Out: what a frame carries,
 * and frames that answer it. Sources: RFC 894 (Ethernet), RFC 791 (IPv4), RFC 768
 * (UDP). Pure; owns no state. Deliberately absent: IPv6, fragments, ARP, DHCP.
 */
#ifndef HVE_UDP_FRAME_H
#define HVE_UDP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HVE_FRAME_HEADERS	42u	/* Ethernet, IPv4 without options, UDP */

/* From whom to whom; addresses and ports as they are in the frame */
struct hve_flow {
	uint8_t from_mac[6];
	uint8_t to_mac[6];
	uint8_t from_ip[4];
	uint8_t to_ip[4];
	uint8_t from_port[2];
	uint8_t to_port[2];
};

/*
 * Whether the @len bytes at @frame are a whole datagram that can be for a
 * debugger: then @flow, and where in the frame it is, with how many bytes
 */
bool hve_frame_open(const uint8_t *frame, size_t len, struct hve_flow *flow,
		    size_t *at, size_t *size);
/*
 * The frame that goes back along @flow with @size bytes of @data: its length, or
 * 0 where it does not fit into @room or into a datagram
 */
size_t hve_frame_answer(const struct hve_flow *flow, const void *data,
			size_t size, uint8_t *frame, size_t room);

#endif /* HVE_UDP_FRAME_H */
