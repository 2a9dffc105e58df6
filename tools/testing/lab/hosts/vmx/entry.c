// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: from a Multiboot loader to the kernel's PVH entry
 *
 * In: what a Multiboot (version 1) loader hands over: 32-bit protected mode, flat
 * segments, EBX its information, with memory map, command line and one module.
 * Out: a jump to PVH_ENTRY with EBX at a start_info that says the same. So a
 * kernel needs no decompression, which takes Bochs a minute, and no real mode.
 * image.sh links this file with the kernel's own segments. State: static, read
 * by the kernel before it allocates memory. Deliberately absent: any check of
 * the loader; without its information the machine would not get here.
 * Sources: Multiboot Specification 0.6.96, 3.1 to 3.3; Xen's x86/HVM direct boot ABI.
 */
#include <stdint.h>

#define MULTIBOOT_MAGIC		0x1badb002u
#define MULTIBOOT_MEMORY_MAP	0x2u	/* and page alignment, bit 0, which is free */
#define START_INFO_MAGIC	0x336ec578u
#define MAX_RANGES		64

struct multiboot_header {
	uint32_t magic;
	uint32_t flags;
	uint32_t checksum;
};

struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower;
	uint32_t mem_upper;
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count;
	uint32_t mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length;
	uint32_t mmap_addr;
};

/* size does not count itself */
struct multiboot_range {
	uint32_t size;
	uint64_t base;
	uint64_t length;
	uint32_t type;
} __attribute__((packed));

struct multiboot_module {
	uint32_t start;
	uint32_t end;
	uint32_t string;
	uint32_t reserved;
};

struct start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modules;
	uint64_t cmdline;
	uint64_t rsdp;
	uint64_t ranges;
	uint32_t nr_ranges;
	uint32_t reserved;
};

struct start_range {
	uint64_t base;
	uint64_t length;
	uint32_t type;
	uint32_t reserved;
};

struct start_module {
	uint64_t base;
	uint64_t length;
	uint64_t cmdline;
	uint64_t reserved;
};

__attribute__((section(".multiboot"), used))
static const struct multiboot_header header = {
	.magic = MULTIBOOT_MAGIC,
	.flags = MULTIBOOT_MEMORY_MAP,
	.checksum = -(MULTIBOOT_MAGIC + MULTIBOOT_MEMORY_MAP),
};

static struct start_range ranges[MAX_RANGES];
static struct start_module module;
static struct start_info info = {
	.magic = START_INFO_MAGIC,
	.version = 1,
};
char stack[4096];

asm(".globl _start\n"
    "_start:\n"
    "	movl $stack + 4096, %esp\n"
    "	pushl %ebx\n"
    "	call enter\n"
    "	movl %eax, %ebx\n"
    "	movl $" PVH_ENTRY ", %eax\n"
    "	jmp *%eax\n");

static void *at(uint32_t address)
{
	return (void *)address;
}

/* The first word is the file's own name. */
static uint32_t skip_word(uint32_t text)
{
	const char *c = at(text);

	while (*c && *c != ' ')
		c++;
	while (*c == ' ')
		c++;
	return (uint32_t)c;
}

static void copy_ranges(const struct multiboot_info *mb)
{
	uint32_t next = mb->mmap_addr, end = next + mb->mmap_length;

	while (next < end && info.nr_ranges < MAX_RANGES) {
		const struct multiboot_range *from = at(next);
		struct start_range *to = &ranges[info.nr_ranges++];

		to->base = from->base;
		to->length = from->length;
		to->type = from->type;
		next += from->size + sizeof(from->size);
	}
	info.ranges = (uint32_t)ranges;
}

struct start_info *enter(const struct multiboot_info *mb)
{
	const struct multiboot_module *initrd = at(mb->mods_addr);

	copy_ranges(mb);
	info.cmdline = skip_word(mb->cmdline);
	if (mb->mods_count) {
		module.base = initrd->start;
		module.length = initrd->end - initrd->start;
		info.nr_modules = 1;
		info.modules = (uint32_t)&module;
	}
	return &info;
}
