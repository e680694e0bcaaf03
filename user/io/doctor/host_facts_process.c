// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* This process: what it may do, and where it lives. */
#include "user/io/doctor/host_facts_process.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/io/capabilities.h"
#include "user/io/proc_text.h"

/* As FIRST_USER_NAMESPACE. */
#define FIRST_PID_NAMESPACE 0xeffffffcu
/* Only on newer kernels; before, it has a number like any other */
#define FIRST_NET_NAMESPACE 0xeffffff9u

#define STANDS_IN "; CAP_SYS_ADMIN does as well"

static const struct {
	unsigned number;
	const char *name;
	const char *stands_in; /* what else will do */
	const char *what_for;
} capabilities[] = {
	{CAP_BPF, "cap_bpf", STANDS_IN, "loading programs and making their maps: every probe"},
	{CAP_PERFMON, "cap_perfmon", STANDS_IN,
	 "attaching programs to tracepoints and reading kernel memory: every probe"},
	{CAP_NET_ADMIN, "cap_net_admin", "; from Linux 5.17 on CAP_NET_RAW does as well",
	 "-m (firewall mark)"},
	{CAP_NET_RAW, "cap_net_raw", "", "-I (device) before Linux 5.7"},
	{CAP_NET_BIND_SERVICE, "cap_net_bind_service", "", "source ports below 1024 (--sport)"},
	{CAP_SYS_ADMIN, "cap_sys_admin", "", "-N (entering a network namespace)"},
	{CAP_SYS_PTRACE, "cap_sys_ptrace", "", "-N with the PID of another user's process"},
	{CAP_SYS_RESOURCE, "cap_sys_resource", "",
	 "more locked memory than memlock_bytes, before Linux 5.11"},
	{CAP_SYSLOG, "cap_syslog", "",
	 "addresses in /proc/kallsyms, the fallback for function names"},
};

static void add_user(struct doctor_report *report)
{
	uid_t user = geteuid();

	doctor_add_number(report, "effective_uid", user, "%s",
			  user ? "not root: the capabilities below decide" : "root");
}

static void add_capabilities(struct doctor_report *report)
{
	uint64_t set = capabilities_effective();

	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		doctor_add_yes_no(report, capabilities[i].name, set >> capabilities[i].number & 1,
				  "for %s%s", capabilities[i].what_for, capabilities[i].stands_in);
}

static uint64_t namespace_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_ino : 0;
}

/* own is 0 when it could not be read. */
static void add_namespace(struct doctor_report *report, const char *name, const char *path,
			  uint64_t own, const char *note)
{
	if (own)
		doctor_add_number(report, name, own, "%s", note);
	else
		doctor_add_unknown(report, name, "%s cannot be read: %s; is /proc mounted?", path,
				   strerror(errno));
}

static const char *net_note(uint64_t own, bool is_first_pid_namespace)
{
	uint64_t of_init = namespace_of("/proc/1/ns/net");

	if (own == FIRST_NET_NAMESPACE)
		return "the initial one";
	if (!of_init)
		return "whether it is the initial one cannot be told: /proc/1/ns/net cannot be "
		       "read";
	if (own == of_init)
		return is_first_pid_namespace ? "the initial one" : "that of pid 1 here";
	return "not that of pid 1: connects are made from here unless -N says otherwise";
}

static void add_namespaces(struct doctor_report *report)
{
	uint64_t user = namespace_of("/proc/self/ns/user"), pid, net;

	add_namespace(report, "user_namespace", "/proc/self/ns/user", user,
		      user == FIRST_USER_NAMESPACE
			      ? "the initial one"
			      : "not the initial one: capabilities held here do not count for BPF; "
				"run it on the host, outside of the container");
	pid = namespace_of("/proc/self/ns/pid");
	add_namespace(report, "pid_namespace", "/proc/self/ns/pid", pid,
		      pid == FIRST_PID_NAMESPACE ? "the initial one"
						 : "not the initial one (a container?): pids are "
						   "compared as they are numbered here");
	net = namespace_of("/proc/self/ns/net");
	add_namespace(report, "net_namespace", "/proc/self/ns/net", net,
		      net_note(net, pid == FIRST_PID_NAMESPACE));
}

static void add_limit(struct doctor_report *report, const char *name, rlim_t value,
		      const char *note)
{
	if (value == RLIM_INFINITY)
		doctor_add_text(report, name, "unlimited", "%s", note);
	else
		doctor_add_number(report, name, value, "%s", note);
}

static void add_limits(struct doctor_report *report)
{
	struct rlimit memory, files;

	if (getrlimit(RLIMIT_MEMLOCK, &memory) == 0)
		add_limit(report, "memlock_bytes", memory.rlim_cur,
			  "counts for BPF maps before Linux 5.11, and is raised then");
	else
		doctor_add_unknown(report, "memlock_bytes", "getrlimit() failed: %s",
				   strerror(errno));
	if (getrlimit(RLIMIT_NOFILE, &files) == 0)
		add_limit(report, "file_descriptors", files.rlim_max,
			  "the hard limit, to which a run goes: one for every connection at once");
	else
		doctor_add_unknown(report, "file_descriptors", "getrlimit() failed: %s",
				   strerror(errno));
}

static void add_seccomp(struct doctor_report *report)
{
	char mode[16];

	if (proc_read_field("/proc/self/status", "Seccomp", mode, sizeof(mode)) < 0)
		doctor_add_unknown(report, "seccomp", "/proc/self/status does not say");
	else if (!strcmp(mode, "0"))
		doctor_add_text(report, "seccomp", "off", "%s", "");
	else
		doctor_add_text(report, "seccomp", !strcmp(mode, "2") ? "filter" : mode, "%s",
				"it may refuse bpf(), whatever the capabilities are");
}

void host_facts_process(struct doctor_report *report)
{
	add_user(report);
	add_capabilities(report);
	add_namespaces(report);
	add_limits(report);
	add_seccomp(report);
}
