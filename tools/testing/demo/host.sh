#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The demonstration, inside the emulated host (busybox sh, as root).
# In:  /payload/{kvm-hve.ko,hve,linux.profile,guest.img}, $1 the guest's kernel;
#      the build machine's tree at /host, with its QEMU.
# Out: a table of what the guest saw without and with hve, the counters of hve,
#      status 0 when the guest with hve saw all of it.
# State: /tmp. Absent on purpose: any Hyper-V option of QEMU.

kernel=$1
limit=100

say()
{
	echo "demo: $*"
}

vmm()
{
	echo chroot /host qemu-system-x86_64 -accel kvm -machine q35 \
	     -cpu host,-tsc-deadline \
	     -smp 4 -m 256 -nodefaults -no-user-config -display none -no-reboot \
	     -kernel "$kernel" -initrd /tmp/payload/guest.img -append "'$words'" \
	     -serial stdio
}

words="console=ttyS0 quiet loglevel=4 tsc=reliable panic=-1 nokaslr cryptomgr.notests"

# Without the deadline timer, because the emulated host loses a write to it now
# and then; what is left of that ends the host, so that it is tried again.
hung()
{
	sync
	echo b >/proc/sysrq-trigger
}

# guest NAME PREFIX...: start it, and come back when it is ready; pid tells it
guest()
{
	name=$1
	shift
	: >"/tmp/$name.log"
	eval "$* $(vmm)" >"/tmp/$name.log" 2>&1 </dev/null &
	pid=$!
	waited=0
	while ! grep -q '^READY' "/tmp/$name.log"; do
		sleep 1
		waited=$((waited + 1))
		if [ $waited -ge $limit ] || ! kill -0 $pid 2>/dev/null; then
			say "the guest did not come up; its console was:"
			tail -n 20 "/tmp/$name.log"
			kill $pid 2>/dev/null
			hung
		fi
	done
	say "guest $name: done after $waited s"
}

end_guest()
{
	kill $pid
	wait $pid 2>/dev/null
}

fact()
{
	tr -d '\r' <"/tmp/$1.log" | sed -n "s/^FACT $2|//p"
}

table()
{
	printf '\n%-13s %-26s %s\n' "" "without hve" "hve run --profile linux"
	tr -d '\r' </tmp/enlightened.log | sed -n 's/^FACT \([^|]*\)|.*/\1/p' |
	while read -r name; do
		printf '%-13s %-26s %s\n' "$name" "$(fact control "$name")" \
			"$(fact enlightened "$name")"
	done
	echo
}

say "loading kvm-hve into the host's kernel $(uname -r)"
insmod /payload/kvm-hve.ko || exit 1
say "starting a guest with 4 CPUs the plain way, for comparison"
guest control
end_guest
say "starting the same guest with: hve run --profile linux -- qemu-system-x86_64 -accel kvm ..."
guest enlightened /payload/hve run --profile /payload/linux.profile --
table
/payload/hve status || exit 1
end_guest

case "$(fact enlightened Hypervisor)/$(fact enlightened Clocksource)" in
*Hyper-V/hyperv_clocksource_tsc_page) ;;
*)
	say "the guest is not enlightened; its console was:"
	tail -n 40 /tmp/enlightened.log
	exit 1 ;;
esac
