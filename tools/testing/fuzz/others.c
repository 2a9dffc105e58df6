// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Stand-ins for what the device calls
 *
 * In: bytes that say which of its errors each gives, mostly none; the structure
 * as userspace wrote it. Out: answers that the module's other files could have
 * given; what comes in is compared with what was written. State: see others.h.
 * One thread. Deliberately absent: contexts, VMs and ports that work.
 */
#include <stdarg.h>
#include "fuzz.h"
#include "others.h"
#include "hv/context.h"
#include "hv/debug.h"
#include "hv/port.h"
#include "hv/kvm/services.h"

#define VMS		3u
#define VCPUS		2u

int fuzz_allocations;
const struct file_operations *fuzz_device;
struct bytes from;
unsigned char *given;
char reason[HVE_REASON_LEN];
int reason_error, files_held;

static struct hve_vm *vms[VMS];
static struct file some_file;

/* What a stand-in says: mostly that all is well, else one of its errors */
#define ANSWER(...)							\
	answer((const int []){ __VA_ARGS__ },				\
	       sizeof((int []){ __VA_ARGS__ }) / sizeof(int))

static int answer(const int *errors, size_t count)
{
	uint8_t which = take_number(&from, 1);

	return (which & 3) == 3 ? -errors[(which >> 2) % count] : 0;
}

int hve_context_refuse(struct hve_context *context, int error, const char *fmt, ...)
{
	va_list args;

	(void)context;
	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	reason_error = -error;
	return error;
}

/* As the context's own does it: two errors have a sentence */
int hve_context_refuse_vm(struct hve_context *context, int error, u32 vm_id)
{
	if (error == -ENOENT || error == -EPERM)
		hve_context_refuse(context, error, "VM %u", vm_id);
	return error;
}

void hve_context_reason(struct hve_context *context, struct hve_reason *to)
{
	(void)context;
	to->error = reason_error;
	memcpy(to->text, reason, sizeof(to->text));
}

void hve_context_forget_reason(struct hve_context *context)
{
	(void)context;
	reason_error = 0;
	reason[0] = '\0';
}

/* Those that give a sentence themselves */
#define SAY(...)	say(ANSWER(__VA_ARGS__))

static int say(int error)
{
	return error ? hve_context_refuse(NULL, error, "no") : 0;
}

static void came_in(const void *structure, size_t size)
{
	must(!memcmp(structure, given, size));
}

int hve_context_set_config(struct hve_context *context,
			   const struct hve_config *config)
{
	(void)context;
	came_in(config, sizeof(*config));
	return SAY(EINVAL, EBUSY);
}

int hve_context_arm(struct hve_context *context, u32 flags)
{
	(void)context;
	must(!memcmp(&flags, given + offsetof(struct hve_arm, flags), 4));
	return SAY(EINVAL, EBUSY, EOPNOTSUPP);
}

int hve_context_disarm(struct hve_context *context)
{
	(void)context;
	return SAY(EINVAL);
}

int hve_port_open(struct hve_context *context,
		  const struct hve_port_request *want)
{
	(void)context;
	came_in(want, sizeof(*want));
	return ANSWER(EINVAL, EBADF, EOPNOTSUPP, EEXIST, ENOENT, EPERM, ENOMEM);
}

int hve_debug_open(struct hve_context *context,
		   const struct hve_debug_request *want)
{
	(void)context;
	came_in(want, sizeof(*want));
	return ANSWER(EINVAL, EOPNOTSUPP, EBUSY, ENOENT, EPERM, ENOMEM);
}

int hve_crash_get(const struct hve_context *context, u32 vm_id,
		  struct hve_crash *crash, void *message)
{
	(void)context;
	(void)vm_id;
	crash->length = take_number(&from, 2) % (TLFS_CRASH_MESSAGE_MAX + 1);
	memset(message, 'm', crash->length);
	return ANSWER(ENOENT, EPERM);
}

int hve_state_get(struct hve_context *context, u32 id, void *to, u32 *length)
{
	u32 wanted = take_number(&from, 2), room = *length;

	(void)context;
	(void)id;
	*length = wanted;
	if (wanted > room)
		return -ENOSPC;
	memset(to, 's', wanted);
	return SAY(ENOENT, EPERM, EBUSY, ENODATA);
}

int hve_state_set(struct hve_context *context, u32 id, const void *blob, u32 length)
{
	uint64_t at;

	(void)context;
	(void)id;
	memcpy(&at, given + offsetof(struct hve_state, data), sizeof(at));
	must(!length || !memcmp(blob, (void *)(uintptr_t)at, length));
	return SAY(ENOENT, EPERM, EBUSY, EEXIST, EINVAL, E2BIG, EOPNOTSUPP);
}

/* KVM and hooks */
int hve_hooks_get(enum hve_hook_set set, char *why, size_t len)
{
	(void)set;
	snprintf(why, len, "no");
	return ANSWER(ENOENT, EBUSY, EOPNOTSUPP);
}

void hve_hooks_put(enum hve_hook_set set)
{
	(void)set;
}

int hve_hooks_self_check(void)
{
	return ANSWER(EOPNOTSUPP);
}

struct kvm *hve_kvm_from_file(struct file *file)
{
	return ANSWER(EINVAL) ? NULL : (void *)file;
}

bool hve_kvm_lock_empty(struct kvm *kvm)
{
	(void)kvm;
	return !ANSWER(EBUSY);
}

void hve_kvm_unlock(struct kvm *kvm)
{
	(void)kvm;
}

bool hve_context_configured(struct hve_context *context)
{
	(void)context;
	return !ANSWER(EINVAL);
}

int hve_vm_serve(struct kvm *kvm, struct hve_context *context, u32 *id)
{
	int error = SAY(EEXIST, EOPNOTSUPP);

	(void)kvm;
	(void)context;
	if (!error)
		*id = 7;
	return error;
}

int hve_vm_detach(struct kvm *kvm)
{
	(void)kvm;
	return ANSWER(ENOENT, EBUSY, EOPNOTSUPP, EXDEV);
}

int hve_vm_for_each(int (*fn)(struct hve_vm *vm, void *arg), void *arg)
{
	u32 i;

	for (i = 0; i < VMS; i++)
		fn(vms[i], arg);
	return 0;
}

int hve_vm_with(u32 id, int (*fn)(struct hve_vm *vm, void *arg), void *arg)
{
	return id < VMS ? fn(vms[id], arg) : -ENOENT;
}

u32 hve_kvm_online_vcpus(struct kvm *kvm)
{
	(void)kvm;
	return VCPUS;
}

bool hve_kvm_is_awake(struct kvm *kvm)
{
	(void)kvm;
	return false;
}

int pid_vnr(struct pid *pid)
{
	(void)pid;
	return 1;
}

struct file *fget(unsigned int fd)
{
	if (fd > 9)
		return NULL;
	files_held++;
	return &some_file;
}

void fput(struct file *file)
{
	(void)file;
	files_held--;
}

/* What a context is besides is of no interest here. */
struct hve_context *hve_context_new(void)
{
	return NULL;
}

void hve_context_close(struct hve_context *context)
{
	(void)context;
}

struct hve_event_queue *hve_context_events(struct hve_context *context)
{
	return (void *)context;
}

ssize_t hve_events_read(struct hve_event_queue *queue, char *to, size_t len,
			bool wait)
{
	(void)queue;
	(void)to;
	(void)wait;
	return len;
}

__poll_t hve_events_poll(struct hve_event_queue *queue, struct file *file,
			 poll_table *wait)
{
	(void)queue;
	(void)file;
	(void)wait;
	return 0;
}

void make_vms(void)
{
	u32 i, k;

	for (i = 0; i < VMS; i++) {
		vms[i] = calloc(1, sizeof(*vms[i]) + VCPUS * sizeof(vms[i]->vcpus[0]));
		vms[i]->nr_slots = VCPUS;
		for (k = 0; k < i && k < VCPUS; k++)
			vms[i]->vcpus[k] = calloc(1, sizeof(*vms[i]->vcpus[k]));
	}
}
