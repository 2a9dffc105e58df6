# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The Intel host: Bochs emulates VMX with EPT.
# In:  sourced by run.sh, which sets image, initrd, append, smp, mem, work,
#      console_log, verdict, root, shell, shares, extra and compressed.
# Out: host_check refuses a machine or a wish that it cannot do; host_argv fills
#      the array host_cmd with a program that runs until the host is off, its
#      console on stdout.
# State: the tree that Bochs is in (vmx/tree.sh), made when it is not there.
# Environment: LAB_CPU, one of Bochs' models. The default has EPT, VPID, unrestricted
#      guests and VMCS shadowing; corei7_skylake_x has PML, TSC scaling and APICv
#      besides.
# Absent on purpose: folders of the build machine and a shell; Bochs has no way.

cpu=${LAB_CPU:-corei7_haswell_4770}

# So many instructions a second of the machine's time: near what two shared
# cores emulate, else its clocks run ahead of the work and timeouts fire early.
ips=200000000

# One CPU is twice as fast as two.
# shellcheck disable=SC2034 # for run.sh
host_smp=1

# shellcheck disable=SC2154
host_check()
{
	need xorriso lab
	need gcc build
	[[ $cpu =~ ^[a-z0-9_]+$ ]] || die 2 "LAB_CPU $cpu is no model of Bochs"
	if [ "$root" = 1 ] || [ ${#shares[@]} != 0 ]; then
		die 2 "the vmx host reaches no folder of this machine: put files" \
		      "into the payload, or use LAB_HOST=svm"
	fi
	if [ "$shell" = 1 ] || [ "$compressed" = 1 ] || [ ${#extra[@]} != 0 ]; then
		die 2 "the vmx host knows no --shell, --vmlinuz and --qemu-arg"
	fi
	tree=$("$here/hosts/vmx/tree.sh")
}

# A triple fault instead of a reset: Bochs ends there, and would boot again. The
# mitigations of a real processor's faults double what each exit takes here. Newer
# models give XSAVE with AVX-512 a size that Linux warns of, and CPUID gives the
# frequencies of the real processor, by which the host's clock goes far too slowly.
host_words()
{
	echo "reboot=triple mitigations=off"
	case $cpu in
	*haswell*) ;;
	*) echo "noxsave tsc_early_khz=$((ips / 1000))" ;;
	esac
}

# shellcheck disable=SC2034,SC2154
host_argv()
{
	case $image in
	*/vmlinux) ;;
	*) die "this kernel has no PVH entry, by which the vmx host boots" ;;
	esac
	"$here/hosts/vmx/image.sh" "$image" "$initrd" \
		"$append $(host_words | paste -sd ' ')" "$work/cd.iso"
	rm -f "$initrd"
	gcc -O2 -Wall -Wextra -Werror -fPIC -shared -o "$work/idiv.so" \
		"$here/hosts/vmx/idiv.c"
	cat >"$work/bochsrc" <<-END
	display_library: rfb, options="timeout=0"
	sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
	speaker: enabled=0
	memory: guest=$mem, host=$mem
	romimage: file=$tree/usr/share/bochs/BIOS-bochs-latest
	vgaromimage: file=$tree/usr/share/vgabios/vgabios.bin
	cpu: model=$cpu, count=$smp, ips=$ips, reset_on_triple_fault=0
	clock: sync=none, time0=local
	ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
	ata0-master: type=cdrom, path="$work/cd.iso", status=inserted
	boot: cdrom
	com1: enabled=1, mode=file, dev="$work/com1"
	com2: enabled=1, mode=file, dev="$verdict"
	log: $work/bochs.log
	panic: action=fatal
	error: action=ignore
	info: action=ignore
	debug: action=ignore
	END
	echo c >"$work/bochs.rc"
	mkfifo "$work/com1"
	host_cmd=("$here/hosts/vmx/bochs.sh" "$tree" "$work" "$console_log")
}
