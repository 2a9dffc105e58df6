#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bochs in this process's place, so that whoever ends this process ends it.
# In:  bochs.sh PROGRAM FOLDER LOG: the folder holds bochsrc, bochs.rc and the pipe
#      com1. Out: the console on stdout and in LOG; Bochs' own words in
#      FOLDER/bochs.out. Status: Bochs'.
# Absent on purpose: a judgement; run.sh has the verdict.
set -eu

tee "$3" <"$2/com1" &
exec "$1" -q -f "$2/bochsrc" -rc "$2/bochs.rc" </dev/null >"$2/bochs.out" 2>&1
