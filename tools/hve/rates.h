/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What happened between two looks at the counters, for each second
 *
 * In: two struct hve_counts of one VM or vCPU and the time between them. Out:
 * struct hve_rates: a rate for each counter and sums by class. The arrays are
 * the caller's. Pure: no file, no device, no output, no memory of its own.
 */
#ifndef HVE_RATES_H
#define HVE_RATES_H

#include "status.h"

/* What a counter counts, roughly; the columns of hve top */
enum hve_class {
	HVE_CLASS_MSR, HVE_CLASS_CALL, HVE_CLASS_FLUSH, HVE_CLASS_IPI,
	HVE_CLASS_TIMER, HVE_CLASS_MESSAGE, HVE_CLASS_FLAG, HVE_CLASS_CPUID,
	HVE_CLASS_GP, HVE_CLASS_FAILED, HVE_CLASS_OTHER,
	HVE_NR_CLASSES
};

struct hve_rate {
	const struct hve_counter *counter;
	double per_second;
};

struct hve_rates {
	struct hve_rate *rates;		/* in the order of the counters */
	__u32 count;
	double by_class[HVE_NR_CLASSES];
	double activity;
};

/* "msr", for JSON, and "MSR", for the head of a column */
const char *hve_class_name(enum hve_class class);
const char *hve_class_head(enum hve_class class);

/*
 * @before: NULL where there was nothing yet; a counter that it does not have, or
 * that went backwards, began at zero. @ns: the time between them; 0 makes every
 * rate 0. @rates->rates: room for @now->count, and @now has to live as long.
 */
void hve_rates_compute(const struct hve_counts *before,
		       const struct hve_counts *now, __u64 ns,
		       struct hve_rates *rates);

/* Highest rate first; equals stay in their order */
void hve_rates_sort(struct hve_rates *rates);

/* What one sorts VMs by: a class, or one of these */
#define HVE_SORT_ACTIVITY	HVE_NR_CLASSES
#define HVE_SORT_NUMBER		(HVE_NR_CLASSES + 1)
#define HVE_NR_SORTS		(HVE_NR_CLASSES + 2)

/* The number to compare; more comes first */
double hve_rates_key(const struct hve_rates *rates, unsigned int sort);

/* At most six characters: "0", "<0.1", "12.5", "99999", "100k", "1.2M" */
#define HVE_RATE_TEXT	8
void hve_rate_text(double per_second, char text[HVE_RATE_TEXT]);

#endif /* HVE_RATES_H */
