// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A host for the tests of hve, made of files
 *
 * In: LD_PRELOADed into hve; FAKE_ROOT names a folder that is looked into before
 * the real file system, FAKE_MODULE says how the module behaves: "good",
 * "refuses", "old". Out: answers of a module with two VMs, so that the command
 * line can be tried where no module can be loaded. With FAKE_GROW counters grow
 * from one list of VMs to the next, and unless it says "stay" VM 1 is there every
 * other time only; FAKE_UNLOAD=N takes the module away after the N-th time it was
 * opened. FAKE_NAME is the name of VM 7's process. Owns one armed flag, which it
 * writes to FAKE_ROOT/armed. Never part of an installation.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <hve/registry.h>

#define REAL(name)	((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
#define NR_VMS		2

static struct hve_reason last = { .size = sizeof(last) };
/* How often VMs were listed, and the device opened */
static unsigned int lists, opens;

static const char *redirect(const char *path, char *other, size_t len)
{
	static const char * const kernel[] = {
		"/proc/", "/sys/", "/dev/", "/lib/modules/", "/boot/",
	};
	const char *root = getenv("FAKE_ROOT");
	size_t i;

	if (!root || path[0] != '/')
		return path;
	snprintf(other, len, "%s%s", root, path);
	if (!REAL(access)(other, F_OK))
		return other;
	/* Nothing of the machine that the test happens to run on */
	for (i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
		if (!strncmp(path, kernel[i], strlen(kernel[i])))
			return other;
	return path;
}

FILE *fopen(const char *path, const char *mode)
{
	char other[4096];

	return REAL(fopen)(redirect(path, other, sizeof(other)), mode);
}

FILE *popen(const char *command, const char *mode)
{
	char other[4096];

	(void)command;
	snprintf(other, sizeof(other), "cat %s/config 2>/dev/null",
		 getenv("FAKE_ROOT"));
	return REAL(popen)(other, mode);
}

int access(const char *path, int mode)
{
	char other[4096];

	return REAL(access)(redirect(path, other, sizeof(other)), mode);
}

int stat(const char *restrict path, struct stat *restrict node)
{
	char other[4096];
	int ret = REAL(stat)(redirect(path, other, sizeof(other)), node);

	if (!ret && !strncmp(path, "/dev/", 5))
		node->st_mode = (node->st_mode & ~S_IFMT) | S_IFCHR;
	return ret;
}

int uname(struct utsname *name)
{
	int ret = REAL(uname)(name);
	const char *release = getenv("FAKE_RELEASE");

	snprintf(name->release, sizeof(name->release), "%s",
		 release ? release : "6.12.9");
	return ret;
}

int open(const char *path, int flags, ...)
{
	const char *unload = getenv("FAKE_UNLOAD");
	char other[4096];

	if (unload && !strcmp(path, HVE_DEVICE) &&
	    opens++ == strtoul(unload, NULL, 10)) {
		errno = ENOENT;
		return -1;
	}
	return REAL(open)(redirect(path, other, sizeof(other)), flags, 0644);
}

static int refuse(int error, const char *text)
{
	last.error = error;
	snprintf(last.text, sizeof(last.text), "%s", text);
	errno = error;
	return -1;
}

static const struct hve_vm_info vms[NR_VMS] = {
	{
		.vm_id = 1, .pid = 4711, .comm = "qemu-system-x86", .nr_vcpus = 2,
		.flags = HVE_VM_HYPERCALL_PAGE | HVE_VM_TSC_PAGE | HVE_VM_TSC_VALID,
		.features = { HVE_BIT(HYPERCALL) | HVE_BIT(VPINDEX) |
			      HVE_BIT(RELAXED) | HVE_BIT(TIME) },
		.refused = { HVE_BIT(IPI) }, .memory = 20480,
		.guest_os_id = 0x8100ull << 48 | 0x06010c00ull << 8,
	}, {
		.vm_id = 7, .pid = 4712, .comm = "lkvm", .nr_vcpus = 1,
		.flags = HVE_VM_APIC_HARDWARE | HVE_VM_IPI_HARDWARE,
		.features = { HVE_BIT(HYPERCALL) | HVE_BIT(VPINDEX) },
		.guest_os_id = 0x0001040a00004563ull, .resets = 1,
	},
};

static int answer_list(struct hve_list *list)
{
	struct hve_vm_info *to = (void *)(uintptr_t)list->vms;
	__u32 room = list->count, count = getenv("FAKE_IDLE") ? 0 : NR_VMS;
	const char *grow = getenv("FAKE_GROW"), *name = getenv("FAKE_NAME");
	__u32 first = 0;

	if (grow && ++lists % 2 && strcmp(grow, "stay"))
		first = 1;
	list->count = count > first ? count - first : 0;
	if (room < list->count)
		return refuse(ENOSPC, "");
	memcpy(to, &vms[first], list->count * sizeof(*to));
	if (name && list->count)
		memcpy(to[list->count - 1].comm, name,
		       strnlen(name, sizeof(to->comm)));
	return 0;
}

static int answer_counters(struct hve_counters *request)
{
	static const struct hve_counter counters[] = {
		{ HVE_COUNTER_MSR_READ, 0x40000020, HVE_F_TIME, 0, 12 },
		{ HVE_COUNTER_MSR_WRITE, 0x40000021, HVE_F_TIME, 0, 1 },
		{ HVE_COUNTER_CALL, 0x7777, HVE_F_HYPERCALL, 0, 3 },
		{ HVE_COUNTER_EVENT, HVE_EV_CPUID, HVE_F_HYPERCALL, 0, 30 },
		{ HVE_COUNTER_EVENT, HVE_EV_GP, HVE_F_HYPERCALL, 0, 0 },
		{ 9, 5, 60, 0, 2 },
	};
	const __u32 count = sizeof(counters) / sizeof(counters[0]);
	struct hve_counter *to = (void *)(uintptr_t)request->counters;
	__u32 i, room = request->count;

	if (request->vcpu == 1)
		return refuse(ENOENT, "it never ran");
	if (request->vm_id == 7 && !getenv("FAKE_GROW")) {
		request->count = 0;
		return 0;
	}
	request->count = count;
	if (room < count)
		return refuse(ENOSPC, "");
	memcpy(to, counters, sizeof(counters));
	/* VM 7 is the busier one. */
	for (i = 0; i < count; i++)
		to[i].value *= 1 + lists * (request->vm_id == 7 ? 1000 : 1);
	return 0;
}

/* More lines than are shown, and bytes that a terminal would obey */
static int answer_crash(struct hve_crash *crash)
{
	char *to = (void *)(uintptr_t)crash->message;
	unsigned int i, len = 0;

	if (crash->vm_id != 7)
		return refuse(ENOENT, "no crash");
	for (i = 1; i <= 25; i++)
		len += sprintf(to + len, "line %u\n", i);
	memcpy(to + len, "\x1b[2J e\0n\0d\0\r\n\t\xff", 15);
	crash->length = len + 15;
	crash->count = 2;
	crash->time = 1700000000ull * 1000000000;
	crash->params[0] = 0xdead;
	crash->ctl = 7ull << 61;
	return 0;
}

/* VM 7's is larger than anybody expects at first */
static int answer_get_state(struct hve_state *state)
{
	__u32 room = state->length;

	if (state->vm_id == 1)
		return refuse(EBUSY, "VM 1 is running: pause it first, in its VMM");
	state->length = 200000;
	if (room < state->length)
		return refuse(ENOSPC, "more than room");
	memset((void *)(uintptr_t)state->data, 'x', state->length);
	return 0;
}

static int answer_set_state(const struct hve_state *state)
{
	const char *data = (const char *)(uintptr_t)state->data;

	if (state->length != 200000 || data[0] != 'x' || data[199999] != 'x')
		return refuse(EINVAL, "this is no state of a VM: its end is missing");
	return 0;
}

static int answer_features(struct hve_features *features)
{
	features->known[0] = hve_all_features();
	features->supported[0] = features->known[0] & ~HVE_BIT(XMM_INPUT);
	features->base[0] = hve_base_features();
	return 0;
}

static int answer_arm(const struct hve_arm *arm)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/armed", getenv("FAKE_ROOT"));
	file = REAL(fopen)(path, "w");
	if (file) {
		fprintf(file, "%u\n", arm->flags);
		fclose(file);
	}
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	const char *module = getenv("FAKE_MODULE");
	void *argument;
	va_list args;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if (_IOC_TYPE(request) != HVE_IOC)
		return REAL(ioctl)(fd, request, argument);
	if (request == HVE_GET_REASON) {
		*(struct hve_reason *)argument = last;
		return 0;
	}
	if (!strcmp(module, "old"))
		return refuse(ENOTTY, "");
	if (request == HVE_GET_VERSION)
		return HVE_API_VERSION;
	if (request == HVE_GET_FEATURES)
		return answer_features(argument);
	if (request == HVE_LIST_VMS)
		return answer_list(argument);
	if (request == HVE_GET_CRASH)
		return answer_crash(argument);
	if (request == HVE_GET_COUNTERS)
		return answer_counters(argument);
	if (request == HVE_GET_STATE)
		return answer_get_state(argument);
	if (request == HVE_SET_STATE)
		return answer_set_state(argument);
	if (!strcmp(module, "refuses"))
		return refuse(EOPNOTSUPP, "the moon is in the wrong phase: wait");
	if (request == HVE_ARM)
		return answer_arm(argument);
	return 0;
}
