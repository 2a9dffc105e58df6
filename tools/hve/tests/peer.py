#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# A debugger of two datagrams.
# In:  what hve gets: --connect, then this waits for it; --listen, then this
#      begins. Datagrams, which may come more than once.
# Out: the port that hve is to be told; status 0 when "one" and "two" came, each
#      of which is answered in capitals. Gives up after ten seconds.
# State: a socket. Absent on purpose: any protocol of a debugger.
import socket
import sys

LISTENS = sys.argv[1] == "--listen"

peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", 0))
peer.settimeout(10)
port = peer.getsockname()[1]
if LISTENS:
    # hve takes one that is free now
    free = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
print(port, flush=True)


def receive():
    """The next datagram; begins anew while nobody is there yet."""
    peer.settimeout(0.5)
    for _ in range(20):
        if LISTENS:
            peer.sendto(b"", ("127.0.0.1", port))
        try:
            return peer.recvfrom(100)
        except (TimeoutError, ConnectionRefusedError):
            continue
    sys.exit("nothing came")


for want in (b"one", b"two"):
    data, address = receive()
    LISTENS = False
    while data != want:
        if data != b"one":
            sys.exit(f"{data} is not {want}")
        data, address = receive()
    peer.sendto(data.upper(), address)
