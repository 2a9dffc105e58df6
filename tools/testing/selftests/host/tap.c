// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: TAP and processes for host tests
 *
 * In: results, functions to run in children. Out: TAP lines, exit statuses.
 * See tap.h. Deliberately absent: threads; children are processes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <hve/registry.h>
#include "tap.h"

#define MAX_ARGS	24u

static unsigned int results, failures;

void ok_is(bool good, const char *fmt, ...)
{
	va_list args;

	failures += !good;
	printf("%sok %u - ", good ? "" : "not ", ++results);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

void diag(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

int done(void)
{
	printf("1..%u\n", results);
	fflush(stdout);
	return failures || !results ? STATUS_FAIL : STATUS_PASS;
}

pid_t spawn(int (*child)(void *arg), void *arg)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		trouble("fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(STATUS_TROUBLE);
	_exit(child(arg));
}

int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			trouble("waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int exec_vmm(void *arg)
{
	int null = open("/dev/null", O_WRONLY);
	char **argv = arg;

	if (!getenv("VERBOSE"))
		dup2(null, STDOUT_FILENO);
	execv(argv[0], argv);
	return STATUS_TROUBLE;
}

pid_t spawn_vmm(const char *guest, ...)
{
	static char self[256], program[300], image[300];
	char *argv[MAX_ARGS] = { program };
	unsigned int n = 1;
	va_list args;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		trouble("/proc is not mounted");
	dirname(self);
	snprintf(program, sizeof(program), "%s/hve-vmm", self);
	snprintf(image, sizeof(image), "%s/guests/%s.bin", self, guest);
	memset(self, 0, sizeof(self));
	va_start(args, guest);
	while (n < MAX_ARGS - 2 && (argv[n] = va_arg(args, char *)))
		n++;
	va_end(args);
	argv[n] = image;
	argv[n + 1] = NULL;
	return spawn(exec_vmm, argv);
}

void ms_sleep(unsigned int ms)
{
	usleep(ms * 1000);
}

int configured(unsigned long features)
{
	struct hve_config config = { .size = sizeof(config) };
	int fd = hve_open();

	if (fd < 0) {
		printf("# %s: %s\n", HVE_DEVICE, strerror(errno));
		exit(STATUS_SKIP);
	}
	config.features[0] = features;
	if (features & HVE_BIT(SPINLOCKS))
		config.spinlock_retries = 0x1fff;
	HVE_MUST(fd, HVE_SET_CONFIG, &config);
	return fd;
}

int bare_vm(int *kvm)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

	if (fd < 0)
		trouble("/dev/kvm: %s", strerror(errno));
	vm = MUST(fd, KVM_CREATE_VM, NULL);
	if (kvm)
		*kvm = fd;
	else
		close(fd);
	return vm;
}

int vm_with_vcpu(int *kvm)
{
	struct kvm_cpuid2 none = { 0 };
	int vm = bare_vm(kvm), vcpu = MUST(vm, KVM_CREATE_VCPU, NULL);

	MUST(vcpu, KVM_SET_CPUID2, &none);
	close(vcpu);
	return vm;
}

int attach(int device, int vm_fd)
{
	struct hve_attach request = { .size = sizeof(request), .vm_fd = vm_fd };

	return ioctl(device, HVE_ATTACH, &request) ? errno : 0;
}

int detach(int device, int vm_fd)
{
	struct hve_attach request = { .size = sizeof(request), .vm_fd = vm_fd };

	return ioctl(device, HVE_DETACH, &request) ? errno : 0;
}

int arm(int device, unsigned int how)
{
	struct hve_arm request = { .size = sizeof(request), .flags = how };

	return ioctl(device, HVE_ARM, &request) ? errno : 0;
}

unsigned int served_vms(int device)
{
	return hve_count_vms(device, NULL);
}

/* Half a minute: hooks take seconds, more while the build machine is busy. */
bool wait_served(int device, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < 3000 && served_vms(device) != count; i++)
		ms_sleep(10);
	return served_vms(device) == count;
}
