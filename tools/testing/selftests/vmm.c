// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve-vmm: runs one test guest
 *
 * In: a flat guest and options. Out: the guest's lines on stdout; exit status 0
 * passed, 1 failed, 2 trouble of the VMM or an exit it did not expect, 4 cannot
 * be run here. By default the VM is served through HVE_ATTACH. Deliberately
 * absent: anything a real VMM needs, and any reset of Hyper-V state.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "host/vm.h"

enum mode { MODE_ATTACH, MODE_ARM_NEXT, MODE_ARM_EVERY, MODE_PLAIN, MODE_OWN };

struct options {
	enum mode mode;
	const char *list;
	const char *image;
	bool has_mask;
	unsigned long mask;
	bool hide;
	bool adapt;
};

static const char usage[] =
"usage: hve-vmm [OPTION...] GUEST\n"
"  -v, --vcpus N        vCPUs (1)\n"
"  -n, --no-irqchip     no local APIC in the kernel\n"
"  -H, --hv LIST        features by name, \"all\", \"-\" for the base (all)\n"
"  -f, --features MASK  features by number\n"
"  -a, --arm next|every HVE_ARM before the VM is created, not HVE_ATTACH\n"
"  -p, --plain          no kvm-hve at all\n"
"  -k, --kvm-own        KVM's own Hyper-V code in its place\n"
"  -K, --kvm-hide       hide KVM's own CPUID leaves\n"
"  -m, --mem MIB        memory (32)\n"
"  -S, --shared         which other processes could share\n"
"  -O, --holes          read-only memory and a device, as lib/abi.h says\n"
"  -T, --tsc-khz KHZ    frequency of the guest's TSC\n"
"  -D, --adapt          recommend what suits the host's processor, not all\n"
"  -C, --coresharing-auto  no-nonarch-coresharing as the host is\n"
"  -R, --reset-policy N HVE_RESET_*: how the guest's wish for a reset arrives\n"
"  -G, --debug-calls    syndbg by hypercalls\n"
"  -A, --arg N          number handed to the guest\n";

static const struct option long_options[] = {
	{ "vcpus", required_argument, NULL, 'v' },
	{ "no-irqchip", no_argument, NULL, 'n' },
	{ "hv", required_argument, NULL, 'H' },
	{ "features", required_argument, NULL, 'f' },
	{ "arm", required_argument, NULL, 'a' },
	{ "plain", no_argument, NULL, 'p' },
	{ "kvm-own", no_argument, NULL, 'k' },
	{ "kvm-hide", no_argument, NULL, 'K' },
	{ "mem", required_argument, NULL, 'm' },
	{ "shared", no_argument, NULL, 'S' },
	{ "holes", no_argument, NULL, 'O' },
	{ "tsc-khz", required_argument, NULL, 'T' },
	{ "adapt", no_argument, NULL, 'D' },
	{ "coresharing-auto", no_argument, NULL, 'C' },
	{ "reset-policy", required_argument, NULL, 'R' },
	{ "debug-calls", no_argument, NULL, 'G' },
	{ "arg", required_argument, NULL, 'A' },
	{ 0 },
};

static unsigned long number(const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (!*text || *end || value > max)
		trouble("\"%s\" is no number up to %lu", text, max);
	return value;
}

static enum mode arm_mode(const char *text)
{
	if (!strcmp(text, "next"))
		return MODE_ARM_NEXT;
	if (!strcmp(text, "every"))
		return MODE_ARM_EVERY;
	trouble("--arm %s: next or every", text);
}

static void parse(int argc, char **argv, struct options *o, struct vm *vm)
{
	int c;

	while ((c = getopt_long(argc, argv, "v:nH:f:a:pkKm:SOT:DCR:GA:", long_options,
				NULL)) > 0) {
		switch (c) {
		case 'v':
			vm->nr_vcpus = number(optarg, TEST_MAX_VCPUS);
			break;
		case 'n':
			vm->irqchip = false;
			break;
		case 'H':
			o->list = optarg;
			break;
		case 'f':
			o->mask = number(optarg, ~0ul);
			o->has_mask = true;
			break;
		case 'a':
			o->mode = arm_mode(optarg);
			break;
		case 'p':
			o->mode = MODE_PLAIN;
			break;
		case 'k':
			o->mode = MODE_OWN;
			break;
		case 'K':
			o->hide = true;
			break;
		case 'm':
			vm->memory = number(optarg, 1024) << 20;
			break;
		case 'S':
			vm->shared = true;
			break;
		case 'O':
			vm->holes = true;
			break;
		case 'T':
			vm->tsc_khz = number(optarg, 100000000);
			break;
		case 'D':
			o->adapt = true;
			break;
		case 'C':
			vm->config.flags |= HVE_CONFIG_CORESHARING_AUTO;
			break;
		case 'R':
			vm->config.reset_policy = number(optarg, 255);
			break;
		case 'G':
			vm->config.flags |= HVE_CONFIG_SYNDBG_CALLS;
			break;
		case 'A':
			vm->arg = number(optarg, ~0ul);
			break;
		default:
			fputs(usage, stderr);
			exit(STATUS_TROUBLE);
		}
	}
	if (optind != argc - 1 || !vm->nr_vcpus) {
		fputs(usage, stderr);
		exit(STATUS_TROUBLE);
	}
	o->image = argv[optind];
}

static void configure(struct options *o, struct vm *vm, int device)
{
	unsigned long all = 0;
	unsigned int i;

	for (i = 0; i < HVE_NR_FEATURES; i++)
		all |= 1ul << hve_features[i].number;
	if (device >= 0)
		all &= hve_known(device);
	vm->config.size = sizeof(vm->config);
	/* Rows are tested whatever the host's APIC hardware is. */
	if (!o->adapt)
		vm->config.flags |= HVE_CONFIG_HINTS;
	if (o->hide)
		vm->config.flags |= HVE_CONFIG_KVM_HIDE;
	vm->config.features[0] = o->mask;
	if (o->mask & HVE_BIT(SPINLOCKS))
		vm->config.spinlock_retries = 0x1fff;
	if (!o->has_mask)
		hve_parse(&vm->config, o->list, all);
	vm->config.features[0] |= hve_base_features();
}

static int open_device(struct options *o)
{
	int fd;

	if (o->mode == MODE_PLAIN || o->mode == MODE_OWN)
		return -1;
	fd = hve_open();
	if (fd < 0) {
		fprintf(stderr, "# %s: %s\n", HVE_DEVICE, strerror(errno));
		exit(STATUS_SKIP);
	}
	return fd;
}

/* As the module and KVM's own code do with what needs the in-kernel APIC */
static void drop_refused(struct vm *vm)
{
	if (!vm->irqchip)
		vm->param->features &= ~hve_features_with(HVE_LAPIC);
}

/* As the module does; true too where the kernel says nothing */
static void add_coresharing(struct vm *vm)
{
	char text[32] = "notsupported";
	FILE *file = fopen("/sys/devices/system/cpu/smt/control", "re");

	if (file && !fgets(text, sizeof(text), file))
		trouble("/sys/devices/system/cpu/smt/control is empty");
	if (file)
		fclose(file);
	if (vm->config.flags & HVE_CONFIG_CORESHARING_AUTO &&
	    (!strncmp(text, "not", 3) || !strncmp(text, "forceoff", 8)))
		vm->param->features |= HVE_BIT(NO_CORESHARING);
}

int main(int argc, char **argv)
{
	static struct vm vm = {
		.nr_vcpus = 1, .irqchip = true, .memory = MEM_DEFAULT,
	};
	struct options o = { .list = "all" };
	struct hve_arm arm = { .size = sizeof(arm) };
	struct hve_attach attach = { .size = sizeof(attach) };
	int device;

	setvbuf(stderr, NULL, _IOLBF, 0);
	parse(argc, argv, &o, &vm);
	device = open_device(&o);
	configure(&o, &vm, device);
	vm.flags = o.mode == MODE_PLAIN ? TEST_PLAIN :
		   o.mode == MODE_OWN ? TEST_KVM_OWN : TEST_HVE;
	vm.kvm_own = o.mode == MODE_OWN;
	if (device >= 0)
		HVE_MUST(device, HVE_SET_CONFIG, &vm.config);
	if (o.mode == MODE_ARM_NEXT || o.mode == MODE_ARM_EVERY) {
		arm.flags = o.mode == MODE_ARM_NEXT ? HVE_ARM_NEXT : HVE_ARM_EVERY;
		HVE_MUST(device, HVE_ARM, &arm);
	}
	vm_create(&vm);
	if (o.mode == MODE_ATTACH) {
		attach.vm_fd = vm.fd;
		HVE_MUST(device, HVE_ATTACH, &attach);
	}
	vm_load(&vm, o.image);
	if (o.mode == MODE_PLAIN)
		vm.param->features = 0;
	drop_refused(&vm);
	add_coresharing(&vm);
	vm_add_vcpus(&vm);
	fflush(stdout);
	_exit(vm_run(&vm));
}
