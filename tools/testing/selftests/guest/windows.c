// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A guest that does what Windows does, from boot to crash
 *
 * In: a configuration as a profile for Windows makes it, two vCPUs or more, --arg
 * as in lib/windows.h. Out: every answer that Windows would get, looked at; no
 * access on the way may be #GP. It asks CPUID and believes it, as Windows does,
 * and never tries what it was not offered. Where the order of steps is known it
 * says from where; "inferred" stands where only their dependencies are. Sources:
 * the TLFS; "Requirements for Implementing the Microsoft Hypervisor Interface";
 * traces and reports of Windows guests, collected in Documentation/windows.md.
 * host/test_windows.c looks at what the module noted meanwhile.
 */
#include "windows/windows.h"

struct windows windows;

bool uses(u64 feature)
{
	volatile unsigned long *note = &param->scratch[WINDOWS_USED];

	if (!hv_serves(feature))
		return false;
	if ((feature == HVE_BIT(VAPIC) &&
	     !(windows.hints[HVE_EAX] & TLFS_HINT_APIC_MSRS)) ||
	    (feature == HVE_BIT(IPI) &&
	     !(windows.hints[HVE_EAX] & TLFS_HINT_CLUSTER_IPI)))
		note = &param->scratch[WINDOWS_WITHHELD];
	__atomic_or_fetch(note, feature, __ATOMIC_SEQ_CST);
	return note == &param->scratch[WINDOWS_USED];
}

bool refused(u64 result, u32 status)
{
	__atomic_add_fetch(&param->scratch[WINDOWS_REFUSED], 1, __ATOMIC_SEQ_CST);
	return hv_status(result) == status;
}

void everywhere(void (*work)(void *arg), void *arg)
{
	work(arg);
	on_each_other(work, arg);
}

static void nothing(void *arg)
{
	(void)arg;
}

void park_others(void)
{
	on_each_other(nothing, NULL);
	pause_us(50000);
}

/*
 * The hypercall page comes first of all, on the boot processor, while there is
 * no other (TLFS, "Establishing the Hypercall Interface"). Clock before
 * processors, and processors before their timers: inferred; Windows measures
 * nothing once it has the frequencies, and wants the clock for its time-outs.
 */
static void boot(void)
{
	diag("life %lu, build %u", param->scratch[WINDOWS_LIVES]++,
	     (u32)WINDOWS_BUILD(param->arg));
	memset(&windows, 0, sizeof(windows));
	hv_page = NULL;
	hv_buffers();
	identify();
	connect();
	start_clock();
	start_processors();
	start_interrupts();
	if (uses(HVE_BIT(RESET)))
		ok(!rdmsr(MSR_reset), "the reset MSR reads 0");
}

/* In no particular order: all of it goes on all the time. */
static void run(void)
{
	run_timers();
	run_interrupts();
	run_calls();
	watch_clock();
	idle();
	change_frequency();
	run_timers();
}

/* By the MSR where the hypervisor offers it; else as ACPI's register would do. */
static void restart(void)
{
	park_others();
	if (!uses(HVE_BIT(RESET)))
		reboot();
	reboot_expected();
	wrmsr(MSR_reset, 1);
	ok(false, "the guest goes on behind its reset");
}

/*
 * Once for each crash (TLFS, "Guest Crash Enlightenment Interface"). Windows
 * reads the control register before it writes the parameters (seen by others).
 * Then it writes its dump, so it must be able to go on.
 */
static void crash(void)
{
	const u64 can = TLFS_CRASH_NOTIFY | TLFS_CRASH_MESSAGE;
	u64 p[] = { WINDOWS_BUGCHECK, WINDOWS_P1, WINDOWS_P2, WINDOWS_P3,
		    WINDOWS_P4 };
	bool with_message = param->arg & WINDOWS_MESSAGE;
	static const char text[] = WINDOWS_TEXT;
	char *message = alloc_pages(1);
	u64 before;
	u32 i;

	if (!uses(HVE_BIT(CRASH)))
		return;
	ok((rdmsr(MSR_crash_ctl) & can) == can, "a crash can be told, with a message");
	memcpy(message, text, sizeof(text));
	if (with_message) {
		p[3] = (u64)message;
		p[4] = sizeof(text) - 1;
	}
	for (i = 0; i < ARRAY_SIZE(p); i++)
		wrmsr(MSR_crash_p + i, p[i]);
	before = clock_now();
	wrmsr(MSR_crash_ctl, with_message ? can : TLFS_CRASH_NOTIFY);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		ok(rdmsr(MSR_crash_p + i) == p[i], "P%u is kept: 0x%lx", i, p[i]);
	ok(clock_now() > before, "and the guest goes on to write its dump");
}

void test_after_reboot(void)
{
	boot();
	run();
	crash();
}

void test_main(void)
{
	boot();
	run();
	if (param->arg & WINDOWS_REBOOT)
		restart();
	crash();
}
