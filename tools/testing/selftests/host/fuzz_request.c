// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Making up random ioctls
 *
 * In: random numbers, descriptors and numbers of VMs that may be right. Out: a
 * request: mostly with a structure that could be accepted, in memory that can be
 * read and written; then words of it are changed, or it lies where it should not.
 * See fuzz.h. Deliberately absent: calling anything, and judging answers.
 */
#include <stddef.h>
#include <string.h>
#include <hve/registry.h>
#include "../../../../hv/blob.h"
#include "fuzz.h"

#define PAGE	4096u

unsigned long fuzz_bits(struct fuzz_random *r)
{
	/* splitmix64: any seed will do, zero too */
	unsigned long z = r->state += 0x9e3779b97f4a7c15ul;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
	z = (z ^ z >> 27) * 0x94d049bb133111ebul;
	return z ^ z >> 31;
}

unsigned long fuzz_below(struct fuzz_random *r, unsigned long count)
{
	return fuzz_bits(r) % count;
}

static const struct {
	const char *name;
	unsigned long number;
	unsigned int size;
} requests[FUZZ_REQUESTS] = {
	{ "GET_VERSION", HVE_GET_VERSION, 0 },
	{ "GET_FEATURES", HVE_GET_FEATURES, sizeof(struct hve_features) },
	{ "SET_CONFIG", HVE_SET_CONFIG, sizeof(struct hve_config) },
	{ "ARM", HVE_ARM, sizeof(struct hve_arm) },
	{ "DISARM", HVE_DISARM, 0 },
	{ "ATTACH", HVE_ATTACH, sizeof(struct hve_attach) },
	{ "DETACH", HVE_DETACH, sizeof(struct hve_attach) },
	{ "GET_REASON", HVE_GET_REASON, sizeof(struct hve_reason) },
	{ "LIST_VMS", HVE_LIST_VMS, sizeof(struct hve_list) },
	{ "GET_COUNTERS", HVE_GET_COUNTERS, sizeof(struct hve_counters) },
	{ "SELF_CHECK", HVE_SELF_CHECK, 0 },
	{ "GET_CRASH", HVE_GET_CRASH, sizeof(struct hve_crash) },
	{ "OPEN_PORT", HVE_OPEN_PORT, sizeof(struct hve_port_request) },
	{ "GET_STATE", HVE_GET_STATE, sizeof(struct hve_state) },
	{ "SET_STATE", HVE_SET_STATE, sizeof(struct hve_state) },
	{ "OPEN_DEBUG", HVE_OPEN_DEBUG, sizeof(struct hve_debug_request) },
	{ "number 16", _IO(HVE_IOC, 16), 64 },
	{ "another type", _IO(HVE_IOC - 1, 2), 64 },
};

const char *fuzz_name(unsigned int which)
{
	return requests[which].name;
}

static void make_config(struct fuzz_random *r, struct hve_config *config)
{
	unsigned long all = hve_all_features();

	switch (fuzz_below(r, 8)) {
	case 0:	config->features[0] = fuzz_bits(r) & all; break;
	case 1:	config->features[0] = hve_base_features(); break;
	case 2:	config->flags = HVE_CONFIG_NATIVE; return;
	default: config->features[0] = all;
	}
	config->flags = fuzz_bits(r) & (HVE_CONFIG_NATIVE - 1);
	config->spinlock_retries = 0x1fff;
	config->crash_policy = fuzz_below(r, 3);
	config->reset_policy = fuzz_below(r, 2);
}

static void make_port(struct fuzz_random *r, const struct fuzz_pool *pool,
		      struct hve_port_request *port)
{
	bool event = fuzz_below(r, 2), out = fuzz_below(r, 2);

	port->flags = (event ? HVE_PORT_EVENT : HVE_PORT_MESSAGE) |
		      (out ? HVE_PORT_TO_GUEST : HVE_PORT_FROM_GUEST);
	port->vm_id = fuzz_get(r, pool->ids);
	port->connection = fuzz_below(r, 32);
	port->eventfd = event ? fuzz_get(r, pool->ports) : -1;
	if (!out)
		return;
	port->vp = fuzz_below(r, 4) ? fuzz_below(r, 4) : HVE_ANY_VP;
	port->sint = 1 + fuzz_below(r, 15);
	port->flag = event ? fuzz_below(r, 2048) : 0;
}

/* Words of the last state are changed, and its sum is made right again */
static void damage(struct fuzz_random *r, struct fuzz_memory *memory)
{
	unsigned int words = memory->blob_length / 8, times = fuzz_below(r, 4);
	struct hve_blob_writer writer = { memory->blob, FUZZ_BLOB, 0 };
	struct hve_blob_head head;

	if (memory->blob_length < sizeof(head))
		return;
	while (times--)
		memory->blob[fuzz_below(r, words)] ^= 1ul << fuzz_below(r, 64);
	memcpy(&head, memory->blob, sizeof(head));
	writer.used = memory->blob_length;
	hve_blob_end(&writer, &head);
}

static void make_state(struct fuzz_random *r, const struct fuzz_pool *pool,
		       struct fuzz_memory *memory, bool set, struct hve_state *state)
{
	state->vm_id = fuzz_get(r, pool->ids);
	state->data = (unsigned long)memory->blob;
	state->length = set ? memory->blob_length : FUZZ_BLOB;
	/* A VM that has not run yet may have its own back. */
	if (set && fuzz_below(r, 4))
		state->vm_id = memory->blob_vm;
	if (set && !fuzz_below(r, 4))
		damage(r, memory);
	if (!fuzz_below(r, 8))
		state->length = fuzz_below(r, FUZZ_BLOB);
}

/* Room for what is told, behind the structure in the same page */
static unsigned long room(const struct fuzz_memory *memory)
{
	return (unsigned long)memory->page;
}

static void make_body(struct fuzz_random *r, const struct fuzz_pool *pool,
		      struct fuzz_memory *memory, struct fuzz_request *request)
{
	union {
		struct hve_config config;
		struct hve_arm arm;
		struct hve_attach attach;
		struct hve_list list;
		struct hve_counters counters;
		struct hve_crash crash;
		struct hve_port_request port;
		struct hve_state state;
		struct hve_debug_request debug;
	} *body = (void *)request->at;

	memset(body, 0, request->size);
	body->arm.size = request->size;
	switch (request->number) {
	case HVE_SET_CONFIG:
		make_config(r, &body->config);
		break;
	case HVE_ARM:
		body->arm.flags = 1 + fuzz_below(r, 2);
		break;
	case HVE_ATTACH:
	case HVE_DETACH:
		body->attach.vm_fd = fuzz_get(r, pool->vms);
		break;
	case HVE_LIST_VMS:
		body->list.entry_size = sizeof(struct hve_vm_info);
		body->list.count = fuzz_below(r, 16);
		body->list.vms = room(memory);
		break;
	case HVE_GET_COUNTERS:
		body->counters.vm_id = fuzz_get(r, pool->ids);
		body->counters.vcpu = fuzz_below(r, 2) ? HVE_ALL_VCPUS : 0;
		body->counters.count = fuzz_below(r, 165);
		body->counters.counters = room(memory);
		break;
	case HVE_GET_CRASH:
		body->crash.vm_id = fuzz_get(r, pool->ids);
		body->crash.length = fuzz_below(r, 2048);
		body->crash.message = room(memory);
		break;
	case HVE_OPEN_PORT:
		make_port(r, pool, &body->port);
		break;
	case HVE_GET_STATE:
	case HVE_SET_STATE:
		make_state(r, pool, memory, request->number == HVE_SET_STATE,
			   &body->state);
		break;
	case HVE_OPEN_DEBUG:
		body->debug.vm_id = fuzz_get(r, pool->ids);
		body->debug.address = fuzz_bits(r);
		body->debug.port = fuzz_bits(r);
		break;
	}
}

static unsigned long some_word(struct fuzz_random *r,
			       const struct fuzz_memory *memory)
{
	switch (fuzz_below(r, 8)) {
	case 0:	return 0;
	case 1:	return ~0ul;
	case 2:	return 1ul << fuzz_below(r, 64);
	case 3:	return (unsigned long)memory->readonly;
	case 4:	return (unsigned long)memory->page + PAGE - fuzz_below(r, 64);
	case 5:	return 0xffff888000000000ul + fuzz_bits(r) % (1ul << 30);
	case 6:	return fuzz_below(r, PAGE);
	default: return fuzz_bits(r);
	}
}

/* Where the structure lies, if anywhere */
static void place(struct fuzz_random *r, const struct fuzz_memory *memory,
		  struct fuzz_request *request)
{
	unsigned char *end = memory->page + PAGE;

	request->at = end - request->size;
	request->arg = (unsigned long)request->at;
	switch (fuzz_below(r, 32)) {
	case 0:	/* its tail is not there */
		request->arg = (unsigned long)end - fuzz_below(r, request->size + 1);
		break;
	case 1:
		request->arg = (unsigned long)memory->readonly;
		break;
	case 2:
		request->arg = some_word(r, memory);
		break;
	case 3:	/* not aligned, and it may know more than the module */
		request->at -= fuzz_below(r, 64);
		request->arg = (unsigned long)request->at;
		break;
	}
}

void fuzz_make(struct fuzz_random *r, const struct fuzz_pool *pool,
	       struct fuzz_memory *memory, struct fuzz_request *request)
{
	unsigned int words, times;

	request->which = fuzz_below(r, FUZZ_REQUESTS);
	request->number = requests[request->which].number;
	request->size = requests[request->which].size;
	if (!request->size) {
		request->at = NULL;
		request->arg = fuzz_below(r, 8) ? 0 : some_word(r, memory);
		return;
	}
	place(r, memory, request);
	make_body(r, pool, memory, request);
	words = request->size / 4;
	times = fuzz_below(r, 2) ? 0 : 1 + fuzz_below(r, 3);
	while (times--) {
		unsigned int word = some_word(r, memory);

		memcpy(request->at + 4 * fuzz_below(r, words), &word, 4);
	}
	if (fuzz_below(r, 8) == 0)
		memset(request->at, 0, 4);
}
