// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel as it describes itself. */
#include "user/io/doctor/host_facts_kernel.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/base/error.h"
#include "user/base/number.h"
#include "user/io/proc_text.h"

#define BTF	      "/sys/kernel/btf/vmlinux"
#define LOCKDOWN      "/sys/kernel/security/lockdown"
#define UNPRIVILEGED  "/proc/sys/kernel/unprivileged_bpf_disabled"
#define KPTR_RESTRICT "/proc/sys/kernel/kptr_restrict"

static void add_system(struct doctor_report *report)
{
	struct utsname system;

	if (uname(&system) < 0) {
		doctor_add_unknown(report, "kernel", "uname() failed: %s", strerror(errno));
		doctor_add_unknown(report, "architecture", "uname() failed: %s", strerror(errno));
		return;
	}
	doctor_add_text(report, "kernel", system.release, "%s", "");
	doctor_add_text(report, "architecture", system.machine, "%s", "");
}

static void add_btf(struct doctor_report *report)
{
	struct stat status;

	if (stat(BTF, &status) < 0)
		doctor_add_unknown(report, "btf_bytes", BTF ": %s; %s", strerror(errno),
				   access("/sys/kernel", F_OK) < 0
					   ? "mount it: mount -t sysfs sysfs /sys"
					   : "the kernel needs CONFIG_DEBUG_INFO_BTF=y");
	else if (access(BTF, R_OK) < 0)
		doctor_add_unknown(report, "btf_bytes", BTF " cannot be read: %s", strerror(errno));
	else
		doctor_add_number(report, "btf_bytes", (uint64_t)status.st_size, BTF ", readable");
}

static const char *lockdown_note(const char *mode)
{
	if (!strcmp(mode, "confidentiality"))
		return "no program may read kernel memory: nothing can be observed; boot with "
		       "lockdown=integrity or none";
	return "forbids nothing that a probe needs";
}

/* "none [integrity] confidentiality" */
static void add_lockdown(struct doctor_report *report)
{
	char line[128], mode[128];
	int result = proc_read_line(LOCKDOWN, line, sizeof(line));
	char *begin;

	if (result < 0) {
		doctor_add_unknown(
			report, "lockdown",
			"%s: %s; this kernel has no lockdown, or securityfs is not mounted",
			LOCKDOWN, strerror(-result));
		return;
	}
	begin = strchr(line, '[');
	snprintf(mode, sizeof(mode), "%s", begin ? begin + 1 : line);
	mode[strcspn(mode, "]")] = '\0';
	doctor_add_text(report, "lockdown", mode, "%s", lockdown_note(mode));
}

static void add_sysctl(struct doctor_report *report, const char *name, const char *path,
		       const char *note)
{
	char line[64];
	int result = proc_read_line(path, line, sizeof(line));
	struct error error;
	uint64_t value;

	if (result < 0)
		doctor_add_unknown(report, name, "%s: %s", path, strerror(-result));
	else if (number_parse(line, name, 0, UINT32_MAX, &value, &error) < 0)
		doctor_add_text(report, name, line, "%s", note);
	else
		doctor_add_number(report, name, value, "%s", note);
}

void host_facts_kernel(struct doctor_report *report)
{
	add_system(report);
	doctor_add_text(report, "libbpf", libbpf_version_string(), "%s", "");
	add_btf(report);
	add_lockdown(report);
	add_sysctl(report, "unprivileged_bpf_disabled", UNPRIVILEGED,
		   "whatever it says, tracing programs need CAP_BPF and CAP_PERFMON");
	add_sysctl(report, "kptr_restrict", KPTR_RESTRICT,
		   "2 hides addresses in /proc/kallsyms, the fallback for function names");
}
