// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: ioctls and their structures
 *
 * In: requests, each with a structure of any size anywhere in user memory or
 * beside it; allocations that fail; what the module's other files would say.
 * Out: an errno that the interface has, with a sentence; what is refused leaves
 * user memory as it was, unless only room was missing; what is accepted came in
 * as userspace wrote it, and changes nothing but the structure and what that
 * points to. What the device calls are stand-ins (others.c): make fuzz-ioctls
 * has the real ones.
 */
#include "fuzz.h"
#include "others.h"
#include "hv/device.h"

#define USER		8192u

unsigned char *user_memory;
size_t user_size = USER;

/* What lies behind each number: how much, and where in it a pointer, if any */
static const struct {
	unsigned int size;
	unsigned int pointer;
} shapes[] = {
	[1] = { sizeof(struct hve_features), 0 },
	[2] = { sizeof(struct hve_config), 0 },
	[3] = { sizeof(struct hve_arm), 0 },
	[5] = { sizeof(struct hve_attach), 0 },
	[6] = { sizeof(struct hve_attach), 0 },
	[7] = { sizeof(struct hve_reason), 0 },
	[8] = { sizeof(struct hve_list), offsetof(struct hve_list, vms) },
	[9] = { sizeof(struct hve_counters),
		offsetof(struct hve_counters, counters) },
	[11] = { sizeof(struct hve_crash), offsetof(struct hve_crash, message) },
	[12] = { sizeof(struct hve_port_request), 0 },
	[13] = { sizeof(struct hve_state), offsetof(struct hve_state, data) },
	[14] = { sizeof(struct hve_state), offsetof(struct hve_state, data) },
	[15] = { sizeof(struct hve_debug_request), 0 },
	[16] = { 8, 0 },
};

/* What userspace says that it is, and what there is of it */
static uint32_t make_size(uint32_t right, uint8_t how)
{
	uint32_t random;

	if (!(how & 1))
		return right;
	random = take_number(&from, 1);
	return random < right ? random : right + random % 64;
}

/* A request's structure and its place; what it points to lies in the first half */
static unsigned long make(uint32_t nr, uint32_t *size)
{
	const uint32_t right = shapes[nr].size, pointer = shapes[nr].pointer;
	uint8_t how = take_number(&from, 1);
	uint32_t at = take_number(&from, 2), room, zeros, i;
	uint64_t word;

	*size = make_size(right, how);
	room = *size > right ? *size : right;
	given = user_memory + (how & 2 ? USER - room :
			       USER / 2 + at % (USER / 2 - room));
	take(&from, given, *size);
	if (how & 4) {
		/* Small numbers, and zeros: what something is there for */
		zeros = take_number(&from, 4);
		for (i = 4; i + 4 <= *size; i += 4) {
			memset(given + i + 2, 0, 2);
			given[i + 1] &= how >> 3;
			if (zeros >> i / 4 % 32 & 1)
				memset(given + i, 0, 2);
		}
		word = (uintptr_t)user_memory + at % (USER / 2);
		if (pointer && pointer + sizeof(word) <= *size)
			memcpy(given + pointer, &word, sizeof(word));
	}
	memcpy(given, size, *size < 4 ? *size : 4);
	/* Of a shorter field, what lay there says the rest. */
	memcpy(size, given, 4);
	if (how < 8)
		return (unsigned long)take_number(&from, 8);
	return (unsigned long)given;
}

static bool known(long error)
{
	switch (error) {
	case -EINVAL: case -EFAULT: case -E2BIG: case -EBADF: case -EBUSY:
	case -EEXIST: case -ENOENT: case -EOPNOTSUPP: case -ENOTTY:
	case -EPERM: case -ENODATA: case -ENOSPC: case -EXDEV: case -ENOMEM:
		return true;
	}
	return false;
}

static uint64_t word_at(uint32_t offset, uint32_t length)
{
	uint64_t word = 0;

	memcpy(&word, given + offset, length);
	return word;
}

/* Bytes behind the pointer of a request, as userspace knows it */
static uint64_t room_of(uint32_t nr)
{
	switch (nr) {
	case 8:
		return word_at(offsetof(struct hve_list, count), 4) *
		       word_at(offsetof(struct hve_list, entry_size), 4);
	case 9:
		return word_at(offsetof(struct hve_counters, count), 4) *
		       sizeof(struct hve_counter);
	case 11:
		return word_at(offsetof(struct hve_crash, length), 4);
	case 13:
		return word_at(offsetof(struct hve_state, length), 4);
	}
	return 0;
}

/* Nothing else than the structure and what it points to changes. */
static void check_reach(uint32_t nr, const unsigned char *before, uint64_t room,
			uint64_t target)
{
	uint32_t i;

	if (!memcmp(user_memory, before, USER))
		return;
	for (i = 0; i < USER; i++) {
		unsigned char *at = user_memory + i;

		if ((at >= given && at < given + shapes[nr].size) ||
		    (uintptr_t)at - target < room)
			continue;
		must(*at == before[i]);
	}
}

static void one(void)
{
	static unsigned char before[USER];
	uint32_t nr = take_number(&from, 1) % ARRAY_SIZE(shapes), size;
	bool shaped = shapes[nr].size;
	unsigned long arg = shaped ? make(nr, &size) : take_number(&from, 1) / 128;
	unsigned int cmd = _IO(HVE_IOC, nr), pointer = shapes[nr].pointer;
	uint64_t room = 0, target = 0;
	struct file file = { .private_data = &file };
	long r;

	memcpy(before, user_memory, USER);
	if (shaped && pointer) {
		room = room_of(nr);
		target = word_at(pointer, 8);
	}
	r = fuzz_device->unlocked_ioctl(&file, cmd, arg);
	must(!files_held);
	if (shaped && arg == (unsigned long)given) {
		must(r < 0 || size >= shapes[nr].size);
		check_reach(nr, before, room, target);
	}
	if (r >= 0)
		return;
	must(known(r));
	if (r == -ENOTTY || r == -ENOMEM || !shaped)
		return;
	must(cmd == HVE_GET_REASON || (reason_error == -r && reason[0]));
	must(r == -ENOSPC || r == -EFAULT || !memcmp(before, user_memory, USER));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t fail;

	if (!user_memory) {
		user_memory = malloc(USER);
		make_vms();
		must(!hve_device_init());
	}
	memset(user_memory, 0, USER);
	from = (struct bytes){ data, size };
	fail = take_number(&from, 1);
	fuzz_allocations = fail & 1 ? fail >> 1 : -1;
	while (from.left)
		one();
	return 0;
}
