# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC1091,SC2154 # work, group and more come from run and lib.sh
#
# Real libvirt starts domains through the emulator wrapper.
# In:  libvirtd, virsh and QEMU in /host, the wrapper, /payload/domain.xml.
# Out: a domain with <hyperv> runs natively, one without runs by its profile in
#      /etc/kvm-hve, one with an empty profile is not served, and libvirt's
#      probes of what QEMU can do pass through.
# State: tmpfs over what libvirt writes to in /host; its daemon, ended here.

# Folders that libvirt or the test write to, with what is there
writable()
{
	for dir in "$@"; do
		mkdir "$work/keep"
		cp -a "/host/$dir/." "$work/keep/"
		mount -t tmpfs -o mode=755 tmp "/host/$dir"
		cp -a "$work/keep/." "/host/$dir/"
		rm -rf "$work/keep"
	done
}

# As `make install` and the udev rule would
install_ours()
{
	mkdir -p /host/usr/local/bin
	cp /payload/hve /host/usr/local/bin/hve
	cp /payload/wrapper /host/usr/lib/kvm-hve/qemu-system-x86_64
	chmod 755 /host/usr/local/bin/hve /host/usr/lib/kvm-hve/qemu-system-x86_64
	mkdir /host/etc/kvm-hve/domains
	cp /payload/profiles/linux.profile \
		/host/etc/kvm-hve/domains/plain_?.profile
	: >/host/etc/kvm-hve/domains/unserved.profile
	# The number that the group has there
	chgrp "$(awk -F: '$1 == "kvm" { print $3 }' /host/etc/group)" \
		/dev/kvm /dev/kvm-hve
	chmod 660 /dev/kvm /dev/kvm-hve
}

# No D-Bus, no cgroups and no network here; drivers other than QEMU's are left
# out, since some end the daemon without them. The devices are as documented.
start_libvirt()
{
	folder=/usr/lib/x86_64-linux-gnu/libvirt/connection-driver
	mkdir -p /host/usr/local/drivers
	for driver in qemu secret; do
		ln -s $folder/libvirt_driver_$driver.so /host/usr/local/drivers/
	done
	cat >>/host/etc/libvirt/qemu.conf <<-END
		security_driver = "none"
		stdio_handler = "file"
		cgroup_device_acl = [
			"/dev/null", "/dev/full", "/dev/zero", "/dev/random",
			"/dev/urandom", "/dev/ptmx", "/dev/kvm", "/dev/kvm-hve"
		]
	END
	echo 'auth_unix_rw = "none"' >>/host/etc/libvirt/libvirtd.conf
	# As init does it: libvirt enters namespaces, and a chroot ends there
	start libvirt unshare -m sh -c 'cd /host && mount --move . / && exec "$@"' \
		libvirtd chroot . /usr/bin/env \
		PATH=/usr/lib/kvm-hve:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin \
		LIBVIRT_DRIVER_DIR=/usr/local/drivers libvirtd
	within 60 virsh version
}

virsh()
{
	chroot /host virsh -q -c qemu:///system "$@"
}

# domain NAME hyperv|none: defined, from the one description; what has no
# Hyper-V has no emulator either, and gets the one that libvirt finds
domain()
{
	: >"$(console "$1")"
	chmod 666 "$(console "$1")"
	sed -e "s|@NAME@|$1|; s|@KERNEL@|$kernel|; s|@WORDS@|$words vmm.jobs=work|" \
		/payload/domain.xml >"/host/tmp/$1.xml"
	[ "$2" = hyperv ] || sed -i \
		'/<hyperv/,/<\/hyperv>/d; /hypervclock/d; /<emulator>/d' \
		"/host/tmp/$1.xml"
	virsh define "/tmp/$1.xml"
}

# up NAME: it starts, and its guest comes to its end of boot
up()
{
	virsh start "$1" || { tail -n 5 "/host/var/log/libvirt/qemu/$1.log"; return 1; }
	eval "pid_$1=\$(cat /host/run/libvirt/qemu/$1.pid)"
	ready "$1"
}

down()
{
	virsh destroy "$1"
}

# status_of NAME: what hve says of its VM, or nothing
status_of()
{
	number=$(vm_of "$(pid_of "$1")")
	[ -z "$number" ] || hve status "$number"
}

not_served()
{
	is "$(vm_of "$(pid_of "$1")")" ""
}

native()
{
	status_of "$1" | grep 'native mode'
}

enlightened_by_profile()
{
	enlightened "$1" && served "$1" && ! native "$1"
}

with_hyperv()
{
	check "with <hyperv>: it is defined" domain windows hyperv
	check "with <hyperv>: it starts and its guest comes up" up windows || return
	same "with <hyperv>: the guest finds Hyper-V" \
		"$(fact windows hypervisor)" "Microsoft Hyper-V"
	same "with <hyperv>: and its clock" "$(fact windows clocksource)" \
		hyperv_clocksource_tsc_page
	check "with <hyperv>: the module serves it natively" native windows
	check "with <hyperv>: it ends" down windows
}

by_profile()
{
	check "without: it is defined" domain plain_1 none
	check "without: it starts and its guest comes up" up plain_1 || return
	check "without: it is enlightened by its profile" \
		enlightened_by_profile plain_1
	check "without: it ends" down plain_1
}

left_alone()
{
	check "an empty profile: it is defined" domain unserved none
	check "an empty profile: it starts" up unserved || return
	check "an empty profile: it is not served" not_served unserved
	same "an empty profile: the guest finds no Hyper-V" \
		"$(fact unserved hypervisor)" none
	check "an empty profile: it ends" down unserved
}

test_libvirt()
{
	. /payload/config
	. /payload/provider.sh
	load
	writable var/lib/libvirt var/cache/libvirt var/log etc/libvirt \
		usr/local usr/lib/kvm-hve etc/kvm-hve
	install_ours
	check "libvirt's daemon starts" start_libvirt || return
	note "$(virsh version | tr '\n' ' ')"
	check "libvirt learns from the wrapper what QEMU can do" \
		virsh domcapabilities --emulatorbin \
		/usr/lib/kvm-hve/qemu-system-x86_64
	check "probes are not served" no_vms
	with_hyperv
	by_profile
	left_alone
	check "nobody is served at the end" within 10 no_vms
}
