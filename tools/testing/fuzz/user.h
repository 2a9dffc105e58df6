/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: As much of the kernel as the device's files use
 *
 * In: what kernel.h has, and user memory: user_size bytes at user_memory, which
 * are all that a pointer of a request may reach. Out: copies in and out, which
 * fail as the kernel's do, and what has to be declared for a device. The device
 * that is registered is fuzz_device.
 */
#ifndef FUZZ_USER_H
#define FUZZ_USER_H

#include <stdint.h>
#include <sys/types.h>
#include "kernel.h"

extern unsigned char *user_memory;
extern size_t user_size;

#define __user
#define PAGE_SIZE		4096ul
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define u64_to_user_ptr(to)	((void *)(uintptr_t)(to))
#define kmalloc(size, gfp)	fuzz_alloc(1, size)
#define kvmalloc(size, gfp)	fuzz_alloc(1, size)
#define smp_load_acquire(p)	READ_ONCE(*(p))

static inline bool user_reaches(const void *at, size_t n)
{
	const uintptr_t from = (uintptr_t)at, begin = (uintptr_t)user_memory;

	return from >= begin && n <= user_size &&
	       from - begin <= user_size - n;
}

/* Bytes that were not copied: all, where one cannot be */
static inline size_t copy_from_user(void *to, const void *from, size_t n)
{
	if (!user_reaches(from, n))
		return n;
	memcpy(to, from, n);
	return 0;
}

static inline size_t copy_to_user(void *to, const void *from, size_t n)
{
	if (!user_reaches(to, n))
		return n;
	memcpy(to, from, n);
	return 0;
}

#define get_user(x, from)	(copy_from_user(&(x), from, sizeof(x)) ? -EFAULT : 0)

static inline int copy_struct_from_user(void *to, size_t size, const void *from,
					size_t given)
{
	const unsigned char *bytes = from;
	size_t i;

	if (!user_reaches(from, given))
		return -EFAULT;
	for (i = size; i < given; i++)
		if (bytes[i])
			return -E2BIG;
	memset(to, 0, size);
	memcpy(to, from, size < given ? size : given);
	return 0;
}

struct inode;
struct pid;
struct poll_table;
typedef struct poll_table poll_table;
typedef unsigned int __poll_t;
struct kref { int none; };
typedef struct { int none; } wait_queue_head_t;

struct file_operations;

struct file {
	const struct file_operations *f_op;
	void *private_data;
	unsigned int f_flags;
};

struct file_operations {
	void *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	ssize_t (*read)(struct file *file, char *to, size_t len, loff_t *pos);
	__poll_t (*poll)(struct file *file, poll_table *wait);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd,
			       unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd,
			     unsigned long arg);
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
};

struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	unsigned int mode;
};

#define THIS_MODULE		NULL
#define MISC_DYNAMIC_MINOR	0
#define O_NONBLOCK		04000
#define compat_ptr_ioctl	NULL
#define noop_llseek		NULL

extern const struct file_operations *fuzz_device;

static inline int misc_register(struct miscdevice *device)
{
	fuzz_device = device->fops;
	return 0;
}

static inline void misc_deregister(struct miscdevice *device)
{
	(void)device;
}

struct file *fget(unsigned int fd);
void fput(struct file *file);
int pid_vnr(struct pid *pid);

/* What the device wants of hv/kvm/hooks.h, which is left out */
#include "hv/state.h"
int hve_hooks_get(enum hve_hook_set set, char *why, size_t len);
void hve_hooks_put(enum hve_hook_set set);
int hve_hooks_self_check(void);

#endif /* FUZZ_USER_H */
