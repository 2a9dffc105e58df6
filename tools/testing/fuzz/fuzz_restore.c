// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: saved states are judged before they become a VM's
 *
 * In: features, vCPUs, what their MSRs and pages hold, then changes to the blob
 * that this comes to; allocations that fail. Out: no access outside the blob, all
 * memory comes back, and an image that was accepted has each page that an MSR
 * enables, once. The predicates of enl/ and guest memory are stand-ins here.
 */
#include <stdint.h>
#include "fuzz.h"
#include "blobs.h"
#include "kernel.h"
#include "hv/saved.h"
#include "hv/enl/synic.h"
#include "hv/kvm/services.h"

#define VCPUS		4u
#define ROOM		(256u << 10)
#define MEMORY		(16u << 20)

int fuzz_allocations;
static char reason[HVE_REASON_LEN];

int hve_context_refuse(struct hve_context *context, int error, const char *fmt, ...)
{
	va_list args;

	(void)context;
	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return error;
}

bool hve_kvm_gpa_possible(struct kvm_vcpu *vcpu, u64 gpa)
{
	(void)vcpu;
	return gpa < 1ull << 40;
}

bool hve_kvm_has_memory(struct kvm *kvm, u64 gpa)
{
	(void)kvm;
	return gpa < MEMORY;
}

struct kvm_vcpu *hve_kvm_vcpu(struct kvm *kvm, u32 index)
{
	(void)kvm;
	(void)index;
	return NULL;
}

u32 hve_kvm_online_vcpus(struct kvm *kvm)
{
	(void)kvm;
	return VCPUS;
}

struct hve_vcpu *hve_vcpu_make(struct hve_vm *vm, struct kvm_vcpu *vcpu)
{
	(void)vm;
	(void)vcpu;
	return NULL;
}

enum hve_verdict hve_sint_check(u64 value)
{
	return value >> 20 & 1 ? HVE_BAD_PARAMETER : HVE_OK;
}

bool hve_reenlightenment_is_valid(u64 control)
{
	return !(control & 0x80);
}

bool hve_stimer_is_valid(const struct hve_vm *vm,
			 const struct hve_blob_timer *timer)
{
	(void)vm;
	return !(timer->config >> 20);
}

static void put_msrs(struct hve_blob_writer *writer, struct bytes *from, u32 vp,
		     u64 features, u64 *values)
{
	enum hve_scope scope = vp == HVE_BLOB_VM ? HVE_VM : HVE_VP;
	u32 row, i;

	for (row = 0; row < HVE_NR_MSRS; row++) {
		if (!hve_saved_row(row, scope, features))
			continue;
		for (i = 0; i < hve_msrs[row].count; i++) {
			struct hve_blob_msr msr = {
				.vp = vp, .number = hve_msrs[row].number + i,
			};
			u64 *value = &values[hve_saved_slot(row, i)];

			*value = 0;
			if (row == HVE_MSR_guest_os_id)
				*value = 1;
			else if (!hve_msrs[row].rsvdz && row != HVE_MSR_sint)
				*value = take_number(from, 1) << 12 | 1;
			msr.value = *value;
			hve_blob_put(writer, HVE_BLOB_MSR, &msr, sizeof(msr),
				     NULL, 0);
		}
	}
}

static void put_pages(struct hve_blob_writer *writer, struct bytes *from, u32 vp,
		      const u64 *values, struct hve_vm *vm)
{
	struct hve_vcpu *vcpu = vp == HVE_BLOB_VM ? NULL : vm->vcpus[vp];
	static const char content[TLFS_PAGE_SIZE];
	u32 kind;

	for (kind = 1; kind < HVE_BLOB_PAGE_KINDS; kind++) {
		u64 value = values[hve_saved_page_slot(kind)];
		struct hve_blob_page page = {
			.vp = vp, .kind = kind, .gpa = value & ~0xfffull,
		};
		u32 random = take_number(from, 1), times = random % 64 ? 1 : 2;

		page.flags = random >> 6;
		if (!(value & 1) || !hve_saved_page(vm, vcpu, kind))
			continue;
		if (!(page.flags & HVE_BLOB_PAGE_MAPPED))
			page.flags = 0;
		while (times--)
			hve_blob_put(writer, HVE_BLOB_PAGE, &page, sizeof(page),
				     content, page.flags & HVE_BLOB_PAGE_CONTENT ?
				     sizeof(content) : 0);
	}
}

static void put_queues(struct hve_blob_writer *writer, struct bytes *from)
{
	u32 i, messages = take_number(from, 1) % 8, flags = take_number(from, 1) % 8;

	for (i = 0; i < messages; i++) {
		struct hve_blob_message message = {
			.vp = i % VCPUS, .sint = take_number(from, 1) % 20,
			.message.type = 1,
		};

		hve_blob_put(writer, HVE_BLOB_MESSAGE, &message,
			     sizeof(message), NULL, 0);
	}
	for (i = 0; i < flags; i++) {
		struct hve_blob_flag flag = {
			.vp = i % VCPUS, .sint = take_number(from, 1) % 20,
			.flag = take_number(from, 2) % (TLFS_EVENT_FLAGS + 8),
		};

		hve_blob_put(writer, HVE_BLOB_FLAG, &flag, sizeof(flag), NULL, 0);
	}
}

/* What save.c would write for a VM with such values: its length */
static u32 make_blob(struct bytes *from, struct hve_vm *vm, void *to)
{
	struct hve_blob_head head = {
		.nr_vcpus = take_number(from, 1) % (VCPUS + 1),
		.features = vm->features, .tsc_khz = 1000000,
	};
	u64 values[VCPUS + 1][HVE_NR_SLOTS] = { 0 };
	struct hve_blob_time time = { 0 };
	struct hve_blob_writer writer;
	u32 vp, i;

	hve_blob_begin(&writer, to, ROOM);
	put_msrs(&writer, from, HVE_BLOB_VM, head.features, values[VCPUS]);
	for (vp = 0; vp < head.nr_vcpus; vp++)
		put_msrs(&writer, from, vp, head.features, values[vp]);
	hve_blob_put(&writer, HVE_BLOB_TIME, &time, sizeof(time), NULL, 0);
	for (vp = 0; vp < head.nr_vcpus; vp++) {
		struct hve_blob_vcpu vcpu = { .vp = vp };

		hve_blob_put(&writer, HVE_BLOB_VCPU, &vcpu, sizeof(vcpu), NULL, 0);
	}
	for (vp = 0; vp < head.nr_vcpus; vp++) {
		for (i = 0; i < TLFS_STIMER_COUNT; i++) {
			struct hve_blob_timer timer = { .vp = vp, .index = i };

			if (head.features & HVE_BIT(STIMER))
				hve_blob_put(&writer, HVE_BLOB_TIMER, &timer,
					     sizeof(timer), NULL, 0);
		}
	}
	put_pages(&writer, from, HVE_BLOB_VM, values[VCPUS], vm);
	for (vp = 0; vp < head.nr_vcpus; vp++)
		put_pages(&writer, from, vp, values[vp], vm);
	put_queues(&writer, from);
	return hve_blob_end(&writer, &head);
}

/* Rewrites words of it, or cuts off its end; the length that is left */
static u32 damage(struct bytes *from, unsigned char *blob, u32 length)
{
	const u32 begin = sizeof(struct hve_blob_head);

	while (from->left) {
		u32 at = take_number(from, 2), what = take_number(from, 1);
		u64 with = take_number(from, what & 1 ? 8 : 1);

		if (length <= begin)
			break;
		if (what % 64 == 0)
			length = begin + (at * 8 % (length - begin) & ~7u);
		else
			memcpy(blob + begin + (at * 4 % (length - begin) & ~3u),
			       &with, 4);
	}
	return length;
}

static void check_queues(const struct hve_image_vcpu *vcpu)
{
	struct hve_message *message, *next_message;
	struct hve_signal *signal, *next_signal;
	u32 messages = 0, signals = 0;

	list_for_each_entry_safe(message, next_message, &vcpu->messages, link) {
		must(message->sint && message->sint < TLFS_SINT_COUNT);
		must(message->message.payload_size <= TLFS_MESSAGE_PAYLOAD);
		messages++;
	}
	list_for_each_entry_safe(signal, next_signal, &vcpu->signals, link) {
		must(signal->sint && signal->sint < TLFS_SINT_COUNT);
		must(signal->flag < TLFS_EVENT_FLAGS);
		signals++;
	}
	must(messages == vcpu->queued[0] && messages <= HVE_BLOB_QUEUE_MAX);
	must(signals == vcpu->queued[1] && signals <= HVE_BLOB_QUEUE_MAX);
}

static void check_image(const struct hve_restoring *r)
{
	const struct hve_image *image = r->image;
	u32 i, k, pages = __builtin_popcount(image->pages);

	for (i = 0; i < image->nr_vcpus; i++) {
		pages += __builtin_popcount(image->vcpus[i].pages);
		check_queues(&image->vcpus[i]);
	}
	must(pages == image->nr_pages);
	for (i = 0; i < image->nr_pages; i++) {
		must(image->page[i].page);
		must(image->page[i].gpa % TLFS_PAGE_SIZE == 0);
		must(!image->page[i].saved || image->page[i].mapped);
		must(!image->page[i].mapped || image->page[i].gpa < MEMORY);
		for (k = 0; k < i; k++)
			must(image->page[i].page != image->page[k].page);
	}
}

static struct hve_vm *make_vm(u64 features)
{
	struct hve_vm *vm = calloc(1, sizeof(*vm) + VCPUS * sizeof(vm->vcpus[0]));
	u32 i;

	vm->features = features;
	for (i = 0; i < VCPUS; i++) {
		vm->vcpus[i] = calloc(1, sizeof(*vm->vcpus[i]));
		if (features & HVE_BIT(SYNIC))
			vm->vcpus[i]->synic = calloc(1, sizeof(struct hve_synic));
	}
	return vm;
}

static void free_vm(struct hve_vm *vm)
{
	u32 i;

	for (i = 0; i < VCPUS; i++) {
		free(vm->vcpus[i]->synic);
		free(vm->vcpus[i]);
	}
	free(vm);
}

static void restore(struct hve_vm *vm, const unsigned char *blob, u32 length)
{
	struct hve_restoring r = { .vm = vm };
	int err;

	if (hve_blob_open(&r.blob, blob, length))
		return;
	reason[0] = '\0';
	err = hve_restore_check(&r);
	must(!err || err == -EINVAL || err == -ENOMEM);
	must(err != -EINVAL || reason[0]);
	if (!err)
		check_image(&r);
	hve_restore_free(r.image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char room[ROOM] __attribute__((aligned(8)));
	struct bytes from = { data, size };
	u64 features = take_number(&from, 4) | hve_base_features();
	u32 fail = take_number(&from, 1);
	unsigned char *blob;
	struct hve_vm *vm;
	u32 length;

	vm = make_vm(features & hve_all_features());
	length = make_blob(&from, vm, room);
	must(length <= ROOM);
	length = damage(&from, room, length);
	blobs_fit(room, length);
	/* Exactly as long, so that a byte too far is seen */
	blob = malloc(length);
	memcpy(blob, room, length);
	fuzz_allocations = fail & 1 ? (int)(fail >> 1) : -1;
	restore(vm, blob, length);
	free(blob);
	free_vm(vm);
	return 0;
}
