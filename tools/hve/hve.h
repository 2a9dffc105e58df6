/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: What the files of hve share
 *
 * In: nothing. Out: exit statuses and the functions that cross files, grouped
 * by the file that defines them, so that this header is also the map. No state
 * is shared: each command opens what it needs and ends with the process. Every
 * error is one sentence that names the object, the cause and the next step.
 */
#ifndef HVE_HVE_H
#define HVE_HVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <hve/registry.h>

enum hve_exit { HVE_DONE = 0, HVE_REFUSED = 1, HVE_USAGE = 2 };

#define HVE_WHY_LEN	1024	/* a reason of the module, and a path */
#define HVE_GROUP	"kvm"	/* owns the device node; 99-kvm-hve.rules */

struct json_object;

/* main.c */
#define HVE_COMMAND(name, ...)	int hve_##name##_main(int argc, char **argv);
#include "commands.def"

/* print.c: sentences and JSON */
__attribute__((format(printf, 2, 3)))
int hve_print_error(enum hve_exit status, const char *fmt, ...);
/* What getopt_long() just did not understand in argv */
int hve_print_bad_option(char **argv, int found);
int hve_print_json(struct json_object *object);
/* A process's name, whose owner chose it, so that no terminal obeys it */
#define HVE_COMM_TEXT	(4 * sizeof(((struct hve_vm_info *)0)->comm) + 1)
void hve_print_comm(const struct hve_vm_info *info, char name[HVE_COMM_TEXT]);
/* Array of the names of the features in @bits */
struct json_object *hve_json_features(__u64 bits);
/* The names of the features in @bits, separated by ", " */
void hve_print_features(FILE *to, __u64 bits);

/* device.c: each returns 0 or a descriptor, or -errno with a sentence in why */
int hve_device_open(char *why, size_t len);
int hve_device_call(int fd, unsigned long request, void *argument,
		    const char *what, char *why, size_t len);
int hve_device_features(int fd, struct hve_features *features, char *why,
			size_t len);
/* The number of a VM as a user writes it: HVE_DONE, or HVE_USAGE and said why */
int hve_parse_vm(const char *text, __u32 *vm_id);
/* The name in /etc/group, else the number */
bool hve_group_name(gid_t gid, char *name, size_t len);

/* profile.c */
typedef void (*hve_profile_fn)(const char *name, const char *path,
			       const char *about, void *data);
int hve_profile_apply(const char *name, struct hve_config *config, char *why,
		      size_t len);
void hve_profile_each(hve_profile_fn fn, void *data);
/* "linux, all", or "none" */
void hve_profile_names(char *names, size_t len);

/* guest_os.c: pure */
void hve_guest_os_name(__u64 id, char *name, size_t len);

/* counters.c: names of what is counted */
const char *hve_counter_kind(__u32 kind);
/* NULL: a key that this version does not know */
const char *hve_counter_name(const struct hve_counter *counter);
/* For people: "read time_ref_count" */
void hve_counter_label(const struct hve_counter *counter, char *label,
		       size_t len);

/* report.c: what hve doctor found */
enum hve_grade { HVE_GOOD, HVE_WARN, HVE_FAIL };

struct hve_finding {
	char *name;
	char *found;
	char *next;		/* NULL: nothing to do */
	enum hve_grade grade;
};

struct hve_report {
	struct hve_finding *findings;
	size_t count;
};

__attribute__((format(printf, 4, 5)))
void hve_report_add(struct hve_report *report, enum hve_grade grade,
		    const char *name, const char *fmt, ...);
/* The next step for what was added last */
__attribute__((format(printf, 2, 3)))
void hve_report_next(struct hve_report *report, const char *fmt, ...);
bool hve_report_failed(const struct hve_report *report);
void hve_report_text(const struct hve_report *report);
void hve_report_json(const struct hve_report *report);

/* doctor_kernel.c, doctor_functions.c, doctor_host.c, doctor_module.c */
typedef void (*hve_check_fn)(struct hve_report *report);
/* False where the others could see nothing */
bool hve_check_proc(struct hve_report *report);
void hve_check_machine(struct hve_report *report);
void hve_check_release(struct hve_report *report);
void hve_check_config(struct hve_report *report);
void hve_check_ftrace(struct hve_report *report);
void hve_check_functions(struct hve_report *report);
void hve_check_processor(struct hve_report *report);
void hve_check_kvm(struct hve_report *report);
void hve_check_kvm_node(struct hve_report *report);
void hve_check_signing(struct hve_report *report);
void hve_check_module(struct hve_report *report);
void hve_check_node(struct hve_report *report);
void hve_check_self(struct hve_report *report);

/* sysfile.c: small files of the kernel */
/* The first line, without its end; -errno when it cannot be read */
int hve_file_line(const char *path, char *line, size_t len);
/*
 * A whole file, or the output of a fixed command; the caller frees it. @len, or
 * NULL: its bytes, of which some may be zero.
 */
char *hve_file_text(const char *path, size_t *len);
char *hve_file_output(const char *command);
/* Is there a line in /proc/modules for it? */
bool hve_module_loaded(const char *name);

#endif /* HVE_HVE_H */
