# SPDX-License-Identifier: GPL-2.0
#
# What to do with this tree; `make help` lists it. The module itself is built
# by Kbuild, from KDIR. Everything that needs packages installs them itself,
# through tools/testing/lab/deps.sh, and says so before.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr
DESTDIR ?=
KERNEL ?=
KERNELS ?=
LAB := tools/testing/lab

help:
	@echo "demo     boot an emulated host and show a Linux guest with and without hve"
	@echo "check    every test that does not take long; ends with 'N passed, N failed'"
	@echo "check-all  the tests that depend on the kernel, on every kernel and processor"
	@echo "lab      a shell inside the emulated host; CMD='...' runs one thing instead"
	@echo "vmm      real QEMUs and Linux guests; check runs two of them"
	@echo "native   unmodified users of KVM's Hyper-V: its selftests, QEMU, libvirt"
	@echo "bench    what each operation costs, beside KVM's own code"
	@echo "fuzz     random input for the pure code, TIME=60 seconds, with coverage"
	@echo "fuzz-guest  a guest that does random things: TIME=60 SEED=0 KERNEL=debug"
	@echo "fuzz-ioctls  a program that makes random ioctls: the same"
	@echo "debug-kernel  build the kernel of KERNEL=debug now: up to half an hour, once"
	@echo "unit     tests of the pure code, on this machine"
	@echo "lint     sparse, coccinelle, shellcheck, W=1, style"
	@echo "module   kvm-hve.ko for KDIR ($(KDIR))"
	@echo "tools    the command line hve"
	@echo "install  hve, its manual pages, profiles and the udev rule, below DESTDIR"
	@echo "uninstall  what install put there"
	@echo "dkms     the module for KERNELS (this one), by DKMS, in place of an older one"
	@echo "dkms-remove  the module, from DKMS and every kernel"
	@echo "deb      Debian packages of both, in build/deb"
	@echo "clean    remove what was built"
	@echo "KERNEL=6.1, 6.12, 7.3, sid or newest chooses the kernel of the emulated host;"
	@echo "nohv and debug are built from source: KVM without Hyper-V, and with checkers;"
	@echo "nohv-newest and debug-newest are the same of another series than 6.12."
	@echo "LAB_HOST=vmx has lab use an Intel host, emulated by Bochs."

demo:
	@tools/testing/demo/demo.sh

check:
	@tools/testing/check.sh

check-all:
	@tools/testing/matrix.sh

lab:
	@$(LAB)/lab.sh $(if $(CMD),'$(subst ','\'',$(CMD))')

vmm:
	@tools/testing/check.sh vmm

native:
	@tools/testing/native/lab.sh

bench:
	@tools/testing/bench/bench.sh

fuzz:
	@$(LAB)/deps.sh build fuzz
	@$(MAKE) -s -C tools/testing/fuzz run TIME=$(or $(TIME),60) SEED=$(or $(SEED),0)

fuzz-guest:
	@tools/testing/fuzz/lab.sh guest $(or $(TIME),60) $(or $(SEED),0)

fuzz-ioctls:
	@tools/testing/fuzz/lab.sh ioctls $(or $(TIME),60) $(or $(SEED),0)

debug-kernel:
	@$(LAB)/source.sh debug

unit:
	@$(LAB)/deps.sh build unit
	@$(MAKE) -s -C tools/testing/unit check

lint:
	@$(LAB)/deps.sh build lint
	@tools/lint/lint.sh

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	$(MAKE) -C tools/hve

install: tools
	$(MAKE) -C tools/hve install DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)"
	install -D -m 644 tools/package/modules-load.conf \
		"$(DESTDIR)/usr/lib/modules-load.d/kvm-hve.conf"

# What install makes is the list of what to take away; /etc/kvm-hve stays.
uninstall:
	@set -e; list=$$(mktemp -d); trap 'rm -rf "$$list"' EXIT; \
	$(MAKE) -s install DESTDIR="$$list" PREFIX="$(PREFIX)" >/dev/null; \
	cd "$$list"; find . -type f | while read -r file; do \
		rm -fv "$(DESTDIR)/$${file#./}"; done; \
	find . -depth -type d -path '*/kvm-hve*' ! -path './etc/*' | \
	while read -r folder; do \
		rmdir --ignore-fail-on-non-empty "$(DESTDIR)/$${folder#./}" || :; done

dkms:
	@tools/package/dkms.sh install $(KERNELS)

dkms-remove:
	@tools/package/dkms.sh remove

deb:
	@tools/package/deb.sh

clean:
	rm -rf build
	$(MAKE) -C tools/hve clean
	if [ -d $(KDIR) ]; then $(MAKE) -C $(KDIR) M=$(CURDIR) clean; fi

.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))
