// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Decoding and checking the hypercall input value
 *
 * In: input values, addresses and rows. Out: that every field is taken from its
 * bits, every reserved bit refused, every size judged right; and that a million
 * random calls get the verdict of a model that was written from the TLFS,
 * "Hypercall Interface", and not from the code. State: none.
 */
#include "unit.h"
#include "hv/hcall.h"

/* Bits @from to @to of @value, one at a time */
static uint64_t field(uint64_t value, unsigned int from, unsigned int to)
{
	uint64_t result = 0;
	unsigned int bit;

	for (bit = to + 1; bit-- > from;)
		result = result * 2 + (value >> bit) % 2;
	return result;
}

static struct hve_hcall decode(uint64_t control)
{
	struct hve_hcall call;

	memset(&call, 0xa5, sizeof(call));
	call.input = 0;
	hve_hcall_decode(control, &call);
	return call;
}

static void compare_fields(uint64_t control)
{
	struct hve_hcall call = decode(control);

	assert_int_equal(call.code, field(control, 0, 15));
	assert_int_equal(call.fast, field(control, 16, 16));
	assert_int_equal(call.var_qwords, field(control, 17, 26));
	assert_int_equal(call.reps, field(control, 32, 43));
	assert_int_equal(call.rep_start, field(control, 48, 59));
	assert_int_equal(call.reps_done, 0);
}

static void every_field_has_its_bits(void **state)
{
	uint64_t seed = 3;
	unsigned int i;

	(void)state;
	compare_fields(0);
	compare_fields(~0ull);
	for (i = 0; i < 64; i++) {
		compare_fields(1ull << i);
		compare_fields(~(1ull << i));
	}
	for (i = 0; i < 10000; i++)
		compare_fields(unit_random(&seed));
}

/* Rows of every form, whatever the registry holds today */
static const struct hve_call_info rows[] = {
	{ .kind = HVE_SIMPLE, .header = 8, .fast = HVE_GPR },
	{ .kind = HVE_SIMPLE, .header = 16, .fast = HVE_GPR },
	{ .kind = HVE_SIMPLE, .header = 24, .fast = HVE_XMM },
	{ .kind = HVE_SIMPLE, .header = 24, .variable = 1, .fast = HVE_XMM },
	{ .kind = HVE_SIMPLE, .header = 112, .fast = HVE_XMM },
	{ .kind = HVE_REP, .header = 0, .element = 8, .fast = HVE_GPR },
	{ .kind = HVE_REP, .header = 24, .element = 8, .fast = HVE_XMM },
	{ .kind = HVE_REP, .header = 32, .element = 8, .variable = 1,
	  .fast = HVE_XMM },
	{ .kind = HVE_REP, .header = 32, .element = 248, .variable = 1,
	  .fast = HVE_GPR },
	{ .kind = HVE_SIMPLE, .fast = HVE_GPR, .output = 8 },
	{ .kind = HVE_SIMPLE, .header = 24, .fast = HVE_XMM, .output = 16 },
	{ .kind = HVE_REP, .header = 16, .element = 8, .fast = HVE_XMM,
	  .output_element = 8 },
};

#define NO_INPUT	(&rows[9])
#define SIMPLE_OUTPUT	(&rows[10])
#define LIST_OUTPUT	(&rows[11])

static enum hve_verdict verdict(const struct hve_call_info *row,
				uint64_t control, uint64_t gpa, bool xmm)
{
	struct hve_hcall call = decode(control);

	call.input = gpa;
	return hve_hcall_check(row, control, &call, xmm);
}

static enum hve_verdict model(const struct hve_call_info *row,
			      uint64_t control, uint64_t gpa, bool xmm)
{
	unsigned __int128 size = row->header;
	uint64_t reps = field(control, 32, 43), start = field(control, 48, 59);
	uint64_t limit = 2 * 8;

	if (field(control, 27, 31) || field(control, 44, 47) ||
	    field(control, 60, 63))
		return HVE_BAD_INPUT;
	if (row->kind == HVE_SIMPLE ? reps + start != 0 : start >= reps)
		return HVE_BAD_INPUT;
	if (!row->variable && field(control, 17, 26))
		return HVE_BAD_INPUT;
	size += 8 * field(control, 17, 26);
	size += reps * row->element;
	if (field(control, 16, 16)) {
		if (row->fast == HVE_XMM && !xmm)
			return HVE_UNDEFINED;
		if (row->fast == HVE_XMM)
			limit += 6 * 16;
		return size > limit ? HVE_BAD_INPUT : HVE_OK;
	}
	if (size && gpa % 8)
		return HVE_BAD_ALIGNMENT;
	/* The last byte must be in the page of the first one. */
	if (size && (gpa + (unsigned __int128)size - 1) / 4096 != gpa / 4096)
		return HVE_BAD_ALIGNMENT;
	return HVE_OK;
}

static void every_reserved_bit(void **state)
{
	unsigned int row, bit;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		uint64_t good = rows[row].kind == HVE_REP ? 1ull << 32 : 0;

		assert_int_equal(verdict(&rows[row], good, 0, true), HVE_OK);
		for (bit = 0; bit < 64; bit++) {
			bool reserved = (bit >= 27 && bit <= 31) ||
					(bit >= 44 && bit <= 47) || bit >= 60;

			if (reserved)
				assert_int_equal(verdict(&rows[row],
							 good | 1ull << bit,
							 0, true),
						 HVE_BAD_INPUT);
		}
	}
}

static uint64_t control_of(bool fast, uint64_t qwords, uint64_t reps,
			   uint64_t start)
{
	return (uint64_t)fast << 16 | qwords << 17 | reps << 32 | start << 48;
}

static void page_boundary(void **state)
{
	const struct hve_call_info *rep = &rows[6];
	uint64_t gpa;

	(void)state;
	/* 24 bytes and 509 elements of 8 fill a page. */
	assert_int_equal(verdict(rep, control_of(0, 0, 509, 0), 0x7000, false),
			 HVE_OK);
	assert_int_equal(verdict(rep, control_of(0, 0, 510, 0), 0x7000, false),
			 HVE_BAD_ALIGNMENT);
	assert_int_equal(verdict(rep, control_of(0, 0, 509, 0), 0x7008, false),
			 HVE_BAD_ALIGNMENT);
	for (gpa = 0x1fc0; gpa < 0x2010; gpa++)
		assert_int_equal(verdict(&rows[2], 0, gpa, false),
				 gpa % 8 || (gpa > 0x1fe8 && gpa < 0x2000) ?
				 HVE_BAD_ALIGNMENT : HVE_OK);
	/* No sum may wrap at the end of the address space. */
	assert_int_equal(verdict(&rows[2], 0, -24ull, false), HVE_OK);
	assert_int_equal(verdict(&rows[2], 0, -16ull, false), HVE_BAD_ALIGNMENT);
	assert_int_equal(verdict(&rows[8], control_of(0, 1023, 4095, 4094), 0,
				 false), HVE_BAD_ALIGNMENT);
}

static void fast_sizes(void **state)
{
	const struct hve_call_info *set = &rows[3], *list = &rows[6];

	(void)state;
	assert_int_equal(verdict(&rows[1], control_of(1, 0, 0, 0), 0, false), HVE_OK);
	assert_int_equal(verdict(&rows[5], control_of(1, 0, 2, 0), 0, false), HVE_OK);
	assert_int_equal(verdict(&rows[5], control_of(1, 0, 3, 0), 0, true),
			 HVE_BAD_INPUT);
	assert_int_equal(verdict(&rows[4], control_of(1, 0, 0, 0), 0, true), HVE_OK);
	assert_int_equal(verdict(&rows[4], control_of(1, 0, 0, 0), 0, false),
			 HVE_UNDEFINED);
	/* 24 bytes leave room for 11 banks or elements. */
	assert_int_equal(verdict(set, control_of(1, 11, 0, 0), 0, true), HVE_OK);
	assert_int_equal(verdict(set, control_of(1, 12, 0, 0), 0, true),
			 HVE_BAD_INPUT);
	assert_int_equal(verdict(list, control_of(1, 0, 11, 0), 0, true), HVE_OK);
	assert_int_equal(verdict(list, control_of(1, 0, 12, 0), 0, true),
			 HVE_BAD_INPUT);
	/* The address does not matter when there is none. */
	assert_int_equal(verdict(set, control_of(1, 1, 0, 0), 0xfff, true), HVE_OK);
}

static void rep_counts(void **state)
{
	const struct hve_call_info *list = &rows[6];

	(void)state;
	assert_int_equal(verdict(list, control_of(0, 0, 0, 0), 0, false),
			 HVE_BAD_INPUT);
	assert_int_equal(verdict(list, control_of(0, 0, 5, 4), 0, false), HVE_OK);
	assert_int_equal(verdict(list, control_of(0, 0, 5, 5), 0, false),
			 HVE_BAD_INPUT);
	assert_int_equal(verdict(&rows[0], control_of(0, 0, 1, 0), 0, false),
			 HVE_BAD_INPUT);
	assert_int_equal(verdict(&rows[0], control_of(0, 0, 0, 1), 0, false),
			 HVE_BAD_INPUT);
	assert_int_equal(verdict(&rows[0], control_of(0, 1, 0, 0), 0, false),
			 HVE_BAD_INPUT);
}

static enum hve_verdict output(const struct hve_call_info *row,
			       uint64_t control, uint64_t gpa, bool xmm)
{
	struct hve_hcall call = decode(control);

	call.regs[1] = gpa;
	call.long_mode = true;
	return hve_hcall_check_output(row, &call, xmm);
}

static void output_in_memory(void **state)
{
	uint64_t gpa;

	(void)state;
	assert_int_equal(verdict(NO_INPUT, 0, 0x1003, false), HVE_OK);
	for (gpa = 0x1fc0; gpa < 0x2010; gpa++) {
		assert_int_equal(output(NO_INPUT, 0, gpa, false),
				 gpa % 8 ? HVE_BAD_ALIGNMENT : HVE_OK);
		assert_int_equal(output(SIMPLE_OUTPUT, 0, gpa, false),
				 gpa % 8 || gpa == 0x1ff8 ? HVE_BAD_ALIGNMENT :
				 HVE_OK);
	}
	assert_int_equal(output(LIST_OUTPUT, control_of(0, 0, 512, 0), 0x7000,
				false), HVE_OK);
	assert_int_equal(output(LIST_OUTPUT, control_of(0, 0, 513, 0), 0x7000,
				false), HVE_BAD_ALIGNMENT);
	assert_int_equal(output(LIST_OUTPUT, control_of(0, 0, 4095, 0), -8ull,
				false), HVE_BAD_ALIGNMENT);
}

static void output_in_registers(void **state)
{
	struct hve_hcall call = decode(control_of(1, 0, 6, 0));

	(void)state;
	/* Refused to whom it was not offered, and to 32-bit callers. */
	call.long_mode = true;
	assert_int_equal(hve_hcall_check_output(LIST_OUTPUT, &call, false),
			 HVE_UNDEFINED);
	assert_int_equal(hve_hcall_check_output(LIST_OUTPUT, &call, true), HVE_OK);
	assert_int_equal(call.output_at, 64);
	call.long_mode = false;
	assert_int_equal(hve_hcall_check_output(LIST_OUTPUT, &call, true),
			 HVE_UNDEFINED);
	assert_int_equal(output(LIST_OUTPUT, control_of(1, 0, 7, 0), 3, true),
			 HVE_BAD_INPUT);
	/* The address does not matter when there is none. */
	assert_int_equal(output(SIMPLE_OUTPUT, control_of(1, 0, 0, 0), 3, true),
			 HVE_OK);
	call = decode(control_of(1, 0, 0, 0));
	call.long_mode = true;
	assert_int_equal(hve_hcall_check_output(SIMPLE_OUTPUT, &call, true), HVE_OK);
	assert_int_equal(call.output_at, 32);
	assert_int_equal(hve_hcall_check_output(NO_INPUT, &call, true), HVE_OK);
	assert_int_equal(call.output_at, 0);
}

/* Values that matter more often than a uniform choice would have them */
static uint64_t pick(uint64_t *seed, unsigned int width)
{
	uint64_t random = unit_random(seed), all = (1ull << width) - 1;

	switch (random % 10) {
	case 0: return all;
	case 1: return random >> 8 & all;
	case 2: return (505 + (random >> 8 & 15)) & all;
	case 3:
	case 4:
	case 5: return random >> 8 & 15;
	default: return 0;
	}
}

static void a_model_agrees(void **state)
{
	uint64_t seed = 4, control, gpa, counts[HVE_NR_VERDICTS] = { 0 };
	unsigned int round, row;
	bool xmm;

	(void)state;
	for (round = 0; round < 1000000; round++) {
		row = unit_random(&seed) % COUNT(rows);
		control = control_of(unit_random(&seed) & 1, pick(&seed, 10),
				     pick(&seed, 12), pick(&seed, 12));
		control |= pick(&seed, 16);
		if (unit_random(&seed) % 8 == 0)
			control ^= 1ull << unit_random(&seed) % 64;
		gpa = unit_random(&seed) << 12 | pick(&seed, 9) << 3;
		if (unit_random(&seed) % 8 == 0)
			gpa |= unit_random(&seed) % 8;
		xmm = unit_random(&seed) & 1;
		assert_int_equal(verdict(&rows[row], control, gpa, xmm),
				 model(&rows[row], control, gpa, xmm));
		counts[model(&rows[row], control, gpa, xmm)]++;
	}
	/* A comparison of refusals only would prove little. */
	assert_in_range(counts[HVE_OK], 10000, round);
	assert_in_range(counts[HVE_BAD_INPUT], 10000, round);
	assert_in_range(counts[HVE_BAD_ALIGNMENT], 10000, round);
	assert_in_range(counts[HVE_UNDEFINED], 10000, round);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_has_its_bits),
		cmocka_unit_test(every_reserved_bit),
		cmocka_unit_test(page_boundary),
		cmocka_unit_test(fast_sizes),
		cmocka_unit_test(rep_counts),
		cmocka_unit_test(output_in_memory),
		cmocka_unit_test(output_in_registers),
		cmocka_unit_test(a_model_agrees),
	};

	return cmocka_run_group_tests_name("hcall", tests, NULL, NULL);
}
