/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the test VMM and a test guest agree on
 *
 * In: nothing. Out: the guest's memory map, the head of its image, the page of
 * parameters it is started with, and the requests it can make of the VMM. Both
 * sides include it, so nothing here may need a libc. A request is a structure
 * in guest memory whose address goes out through one port; the VMM answers in
 * place. Deliberately absent: everything about Hyper-V, which is include/hve.
 */
#ifndef TEST_ABI_H
#define TEST_ABI_H

#define TEST_MAX_VCPUS		240u

/* Guest-physical memory; the guest maps it one to one */
#define GPA_IVT			0x0ul		/* real mode only */
#define GPA_PML4		0x1000ul
#define GPA_PDPT		0x2000ul
#define GPA_PD_LOW		0x3000ul	/* first GiB */
#define GPA_PD_APIC		0x4000ul	/* GiB with the xAPIC page */
#define GPA_PARAM		0x7000ul
#define GPA_REAL		0x8000ul	/* real-mode snippet */
#define GPA_IMAGE		0x100000ul
#define GPA_CPUS		0x800000ul	/* one area for each vCPU */
#define CPU_AREA		0x8000ul	/* stack on top, struct cpu below */
#define GPA_POOL		0x1000000ul	/* free pages, to the end */

#define MEM_DEFAULT		(32ul << 20)

/* With --holes: memory that only the VMM can write, and a device */
#define GPA_READONLY		0x3c000000ul
#define GPA_DEVICE		0x3d000000ul
#define HOLE_SIZE		0x4000ul	/* of each */
#define READONLY_BYTE		0x5c		/* what is in there */
#define DEVICE_BYTE		0xff		/* what is read there */

/* Head of the image: a jump, then the address where a reboot enters */
#define IMAGE_START		0ul
#define IMAGE_RESTART		8ul

struct test_param {
	unsigned int magic;
	unsigned int nr_vcpus;
	unsigned long features;		/* what the VM was configured with */
	unsigned long flags;		/* TEST_* */
	unsigned long memory;		/* bytes, from address 0 */
	unsigned long tsc_khz;		/* as KVM says */
	unsigned int spinlock_retries;
	unsigned int boots;		/* 0 first, then counted up */
	unsigned long arg;		/* --arg */
	unsigned long scratch[8];	/* kept over a reboot, the guest's own */
};

#define TEST_MAGIC		0x68766574u

#define TEST_IRQCHIP		(1ul << 0)	/* local APIC is in the kernel */
#define TEST_HVE		(1ul << 1)	/* kvm-hve serves this VM */
#define TEST_KVM_OWN		(1ul << 2)	/* KVM's own Hyper-V code does */
#define TEST_PLAIN		(1ul << 3)	/* nobody does */

/* The guest's one port: out of the 32-bit address of a struct test_request */
#define TEST_PORT		0x0e00
#define TEST_PORT_REAL		0x0e04	/* real-mode snippet ends, AL: result */

struct test_request {
	unsigned int op;
	int error;			/* out: 0 or errno */
	unsigned long arg[4];
};

enum test_op {
	TEST_OP_PRINT = 1,	/* arg 0: address, 1: length */
	TEST_OP_EXIT,		/* arg 0: status, ends the VMM */
	TEST_OP_PARK,		/* sleep until kicked (or kicked before) */
	TEST_OP_KICK,		/* arg 0: vCPU */
	TEST_OP_YIELD,		/* let other threads run */
	TEST_OP_PAUSE,		/* arg 0: microseconds */
	TEST_OP_REBOOT,		/* the others must be parked */
	TEST_OP_SET_MSR,	/* arg 0: vCPU, 1: number, 2: value */
	TEST_OP_GET_MSR,	/* arg 0: vCPU, 1: number; out 2: value */
	TEST_OP_MOVE_TSC,	/* arg 0: added to it, 1: then wait, us */
	TEST_OP_STAT,		/* arg 0: name (24 bytes); out 1: value */
	TEST_OP_SPIN,		/* arg 0: microseconds of CPU time */
	TEST_OP_SET_TSC_KHZ,	/* arg 0: vCPU, the caller or parked, 1: kHz */
	TEST_OP_REAL,		/* run GPA_REAL in real mode; out 0: AL */
};

#define TEST_STAT_NAME		24

#endif /* TEST_ABI_H */
