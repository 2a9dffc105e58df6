#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bochs in this process's place, so that whoever ends this process ends it.
# In:  bochs.sh TREE FOLDER LOG: the tree is tree.sh's, and its libraries and its
#      loader are used; the folder holds bochsrc, bochs.rc, the pipe com1 and idiv.so.
# Out: the console on stdout and in LOG; Bochs' own words in FOLDER/bochs.out.
#      Status: Bochs', or that of a signal where the emulated CPU shut down.
# Absent on purpose: a judgement; run.sh has the verdict.
set -eu

lib=$1/usr/lib/x86_64-linux-gnu
export LTDL_LIBRARY_PATH=$lib/bochs/plugins
tee "$3" <"$2/com1" &
# After a triple fault, a kernel's last resort, 3.1 waits for ever.
while sleep 1 && kill -0 $$ 2>/dev/null; do
	! grep -qs 'exception with no resolution' "$2/bochs.log" || kill $$
done &
exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib:$lib/pulseaudio" \
	--preload "$2/idiv.so" "$1/usr/bin/bochs-bin" \
	-q -f "$2/bochsrc" -rc "$2/bochs.rc" </dev/null >"$2/bochs.out" 2>&1
