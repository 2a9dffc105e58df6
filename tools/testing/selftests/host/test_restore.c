// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: states that are no states, and VMs that cannot take one
 *
 * In: guest/save.c, stopped, and its state. Out: each change to that state that
 * no guest could have made is refused with a sentence, under a right checksum
 * too; so are a running VM, one that has run, one with less than the guest had,
 * another user's. After all of them the VM takes the right state, and the guest
 * goes on in it: nothing was applied by halves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <hve/registry.h>
#include "../../../../hv/blob.h"
#include "tap.h"
#include "two_vms.h"
#include "vm_copy.h"
#include "../save.h"

#define ROOM	(1u << 20)
#define HEAD(field)	0, 0, offsetof(struct hve_blob_head, field)

/*
 * What is changed: 32 bits at @offset of the @nth record of @type, or of the
 * head. Of MSRs @nth is one's number, the first of its name.
 */
struct change {
	const char *name;
	unsigned int type;
	unsigned int nth;
	unsigned int offset;
	unsigned int value;
	int error;
};

#define MSR(nr, half, to)						\
	HVE_BLOB_MSR, nr, offsetof(struct hve_blob_msr, value) + 4 * (half), \
	to, EINVAL
#define FIELD(kind, nth, field, to)					\
	HVE_BLOB_##kind, nth, AT_##kind(field), to, EINVAL
#define AT_TIME(field)		offsetof(struct hve_blob_time, field)
#define AT_VCPU(field)		offsetof(struct hve_blob_vcpu, field)
#define AT_TIMER(field)		offsetof(struct hve_blob_timer, field)
#define AT_PAGE(field)		offsetof(struct hve_blob_page, field)
#define AT_MESSAGE(field)	offsetof(struct hve_blob_message, field)
#define AT_FLAG(field)		offsetof(struct hve_blob_flag, field)

static const struct change changes[] = {
	{ "more vCPUs than there are", HEAD(nr_vcpus), 3, E2BIG },
	{ "fewer than the records tell of", HEAD(nr_vcpus), 1, EINVAL },
	{ "no vCPU", HEAD(nr_vcpus), 0, EINVAL },
	{ "vCPUs without end", HEAD(nr_vcpus), ~0u, E2BIG },
	{ "an unknown feature", HEAD(features) + 4, 0x80000000, EOPNOTSUPP },
	{ "features fewer than the records", HEAD(features), 3, EINVAL },
	{ "no OS id and a hypercall page", MSR(0x40000000, 1, 0) },
	{ "hypercall page nowhere", MSR(0x40000001, 1, 0x80000000) },
	{ "assist page nowhere", MSR(0x40000073, 1, 0x00f00000) },
	{ "assist page elsewhere", MSR(0x40000073, 0, 0x1001) },
	{ "TSC page disabled, and there", MSR(0x40000021, 0, 0) },
	{ "SINT with vector 3", MSR(0x40000090, 0, 3) },
	{ "reenlightenment, vector 3", MSR(0x40000106, 0, 0x10003) },
	{ "reenlightenment, reserved bits", MSR(0x40000106, 0, 0x20050) },
	{ "TSC emulation, reserved bits", MSR(0x40000107, 0, 2) },
	{ "TSC emulation's status", MSR(0x40000108, 0, 2) },
	{ "invariant TSC, reserved bits", MSR(0x40000118, 1, 1) },
	{ "an MSR that is none", HVE_BLOB_MSR, 0x40000000,
	  offsetof(struct hve_blob_msr, number), 0x40000002, EINVAL },
	{ "an MSR of nobody", HVE_BLOB_MSR, 0x40000080,
	  offsetof(struct hve_blob_msr, vp), 7, EINVAL },
	{ "a time after the end", HVE_BLOB_TIME, 0, AT_TIME(reference) + 4,
	  0x40000001, EINVAL },
	{ "time's reserved field", FIELD(TIME, 0, reserved, 1) },
	{ "a vCPU twice", FIELD(VCPU, 1, vp, 0) },
	{ "a vCPU that ran for ever", HVE_BLOB_VCPU, 1, AT_VCPU(runtime) + 4,
	  0x40000001, EINVAL },
	{ "a timer twice", FIELD(TIMER, 1, index, 0) },
	{ "a fifth timer", FIELD(TIMER, 3, index, 4) },
	{ "a timer's reserved bits", FIELD(TIMER, 0, config, 0x2000) },
	{ "a timer of SINT 0", FIELD(TIMER, 2, config, 1) },
	{ "a direct timer of vector 1", FIELD(TIMER, 3, config, 0x1011) },
	{ "a direct timer with a message", FIELD(TIMER, 3, flags, 1) },
	{ "a timer's unknown flags", FIELD(TIMER, 3, flags, 4) },
	{ "a timer that is due at another time", FIELD(TIMER, 2, expiry, 5) },
	{ "a timer that fires before it is due", HVE_BLOB_TIMER, 3,
	  AT_TIMER(fire), 0, EINVAL },
	{ "a page of nobody", FIELD(PAGE, 0, vp, 2) },
	{ "a VM's page of a vCPU", FIELD(PAGE, 0, vp, 0) },
	{ "page kind 0", FIELD(PAGE, 0, kind, 0) },
	{ "page kind 6", FIELD(PAGE, 0, kind, HVE_BLOB_PAGE_KINDS) },
	{ "page kind 2^31", FIELD(PAGE, 0, kind, 1u << 31) },
	{ "a page twice", FIELD(PAGE, 0, kind, HVE_BLOB_TSC_PAGE) },
	{ "a page that is not where its MSR says", FIELD(PAGE, 0, gpa, 0x5000) },
	{ "a page that is not aligned", FIELD(PAGE, 0, gpa, 0x5001) },
	{ "unknown flags of a page", FIELD(PAGE, 0, flags, 7) },
	{ "content that is not there", FIELD(PAGE, 0, flags, 1) },
	{ "content below nothing", FIELD(PAGE, 0, flags, 2) },
	{ "a page's reserved field", FIELD(PAGE, 0, reserved, 1) },
	{ "a message for SINT 0", FIELD(MESSAGE, 0, sint, 0) },
	{ "a message for SINT 16", FIELD(MESSAGE, 0, sint, 16) },
	{ "a message for VP 2", FIELD(MESSAGE, 0, vp, 2) },
	{ "a message of type 0", FIELD(MESSAGE, 0, message, 0) },
	{ "a message of our own", FIELD(MESSAGE, 0, message, 0x80000010) },
	{ "a message that is too long", HVE_BLOB_MESSAGE, 1,
	  AT_MESSAGE(message) + 4, 241, EINVAL },
	{ "a message with flags", HVE_BLOB_MESSAGE, 1,
	  AT_MESSAGE(message) + 4, 0x0108, EINVAL },
	{ "event flag 2048", FIELD(FLAG, 0, flag, 2048) },
	{ "an event flag for SINT 0", FIELD(FLAG, 0, sint, 0) },
	{ "an event flag for nobody", FIELD(FLAG, 0, vp, HVE_BLOB_VM) },
};

static struct vm first, second;
static struct cpu_state states[TEST_MAX_VCPUS];
static unsigned long good[ROOM / 8], bad[ROOM / 8];
static unsigned int length, target;
static int device;
static volatile bool finished;
static unsigned int busy, told;

/* Where the body of the record lies; exits when there is none */
static unsigned int find(const struct change *change)
{
	struct hve_blob_item item;
	struct hve_blob blob;
	unsigned int seen = 0;

	hve_blob_open(&blob, good, length);
	for (;;) {
		const struct hve_blob_msr *msr;

		if (hve_blob_next(&blob, 0, &item) || !item.type)
			trouble("%s: there is no such record", change->name);
		if (item.type != change->type)
			continue;
		msr = item.body;
		if (change->type == HVE_BLOB_MSR ? msr->number == change->nth :
		    seen++ == change->nth)
			return (const char *)item.body - (const char *)good;
	}
}

static void seal(unsigned int size)
{
	struct hve_blob_writer writer = { bad, ROOM, size };
	struct hve_blob_head head;

	memcpy(&head, bad, sizeof(head));
	hve_blob_end(&writer, &head);
}

static void expect(int error, unsigned int size, const char *name)
{
	int err = two_set(target, bad, size);

	ok(err == error && strlen(two_why()) > 20, "%s: %s (%d)", name,
	   two_why(), err);
}

static void test_changes(void)
{
	unsigned int i, at;

	for (i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		const struct change *c = &changes[i];

		memcpy(bad, good, length);
		at = c->type ? find(c) : 0;
		memcpy((char *)bad + at + c->offset, &c->value, sizeof(c->value));
		seal(length);
		expect(c->error, length, c->name);
	}
}

static void test_bytes(void)
{
	static const unsigned int unknown[4] = { HVE_BLOB_TYPES, 8 };
	unsigned int at, wrong = 0;

	for (at = 0; at < length; at += 1 + at / 64) {
		memcpy(bad, good, length);
		wrong += two_set(target, bad, at) != EINVAL;
		((unsigned char *)bad)[at] ^= 1u << at % 8;
		wrong += !two_set(target, bad, length);
	}
	ok(!wrong, "cut off, or a bit flipped: %u accepted", wrong);
	memcpy(bad, good, length);
	((unsigned char *)bad)[offsetof(struct hve_blob_head, version)] = 2;
	expect(EOPNOTSUPP, length, "a newer format");
	memcpy(bad, good, length);
	memcpy((char *)bad + length, unknown, sizeof(unknown));
	seal(length + sizeof(unknown));
	expect(EINVAL, length + sizeof(unknown), "a record of an unknown type");
	memcpy(bad, good, length);
	seal(length - sizeof(struct hve_blob_flag));
	expect(EINVAL, length - sizeof(struct hve_blob_flag),
	       "the last record cut off under a right checksum");
	expect(EINVAL, HVE_BLOB_MAX + 8, "more than the most");
}

/* A VM whose memory ends before the guest's pages */
static void test_small(unsigned int id)
{
	int err = two_set(id, good, length);

	ok(err == EINVAL && strstr(two_why(), "no memory at"),
	   "less memory: %s (%d)", two_why(), err);
}

static int get(unsigned int id, unsigned int flags, unsigned int *room, void *to)
{
	struct hve_state state = {
		.size = sizeof(state), .vm_id = id, .flags = flags,
		.length = *room, .data = (unsigned long)to,
	};
	int err = two_ioctl(HVE_GET_STATE, &state) ? errno : 0;

	*room = state.length;
	return err;
}

static void not_got(int error, unsigned int id, unsigned int flags,
		    unsigned int room, void *to, const char *name)
{
	int err = get(id, flags, &room, to);

	ok(err == error && (err != ENOSPC || room == length) &&
	   strlen(two_why()) > 10, "%s: %s (%d)", name, two_why(), err);
}

static void test_without_vcpus(void)
{
	struct hve_attach request = { .size = sizeof(request) };

	request.vm_fd = bare_vm(NULL);
	if (two_ioctl(HVE_ATTACH, &request))
		trouble("HVE_ATTACH: %s", two_why());
	not_got(ENODATA, request.vm_id, 0, ROOM, bad, "no vCPU");
	target = request.vm_id;
	memcpy(bad, good, length);
	expect(ENODATA, length, "nor can one be restored");
	close(request.vm_fd);
}

static int other_user(void *arg)
{
	struct hve_state state = {
		.size = sizeof(state), .vm_id = *(unsigned int *)arg,
		.length = ROOM, .data = (unsigned long)bad,
	};
	int own = hve_open(), wrong = 0;

	if (seteuid(1000))
		return STATUS_TROUBLE;
	wrong += !ioctl(own, HVE_GET_STATE, &state) || errno != EPERM;
	wrong += !strstr(hve_why(own), "another user's");
	memcpy(bad, good, length);
	state.length = length;
	wrong += !ioctl(own, HVE_SET_STATE, &state) || errno != EPERM;
	return wrong ? STATUS_FAIL : STATUS_PASS;
}

static void test_getting(void)
{
	unsigned int room = length, id = first_id();

	memset(bad, 0x5a, ROOM);
	not_got(ENOSPC, id, 0, 0, bad, "no room");
	not_got(ENOSPC, id, 0, length - 8, bad, "too little room");
	ok(bad[0] == 0x5a5a5a5a5a5a5a5a, "and then nothing is written");
	not_got(EFAULT, id, 0, length, (void *)8, "a bad pointer");
	not_got(EINVAL, id, 1, length, bad, "flags");
	not_got(ENOENT, ~0u, 0, length, bad, "no such VM");
	ok(get(id, 0, &room, bad) == 0 && room == length, "room enough");
}

/* On a thread: asks a VM that runs, until it was refused often enough */
static void *ask(void *arg)
{
	static char room[ROOM];
	struct hve_state state = {
		.size = sizeof(state), .data = (unsigned long)room,
	};

	while (!finished && busy < 20) {
		state.vm_id = target;
		state.length = sizeof(room);
		if (ioctl(device, HVE_GET_STATE, &state) && errno == EBUSY) {
			busy++;
			told += !!strstr(hve_why(device), "is running");
		}
		ms_sleep(1);
	}
	return arg;
}

int main(void)
{
	static struct vm small = { .memory = GPA_POOL + (2ul << 20) };
	pthread_t asking;
	unsigned int id;

	device = hve_open();
	if (device < 0)
		return STATUS_SKIP;
	two_begin(&first);
	vm_stop(&first);
	two_send(first_id(), SAVE_CONNECTION);
	length = two_get(first_id(), good, ROOM);
	vm_read_apics(&first, states);
	vm_read_cpus(&first, states);
	test_getting();
	id = first_id();
	ok(reap(spawn(other_user, &id)) == STATUS_PASS, "another user: EPERM");
	target = first_id();
	expect(EINVAL, 0, "nothing at all");
	memcpy(bad, good, length);
	expect(EEXIST, length, "a VM whose guest has run");
	test_without_vcpus();
	test_small(two_make(&small));
	target = two_make(&second);
	vm_copy_memory(&second, &first);
	vm_write_cpus(&second, states);
	test_changes();
	test_bytes();
	memcpy(bad, good, length);
	ok(!two_set(target, bad, length), "the right one is taken");
	expect(EEXIST, length, "a second time");
	second.param->scratch[SAVE_ELAPSED] = 600000 * MS;
	pthread_create(&asking, NULL, ask, NULL);
	ok(two_finish(&second) == STATUS_PASS, "and the guest goes on");
	finished = true;
	pthread_join(asking, NULL);
	ok(busy && told == busy,
	   "while it ran it could not be saved, %u times, and why was said %u times",
	   busy, told);
	close(device);
	return done();
}
