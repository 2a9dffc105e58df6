// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The kernel's selftests on a KVM older than 6.8
 *
 * In: every ioctl() of a selftest, by the linker's --wrap; its source stays as
 * it is. Out: the same call, but memory slots are set by the older of the two
 * calls where the kernel has that only, and its presence is claimed: the new
 * structure begins with the old one, and the Hyper-V tests use no more of it.
 * Deliberately absent: anything about Hyper-V.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>

int __real_ioctl(int fd, unsigned long request, unsigned long argument);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	unsigned long argument;
	va_list rest;
	int ret;

	va_start(rest, request);
	argument = va_arg(rest, unsigned long);
	va_end(rest);
	ret = __real_ioctl(fd, request, argument);
	if (request == KVM_CHECK_EXTENSION && argument == KVM_CAP_USER_MEMORY2)
		return 1;
	if (ret < 0 && errno == ENOTTY && request == KVM_SET_USER_MEMORY_REGION2)
		return __real_ioctl(fd, KVM_SET_USER_MEMORY_REGION, argument);
	return ret;
}
