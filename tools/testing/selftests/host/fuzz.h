/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Random ioctls of /dev/kvm-hve
 *
 * In: a seed. Out: requests whose structures are right more often than chance
 * would have it, with some words changed, and what one thread leaves behind for the
 * others (contexts, VMs, vCPUs, ports), which is the test's.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <linux/kvm_hve.h>

#define FUZZ_FDS	6u
#define FUZZ_BLOB	(256u << 10)
#define FUZZ_REQUESTS	18u		/* two of them are none */

struct fuzz_random {
	unsigned long state;
};

/*
 * Descriptors that any thread may use, close and put another one in place of, at
 * any moment: what one names may be gone, or something else, when it is used.
 */
struct fuzz_pool {
	int contexts[FUZZ_FDS];
	int vms[FUZZ_FDS];
	int vcpus[FUZZ_FDS];
	int ports[FUZZ_FDS];		/* ports and debuggers */
	int ids[FUZZ_FDS];		/* of VMs that were served */
};

/* A thread's own memory for what a request points to */
struct fuzz_memory {
	unsigned char *page;		/* one page; the next one is not there */
	unsigned char *readonly;	/* one page */
	unsigned long *blob;		/* FUZZ_BLOB bytes: the last state got */
	unsigned int blob_length;
	unsigned int blob_vm;		/* whose it was */
};

struct fuzz_request {
	unsigned int which;
	unsigned long number;
	unsigned int size;		/* of the structure, 0: there is none */
	unsigned long arg;
	unsigned char *at;		/* the structure, NULL: it is not there */
};

unsigned long fuzz_bits(struct fuzz_random *r);
unsigned long fuzz_below(struct fuzz_random *r, unsigned long count);

const char *fuzz_name(unsigned int which);
/* fuzz_pool.c: @fds are FUZZ_FDS of the pool's, one of which is meant */
void fuzz_open_pool(struct fuzz_pool *pool);
void fuzz_close_pool(struct fuzz_pool *pool);
void fuzz_put(struct fuzz_random *r, int *fds, int fd);
int fuzz_get(struct fuzz_random *r, const int *fds);
void fuzz_new_vm(struct fuzz_random *r, struct fuzz_pool *pool);
void fuzz_new_vcpu(struct fuzz_random *r, struct fuzz_pool *pool);
void fuzz_use_vcpu(struct fuzz_random *r, struct fuzz_pool *pool);

void fuzz_make(struct fuzz_random *r, const struct fuzz_pool *pool,
	       struct fuzz_memory *memory, struct fuzz_request *request);

#endif /* TEST_FUZZ_H */
