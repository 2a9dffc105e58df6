// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Finding functions by name
 *
 * In: a module's name and a function's. Out: its address. kallsyms_lookup_name
 * is not exported; a kprobe that is registered and removed at once tells where
 * it is. It and find_module() are called through static calls: their landing
 * pad may be sealed on kernels with IBT. A name that a module has twice is
 * refused, because a guess would hook the wrong function. State: references to
 * KVM's modules, protected by the mutex of hooks.c.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/static_call.h>
#include "symbols.h"
#include "../hve.h"

typedef unsigned long hve_fn_lookup(const char *name);
typedef struct module *hve_fn_find(const char *name);
DEFINE_STATIC_CALL_NULL(hve_lookup, hve_fn_lookup);
DEFINE_STATIC_CALL_NULL(hve_find, hve_fn_find);

static struct module *vendor;

int hve_symbols_init(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long find;
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("kallsyms_lookup_name cannot be found (%d): the kernel needs CONFIG_KPROBES and CONFIG_KALLSYMS\n",
		       err);
		return err;
	}
	static_call_update(hve_lookup, (hve_fn_lookup *)probe.addr);
	unregister_kprobe(&probe);
	find = static_call(hve_lookup)("find_module");
	if (!find) {
		pr_err("find_module cannot be found: the kernel needs CONFIG_KALLSYMS_ALL\n");
		return -ENOENT;
	}
	static_call_update(hve_find, (hve_fn_find *)find);
	return 0;
}

static struct module *module_get(const char *name)
{
	struct module *mod;

	rcu_read_lock_sched();
	mod = static_call(hve_find)(name);
	if (mod && !try_module_get(mod))
		mod = NULL;
	rcu_read_unlock_sched();
	return mod;
}

int hve_symbols_pin(char *why, size_t len)
{
	/* A vendor module pins kvm.ko, whose functions it uses. */
	vendor = module_get("kvm_amd");
	if (!vendor)
		vendor = module_get("kvm_intel");
	if (vendor)
		return 0;
	snprintf(why, len,
		 "neither kvm_amd nor kvm_intel is loaded: modprobe one of them");
	return -ENOENT;
}

void hve_symbols_unpin(void)
{
	module_put(vendor);
	vendor = NULL;
}

const char *hve_symbols_vendor(void)
{
	return vendor->name;
}

static unsigned int occurrences(const struct mod_kallsyms *table,
				const char *name)
{
	unsigned int i, found = 0;

	for (i = 0; i < table->num_symtab; i++) {
		const Elf_Sym *sym = &table->symtab[i];

		if (sym->st_shndx != SHN_UNDEF &&
		    !strcmp(table->strtab + sym->st_name, name))
			found++;
	}
	return found;
}

static bool is_unique(const char *module, const char *name)
{
	struct module *mod;
	bool unique = true;

	rcu_read_lock_sched();
	mod = static_call(hve_find)(module);
	if (mod)
		unique = occurrences(rcu_dereference_sched(mod->kallsyms),
				     name) == 1;
	rcu_read_unlock_sched();
	return unique;
}

unsigned long hve_symbol(const char *module, const char *name, char *why,
			 size_t len)
{
	const char *broken = hve_break_symbol();
	char full[MODULE_NAME_LEN + KSYM_NAME_LEN];
	unsigned long addr = 0;

	if (!strcmp(module, "vmlinux"))
		snprintf(full, sizeof(full), "%s", name);
	else
		snprintf(full, sizeof(full), "%s:%s", module, name);
	if (!broken || strcmp(broken, name))
		addr = static_call(hve_lookup)(full);
	if (!addr) {
		snprintf(why, len,
			 "%s has no symbol %s in this kernel: see `hve doctor` and Documentation/known-limits.rst",
			 module, name);
		return 0;
	}
	if (!is_unique(module, name)) {
		snprintf(why, len,
			 "%s has more than one symbol %s: which one to use cannot be told",
			 module, name);
		return 0;
	}
	return addr;
}
