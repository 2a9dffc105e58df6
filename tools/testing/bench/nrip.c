// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: A QEMU plugin that gives the emulated SVM its NRIPS
 *
 * In: ram=FILE, the file behind all of the machine's memory. Out: at each
 * #VMEXIT the VMCB's next_rip, as processors with NRIPS write it; QEMU's TCG
 * does not, and KVM then decodes each instruction that it skips, some 1,700
 * instructions of its own that no real host executes. Where a VMRUN stands is
 * learnt at translation; the instruction behind it is where the host goes on
 * after a #VMEXIT, with the VMCB's address in RAX again. Plugin API 4 (QEMU
 * 9.2) is declared here, because Debian ships no qemu-plugin.h.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PLUGIN_API	4
#define EXPORT		__attribute__((visibility("default")))
#define CB_R_REGS	1	/* enum qemu_plugin_cb_flags */

/* GByteArray, GArray as far as the API shows them */
struct bytes {
	uint8_t *data;
	unsigned int len;
};

struct reg_desc {
	void *handle;
	const char *name;
	const char *feature;
};

struct reg_array {
	struct reg_desc *data;
	unsigned int len;
};

typedef void vcpu_fn(unsigned int vcpu, void *userdata);

void qemu_plugin_register_vcpu_init_cb(uint64_t id,
				       void (*fn)(uint64_t id, unsigned int vcpu));
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*fn)(uint64_t id, void *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(void *insn, vcpu_fn *fn, int flags,
					    void *userdata);
void qemu_plugin_register_atexit_cb(uint64_t id,
				    void (*fn)(uint64_t id, void *userdata),
				    void *userdata);
size_t qemu_plugin_tb_n_insns(void *tb);
void *qemu_plugin_tb_get_insn(void *tb, size_t index);
size_t qemu_plugin_insn_data(void *insn, void *to, size_t len);
uint64_t qemu_plugin_insn_vaddr(void *insn);
struct reg_array *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(void *handle, struct bytes *buf);
struct bytes *g_byte_array_new(void);
struct bytes *g_byte_array_set_size(struct bytes *array, unsigned int size);

EXPORT int qemu_plugin_version = PLUGIN_API;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc,
			       char **argv);

/* AMD64 Architecture Programmer's Manual 2, appendix B: offsets in a VMCB */
#define VMCB_EXITCODE	0x070u
#define VMCB_EXITINFO2	0x080u
#define VMCB_NEXT_RIP	0x0c8u
#define VMCB_RIP	0x578u
#define VMCB_SIZE	4096u

#define EXIT_IOIO	0x7bu	/* EXITINFO2 has the next RIP */

/* Lengths of intercepted instructions, without prefixes; 0: none is known */
static const uint8_t length_of[0x100] = {
	[0x6e] = 2,		/* RDTSC */
	[0x6f] = 2,		/* RDPMC */
	[0x72] = 2,		/* CPUID */
	[0x76] = 2,		/* INVD */
	[0x77] = 2,		/* PAUSE */
	[0x78] = 1,		/* HLT */
	[0x7a] = 3,		/* INVLPGA */
	[0x7c] = 2,		/* RDMSR, WRMSR */
	[0x80] = 3,		/* VMRUN */
	[0x81] = 3,		/* VMMCALL */
	[0x82] = 3,		/* VMLOAD */
	[0x83] = 3,		/* VMSAVE */
	[0x84] = 3,		/* STGI */
	[0x85] = 3,		/* CLGI */
	[0x87] = 3,		/* RDTSCP */
	[0x89] = 2,		/* WBINVD */
	[0x8a] = 3,		/* MONITOR */
	[0x8b] = 3,		/* MWAIT */
	[0x8d] = 3,		/* XSETBV */
};

#define MAX_VMRUNS	8u

static uint64_t behind_vmrun[MAX_VMRUNS];
static unsigned int nr_vmruns;
static uint8_t *ram;
static uint64_t ram_size;
static struct bytes *buf;
static void *rax;
static uint64_t nr_exits;

static uint64_t load(uint64_t at)
{
	uint64_t value;

	memcpy(&value, ram + at, sizeof(value));
	return value;
}

static void vmexit(unsigned int vcpu, void *userdata)
{
	uint64_t vmcb, code, next = 0;

	(void)vcpu;
	(void)userdata;
	g_byte_array_set_size(buf, 0);
	if (!rax || qemu_plugin_read_register(rax, buf) < (int)sizeof(vmcb))
		return;
	memcpy(&vmcb, buf->data, sizeof(vmcb));
	if (!vmcb || vmcb % VMCB_SIZE || vmcb > ram_size - VMCB_SIZE)
		return;
	code = load(vmcb + VMCB_EXITCODE);
	if (code == EXIT_IOIO)
		next = load(vmcb + VMCB_EXITINFO2);
	else if (code < sizeof(length_of) && length_of[code])
		next = load(vmcb + VMCB_RIP) + length_of[code];
	memcpy(ram + vmcb + VMCB_NEXT_RIP, &next, sizeof(next));
	nr_exits++;
}

static bool is_behind_vmrun(uint64_t pc)
{
	unsigned int i;

	for (i = 0; i < nr_vmruns; i++)
		if (behind_vmrun[i] == pc)
			return true;
	return false;
}

static void translate(uint64_t id, void *tb)
{
	static const uint8_t vmrun[] = { 0x0f, 0x01, 0xd8 };
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < n; i++) {
		void *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t pc = qemu_plugin_insn_vaddr(insn);
		uint8_t code[16];
		size_t len = qemu_plugin_insn_data(insn, code, sizeof(code));

		if (is_behind_vmrun(pc))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, vmexit,
							       CB_R_REGS, NULL);
		/* Half of all addresses are user space, where VMRUN traps. */
		if (pc >> 63 && len == sizeof(vmrun) &&
		    !memcmp(code, vmrun, sizeof(vmrun)) &&
		    !is_behind_vmrun(pc + len) && nr_vmruns < MAX_VMRUNS)
			behind_vmrun[nr_vmruns++] = pc + len;
	}
}

static void vcpu_init(uint64_t id, unsigned int vcpu)
{
	struct reg_array *regs = qemu_plugin_get_registers();
	unsigned int i;

	(void)id;
	(void)vcpu;
	for (i = 0; i < regs->len; i++)
		if (!strcmp(regs->data[i].name, "rax"))
			rax = regs->data[i].handle;
}

static void at_exit(uint64_t id, void *userdata)
{
	(void)id;
	(void)userdata;
	if (!nr_exits)
		fprintf(stderr, "nrip: no #VMEXIT was seen\n");
}

static int map_ram(const char *path)
{
	int fd = open(path, O_RDWR);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		perror(path);
		return -1;
	}
	ram_size = st.st_size;
	ram = mmap(NULL, ram_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return ram == MAP_FAILED ? -1 : 0;
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "ram=", 4)) {
		fprintf(stderr, "nrip: give it ram=FILE and nothing else\n");
		return 1;
	}
	if (map_ram(argv[0] + 4))
		return 1;
	buf = g_byte_array_new();
	qemu_plugin_register_vcpu_init_cb(id, vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
