// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The most basic cause first: without root nothing else can be known. */
#include "user/io/kernel/load_failure.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/io/capabilities.h"
#include "user/io/proc_text.h"

#define WHAT "cannot observe the kernel"

static bool has(const struct load_failure *failure, unsigned capability)
{
	return failure->capabilities >> capability & 1;
}

/* CAP_SYS_ADMIN stands for the two newer ones (5.8). */
static const char *missing_capability(const struct load_failure *failure)
{
	if (has(failure, CAP_SYS_ADMIN))
		return NULL;
	if (!has(failure, CAP_BPF))
		return "CAP_BPF";
	return has(failure, CAP_PERFMON) ? NULL : "CAP_PERFMON";
}

static bool begins_with(const char *line, const char *words)
{
	return !strncmp(line, words, strlen(words));
}

/*
 * The last line that says something, the verifier's if it spoke: behind the cause libbpf only says
 * that loading has failed.
 */
static const char *last_line(const char *log)
{
	const char *line = log;

	for (const char *at = log; at && *at && !begins_with(at, "-- END PROG LOAD LOG");
	     at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (*at != '\n' && !begins_with(at, "processed ") &&
		    !begins_with(at, "libbpf: failed to load "))
			line = at;
	return line;
}

int load_failure_explain(const struct load_failure *failure, struct error *ret_error)
{
	bool is_permission = failure->result == -EPERM || failure->result == -EACCES;
	const char *capability = missing_capability(failure);
	const char *line = last_line(failure->log);

	if (is_permission && failure->is_nested)
		return error_set(ret_error, failure->result,
				 WHAT ": this process is in a user namespace (a rootless "
				      "container?), whose capabilities do not count for BPF; "
				      "run it outside, as the host's root");
	if (capability && !failure->is_root)
		return error_set(ret_error, failure->result,
				 WHAT ": loading BPF programs needs root; run it as root");
	if (capability)
		return error_set(ret_error, failure->result,
				 WHAT ": this process runs as root but lacks %s (a container?); "
				      "give it that capability",
				 capability);
	if (failure->is_without_proc)
		return error_set(ret_error, failure->result,
				 WHAT ": /proc is not mounted; mount it: mount -t proc proc /proc");
	if (failure->is_confidential)
		return error_set(ret_error, failure->result,
				 WHAT ": the kernel is locked down (lockdown=confidentiality) and "
				      "lets no program read its memory; "
				      "boot with lockdown=integrity or none");
	if (failure->is_without_sys)
		return error_set(ret_error, failure->result,
				 WHAT ": /sys is not mounted; mount it: mount -t sysfs sysfs /sys");
	if (!failure->has_btf)
		return error_set(ret_error, failure->result,
				 WHAT ": kernel %s has no BTF (/sys/kernel/btf/vmlinux); it needs "
				      "CONFIG_DEBUG_INFO_BTF=y",
				 failure->kernel);
	/* Before what it made look missing. */
	if (failure->result == -EMFILE || failure->result == -ENFILE)
		return error_set(ret_error, failure->result,
				 WHAT ": no file descriptors left for the BPF programs; raise the "
				      "limit (ulimit -n)");
	if (failure->result == -ENOMEM)
		return error_set(ret_error, failure->result,
				 WHAT ": no memory for the BPF programs and their maps; raise the "
				      "limit (memory.max of the cgroup, ulimit -l)");
	if (failure->missing)
		return error_set(
			ret_error, failure->result,
			WHAT
			": kernel %s is too old, it has no tracepoint %s; %s or newer is needed",
			failure->kernel, failure->missing, failure->is_watching ? "5.12" : "5.10");
	if (is_permission && !failure->log[0])
		return error_set(ret_error, failure->result,
				 WHAT
				 ": kernel %s refused the BPF programs without a reason (%s): a "
				 "security module (SELinux, AppArmor, "
				 "a container's seccomp) forbids them; see dmesg or the audit log",
				 failure->kernel, error_name(-failure->result));
	return error_set(ret_error, failure->result,
			 WHAT ": kernel %s refused the BPF programs%s (%s): %.*s", failure->kernel,
			 failure->is_watching ? " of watch, which need Linux 5.12 or newer" : "",
			 error_name(-failure->result), (int)strcspn(line, "\n"), line);
}

void load_failure_shorten(const struct load_failure *failure, char *ret_text, size_t size)
{
	const char *line = last_line(failure->log), *name = error_name(-failure->result);
	bool is_permission = failure->result == -EPERM || failure->result == -EACCES;
	const char *capability = missing_capability(failure);

	if (is_permission && failure->is_nested)
		snprintf(ret_text, size,
			 "not permitted: capabilities of this user namespace do not count for BPF");
	else if (capability && failure->result == -EPERM)
		snprintf(ret_text, size, "not permitted: this process lacks %s", capability);
	else if (is_permission && failure->is_confidential)
		snprintf(ret_text, size,
			 "not permitted: the kernel is locked down (lockdown=confidentiality)");
	else if (failure->is_without_sys)
		snprintf(ret_text, size, "/sys is not mounted");
	else if (!failure->has_btf)
		snprintf(ret_text, size, "this kernel has no BTF that can be read");
	else if (failure->missing)
		snprintf(ret_text, size, "this kernel has no tracepoint %s", failure->missing);
	else if (line && line[0])
		snprintf(ret_text, size, "refused (%s): %.*s", name ? name : "?",
			 (int)strcspn(line, "\n"), line);
	else
		snprintf(ret_text, size, "refused (%s): %s", name ? name : "?",
			 strerror(-failure->result));
}

static bool is_confidential(void)
{
	char line[256];

	return proc_read_line("/sys/kernel/security/lockdown", line, sizeof(line)) == 0 &&
	       strstr(line, "[confidentiality]");
}

struct load_failure load_failure_look(int result, const char *missing, const char *log)
{
	static struct utsname system;

	uname(&system);
	return (struct load_failure){
		.result = result,
		.is_root = geteuid() == 0,
		.capabilities = capabilities_effective(),
		.is_nested = capabilities_are_nested(),
		.is_without_proc = access("/proc/self/ns/pid", F_OK) < 0,
		.is_without_sys = access("/sys/kernel", F_OK) < 0,
		.has_btf = access("/sys/kernel/btf/vmlinux", R_OK) == 0,
		.is_confidential = is_confidential(),
		.missing = missing,
		.kernel = system.release,
		.log = log,
	};
}
