// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Test: every CALL row of the registry
 *
 * In: any configuration. Out: for each row: with its feature off, access denied;
 * with it on, success for good input in each convention that it has, and the
 * TLFS's status for each way of being wrong that the row's shape allows. Codes
 * that no row has are unknown. What a call does is tested elsewhere.
 */
#include "hv.h"

static const struct row {
	const char *name;
	u32 code;
	u32 feature;
	u32 kind;
	u32 header;
	u32 element;
	u32 variable;
	u32 fast;
	u32 output;
	u32 output_element;
} rows[] = {
#define HVE_CALL_OUT(name, id, code, kind, header, element, variable, fast, \
		     output, output_element)				\
	{ #name, (code), HVE_F_##id, HVE_##kind, (header), (element),	\
	  (variable), HVE_##fast, (output), (output_element) },
#define HVE_CALL(name, id, code, kind, header, element, variable, fast)	\
	HVE_CALL_OUT(name, id, code, kind, header, element, variable, fast, 0, 0)
#include <hve/enlightenments.def>
};

#define VECTOR		0x41ul		/* of the IPI rows; to nobody */
#define FLUSH_FLAGS	(TLFS_FLUSH_ALL_PROCESSORS |			\
			 TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES)
#define REGISTER_BYTES	112u

/* Good input; a new row with a zero header that is good needs nothing here */
static u32 build(const struct row *row, u64 *input)
{
	memset(input, 0, PAGE_SIZE);
	switch (row->code) {
	case CODE_flush_space:
	case CODE_flush_list:
		input[1] = FLUSH_FLAGS;
		break;
	case CODE_flush_space_ex:
	case CODE_flush_list_ex:
		input[1] = TLFS_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES;
		input[2] = TLFS_VP_SET_ALL;
		break;
	case CODE_send_ipi:
	case CODE_send_ipi_ex:
		input[0] = VECTOR;
		break;
	case CODE_post_message:
		input[1] = 1;
		break;
	}
	if (row->element)
		input[row->header / 8] = VA_TEST;
	if (row->code == CODE_get_vp_index) {
		input[0] = TLFS_PARTITION_SELF;
		input[row->header / 8] = 0;
	}
	return (row->header + row->element) / 8;
}

/* What good input comes to where nobody is at the other end */
static u32 good_status(const struct row *row)
{
	if (row->code == CODE_post_message || row->code == CODE_signal_event)
		return TLFS_STATUS_INVALID_CONNECTION_ID;
	if (row->code == CODE_retrieve_debug_data)
		return TLFS_STATUS_NO_DATA;
	return TLFS_STATUS_SUCCESS;
}

static u64 good_control(const struct row *row)
{
	return row->code | (row->kind == HVE_REP ? REP(1) : 0);
}

static void expect(const struct row *row, const char *what, u64 result,
		   u32 status)
{
	ok(hv_status(result) == status, "%s: %s is status %u (got 0x%x)",
	   row->name, what, status, hv_status(result));
}

static void slow(const struct row *row, const char *what, u64 control,
		 u32 status)
{
	build(row, hv_input());
	expect(row, what, hv_call_slow(control), status);
}

static void test_control(const struct row *row)
{
	u64 good = good_control(row);
	u32 bit, bad = 0;

	for (bit = 0; bit < 64; bit++) {
		if (!(TLFS_HYPERCALL_RSVDZ & 1ul << bit))
			continue;
		build(row, hv_input());
		if (hv_status(hv_call_slow(good | 1ul << bit)) !=
		    TLFS_STATUS_INVALID_HYPERCALL_INPUT) {
			diag("%s: reserved bit %u", row->name, bit);
			bad++;
		}
	}
	ok(!bad, "%s: each reserved control bit is status 3", row->name);
	if (row->kind == HVE_SIMPLE) {
		slow(row, "a rep count", good | REP(1), 3);
		slow(row, "a rep start", good | REP_START(1), 3);
	} else {
		slow(row, "no rep count", row->code, 3);
		slow(row, "start = count", good | REP_START(1), 3);
		slow(row, "start > count", good | REP_START(2), 3);
	}
	if (!row->variable)
		slow(row, "a variable header", good | VARHEAD(1), 3);
}

static void expect_place(const struct row *row, const char *what, u64 gpa)
{
	u32 status = hv_status(hv_call(good_control(row), gpa, (u64)hv_output()));

	ok(status == TLFS_STATUS_INVALID_ALIGNMENT, "%s: input %s is status 4 (got 0x%x)",
	   row->name, what, status);
}

static void test_place(const struct row *row)
{
	u64 *input = hv_input();
	u32 size = row->header + row->element, width[4], status, most;
	static char *two;

	if (!size)
		return;
	if (!two)
		two = alloc_pages(2);

	build(row, input);
	/* There is no page behind this one. */
	most = PAGE_SIZE - 4;
	memcpy((char *)input + 4, input, size < most ? size : most);
	expect_place(row, "not aligned", (u64)input + 4);
	if (size > 8) {
		build(row, input);
		memcpy(two + PAGE_SIZE - 8, input, size);
		expect_place(row, "over a page's end", (u64)two + PAGE_SIZE - 8);
	}
	cpuid(0x80000008, 0, width);
	expect_place(row, "beyond the address space", 1ul << (width[0] & 0xff));
	status = hv_status(hv_call(good_control(row), param->memory + (1ul << 30), 0));
	ok(status == TLFS_STATUS_INVALID_HYPERCALL_INPUT ||
	   status == TLFS_STATUS_INVALID_ALIGNMENT,
	   "%s: input where no memory is, is refused (got 0x%x)", row->name,
	   status);
	if (row->kind == HVE_REP) {
		build(row, input);
		slow(row, "a list longer than its page",
		     row->code | REP(TLFS_HYPERCALL_REP_MASK), 4);
	}
}

static u32 output_size(const struct row *row)
{
	return row->output + (row->kind == HVE_REP ? row->output_element : 0);
}

static void expect_output(const struct row *row, const char *what, u64 gpa)
{
	u32 status;

	build(row, hv_input());
	status = hv_status(hv_call(good_control(row), (u64)hv_input(), gpa));
	ok(status == TLFS_STATUS_INVALID_ALIGNMENT,
	   "%s: output %s is status 4 (got 0x%x)", row->name, what, status);
}

static void test_output(const struct row *row)
{
	u64 out = (u64)hv_output();
	u32 width[4];

	expect_output(row, "not aligned", out + 4);
	if (output_size(row) > 8)
		expect_output(row, "over a page's end", out + PAGE_SIZE -
			      output_size(row) + 8);
	cpuid(0x80000008, 0, width);
	expect_output(row, "beyond the address space", 1ul << (width[0] & 0xff));
	expect_output(row, "where no memory is", param->memory + (1ul << 30));
}

/* As the dispatcher judges a fast call with good input */
static u32 fast_status(const struct row *row)
{
	u32 input = (row->header + row->element + 15) & ~15u;

	if (row->fast == HVE_XMM && !hv_serves(HVE_BIT(XMM_INPUT)))
		return HV_FAULT | VEC_UD;
	if (!output_size(row))
		return good_status(row);
	if (!hv_serves(HVE_BIT(XMM_OUTPUT)))
		return HV_FAULT | VEC_UD;
	return input + output_size(row) > REGISTER_BYTES ?
	       TLFS_STATUS_INVALID_HYPERCALL_INPUT : good_status(row);
}

static void test_fast(const struct row *row)
{
	u64 input[PAGE_SIZE / 8], result;
	u32 qwords = build(row, input), room;

	if (qwords * 8 > REGISTER_BYTES) {
		result = hv_call(good_control(row) | TLFS_HYPERCALL_FAST, 0, 0);
		expect(row, "more than registers hold", result, 3);
		return;
	}
	room = (REGISTER_BYTES - row->header) / 8;
	result = hv_call_input(good_control(row), true, input, qwords);

	expect(row, "fast", result, fast_status(row));
	if (row->kind != HVE_REP || fast_status(row))
		return;
	ok(hv_reps(result) == 1, "%s: fast, %u reps done", row->name,
	   hv_reps(result));
	result = hv_call_input(row->code | REP(room + 1), true, input, qwords);
	expect(row, "a list longer than the registers", result, 3);
}

static void test_on(const struct row *row)
{
	u64 result;

	build(row, hv_input());
	result = hv_call_slow(good_control(row));
	expect(row, "good input", result, good_status(row));
	if (row->kind == HVE_REP)
		ok(hv_reps(result) == 1, "%s: %u reps done", row->name,
		   hv_reps(result));
	test_fast(row);
	test_control(row);
	/* The TLFS gives this one call no error status: it is a hint */
	if (row->code != CODE_long_spin_wait)
		test_place(row);
	if (output_size(row))
		test_output(row);
}

/* Denied before anything else is looked at */
static void test_off(const struct row *row)
{
	slow(row, "off", good_control(row), TLFS_STATUS_ACCESS_DENIED);
	slow(row, "off and wrong", row->code | VARHEAD(1), TLFS_STATUS_ACCESS_DENIED);
}

static bool listed(u32 code)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].code == code)
			return true;
	return false;
}

static void test_unknown(void)
{
	static const u32 more[] = { 0xfff, 0x7fff, 0x8000, 0x8001, 0xffff };
	u32 code, status, i, bad = 0;

	for (code = 0; code < 0x100 + ARRAY_SIZE(more); code++) {
		u32 number = code < 0x100 ? code : more[code - 0x100];

		if (listed(number))
			continue;
		for (i = 0; i < 2; i++) {
			status = hv_status(hv_call(number | (i ? TLFS_HYPERCALL_FAST : 0),
						   (u64)hv_input(), 0));
			if (status == TLFS_STATUS_INVALID_HYPERCALL_CODE)
				continue;
			if (bad++ < 8)
				diag("code 0x%x: status 0x%x", number, status);
		}
	}
	ok(!bad, "codes that no row has are status 2");
}

void test_main(void)
{
	u32 i;

	hv_setup();
	if (hv_serves(HVE_BIT(SYNDBG)))
		wrmsr(MSR_syndbg_options, TLFS_SYNDBG_USE_CALLS);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (hv_serves(1ul << rows[i].feature))
			test_on(&rows[i]);
		else
			test_off(&rows[i]);
	}
	test_unknown();
}
