// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Random values for the guest's fuzzer
 *
 * See random.h. SplitMix64 makes the bits. Pages are set up by vCPU 0 before the
 * others start, and constant from then on; their content is anybody's.
 */
#include "random.h"

#define SCRATCH		12u		/* pages; few, so that they meet */
#define APIC_PAGE	0xfee00000ul
#define WAKE_VECTOR	0xf1u
#define NO_HYPERCALL	~0ul		/* in RAX, for KVM's own interface */
#define KVM_NO_SUCH_CALL	-1000ul

static u64 scratch;

void random_pages(void)
{
	scratch = (u64)alloc_pages(SCRATCH);
}

u64 random_bits(struct random *r)
{
	u64 mix = r->state += 0x9e3779b97f4a7c15ul;

	mix = (mix ^ mix >> 30) * 0xbf58476d1ce4e5b9ul;
	mix = (mix ^ mix >> 27) * 0x94d049bb133111ebul;
	return mix ^ mix >> 31;
}

void random_start(struct random *r, u64 seed, u32 index)
{
	r->state = seed << 8 | index;
	r->state = random_bits(r);
}

u64 one_of(struct random *r, u64 count)
{
	return random_bits(r) % count;
}

/* Interrupts there that handlers know; the stubs of some expect an error code */
static u32 fit_vector(u32 vector)
{
	if (vector > 0x10 && vector < 0x1f)
		return 0x1f;
	return vector == VEC_USER ? VEC_USER + 1 : vector;
}

/* For a field of eight bits */
static u64 byte_vector(struct random *r)
{
	return fit_vector(random_bits(r) & 0xff);
}

u32 random_vector(struct random *r)
{
	return one_of(r, 16) ? byte_vector(r) : 0x100 + one_of(r, 0x200);
}

u64 random_scratch(struct random *r)
{
	return scratch + one_of(r, SCRATCH) * PAGE_SIZE;
}

static u64 absent(struct random *r)
{
	u64 past = param->memory + (1ul << 30);

	switch (one_of(r, 5)) {
	case 0:
		return APIC_PAGE;
	case 1:
		return past + (random_bits(r) & 0xfffff000);
	case 2:
		return 1ul << (40 + one_of(r, 24));
	case 3:
		return ~0ul << 12;
	default:
		return param->memory;
	}
}

/* Whatever is read as a call's input may be a vector */
u64 random_data(struct random *r)
{
	u64 value = random_bits(r);

	switch (one_of(r, 8)) {
	case 0:
		value &= 0xff;
		break;
	case 1:
		value = 1ul << (value & 63);
		break;
	case 2:
		value = random_scratch(r) + (value & 0xfff);
		break;
	case 3:
		value = absent(r);
		break;
	case 4:
		value = ~0ul;
		break;
	case 5:
		return 0;
	}
	return (value & ~0xfffffffful) | fit_vector(value);
}

/* Enabled nearly always; not over what this guest lives in */
static u64 overlay_value(struct random *r)
{
	u64 value = one_of(r, 4) ? random_scratch(r) : absent(r);

	if (one_of(r, 8))
		value |= TLFS_MSR_ENABLE;
	if (!one_of(r, 8))
		value |= random_bits(r) & 0xffc;
	return value;
}

/* What the hypervisor writes to unasked; the image and its page tables stay whole */
static u64 buffer_value(struct random *r)
{
	if (!one_of(r, 4))
		return one_of(r, 2) ? absent(r) : 0;
	return random_scratch(r) + (one_of(r, 2) ? 0 : one_of(r, PAGE_SIZE));
}

static u64 icr_value(struct random *r)
{
	u64 value = random_bits(r) & 0x000000ff000cffff;

	/* Fixed or lowest priority: neither INIT, SIPI nor NMI, nor SMI */
	value &= ~0x6fful;
	return value | byte_vector(r);
}

/* Random bits with the right vector where the MSR has one */
static u64 vector_value(struct random *r, u64 bits)
{
	return (bits & ~0xfful) | byte_vector(r);
}

u64 random_msr_value(struct random *r, u32 number)
{
	u64 bits = one_of(r, 4) ? random_data(r) : random_bits(r);

	switch (number) {
	case MSR_guest_os_id:
		return one_of(r, 4) ? OS_ID : one_of(r, 2) ? 0 : bits;
	case MSR_hypercall:
		/* Locked it could not be moved for the rest of the run. */
		return overlay_value(r) & ~TLFS_MSR_HYPERCALL_LOCKED;
	case MSR_vp_assist_page:
	case MSR_reference_tsc:
	case MSR_siefp:
	case MSR_simp:
		return overlay_value(r);
	case MSR_syndbg_receive_buffer:
	case MSR_syndbg_pending_buffer:
		return buffer_value(r);
	case MSR_reset:
		return bits & ~1ul;
	case MSR_icr:
		return icr_value(r);
	case MSR_eoi:
		return one_of(r, 2) ? 0 : bits;
	case MSR_tpr:
		return one_of(r, 4) ? bits & 0x7f : bits;
	case MSR_scontrol:
		return one_of(r, 4) ? TLFS_SYNIC_ENABLE : bits;
	case MSR_sint ... MSR_sint + TLFS_SINT_COUNT - 1:
		return vector_value(r, one_of(r, 2) ? 0 : bits);
	case MSR_reenlightenment_control:
		return vector_value(r, one_of(r, 2) ?
				    TLFS_REENLIGHTENMENT_ENABLE : bits);
	case MSR_tsc_emulation_control:
	case MSR_tsc_emulation_status:
	case MSR_tsc_invariant_control:
		return one_of(r, 2) ? bits & 1 : bits;
	case MSR_stimer ... MSR_stimer + 2 * TLFS_STIMER_COUNT - 1:
		if ((number - MSR_stimer) & 1)
			return bits & ~0xfffffffful ? bits : bits << 8;
		bits &= ~0xff0ul;
		return bits | byte_vector(r) << TLFS_STIMER_VECTOR_SHIFT;
	default:
		return bits;
	}
}

void random_timer(struct random *r, u64 *config, u64 *count)
{
	*config = (random_bits(r) & 0xf) |
		  byte_vector(r) << TLFS_STIMER_VECTOR_SHIFT;
	if (one_of(r, 2))
		*config |= TLFS_STIMER_DIRECT;
	else
		*config |= one_of(r, TLFS_SINT_COUNT) << TLFS_STIMER_SINT_SHIFT;
	/* In 100 ns: from what is too short to what never comes */
	*count = (64 + one_of(r, 1024)) << one_of(r, 48);
}

void random_set(struct random *r, u64 *set, u32 qwords)
{
	u32 i;

	set[0] = one_of(r, 8) ? one_of(r, 2) : random_data(r);
	set[1] = one_of(r, 4) ? random_bits(r) & 0xf : random_bits(r);
	for (i = 2; i < qwords; i++)
		set[i] = one_of(r, 2) ? random_bits(r) : one_of(r, 16);
}

u64 random_input_gpa(struct random *r, u64 page)
{
	switch (one_of(r, 16)) {
	case 0:
		return absent(r);
	case 1:
		return page + one_of(r, PAGE_SIZE);
	case 2:
		return page + PAGE_SIZE - 8 * (1 + one_of(r, 8));
	case 3:
	case 4:
		/* The second half: a TSC page begins with what may be a vector. */
		return random_scratch(r) + 0x800 + 8 * one_of(r, 256);
	case 5:
		return GPA_IMAGE + 8 * one_of(r, 512);
	default:
		return page;
	}
}

u64 random_output_gpa(struct random *r, u64 page)
{
	switch (one_of(r, 8)) {
	case 0:
		return absent(r);
	case 1:
		return page + one_of(r, PAGE_SIZE);
	case 2:
		return random_scratch(r);
	default:
		return page;
	}
}

void wake_self(void)
{
	wrmsr_safe(X2APIC_ICR, 1ul << 18 | WAKE_VECTOR);	/* to itself */
}

u64 bare_call(u64 control, u64 rdx, u64 r8, const u64 xmm[12])
{
	register u64 r8_is asm("r8") = r8;
	u64 result = NO_HYPERCALL;

	this_cpu()->fault = NO_FAULT;
	asm volatile("movdqu 0(%[xmm]),%%xmm0\n\t"
		     "movdqu 16(%[xmm]),%%xmm1\n\t"
		     "movdqu 32(%[xmm]),%%xmm2\n\t"
		     "movdqu 48(%[xmm]),%%xmm3\n\t"
		     "movdqu 64(%[xmm]),%%xmm4\n\t"
		     "movdqu 80(%[xmm]),%%xmm5\n\t"
		     ".pushsection .hcall_table,\"a\"\n\t"
		     ".quad 1f\n\t"
		     ".popsection\n"
		     "1: vmmcall\n"
		     "2:\n"
		     FIXUP(1b, 2b)
		     : "+a"(result), "+d"(rdx), "+r"(r8_is)
		     : "c"(control), [xmm] "r"(xmm) : "memory");
	if (this_cpu()->fault != NO_FAULT)
		return HV_FAULT | this_cpu()->fault;
	if (result == KVM_NO_SUCH_CALL)
		return HV_NOT_TAKEN;
	return result & ~(u64)0xffff0000;
}
