/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the files of hve top have between them
 *
 * In: options. Out: struct hve_top, the last two samples and what follows from
 * them. top_sample.c owns it; top_show.c and top_screen.c read, and the screen
 * may change query and sort between two samples. One thread, no lock.
 */
#ifndef HVE_TOP_H
#define HVE_TOP_H

#include "rates.h"

/**
 * struct hve_top_vm - one VM of the last sample
 * @vm: in hve_top.now
 * @all: rates of the whole VM, the highest first
 * @vcpus: likewise, vm->nr_vcpus of them, in the order of their numbers
 * @vcpus_known: they were asked for the time before, too
 * @seconds: time that the rates are about, 0: none yet
 */
struct hve_top_vm {
	const struct hve_vm_status *vm;
	struct hve_rates all;
	struct hve_rates *vcpus;
	bool vcpus_known;
	double seconds;
};

struct hve_sample {
	struct hve_vm_status *vms;
	size_t count;
	__u64 when;			/* 0: there is none */
};

struct hve_top {
	struct hve_query query;
	unsigned int sort;		/* HVE_SORT_*, or a class */
	__u64 delay;			/* ns */
	unsigned long samples;		/* 0: no end */
	bool json;
	struct hve_sample before;
	struct hve_sample now;
	struct hve_top_vm *vms;		/* now.count of them, sorted */
};

/* top_sample.c: 0, or -errno with a sentence; then no VM is left */
int hve_top_sample(struct hve_top *top, char *why, size_t len);
void hve_top_sort(struct hve_top *top);
void hve_top_free(struct hve_top *top);

/* top_show.c: the table's lines, which plain text and screen share */
#define HVE_TOP_LINE	160
void hve_top_head(const char *label, char line[HVE_TOP_LINE]);
void hve_top_line(const char *label, const struct hve_rates *rates,
		  char line[HVE_TOP_LINE]);
void hve_top_vm_label(const struct hve_top_vm *vm, char line[HVE_TOP_LINE]);
void hve_top_vcpu_label(const struct hve_top_vm *vm, __u32 vcpu,
			char line[HVE_TOP_LINE]);
void hve_top_rate_line(const struct hve_rate *rate, char line[HVE_TOP_LINE]);
void hve_top_title(const struct hve_top_vm *vm, char line[HVE_TOP_LINE]);
extern const char hve_top_vm_head[], hve_top_vcpu_head[], hve_top_rate_head[];
void hve_top_text(const struct hve_top *top);
void hve_top_json(const struct hve_top *top);

/*
 * top_screen.c: until q or the last sample: HVE_DONE; or -1 where the terminal
 * cannot do it, and nothing was written to it
 */
int hve_top_screen(struct hve_top *top);

#endif /* HVE_TOP_H */
