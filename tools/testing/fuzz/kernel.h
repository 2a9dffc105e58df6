/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: As much of the kernel as restore_check.c and saved.c use
 *
 * In: nothing; the Makefile makes every linux/NAME.h that they include name this
 * file. Out: types, lists, allocation, in the kernel's names. The allocator fails
 * when fuzz_allocations has come down to zero. Locks are words without meaning:
 * one thread.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;
typedef struct { int counter; } atomic_t;
typedef struct { int none; } spinlock_t;
typedef struct { int none; } raw_spinlock_t;
typedef struct { int none; } seqcount_t;
typedef struct { int val; } kuid_t;
struct mutex { int none; };
struct xarray { int none; };
struct rb_node { int none; };
struct rb_root { int none; };
struct hrtimer { int none; };
struct ratelimit_state { int none; };
struct list_head { struct list_head *next, *prev; };
enum hrtimer_restart { HRTIMER_NORESTART };

#define BIT(n)			(1ul << (n))
#define READ_ONCE(x)		(*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value)	(*(volatile __typeof__(x) *)&(x) = (value))
#define atomic_read(a)		READ_ONCE((a)->counter)
#define lockdep_assert_held(lock)	((void)(lock))
#define array_index_nospec(i, n)	((i) < (n) ? (i) : 0)
#define __printf(f, a)		__attribute__((__format__(__printf__, f, a)))
#ifndef __always_inline
#define __always_inline		inline __attribute__((__always_inline__))
#endif

extern int fuzz_allocations;	/* how many work; less than zero: all */

static inline void *fuzz_alloc(size_t count, size_t size)
{
	/* More than userspace may ask for: HVE_BLOB_MAX */
	assert(count * size <= 64u << 20);
	if (!fuzz_allocations)
		return NULL;
	fuzz_allocations -= fuzz_allocations > 0;
	return calloc(count, size);
}

#define GFP_KERNEL_ACCOUNT	0
#define kzalloc(size, gfp)	fuzz_alloc(1, size)
#define kvzalloc(size, gfp)	fuzz_alloc(1, size)
#define kvcalloc(n, size, gfp)	fuzz_alloc(n, size)
#define kfree(p)		free(p)
#define kvfree(p)		free(p)
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof((p)->member[0]) * (size_t)(n))

static inline void *fuzz_copy(const void *from, size_t size)
{
	void *to = fuzz_alloc(1, size);

	return to ? memcpy(to, from, size) : NULL;
}
#define kmemdup(from, size, gfp)	fuzz_copy(from, size)

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline void list_add_tail(struct list_head *item, struct list_head *head)
{
	item->prev = head->prev;
	item->next = head;
	head->prev->next = item;
	head->prev = item;
}

#define list_entry_of(at, type, member) \
	((type *)((char *)(at) - offsetof(type, member)))
#define list_for_each_entry_safe(at, after, head, member)		\
	for (at = list_entry_of((head)->next, __typeof__(*at), member);	\
	     after = list_entry_of(at->member.next, __typeof__(*at), member), \
	     &at->member != (head); at = after)

#endif /* FUZZ_KERNEL_H */
