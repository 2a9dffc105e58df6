// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Windows finds its hypervisor and connects to it
 *
 * In: CPUID; MSRs as a reset leaves them. Out: windows.features and .hints, an
 * enabled hypercall page, VP index and assist page on each vCPU. Order: as the
 * TLFS lists the steps in "Establishing the Hypercall Interface". Windows wants
 * Hv#1, a highest leaf of 0x40000005 or more, and the privileges for the
 * hypercall MSRs and the VP index; without these it uses nothing, or, for the
 * latter two, no TSC page (Documentation/windows.md).
 */
#include "windows.h"

#define MUST_HAVE	(1u << 5 | 1u << 6)
#define HYPERVISOR	(1u << 31)

static u32 expected(u32 leaf, u32 reg)
{
	static const struct {
		u64 feature;
		u32 leaf, reg, bits;
	} rows[] = {
#define HVE_CPUID(id, leaf, reg, bits)					\
		{ HVE_BIT(id), (leaf), HVE_##reg, (bits) },
#include <hve/enlightenments.def>
	};
	u32 i, bits = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].leaf == leaf && rows[i].reg == reg &&
		    hv_serves(rows[i].feature))
			bits |= rows[i].bits;
	return bits;
}

static void identify_features(void)
{
	const u32 may_lack = TLFS_HINT_APIC_MSRS | TLFS_HINT_CLUSTER_IPI;
	u32 i, wrong = 0, hints;

	cpuid(0x40000003, 0, windows.features);
	cpuid(0x40000004, 0, windows.hints);
	ok((windows.features[HVE_EAX] & MUST_HAVE) == MUST_HAVE,
	   "hypercall MSRs and VP index are allowed");
	for (i = HVE_EAX; i <= HVE_EDX; i++)
		wrong += windows.features[i] != expected(0x40000003, i);
	ok(!wrong, "features 0x%x 0x%x 0x%x 0x%x, as configured",
	   windows.features[0], windows.features[1], windows.features[2],
	   windows.features[3]);
	/* Where hardware does better the hypervisor does not recommend these two. */
	hints = expected(0x40000004, HVE_EAX);
	ok((windows.hints[HVE_EAX] | may_lack) == (hints | may_lack) &&
	   !(windows.hints[HVE_EAX] & ~hints), "recommendations 0x%x of 0x%x",
	   windows.hints[HVE_EAX], hints);
	ok(windows.hints[HVE_EBX] == (hv_serves(HVE_BIT(SPINLOCKS)) ?
				      param->spinlock_retries : 0xffffffff),
	   "spins before a lock is told of: 0x%x", windows.hints[HVE_EBX]);
	ok(!!(windows.hints[HVE_EAX] & 1u << 5) == uses(HVE_BIT(RELAXED)),
	   "relaxed timing: the watchdog of the clock stays off");
	if (uses(HVE_BIT(XMM_OUTPUT)) && !hv_serves(HVE_BIT(EXT_CALLS)))
		diag("no call that is served has output");
	if (uses(HVE_BIT(AVIC)))
		diag("no AutoEOI, as advised");
	if (uses(HVE_BIT(NO_CORESHARING)))
		diag("cores are not shared");
}

void identify(void)
{
	u32 reg[4];

	cpuid(1, 0, reg);
	ok(reg[HVE_ECX] & HYPERVISOR, "there is a hypervisor");
	cpuid(0x40000000, 0, reg);
	windows.highest = reg[HVE_EAX];
	ok(windows.highest >= 0x40000005 && windows.highest < 0x40000100,
	   "highest leaf 0x%x", windows.highest);
	/* For people only, says the TLFS; and yet some programs look. */
	ok(reg[1] == 0x7263694d && reg[2] == 0x666f736f && reg[3] == 0x76482074,
	   "which is \"Microsoft Hv\"");
	cpuid(0x40000001, 0, reg);
	ok(reg[HVE_EAX] == TLFS_INTERFACE_SIGNATURE, "its interface is Hv#1");
	ok(!reg[HVE_EBX] && !reg[HVE_ECX] && !reg[HVE_EDX], "and nothing else");
	cpuid(0x40000002, 0, reg);
	ok(reg[HVE_EAX] && reg[HVE_EBX] >> 16 == 10, "version %u.%u, build %u",
	   reg[HVE_EBX] >> 16, reg[HVE_EBX] & 0xffff, reg[HVE_EAX]);
	identify_features();
	cpuid(0x40000005, 0, reg);
	ok(reg[HVE_EAX] >= param->nr_vcpus && reg[HVE_EBX],
	   "room for %u VPs and %u processors", reg[HVE_EAX], reg[HVE_EBX]);
	ok((windows.highest >= 0x40000006) == uses(HVE_BIT(HW_FEATURES)),
	   "hardware features are told where they are served");
	if (windows.highest < 0x40000006)
		return;
	cpuid(0x40000006, 0, reg);
	ok(!reg[HVE_EBX] && !reg[HVE_ECX] && !reg[HVE_EDX],
	   "hardware in use: 0x%x", reg[HVE_EAX]);
}

/* "If the register is zero": another system may have set up all of it. */
static void connect_page(void)
{
	const u64 id = WINDOWS_OS_ID(WINDOWS_BUILD(param->arg));
	u8 *page = alloc_pages(1);
	u64 value;

	ok(!rdmsr(MSR_guest_os_id), "nobody is known to the hypervisor yet");
	wrmsr(MSR_guest_os_id, id);
	ok(rdmsr(MSR_guest_os_id) == id, "OS id 0x%lx", id);
	value = rdmsr(MSR_hypercall);
	ok(!(value & (TLFS_MSR_ENABLE | TLFS_MSR_HYPERCALL_LOCKED)),
	   "the hypercall page is off and not locked (0x%lx)", value);
	value = (value & (PAGE_SIZE - 1)) | (u64)page | TLFS_MSR_ENABLE;
	wrmsr(MSR_hypercall, value);
	ok(rdmsr(MSR_hypercall) == value, "it is enabled at 0x%lx", (u64)page);
	hv_page = page;
	uses(HVE_BIT(HYPERCALL));
}

/*
 * The first call: Windows asks for the extended ones even where they are not
 * offered (Xen answers it quietly for that reason).
 */
static void connect_call(void)
{
	u64 *to = alloc_pages(1), result, block[14];

	result = hv_call(CODE_ext_capabilities, 0, (u64)to);
	if (!uses(HVE_BIT(EXT_CALLS))) {
		ok(refused(result, TLFS_STATUS_ACCESS_DENIED) && !to[0],
		   "extended calls: denied, and nothing is written");
		return;
	}
	ok(!hv_status(result) && to[0] == TLFS_EXT_BOOT_ZEROED_MEMORY,
	   "extended calls: status %u, 0x%lx", hv_status(result), to[0]);
	if (!uses(HVE_BIT(XMM_OUTPUT)))
		return;
	memset(block, 0, sizeof(block));
	result = hv_call_out(CODE_ext_capabilities, block);
	ok(!hv_status(result) && block[0] == TLFS_EXT_BOOT_ZEROED_MEMORY,
	   "in registers: status %u, 0x%lx", hv_status(result), block[0]);
}

static void connect_memory(void)
{
	struct tlfs_zeroed_memory *to = alloc_pages(1);
	u64 i, pages = param->memory / PAGE_SIZE, bad = 0;

	if (!uses(HVE_BIT(EXT_CALLS)))
		return;
	i = hv_status(hv_call(CODE_ext_zeroed_memory, 0, (u64)to));
	ok(!i && to->count <= TLFS_ZEROED_RANGES, "zeroed memory: status %lu, %lu ranges",
	   i, (u64)to->count);
	for (i = 0; i < to->count; i++)
		bad += to->range[i].first >= pages ||
		       to->range[i].count > pages - to->range[i].first ||
		       !is_filled((void *)(to->range[i].first * PAGE_SIZE), 0);
	ok(!bad, "each of them in memory and zero (%lu are not)", bad);
}

void connect(void)
{
	connect_page();
	connect_call();
	connect_memory();
}

static volatile u32 odd, started;

/* Each as it starts: VP index, then its assist page (inferred). */
static void start_processor(void *arg)
{
	u8 *page = (u8 *)arg + this_cpu()->index * PAGE_SIZE;
	u64 value;

	if (rdmsr(MSR_vp_index) != this_cpu()->index)
		odd++;
	value = rdmsr(MSR_vp_assist_page);
	if (value & TLFS_MSR_ENABLE)
		odd++;
	value = (u64)page | TLFS_MSR_ENABLE;
	wrmsr(MSR_vp_assist_page, value);
	if (rdmsr(MSR_vp_assist_page) != value || !is_filled(page, 0))
		odd++;
	my()->assist = (u32 *)page;
	__atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
}

/* Which VP is which processor: asked where it can be, the servers do (inferred) */
static void ask_indices(void)
{
	u64 *in = hv_input(), *out = hv_output();
	u32 i, bad = 0;
	u64 result;

	if (!uses(HVE_BIT(VP_INDEX_CALLS)))
		return;
	memset(in, 0, PAGE_SIZE);
	in[0] = TLFS_PARTITION_SELF;
	for (i = 0; i < param->nr_vcpus; i++)
		in[2 + i] = i;
	result = hv_call_slow(CODE_get_vp_index | REP(i));
	while (i--)
		bad += out[i] != i;
	ok(!hv_status(result) && hv_reps(result) == param->nr_vcpus && !bad,
	   "VP indices by APIC id: status %u, %u wrong", hv_status(result), bad);
}

void start_processors(void)
{
	void *pages = alloc_pages(param->nr_vcpus);

	odd = started = 0;
	uses(HVE_BIT(VPINDEX));
	everywhere(start_processor, pages);
	ok(!odd && started == param->nr_vcpus, "VP index and assist page of %u vCPUs",
	   started);
	ask_indices();
}
