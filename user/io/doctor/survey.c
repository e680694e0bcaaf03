// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Hooks and maps each by itself, what hangs on them, then everything at once as a probe has it. */
#include "user/io/doctor/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/io/btf/kernel_btf.h"
#include "user/io/doctor/feature_probe.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/loader.h"
#include "user/io/kernel/observer.h"
#include "user/io/kernel/program_setup.h"

/* Those of a run with one target and -v. */
static const struct observer_config config = {
	.ring_bytes = 1u << 20, .rings = 1, .attempts = 64, .has_path = true};

static const char *const drop_reasons_affect[] = {
	"neighbour-failed", "rejected-locally", "rp-filter", "malformed",
	"bad-checksum",	    "drop.reason",	NULL};
static const char *const function_names_affect[] = {"neighbour-failed", "malformed",
						    "drop.function", NULL};

struct survey {
	struct doctor_report *report;
	struct loader *loader;
	survey_found found;
	void *context;
	/* Of the hooks that other facilities hang on. */
	struct feature_probe state, drop, bad_checksum;
};

static void set_probe(struct doctor_facility *facility, const struct feature_probe *probe)
{
	facility->result = probe->result == 0 ? FACILITY_LOADED : FACILITY_MISSING;
	snprintf(facility->reason, sizeof(facility->reason), "%s", probe->reason);
}

/* What the probe itself cannot tell. */
static void set_result(struct doctor_facility *facility, enum facility_result result,
		       const char *reason)
{
	facility->result = result;
	snprintf(facility->reason, sizeof(facility->reason), "%s", reason);
}

static void keep_probe(struct survey *survey, const struct hook *hook,
		       const struct feature_probe *probe)
{
	if (!strcmp(hook->program, "ktp_state"))
		survey->state = *probe;
	else if (!strcmp(hook->program, "ktp_drop"))
		survey->drop = *probe;
	else if (!strcmp(hook->program, "ktp_bad_checksum"))
		survey->bad_checksum = *probe;
}

static bool has_drop_reasons(const struct survey *survey)
{
	return survey->drop.result == 0 && survey->drop.fit.kfree_skb_args >= 3;
}

static void survey_hook(struct survey *survey, const struct hook *hook)
{
	struct doctor_facility *facility = doctor_add_facility(survey->report);
	struct feature_probe probe;

	feature_probe_hook(survey->loader, hook, &config, &probe);
	keep_probe(survey, hook, &probe);
	facility->name = hook_name(hook);
	facility->what = hook->what;
	facility->affects = hook->affects;
	facility->is_required = hook->need == HOOK_MUST;
	snprintf(facility->test, sizeof(facility->test), "load and attach %s", hook->program);
	set_probe(facility, &probe);
	if (probe.result == 0 && !strcmp(hook->program, "ktp_retransmit") &&
	    probe.fit.retransmit_skb_args < 3)
		set_result(facility, FACILITY_FALLBACK,
			   "this kernel does not tell whether a retransmit failed");
	if (probe.result < 0 && hook->need == HOOK_SUBSTITUTE && has_drop_reasons(survey))
		set_result(facility, FACILITY_FALLBACK,
			   "not needed: on this kernel kfree_skb tells of them");
}

static void survey_map(struct survey *survey, enum feature_map map, const char *name,
		       const char *what)
{
	struct doctor_facility *facility = doctor_add_facility(survey->report);
	struct feature_probe probe;

	feature_probe_map(survey->loader, map, &config, &probe);
	facility->name = name;
	facility->what = what;
	facility->affects = hooks_affect_all;
	facility->is_required = true;
	snprintf(facility->test, sizeof(facility->test),
		 map == FEATURE_RING ? "create it with %zu bytes" : "create it with %zu entries",
		 probe.size);
	set_probe(facility, &probe);
}

static void survey_pid_filter(struct survey *survey)
{
	struct doctor_facility *facility = doctor_add_facility(survey->report);
	struct stat namespace;

	facility->name = "pid-filter";
	facility->what = "telling this process's sockets from all others, by pid";
	facility->affects = hooks_affect_all;
	facility->is_required = true;
	set_probe(facility, &survey->state);
	if (stat("/proc/self/ns/pid", &namespace) == 0) {
		snprintf(facility->test, sizeof(facility->test),
			 "load ktp_state with bpf_get_ns_current_pid_tgid() for pid namespace %ju",
			 (uintmax_t) namespace.st_ino);
		return;
	}
	snprintf(facility->test, sizeof(facility->test),
		 "load ktp_state with bpf_get_ns_current_pid_tgid()");
	set_result(facility, FACILITY_MISSING,
		   "the pid namespace cannot be told: /proc/self/ns/pid is not there; mount /proc");
}

static void count_value(void *context, const char *name, int64_t value)
{
	unsigned *count = context;

	(void)name;
	*count += value > 0;
}

static void survey_drop_reasons(struct survey *survey)
{
	struct doctor_facility *facility = doctor_add_facility(survey->report);
	unsigned names = 0;

	facility->name = "drop-reasons";
	facility->what = "the kernel's names for why it dropped a packet";
	facility->affects = drop_reasons_affect;
	snprintf(facility->test, sizeof(facility->test),
		 "load ktp_drop with kfree_skb's argument reason; read enum skb_drop_reason from "
		 "BTF");
	set_probe(facility, &survey->drop);
	if (survey->drop.result < 0)
		return;
	kernel_btf_enum("skb_drop_reason", count_value, &names);
	if (!has_drop_reasons(survey) && survey->bad_checksum.result == 0) {
		set_result(facility, FACILITY_FALLBACK,
			   "kfree_skb tells no reason on this kernel; tcp_bad_csum tells of "
			   "damaged packets");
	} else if (!has_drop_reasons(survey)) {
		set_result(facility, FACILITY_MISSING,
			   "kfree_skb tells no reason on this kernel, and tcp_bad_csum is missing");
	} else if (!names) {
		set_result(facility, FACILITY_FALLBACK,
			   "their names are not in the kernel's BTF; they are shown as numbers: "
			   "reason-7");
	}
}

/* Are addresses shown? All are zero to whom kernel.kptr_restrict hides them from. */
static bool has_kallsyms(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512];
	bool is_shown = false;

	/* The first few may be zero by themselves: per-CPU variables. */
	while (file && !is_shown && fgets(line, sizeof(line), file))
		is_shown = strtoull(line, NULL, 16) > UINT32_MAX;
	if (file)
		fclose(file);
	return is_shown;
}

static void survey_symbols(struct survey *survey)
{
	struct doctor_facility *facility = doctor_add_facility(survey->report);

	facility->name = "function-names";
	facility->what = "the function that dropped a packet";
	facility->affects = function_names_affect;
	snprintf(facility->test, sizeof(facility->test),
		 "load ktp_drop with bpf_snprintf(\"%%ps\"); else read /proc/kallsyms");
	set_probe(facility, &survey->drop);
	if (survey->drop.result < 0 || survey->drop.fit.can_print_symbols)
		return;
	if (has_kallsyms()) {
		set_result(facility, FACILITY_FALLBACK,
			   "this kernel cannot print symbols for BPF; they are looked up in "
			   "/proc/kallsyms");
		return;
	}
	set_result(facility, FACILITY_MISSING,
		   "this kernel cannot print symbols for BPF, and /proc/kallsyms hides addresses; "
		   "try sysctl kernel.kptr_restrict=1");
}

static void survey_whole(struct survey *survey)
{
	struct observer_config without_path = config;
	struct doctor_facility *facility = doctor_add_facility(survey->report);
	struct doctor_report *report = survey->report;
	struct observer *observer;
	struct error error;

	facility->name = "all-together";
	facility->what = "what a probe loads before its first connect()";
	facility->affects = hooks_affect_all;
	facility->is_required = true;
	snprintf(facility->test, sizeof(facility->test),
		 "load, attach and map everything at once, as a probe does");
	without_path.has_path = false;
	observer = observer_new(&without_path, &error);
	facility->result = observer ? FACILITY_LOADED : FACILITY_MISSING;
	if (!observer) {
		snprintf(facility->reason, sizeof(facility->reason), "%.*s",
			 (int)sizeof(facility->reason) - 1, error.text);
		snprintf(report->cause, sizeof(report->cause), "%s", error.text);
	}
	observer_free(observer);
}

static void tell(const struct survey *survey)
{
	survey->found(survey->context, survey->report);
}

static void survey_parts(struct survey *survey)
{
	static const struct {
		enum feature_map map;
		const char *name, *what;
	} maps[] = {
		{FEATURE_RING, "ring-buffer", "the way of the records to user space"},
		{FEATURE_SOCKETS, "map-sockets", "a hash of the sockets that are followed"},
		{FEATURE_TUPLES, "map-tuples",
		 "a hash of the addresses and ports that their packets have"},
	};

	for (size_t i = 0; i < hook_count; i++) {
		survey_hook(survey, &hooks[i]);
		tell(survey);
	}
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		survey_map(survey, maps[i].map, maps[i].name, maps[i].what);
	survey_pid_filter(survey);
	survey_drop_reasons(survey);
	survey_symbols(survey);
	tell(survey);
}

void survey_facilities(struct doctor_report *report, survey_found found, void *context)
{
	struct survey survey = {
		.report = report, .loader = loader_new(), .found = found, .context = context};

	program_raise_memlock();
	survey_parts(&survey);
	loader_free(survey.loader); /* the observer has its own */
	survey_whole(&survey);
	tell(&survey);
}
