// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Pages, page tables and the four functions that a compiler expects
 *
 * In: addresses. Out: fresh zeroed pages that are never given back, and entries
 * of the one page table that all vCPUs share. Only vCPU 0 allocates, so there
 * is no lock. Deliberately absent: any flush of other vCPUs' TLBs.
 */
#include "guest.h"

#define PTE_RWU		0x7ul		/* present, writable, for ring 3 too */
#define PTE_ADDR	0x000ffffffffff000ul

static u64 pool = GPA_POOL;

void *alloc_pages(u32 count)
{
	void *pages = (void *)pool;

	pool += count * PAGE_SIZE;
	if (pool > param->memory)
		die("out of memory");
	memset(pages, 0, count * PAGE_SIZE);
	return pages;
}

u64 *pte_of(u64 va)
{
	u64 *table = (u64 *)GPA_PML4;
	u32 shift;

	for (shift = 39; shift > 12; shift -= 9) {
		u64 *entry = &table[va >> shift & 511];

		if (!*entry)
			*entry = (u64)alloc_pages(1) | PTE_RWU;
		table = (u64 *)(*entry & PTE_ADDR);
	}
	return &table[va >> 12 & 511];
}

void map_page(u64 va, u64 pa)
{
	*(volatile u64 *)pte_of(va) = pa | PTE_RWU;
}

void *memset(void *to, int c, u64 n)
{
	void *at = to;

	asm volatile("rep stosb" : "+D"(at), "+c"(n) : "a"(c) : "memory");
	return to;
}

void *memcpy(void *to, const void *from, u64 n)
{
	void *at = to;

	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(n) : : "memory");
	return to;
}

int memcmp(const void *a, const void *b, u64 n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

bool is_filled(const void *page, u8 with)
{
	const volatile u8 *at = page;
	u32 i;

	for (i = 0; i < PAGE_SIZE; i++)
		if (at[i] != with)
			return false;
	return true;
}
