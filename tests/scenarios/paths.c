/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What holds of a probe whatever path its packets take, and the tools that lay such a path. */
#include "tests/scenarios/paths.h"

#include <stdlib.h>

void paths_run_tool(struct lab *lab, enum lab_host host, const char *const *argv)
{
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, host, argv, SCENARIO_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	cr_assert_eq(result.status, 0, "%s: %s", argv[0], result.errors.bytes);
}

const char *paths_object(void)
{
	return getenv("PATHS_OBJECT") ? getenv("PATHS_OBJECT") : ".output/tests/paths.bpf.o";
}

void paths_classify(struct lab *lab, enum lab_host host, const char *direction, const char *section)
{
	paths_tool(lab, host, "tc", "qdisc", "add", "dev", "eth0", "clsact");
	paths_tool(lab, host, "tc", "filter", "add", "dev", "eth0", direction, "bpf", "da", "obj",
		   paths_object(), "sec", section);
}

void expect_once(const json_t *record, const char *interface)
{
	expect_text(record, "interface", interface);
	expect_number(record, "syn_sent", 1);
	expect_number(record, "syn_unanswered", 0);
	expect_between(record, "rtt_us", 1, 900000);
	expect_between(record, "queue_us", 0, 900000);
	expect_null(record, "rtt_candidates_us");
	expect_record(record, json_is_true(field(claimed, "complete")), "not complete: %s");
}

/*
 * A packet that the lab itself loses is sent once more, and truly so; one that is counted twice is
 * so every time.
 */
static json_t *probe_undisturbed(struct lab *lab, const char *target, uint16_t port)
{
	json_t *record = probe(lab, target, port);

	for (int tries = 1; tries < 3 && !field_is_number(record, "syn_sent", 1, 1); tries++)
		record = probe(lab, target, port);
	return record;
}

void expect_open_and_closed(struct lab *lab, enum lab_host host, int family, const char *target,
			    const char *interface)
{
	json_t *record;

	scenario_listen(lab, host, family, PATHS_PORT);
	record = probe_undisturbed(lab, target, PATHS_PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_once(record, interface);
	expect_text(record, "answer.from", target);
	record = probe_undisturbed(lab, target, PATHS_CLOSED_PORT);
	expect_verdict(record, "closed", "reset");
	expect_once(record, interface);
}
