#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Run a program on a terminal of its own.
# In:  ROWSxCOLUMNS[,ROWSxCOLUMNS...], keys with blanks between them, a library
#      to preload, a command. The keys are typed one by one ("down" and "^L" are
#      keys too), then the sizes follow one another, then comes the key q.
# Out: what the program wrote, without control sequences; its status.
# State: none. Absent on purpose: where on the screen something was written.
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

sizes, keys, preload, command = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
sizes = [tuple(map(int, size.split("x"))) for size in sizes.split(",")]
names = {"down": "\x1bOB", "up": "\x1bOA", "^L": "\f"}
keys = [names.get(key, key) for key in keys.split()]


def resize(fd, size):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


pid, master = pty.fork()
if pid == 0:
    resize(0, sizes[0])
    for name in ("LINES", "COLUMNS"):
        os.environ.pop(name, None)
    os.environ["LD_PRELOAD"] = preload
    os.execv(command[0], command)

steps = [lambda key=key: os.write(master, key.encode()) for key in keys]
steps += [lambda size=size: resize(master, size) for size in sizes[1:]]
steps += [lambda: os.write(master, b"q")]
output = b""
start = stepped = time.monotonic()
while time.monotonic() - start < 20:
    ready, _, _ = select.select([master], [], [], 0.05)
    if ready:
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        output += data
    # The first picture is there when something was written.
    if steps and output and time.monotonic() - stepped > 0.15:
        steps.pop(0)()
        stepped = time.monotonic()
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
text = output.decode("ascii", "replace")
text = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()].|[=>78])", " ", text)
sys.stdout.write(text.replace("\r", " "))
sys.exit(os.waitstatus_to_exitcode(status) & 0xff)
