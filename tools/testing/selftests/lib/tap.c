// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: TAP lines and requests to the VMM
 *
 * In: results. Out: one line for each, the plan at the end, the exit status.
 * Counters are changed by atomic operations, because any vCPU may report; a
 * line is one request, so lines never mix. Deliberately absent: floating point
 * and most of printf: %s %c %d %u %x with l, width and leading zeros.
 */
#include "guest.h"

#define LINE_LEN	240u

volatile struct test_param *const param = (void *)GPA_PARAM;

static volatile u32 results, failures;

int vmm_call(u32 op, u64 a, u64 b, u64 c)
{
	struct test_request *request = &this_cpu()->request;

	request->op = op;
	request->arg[0] = a;
	request->arg[1] = b;
	request->arg[2] = c;
	asm volatile("outl %0,%w1" : : "a"((u32)(u64)request), "d"(TEST_PORT)
		     : "memory");
	return request->error;
}

u64 vmm_arg(u32 n)
{
	return this_cpu()->request.arg[n];
}

void yield(void)
{
	vmm_call(TEST_OP_YIELD, 0, 0, 0);
}

void pause_us(u64 us)
{
	vmm_call(TEST_OP_PAUSE, us, 0, 0);
}

u64 vmm_stat(const char *name)
{
	char text[TEST_STAT_NAME] = "";
	u32 i;

	for (i = 0; name[i] && i < sizeof(text) - 1; i++)
		text[i] = name[i];
	if (vmm_call(TEST_OP_STAT, (u64)text, 0, 0))
		return ~0ul;
	return vmm_arg(1);
}

/* Each vCPU is waited for until it says that it is up. */
void reboot_expected(void)
{
	u32 i;

	for (i = 0; i < param->nr_vcpus; i++)
		cpu_of(i)->up = 0;
}

void reboot(void)
{
	reboot_expected();
	vmm_call(TEST_OP_REBOOT, 0, 0, 0);
	die("the VMM did not reboot");
}

struct text {
	char buf[LINE_LEN];
	u32 len;
};

static void put(struct text *text, char c)
{
	if (text->len < LINE_LEN - 1)
		text->buf[text->len++] = c;
}

static void put_number(struct text *text, u64 value, u32 base, u32 width,
		       char pad)
{
	char digits[24];
	u32 n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > n; width--)
		put(text, pad);
	while (n)
		put(text, digits[--n]);
}

static void put_signed(struct text *text, long value, u32 width)
{
	if (value < 0)
		put(text, '-');
	put_number(text, value < 0 ? -(u64)value : (u64)value, 10, width, ' ');
}

static void put_string(struct text *text, const char *s)
{
	while (*s)
		put(text, *s++);
}

static void format(struct text *text, const char *fmt, __builtin_va_list args)
{
	for (; *fmt; fmt++) {
		bool wide = false;
		char pad = ' ';
		u32 width = 0;

		if (*fmt != '%') {
			put(text, *fmt);
			continue;
		}
		if (*++fmt == '0')
			pad = '0';
		for (; *fmt >= '0' && *fmt <= '9'; fmt++)
			width = width * 10 + *fmt - '0';
		for (; *fmt == 'l'; fmt++)
			wide = true;
		if (*fmt == 's')
			put_string(text, __builtin_va_arg(args, const char *));
		else if (*fmt == 'c')
			put(text, __builtin_va_arg(args, int));
		else if (*fmt == 'd')
			put_signed(text, wide ? __builtin_va_arg(args, long) :
				   __builtin_va_arg(args, int), width);
		else if (*fmt == 'u' || *fmt == 'x')
			put_number(text, wide ? __builtin_va_arg(args, u64) :
				   __builtin_va_arg(args, u32),
				   *fmt == 'u' ? 10 : 16, width, pad);
		else
			put(text, *fmt);
	}
}

static void print(struct text *text)
{
	text->buf[text->len++] = '\n';
	vmm_call(TEST_OP_PRINT, (u64)text->buf, text->len, 0);
}

void line(const char *fmt, ...)
{
	struct text text = { .len = 0 };
	__builtin_va_list args;

	__builtin_va_start(args, fmt);
	format(&text, fmt, args);
	__builtin_va_end(args);
	print(&text);
}

void diag(const char *fmt, ...)
{
	struct text text = { .len = 0 };
	__builtin_va_list args;

	put_string(&text, "# ");
	__builtin_va_start(args, fmt);
	format(&text, fmt, args);
	__builtin_va_end(args);
	print(&text);
}

void ok(bool good, const char *fmt, ...)
{
	struct text text = { .len = 0 };
	__builtin_va_list args;

	if (!good)
		__atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
	put_string(&text, good ? "ok " : "not ok ");
	put_number(&text, __atomic_add_fetch(&results, 1, __ATOMIC_SEQ_CST),
		   10, 0, ' ');
	put_string(&text, " - ");
	__builtin_va_start(args, fmt);
	format(&text, fmt, args);
	__builtin_va_end(args);
	print(&text);
}

void skip(const char *fmt, ...)
{
	struct text text = { .len = 0 };
	__builtin_va_list args;

	put_string(&text, "ok ");
	put_number(&text, __atomic_add_fetch(&results, 1, __ATOMIC_SEQ_CST),
		   10, 0, ' ');
	put_string(&text, " # SKIP ");
	__builtin_va_start(args, fmt);
	format(&text, fmt, args);
	__builtin_va_end(args);
	print(&text);
}

void die(const char *fmt, ...)
{
	struct text text = { .len = 0 };
	__builtin_va_list args;

	put_string(&text, "Bail out! ");
	__builtin_va_start(args, fmt);
	format(&text, fmt, args);
	__builtin_va_end(args);
	print(&text);
	for (;;)
		vmm_call(TEST_OP_EXIT, 1, 0, 0);
}

void done(void)
{
	u32 i, spurious = 0;

	for (i = 0; i < param->nr_vcpus; i++)
		spurious += cpu_of(i)->spurious;
	if (spurious)
		diag("%u interrupts came with interrupts off: the emulator's fault",
		     spurious);
	line("1..%u", results);
	for (;;)
		vmm_call(TEST_OP_EXIT, failures || !results, 0, 0);
}
