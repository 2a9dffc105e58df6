# SPDX-License-Identifier: GPL-2.0
#
# What to do with this tree; `make help` lists it. The module itself is built
# by Kbuild, from KDIR. Everything that needs packages installs them itself,
# through tools/testing/lab/deps.sh, and says so before.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr
DESTDIR ?=
KERNEL ?=
LAB := tools/testing/lab

help:
	@echo "demo     boot an emulated host and show a Linux guest with and without hve"
	@echo "check    every test; ends with 'N passed, N failed'"
	@echo "lab      a shell inside the emulated host; CMD='...' runs one thing instead"
	@echo "vmm      real QEMUs and Linux guests; check runs two of them"
	@echo "bench    what each operation costs, beside KVM's own code"
	@echo "unit     tests of the pure code, on this machine"
	@echo "lint     sparse, coccinelle, shellcheck, W=1, style"
	@echo "module   kvm-hve.ko for KDIR ($(KDIR))"
	@echo "tools    the command line hve"
	@echo "install  hve, its manual page, profiles and the udev rule, below DESTDIR"
	@echo "clean    remove what was built"
	@echo "KERNEL=6.1, KERNEL=6.12 choose the kernel of the emulated host."

demo:
	@tools/testing/demo/demo.sh

check:
	@tools/testing/check.sh

lab:
	@$(LAB)/lab.sh $(if $(CMD),'$(subst ','\'',$(CMD))')

vmm:
	@tools/testing/check.sh vmm

bench:
	@tools/testing/bench/bench.sh

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
	$(MAKE) -C tools/hve install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

clean:
	rm -rf build
	$(MAKE) -C tools/hve clean
	if [ -d $(KDIR) ]; then $(MAKE) -C $(KDIR) M=$(CURDIR) clean; fi

.PHONY: help demo check lab vmm bench unit lint module tools install clean
