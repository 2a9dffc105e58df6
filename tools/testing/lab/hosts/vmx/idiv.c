// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: an IDIV that Bochs has wrong
 *
 * In: nothing; the dynamic linker loads this with Bochs. Out: Bochs' function for
 * the signed division of 128 by 64 bits divides. As Debian's compiler builds it in
 * 3.1 it forgets the lower half of a positive dividend, because the same memory is
 * read as another type; Linux then divides by zero before it says a word. The
 * function is tried, and replaced by a jump to the one below only if it is wrong.
 * State: Bochs' code, written once, before main(). Deliberately absent: any other
 * change; a Bochs without that function (inlined, renamed) is left as it is.
 * Source: Intel SDM, volume 2, IDIV.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* long_idiv(Bit128s *, Bit64s *, const Bit128s *, Bit64s) */
#define NAME	"_Z9long_idivP7Bit128sPlPKS_l"

typedef void divide(__int128 *quotient, int64_t *remainder,
		    const __int128 *dividend, int64_t divisor);

/* The caller refused 0, and answers a quotient that is too large by #DE. */
static void right(__int128 *quotient, int64_t *remainder,
		  const __int128 *dividend, int64_t divisor)
{
	__int128 n = *dividend;

	*quotient = n / divisor;
	*remainder = n % divisor;
}

static int is_right(divide *function)
{
	static const int64_t tries[][2] = {
		{ 7, 2 }, { -7, 2 }, { 7, -2 }, { -7, -2 }, { 1000000000, 1 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		__int128 dividend = tries[i][0], quotient = 0;
		int64_t remainder = 0;

		function(&quotient, &remainder, &dividend, tries[i][1]);
		if (quotient != dividend / tries[i][1] ||
		    remainder != dividend % tries[i][1])
			return 0;
	}
	return 1;
}

static void replace(unsigned char *code, divide *by)
{
	/* mov $by, %rax; jmp *%rax */
	unsigned char jump[12] = { 0x48, 0xb8, [10] = 0xff, 0xe0 };
	uintptr_t page = sysconf(_SC_PAGESIZE);
	void *from = (void *)((uintptr_t)code & -page);

	memcpy(jump + 2, &by, sizeof(by));
	if (mprotect(from, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC)) {
		perror("idiv: Bochs' code cannot be changed");
		exit(1);
	}
	memcpy(code, jump, sizeof(jump));
	mprotect(from, 2 * page, PROT_READ | PROT_EXEC);
}

__attribute__((constructor)) static void mend(void)
{
	void *code = dlsym(RTLD_DEFAULT, NAME);
	divide *function;

	memcpy(&function, &code, sizeof(function));
	if (code && !is_right(function))
		replace(code, right);
}
