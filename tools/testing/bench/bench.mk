# SPDX-License-Identifier: GPL-2.0
#
# In: the selftests' Makefile, read before this one (make -C ../selftests
# -f Makefile -f ../bench/bench.mk O=... bench): its flags, guest library and
# VMM. Out: the guests and host programs of the benchmark in $(O)/bench, and
# QEMU's plugin. Deliberately absent: flags of our own for guests.

BENCH	:= ../bench
BENCH_GUESTS := $(addprefix $(O)/bench/,cost.bin pass.bin hold.bin)
BENCH_HOST := $(addprefix $(O)/bench/,memory ioctls)

bench: $(O)/hve-vmm $(BENCH_GUESTS) $(BENCH_HOST) $(O)/bench/nrip.so

$(O)/bench/guest/%.o: $(BENCH)/guest/%.c $(BENCH)/guest/measure.h $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$(O)/bench/%.elf: $(O)/bench/guest/%.o $(O)/bench/guest/measure.o $(LIB) lib/guest.ld
	$(CC) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)

$(BENCH_HOST): $(O)/bench/%: $(BENCH)/host/%.c $(HOSTLIB)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -I. $(HOST_LDFLAGS) -o $@ $^

$(O)/bench/nrip.so: $(BENCH)/nrip.c
	@mkdir -p $(@D)
	$(CC) -O2 -std=gnu11 -shared -fPIC -fvisibility=hidden $(WARN) -o $@ $<

.PHONY: bench
