/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Probes whose evidence was lost are asked again, in an ordinary run and in a scan alike.
 *
 * A ring of one page holds some 15 records. While the program is stopped, one target answers with
 * more segments than that, none of which counts, and then the other one with a RST: its record
 * finds no room.
 */
#include "tests/scenarios/scan.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define NOISY_PORT 7000
#define QUIET_PORT 7001
#define TARGETS	   2
#define TIMES	   3 /* that lost evidence is asked for again */

static const char *const engines[] = {"--hold=0", "--shuffle"}; /* an ordinary run, and a scan */
#define ENGINES 2

enum rules {
	HIDE,	/* the one target's answers hide the other one's */
	REFUSE, /* both reset at once */
	IGNORE,
};

static void set_rules(struct lab *lab, enum rules rules)
{
	struct peer_rule noisy = {.answer = rules == REFUSE ? PEER_RST : PEER_SILENT},
			 quiet = noisy;

	if (rules == HIDE) {
		noisy = (struct peer_rule){
			.answer = PEER_RST_BLIND, .delay_us = 400000, .repeats = 40};
		quiet = (struct peer_rule){.answer = PEER_RST, .delay_us = 500000};
	}
	lab_peer_rule(lab, NOISY_PORT, noisy);
	lab_peer_rule(lab, QUIET_PORT, quiet);
}

/* Stopped from its SYNs on until both targets have answered for the n-th time, from 0. */
static void hide_answers(struct lab *lab, const struct command_process *process, unsigned n)
{
	struct peer_event event;

	scenario_await_syns(lab, (n + 1) * TARGETS);
	cr_assert_eq(kill(process->pid, SIGSTOP), 0);
	for (int i = 0;
	     i < 1000 && !peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, QUIET_PORT, n, &event);
	     i++)
		usleep(10000);
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, QUIET_PORT, n, &event));
}

static void go_on(struct lab *lab, const struct command_process *process, enum rules rules)
{
	set_rules(lab, rules);
	cr_assert_eq(kill(process->pid, SIGCONT), 0);
}

/*
 * Its answers hidden once, it is about to go on. Without another try as cli() has it: what is lost
 * here is meant to be.
 */
static struct command_process start_hidden(struct lab *lab, const char *host, const char *engine,
					   const char *format, const char *end)
{
	struct command_process process;
	char ports[16];

	set_rules(lab, HIDE);
	snprintf(ports, sizeof(ports), "%u,%u", NOISY_PORT, QUIET_PORT);
	process = cli_start(lab, "--ring-bytes", "4096", "-c", "1", "-W", "900ms", "-w", end,
			    engine, format, "-p", ports, host);
	hide_answers(lab, &process, 0);
	return process;
}

#define NO_END "1h"

/* Both are refused the second time. */
static struct command_result run(const char *host, const char *engine, const char *format)
{
	struct lab *lab = scenario_lab();
	struct command_process process = start_hidden(lab, host, engine, format, NO_END);
	struct command_result result;

	go_on(lab, &process, REFUSE);
	result = cli_finish(&process);
	expect_status(result, 1);
	lab_free(lab);
	return result;
}

static size_t count_asked(const json_t *lines, unsigned times)
{
	size_t i, count = 0;
	json_t *line;

	json_array_foreach(lines, i, line)
	{
		bool is_asked = field_is_number(line, "asked_again", times, times);

		count += field_is_text(line, "type", "probe") && is_asked;
	}
	return count;
}

BOTH_FAMILIES(repeat, an_answer_that_was_not_seen_is_had_by_a_second_connect)
{
	json_t *lines = cli_json(run(places_of(family)->peer, engines[0], "-j").output.bytes),
	       *line;
	size_t i;

	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), TARGETS, "%s", record_text(lines));
	json_array_foreach(lines, i, line)
	{
		const char *target = json_string_value(field(line, "target"));
		const json_t *summary = scenario_record(lines, "summary", "target", target);

		if (!field_is_text(line, "type", "probe"))
			continue;
		expect_verdict(line, "closed", "reset");
		expect_number(line, "seq", 1);
		expect_number(line, "asked_again", 1);
		expect_number(line, "syn_sent", 2);
		cr_assert(json_is_number(field(line, "rtt_us")), "no RTT: %s", record_text(line));
		expect_number(summary, "probes", 1);
		expect_number(summary, "status.closed", 1);
		expect_number(summary, "syn_sent", 2);
		cr_assert_gt(json_number_value(field(summary, "events_lost")), 0, "%s",
			     record_text(summary));
	}
}

BOTH_FAMILIES(repeat, an_answer_that_a_scan_has_not_seen_is_had_by_a_second_connect)
{
	struct scan scan = scan_of(run(places_of(family)->peer, engines[1], "-j"));

	cr_assert_eq(count_asked(scan.lines, 1), TARGETS, "%s", scan.result.output.bytes);
	expect_group(&scan, "closed", "reset", TARGETS);
	expect_number(scan.total, "targets", TARGETS);
	expect_number(scan.total, "syn_sent", 2 * TARGETS);
}

/* With -vv, and nowhere else: before the probe's own record, and no count has it. */
Test(repeat, the_first_outcome_is_seen_with_vv)
{
	for (size_t engine = 0; engine < ENGINES; engine++) {
		json_t *lines = cli_json(run(LAB_PEER4, engines[engine], "-jvv").output.bytes),
		       *line;
		size_t i, seen = 0;

		cr_assert_eq(cli_count(lines, "replaced", "reason", "events-lost"), TARGETS, "%s",
			     record_text(lines));
		cr_assert_eq(cli_count(lines, "replaced", "status", "incomplete"), TARGETS);
		cr_assert_eq(cli_count(lines, "probe", "status", "closed"), TARGETS);
		cr_assert_eq(count_asked(lines, 1), TARGETS);
		json_array_foreach(lines, i, line)
		{
			if (field_is_text(line, "type", "replaced"))
				seen++;
			else if (field_is_text(line, "type", "probe"))
				cr_assert_gt(seen, 0, "%s", record_text(lines));
		}
	}
}

/*
 * A line is for what came of the probe; that it took two connects is nothing that one has to read.
 */
Test(repeat, text_has_one_line_for_the_probe)
{
	for (size_t engine = 0; engine < ENGINES; engine++) {
		struct command_result result = run(LAB_PEER4, engines[engine], "--explain");

		cr_assert_eq(cli_lines_with(result.output.bytes, " closed "),
			     TARGETS + (engine ? 1 : TARGETS), "%s", result.output.bytes);
		expect_not_said(result.output.bytes, "incomplete");
		expect_not_said(result.output.bytes, "again");
		result = run(LAB_PEER4, engines[engine], "-v");
		cr_assert_eq(cli_lines_with(result.output.bytes, "asked again"), TARGETS, "%s",
			     result.output.bytes);
		expect_not_said(result.output.bytes, "incomplete");
	}
}

Test(repeat, csv_has_one_line_for_the_probe)
{
	struct command_result result = run(LAB_PEER4, engines[0], "--csv");

	cr_assert_eq(cli_lines_with(result.output.bytes, "\n"), 1 + TARGETS, "%s",
		     result.output.bytes);
	cr_assert_eq(cli_lines_with(result.output.bytes, ",1,\n"), TARGETS, "%s",
		     result.output.bytes);
}

/* What a display hides is not asked less: the last word is what counts. */
Test(repeat, only_the_last_word_is_a_failure_or_a_change)
{
	struct command_result result = run(LAB_PEER4, "--changes", "-j");
	json_t *lines = cli_json(result.output.bytes);

	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), TARGETS, "%s",
		     result.output.bytes);
	result = run(LAB_PEER4, "--open", "-jvv");
	lines = cli_json(result.output.bytes);
	cr_assert_eq(json_array_size(lines), 1, "%s", result.output.bytes);
	expect_number(json_array_get(lines, 0), "status.closed", TARGETS);
}

/* The first connect has given the port back by then. */
Test(repeat, the_source_port_that_was_asked_for_is_used_again)
{
	json_t *lines = cli_json(run(LAB_PEER4, "--sport=40000", "-j").output.bytes), *line;
	size_t i;

	cr_assert_eq(count_asked(lines, 1), TARGETS, "%s", record_text(lines));
	json_array_foreach(lines, i, line) if (field_is_text(line, "type", "probe"))
		expect_number(line, "source_port", 40000);
}

/*
 * What comes of the first connect when the second one is the probe's is no news. The other target
 * keeps the run going.
 */
Test(repeat, what_is_replaced_is_not_amended)
{
	struct lab *lab = scenario_lab();
	struct peer_event event;
	struct command_process process;
	struct command_result result;
	json_t *lines;

	set_rules(lab, HIDE);
	lab_peer_rule(lab, QUIET_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 1400000});
	process = cli_start(lab, "-j", "--ring-bytes", "4096", "--hold", "0", "-c", "1", "-W",
			    "900ms", "-p", "7000,7001", LAB_PEER4);
	scenario_await_syns(lab, TARGETS);
	cr_assert_eq(kill(process.pid, SIGSTOP), 0);
	for (int i = 0;
	     i < 1000 && !peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, NOISY_PORT, 40, &event);
	     i++)
		usleep(10000);
	set_rules(lab, IGNORE);
	lab_peer_rule(lab, QUIET_PORT, (struct peer_rule){.answer = PEER_RST});
	cr_assert_eq(kill(process.pid, SIGCONT), 0);
	result = cli_finish(&process);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(count_asked(lines, 1), TARGETS, "%s", result.output.bytes);
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, QUIET_PORT, 1, &event),
		  "no answer came late");
	expect_verdict(scenario_record(lines, "probe", "target", LAB_PEER4 ":7001"), "closed",
		       "reset");
	cr_assert_eq(cli_count(lines, "amendment", NULL, NULL), 0, "%s", result.output.bytes);
	expect_number(scenario_record(lines, "summary", "target", LAB_PEER4 ":7001"),
		      "amendments.late-answer", 0);
}

/*
 * All that was under way was a repeat: what it came to at first is what is known, and not that it
 * was ended.
 */
static void expect_first_outcomes(struct command_process *process, unsigned times)
{
	struct command_result result = cli_finish(process);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 4);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), TARGETS, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "reason", "events-lost"), TARGETS, "%s",
		     result.output.bytes);
	cr_assert_eq(count_asked(lines, times), TARGETS, "%s", result.output.bytes);
}

/* The second one waits for no verdict. */
static void interrupt_repeat(const char *engine, const int *signals, size_t count)
{
	struct lab *lab = scenario_lab();
	struct command_process process = start_hidden(lab, LAB_PEER4, engine, "-j", NO_END);

	go_on(lab, &process, IGNORE);
	scenario_await_syns(lab, 2 * TARGETS);
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(kill(process.pid, signals[i]), 0);
	expect_first_outcomes(&process, 1);
	lab_free(lab);
}

Test(repeat, interrupted_the_first_outcome_stands)
{
	static const int signals[] = {SIGINT, SIGTERM};

	for (size_t engine = 0; engine < ENGINES; engine++)
		for (size_t count = 1; count <= 2; count++)
			interrupt_repeat(engines[engine], signals, count);
}

Test(repeat, at_the_end_of_the_run_the_first_outcome_stands)
{
	for (size_t engine = 0; engine < ENGINES; engine++) {
		struct lab *lab = scenario_lab();
		struct command_process process =
			start_hidden(lab, LAB_PEER4, engines[engine], "-j", "1700ms");

		go_on(lab, &process, IGNORE);
		expect_first_outcomes(&process, 1);
		lab_free(lab);
	}
}

#define TRIES 5

/* Within some seconds: what was not hidden is not asked for again. */
static bool is_asked_again(const struct lab *lab, unsigned n)
{
	for (int i = 0; i < 500; i++) {
		if (__atomic_load_n(&lab->peer->syns_read, __ATOMIC_ACQUIRE) >= (n + 1) * TARGETS)
			return true;
		usleep(10000);
	}
	return false;
}

/* Each time, the answers are hidden. Returns whether they were, however busy the host was. */
static bool hide_all_answers(const char *engine)
{
	struct lab *lab = scenario_lab();
	struct command_process process = start_hidden(lab, LAB_PEER4, engine, "-j", NO_END);
	bool is_hidden = true;

	for (unsigned i = 1; i <= TIMES && is_hidden; i++) {
		go_on(lab, &process, HIDE);
		is_hidden = is_asked_again(lab, i);
		if (is_hidden)
			hide_answers(lab, &process, i);
	}
	go_on(lab, &process, IGNORE);
	if (is_hidden) {
		expect_first_outcomes(&process, TIMES);
		cr_assert_eq(lab->peer->syns_read, (1 + TIMES) * TARGETS);
	} else {
		cli_finish(&process);
	}
	lab_free(lab);
	return is_hidden;
}

Test(repeat, a_probe_is_asked_again_three_times)
{
	for (size_t engine = 0; engine < ENGINES; engine++) {
		int tries = 1;

		while (!hide_all_answers(engines[engine]))
			cr_assert_lt(tries++, TRIES, "the answers were seen each time");
	}
}
