/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The report of `doctor`: what is concluded from it, and how it is shown. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "user/core/doctor.h"
#include "user/render/json/json_doctor.h"
#include "user/render/line.h"
#include "user/render/text/text_doctor.h"

static const struct render_style plain = {0};

static const char *const affects_all[] = {"every status", NULL};
static const char *const affects_queue[] = {"queue_us", "neighbour_us", NULL};

static struct doctor_facility *add(struct doctor_report *report, const char *name, bool is_required,
				   enum facility_result result, const char *reason)
{
	struct doctor_facility *facility = doctor_add_facility(report);

	facility->name = name;
	facility->what = "what it shows";
	facility->affects = is_required ? affects_all : affects_queue;
	facility->is_required = is_required;
	facility->result = result;
	snprintf(facility->test, sizeof(facility->test), "load and attach %s", name);
	snprintf(facility->reason, sizeof(facility->reason), "%s", reason);
	return facility;
}

static void add_facts(struct doctor_report *report)
{
	doctor_add_text(report, "kernel", "6.18.0", "%s", "");
	doctor_add_number(report, "btf_bytes", 5515236, "/sys/kernel/btf/vmlinux, readable");
	doctor_add_unknown(report, "lockdown", "%s is not there", "/sys/kernel/security/lockdown");
	doctor_add_yes_no(report, "cap_bpf", true, "for loading programs");
	doctor_add_yes_no(report, "cap_net_admin", false, "for -m");
	doctor_add_text(report, "memlock_bytes", "unlimited", "%s", "");
	doctor_add_number(report, "net_namespace", 4026531840, "the initial one");
}

static void make_loaded(struct doctor_report *report)
{
	*report = (struct doctor_report){0};
	add_facts(report);
	add(report, "inet_sock_set_state", true, FACILITY_LOADED, "");
	add(report, "net_dev_queue", false, FACILITY_LOADED, "");
	doctor_conclude(report);
}

static void make_missing(struct doctor_report *report)
{
	*report = (struct doctor_report){
		.cause = "cannot observe the kernel: kernel 5.4.0 is too old"};
	add_facts(report);
	add(report, "inet_sock_set_state", true, FACILITY_LOADED, "");
	add(report, "tcp_receive_reset", true, FACILITY_MISSING,
	    "this kernel has no tracepoint tcp_receive_reset");
	add(report, "net_dev_queue", false, FACILITY_MISSING,
	    "refused (EACCES): invalid bpf_context access off=16 size=8");
	add(report, "function-names", false, FACILITY_FALLBACK,
	    "they are looked up in /proc/kallsyms");
	doctor_conclude(report);
}

/* What a kernel, a verifier or a file may say, meant for a terminal. */
static void make_hostile(struct doctor_report *report)
{
	*report = (struct doctor_report){.cause = "cannot \033[2J observe\n\x9b"
						  "31m \xff"};
	doctor_add_text(report, "kernel", "6.1\033]0;owned\007\xc2\x9b", "\r%s", "two\nlines");
	add(report, "kfree_skb", true, FACILITY_MISSING,
	    "refused (EACCES): \033[31mR1\033[0m \xe2\x80\x8b\xff\n second line");
	doctor_conclude(report);
}

static const struct {
	const char *text, *json;
	void (*make)(struct doctor_report *report);
} goldens[] = {
	{"doctor_loaded.txt", "doctor_loaded.jsonl", make_loaded},
	{"doctor_missing.txt", "doctor_missing.jsonl", make_missing},
	{"doctor_hostile.txt", "doctor_hostile.jsonl", make_hostile},
};

Test(doctor, reports_match_the_golden_files)
{
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		struct doctor_report report;
		struct output output;

		goldens[i].make(&report);
		output_begin(&output);
		text_write_doctor(output.stream, &plain, &report, &(struct doctor_shown){0});
		cr_expect(golden_matches(goldens[i].text, &output));
		output_begin(&output);
		json_write_doctor(output.stream, &plain, &report, &(struct doctor_shown){0});
		cr_expect(golden_matches(goldens[i].json, &output));
	}
}

/* Shown after each facility that is found, it is the report that is shown at once. */
Test(doctor, what_is_shown_as_it_is_found_is_the_whole_report)
{
	struct doctor_report whole, part;
	struct doctor_shown at_once = {0}, shown = {0};
	struct output all, grown;

	make_missing(&whole);
	part = whole;
	part.explain[0] = '\0';
	output_begin(&all);
	text_write_doctor(all.stream, &plain, &whole, &at_once);
	output_end(&all);
	output_begin(&grown);
	for (part.facility_count = 0; part.facility_count < whole.facility_count;
	     part.facility_count++)
		text_write_doctor(grown.stream, &plain, &part, &shown);
	text_write_doctor(grown.stream, &plain, &whole, &shown);
	output_end(&grown);
	cr_expect_str_eq(grown.text, all.text);
	output_free(&all);
	output_free(&grown);
}

static void expect_narrow(char *text, size_t columns)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		cr_expect_lt(text_columns(line), columns, "%s", line);
}

Test(doctor, a_terminal_gets_lines_that_fit)
{
	struct render_style style = {.columns = 90};
	struct doctor_report report;
	struct output output;

	make_missing(&report);
	for (unsigned i = 0; i < report.facility_count; i++)
		report.facilities[i].what = "what it shows, in as many words as it takes to need "
					    "more than a single line of a terminal";
	output_begin(&output);
	text_write_doctor(output.stream, &style, &report, &(struct doctor_shown){0});
	output_end(&output);
	cr_expect(strstr(output.text, "invalid"), "%s", output.text);
	expect_narrow(output.text, style.columns);
	output_free(&output);
}

Test(doctor, what_is_missing_and_what_works_differ_in_colour)
{
	struct render_style style = {.is_colour = true};
	struct doctor_report report;
	struct output output;

	make_missing(&report);
	output_begin(&output);
	text_write_doctor(output.stream, &style, &report, &(struct doctor_shown){0});
	output_end(&output);
	cr_expect(strstr(output.text, "\033[32mloaded\033[0m"), "%s", output.text);
	cr_expect(strstr(output.text, "\033[33mfallback\033[0m"), "%s", output.text);
	cr_expect(strstr(output.text, "\033[1;31mmissing\033[0m"), "%s", output.text);
	cr_expect(strstr(output.text, "\033[31mmissing\033[0m"), "%s", output.text);
	output_free(&output);
}

Test(doctor, the_conclusion_rests_on_what_is_required)
{
	static const struct {
		enum facility_result required, optional;
		const char *cause;
		bool is_ok;
		const char *explain;
	} cases[] = {
		{FACILITY_LOADED, FACILITY_LOADED, "", true,
		 "probing would work: every hook is there"},
		{FACILITY_FALLBACK, FACILITY_LOADED, "", true,
		 "probing would work; by a fallback: needed"},
		{FACILITY_LOADED, FACILITY_MISSING, "", true, "probing would work; missing: handy"},
		{FACILITY_LOADED, FACILITY_FALLBACK, "", true,
		 "probing would work; by a fallback: handy"},
		{FACILITY_MISSING, FACILITY_LOADED, "", false,
		 "probing would not work: without needed no verdict could be trusted"},
		{FACILITY_MISSING, FACILITY_MISSING, "", false,
		 "probing would not work: without needed no verdict could be trusted"},
		{FACILITY_MISSING, FACILITY_MISSING, "needs root", false,
		 "probing would not work: needs root"},
		{FACILITY_LOADED, FACILITY_LOADED, "no file descriptors left", false,
		 "probing would not work: no file descriptors left"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor_report report = {0};

		add(&report, "needed", true, cases[i].required, "");
		add(&report, "handy", false, cases[i].optional, "");
		snprintf(report.cause, sizeof(report.cause), "%s", cases[i].cause);
		doctor_conclude(&report);
		cr_expect_eq(report.is_ok, cases[i].is_ok, "case %zu: %s", i, report.explain);
		cr_expect_str_eq(report.explain, cases[i].explain);
	}
}

/* More names than fit must neither overflow nor lose what comes behind them. */
Test(doctor, a_conclusion_about_everything_fits)
{
	static const char long_name[] = "a_tracepoint_with_a_name_that_is_longer_than_any_that_the_"
					"kernel_has_by_now_or_will_have_soon";
	struct doctor_report report = {0};

	for (unsigned i = 0; i < DOCTOR_FACILITIES_MAX; i++)
		add(&report, long_name, i % 3 == 0, i % 2 ? FACILITY_MISSING : FACILITY_FALLBACK,
		    "");
	doctor_conclude(&report);
	cr_expect_not(report.is_ok);
	cr_expect(strstr(report.explain, "no verdict could be trusted"), "%s", report.explain);
}
