#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The benchmark inside the counting host; the folder of this script has the
# programs, guests and kvm-hve.ko. In: inside.sh SAMPLES VCPUS..., the sizes of
# VMs to compare. Out: at the end, lines that report.awk reads: "R TABLE COLUMN
# CALLS MEDIAN MIN MAX TITLE" and "M VARIANT VCPUS BYTES". Nothing is printed
# while something is measured. Status 0: all of it was measured.

here=$(cd "$(dirname "$0")" && pwd)
samples=$1
shift
sizes=$*
results=/tmp/results
mode_one=0 mode_many=1 mode_scale=2

die()
{
	echo "bench: $*"
	exit 1
}

# measure TABLE COLUMN COMMAND...
measure()
{
	table=$1 column=$2
	shift 2
	"$@" >/tmp/out 2>&1 || {
		cat /tmp/out
		die "$table, $column failed"
	}
	sed -n "s/^= /R $table $column /p" /tmp/out >>$results
}

guest()
{
	table=$1 column=$2 image=$3 mode=$4 vcpus=$5
	shift 5
	measure "$table" "$column" "$here/hve-vmm" --vcpus "$vcpus" \
		--arg $((mode << 16 | samples)) "$@" "$here/$image.bin"
}

# A VM that is not served, in the three states of the module
passing()
{
	guest plain "$1" pass 0 1 --plain
	guest own "$1" pass 0 1 --kvm-own
	measure ioctl "$1" "$here/ioctls" "$samples"
}

# The same operations in the same order, whoever serves them
costs()
{
	who=$1
	shift
	guest one "$who" cost $mode_one 1 "$@"
	guest many "$who" cost $mode_many 4 "$@"
	for size in $sizes; do
		guest scale "$who-$size" cost $mode_scale "$size" "$@"
	done
}

# hold VCPUS ARG: a served VM that stays until release
hold()
{
	: >/tmp/hold
	"$here/hve-vmm" --vcpus "$1" --arg "$2" "$here/hold.bin" >/tmp/hold 2>&1 &
	holder=$!
	until grep -q ready /tmp/hold; do
		kill -0 $holder 2>/dev/null || die "no served VM: $(cat /tmp/hold)"
		sleep 0.1
	done
}

release()
{
	kill $holder
	wait $holder 2>/dev/null
}

memory()
{
	hold "$2" "$3"
	figures=$("$here/memory") || die "no figure for memory"
	echo "M $1 $figures" >>$results
	release
}

: >$results
grep -q 1 /sys/module/kvm_amd/parameters/nrips ||
	die "KVM has no NRIPS here: the figures would not be those of real hosts"
# Polling before a vCPU halts would be counted as if it were work.
echo 0 >/sys/module/kvm/parameters/halt_poll_ns
passing absent
costs own --kvm-own
insmod "$here/kvm-hve.ko" || die "the module does not load"
passing idle
hold 1 0
passing busy
release
costs hve
for vcpus in 1 2; do
	memory ran $vcpus 0
	memory assist $vcpus 1
done
rmmod kvm_hve || die "the module does not unload"
cat $results
