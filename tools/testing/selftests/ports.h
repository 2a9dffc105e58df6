/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What guest/ports.c and host/test_ports.c agree on
 *
 * In: nothing. Out: connections, message types, SINTs, and how many of each are
 * sent. No libc and no state.
 */
#ifndef TEST_PORTS_H
#define TEST_PORTS_H

#define CONN_ECHO		0x10u	/* messages from the guest */
#define CONN_FULL		0x11u	/* nobody reads these */
#define CONN_EVENT		0x20u	/* event from the guest */
#define CONN_TO_GUEST		0x33u

#define TYPE_READY		1u
#define TYPE_END		0x7fu
#define TYPE_FIRST		0x100u	/* of those that are sent back */

#define PORT_SINT_MESSAGE	3u
#define PORT_SINT_EVENT		4u
#define PORT_FLAG		77u

#define PORT_MESSAGES		50u
#define PORT_WINDOW		20u	/* under way at once, of 16 and 16 buffers */
#define PORT_EVENTS		20u

#endif /* TEST_PORTS_H */
