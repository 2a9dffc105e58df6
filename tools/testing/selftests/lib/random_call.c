// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Random hypercalls for the guest's fuzzer
 *
 * In: a row of the registry, or none, and a sequence of random numbers. Out: a
 * control word and input that are right often enough to get to the handler, and
 * wrong in every way otherwise. Owns nothing.
 */
#include "random.h"

u64 random_control(struct random *r, const struct random_call *row)
{
	u64 control = row ? row->code : one_of(r, 4) ? one_of(r, 0x100) :
		      one_of(r, 0x10000);

	if (one_of(r, 3) == 0)
		control |= TLFS_HYPERCALL_FAST;
	if (row ? row->kind == HVE_REP : one_of(r, 2))
		control |= REP(one_of(r, 16) ? one_of(r, 12) :
			       random_bits(r) & TLFS_HYPERCALL_REP_MASK) |
			   REP_START(one_of(r, 4) ? 0 : one_of(r, 8));
	if (row ? row->variable : !one_of(r, 8))
		control |= VARHEAD(one_of(r, 16) ? one_of(r, 6) :
				   random_bits(r) & TLFS_HYPERCALL_VARHEAD_MASK);
	if (!one_of(r, 16))
		control ^= 1ul << one_of(r, 64);
	return control;
}

void random_input(struct random *r, const struct random_call *row, u64 *input,
		  u32 qwords)
{
	u32 i;

	for (i = 0; i < qwords; i++)
		input[i] = random_data(r);
	if (!row || !one_of(r, 6))
		return;
	for (i = 0; i < row->header / 8 && i < 4; i++)
		input[i] = 0;
	switch (row->code) {
	case CODE_flush_space:
	case CODE_flush_list:
		input[1] = one_of(r, 16);
		input[2] = random_bits(r);
		break;
	case CODE_flush_space_ex:
	case CODE_flush_list_ex:
		input[1] = one_of(r, 16);
		random_set(r, input + 2, qwords - 2);
		break;
	case CODE_send_ipi:
		input[0] = random_vector(r);
		input[1] = random_bits(r);
		break;
	case CODE_send_ipi_ex:
		input[0] = random_vector(r);
		random_set(r, input + 1, qwords - 1);
		break;
	case CODE_post_message:
		input[0] = one_of(r, 4);
		input[1] = 1 + one_of(r, 3) + (one_of(r, 242) << 32);
		break;
	case CODE_get_vp_index:
		input[0] = one_of(r, 4) ? TLFS_PARTITION_SELF : random_data(r);
		for (i = 2; i < qwords; i++)
			input[i] = one_of(r, param->nr_vcpus + 1);
		break;
	}
}
