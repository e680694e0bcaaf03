/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Many targets in one run: every verdict is right, no event is lost, and memory stays small. */
#include <sys/resource.h>

#include "tests/scenarios/private.h"

#define FIRST_PORT 7000
#define PORTS	   200
#define PORT_LIST  "7000-7199"
#define PROBES	   3
#define THOUSAND   1000
#define MEMORY_KIB ((long)32 * 1024)
#define COUNT	   "3"

static const struct {
	const char *status, *reason;
	enum peer_answer answer;
} kinds[] = {
	{"open", "syn-ack", PEER_SYN_ACK},
	{"closed", "reset", PEER_RST},
	{"filtered", "no-reply", PEER_SILENT},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void check_probe(const json_t *record)
{
	size_t kind = (size_t)(json_integer_value(field(record, "port")) - FIRST_PORT) % KINDS;

	expect_verdict(record, kinds[kind].status, kinds[kind].reason);
	cr_assert(json_is_true(field(record, "complete")), "not complete: %s", record_text(record));
}

static void check_summary(const json_t *record)
{
	char path[64];
	size_t kind =
		strtoul(strrchr(json_string_value(field(record, "target")), ':') + 1, NULL, 10) %
		FIRST_PORT % KINDS;

	snprintf(path, sizeof(path), "status.%s", kinds[kind].status);
	expect_number(record, "probes", PROBES);
	expect_number(record, path, PROBES);
	expect_number(record, "events_lost", 0);
}

BOTH_FAMILIES(many, two_hundred_targets_get_right_verdicts_and_no_event_is_lost)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines, *line;
	size_t i;

	for (uint16_t port = 0; port < PORTS; port++)
		lab_peer_rule(lab, FIRST_PORT + port,
			      (struct peer_rule){.answer = kinds[port % KINDS].answer});
	result = cli(lab, "-j", "-c", COUNT, "-i", "0.2", "-W", "1", "-p", PORT_LIST,
		     places_of(family)->peer);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), PORTS * PROBES);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), PORTS);
	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe"))
			check_probe(line);
		if (field_is_text(line, "type", "summary"))
			check_summary(line);
	}
}

Test(many, a_thousand_targets_of_a_file_are_judged_in_32_mib)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	struct rusage usage;
	json_t *lines, *line;
	size_t i;

	for (uint16_t port = 0; port < THOUSAND; port++)
		lab_peer_rule(lab, FIRST_PORT + port,
			      (struct peer_rule){.answer = kinds[port % KINDS].answer});
	result = private_run(lab, "seq -f " LAB_PEER4
				  ":%.0f 7000 7999 > /mnt/t; exec \"$0\" -j -c 1 -W 1 -f /mnt/t");
	expect_status(result, 1);
	cr_assert_str_empty(result.errors.bytes);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), THOUSAND);
	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe"))
			check_probe(line);
		else
			expect_number(line, "events_lost", 0);
	}
	getrusage(RUSAGE_CHILDREN, &usage);
	cr_assert_leq(usage.ru_maxrss, MEMORY_KIB, "it took %ld KiB", usage.ru_maxrss);
}
