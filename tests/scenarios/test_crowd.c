// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * More targets than a screen holds: none is missing, none is told twice, and their order is that of
 * the list.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/scenarios/private.h"

#define TARGETS	   20000
#define OPEN_PORT  7000
#define KEPT	   1024 /* up to so many targets, summaries come together */
#define FIRST_PORT 10000
#define MEMORY_KIB ((long)192 * 1024)
#define IN_A_THIRD 250

/* The i-th target is 127.0.(i / 250).(i % 250 + 1), and every other port is open. */
static size_t index_of(const json_t *record)
{
	unsigned third = 0, fourth = 0;
	const char *address = json_string_value(field(record, "address"));

	cr_assert(address && sscanf(address, "127.0.%u.%u", &third, &fourth) == 2,
		  "whose is this? %s", record_text(record));
	cr_assert(fourth >= 1 && third * IN_A_THIRD + fourth - 1 < TARGETS, "nobody asked for %s",
		  address);
	return (size_t)third * IN_A_THIRD + fourth - 1;
}

static void check_record(const json_t *record, uint8_t *probes, uint8_t *summaries)
{
	size_t i = index_of(record);
	const char *status = i % 2 ? "closed" : "open";
	char path[32];

	if (field_is_text(record, "type", "probe")) {
		probes[i]++;
		expect_text(record, "status", status);
		return;
	}
	snprintf(path, sizeof(path), "status.%s", status);
	expect_text(record, "type", "summary");
	expect_number(record, path, 1);
	expect_number(record, "probes", 1);
	expect_number(record, "events_lost", 0);
	summaries[i]++;
}

/* Line by line: all of it as JSON at once would be large. */
static void check_records(const char *text)
{
	static uint8_t probes[TARGETS], summaries[TARGETS];
	const char *end;

	for (; *text; text = end + 1) {
		json_t *record;

		end = strchr(text, '\n');
		record = end ? json_loadb(text, (size_t)(end - text), 0, NULL) : NULL;
		cr_assert(record, "not a record: %.200s", text);
		check_record(record, probes, summaries);
		json_decref(record);
	}
	for (size_t i = 0; i < TARGETS; i++)
		cr_assert(probes[i] == 1 && summaries[i] == 1,
			  "target %zu: %u probes, %u summaries", i, probes[i], summaries[i]);
}

Test(crowd, each_of_twenty_thousand_targets_has_its_verdict_and_one_summary)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;
	struct rusage usage;

	scenario_ip(lab, LAB_CLIENT, "link set lo up\n");
	scenario_listen(lab, LAB_CLIENT, AF_INET, OPEN_PORT);
	process = private_start(lab, "awk 'BEGIN { for (i = 0; i < 20000; i++) printf "
				     "\"127.0.%d.%d %d\\n\", int(i / 250), "
				     "i % 250 + 1, 7000 + i % 2 }' > /mnt/t; exec \"$0\" -j -c 1 "
				     "-i 0 -W 4 --hold 0 -f /mnt/t");
	command_finish(&process, 2 * CLI_TIMEOUT_MS, &result);
	cr_assert(!result.has_timed_out, "it did not end");
	cr_assert_eq(result.status, 1, "status %d: %.500s", result.status, result.errors.bytes);
	cr_assert_str_empty(result.errors.bytes);
	check_records(result.output.bytes);
	getrusage(RUSAGE_CHILDREN, &usage);
	cr_assert_leq(usage.ru_maxrss, MEMORY_KIB, "it took %ld KiB", usage.ru_maxrss);
}

/* Those in front answer last. */
BOTH_FAMILIES(crowd, summaries_are_in_the_order_of_the_targets)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines, *line;
	size_t i, count = 0;
	char list[32];

	for (uint16_t n = 0; n < KEPT; n++)
		lab_peer_rule(lab, FIRST_PORT + n,
			      (struct peer_rule){.answer = n % 2 ? PEER_SYN_ACK : PEER_RST,
						 .delay_us = 200u * (KEPT - n)});
	snprintf(list, sizeof(list), "%d-%d", FIRST_PORT, FIRST_PORT + KEPT - 1);
	result = cli(lab, "-j", "-c", "1", "--hold", "0", "-p", list, places_of(family)->peer);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "summary"))
			continue;
		expect_number(line, "port", FIRST_PORT + (int)count);
		count++;
	}
	cr_assert_eq(count, KEPT);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), KEPT);
}
