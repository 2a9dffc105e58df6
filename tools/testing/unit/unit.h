/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What every suite needs
 *
 * In: nothing. Out: cmocka with the headers that it wants first, and random
 * numbers that are the same in every run, so that a failure can be repeated.
 * State: the caller's seed. Deliberately absent: anything of the code under
 * test; a suite that shared code with it would share its mistakes.
 */
#ifndef HVE_UNIT_H
#define HVE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Steele, Lea and Flood's SplitMix64: a sequence with a good mix of all bits */
static inline uint64_t unit_random(uint64_t *seed)
{
	uint64_t mix = *seed += 0x9e3779b97f4a7c15;

	mix = (mix ^ mix >> 30) * 0xbf58476d1ce4e5b9;
	mix = (mix ^ mix >> 27) * 0x94d049bb133111eb;
	return mix ^ mix >> 31;
}

#endif /* HVE_UNIT_H */
