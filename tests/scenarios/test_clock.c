/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Nothing but the printed date comes from the wall clock. */
#include "tests/scenarios/cli.h"

#include <stdlib.h>
#include <string.h>

#define OPEN_PORT  7000
#define OPEN	   LAB_PEER4 ":7000"
#define SILENT	   LAB_PEER4 ":7001"
#define DATE_CHARS 13 /* up to the hour */

static const char *library(void)
{
	return getenv("CLOCK_STEPS") ? getenv("CLOCK_STEPS") : ".output/tests/clock_steps.so";
}

/* It jumped from record to record, or this test would prove nothing. */
static void expect_jumps(const json_t *lines)
{
	const char *last = "";
	size_t i;
	json_t *line;

	json_array_foreach(lines, i, line)
	{
		const char *time = json_string_value(field(line, "time"));

		if (!field_is_text(line, "type", "probe"))
			continue;
		cr_assert(time && strncmp(time, last, DATE_CHARS) != 0,
			  "the wall clock stands still: %s", record_text(line));
		last = time;
	}
}

static double peer_delay_us(const struct lab *lab, unsigned n)
{
	struct peer_event syn, answer;

	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, OPEN_PORT, n, &syn));
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, OPEN_PORT, n, &answer));
	return (double)(answer.time_ns - syn.time_ns) / 1000;
}

Test(clock, steps_of_the_wall_clock_change_no_verdict_and_no_rtt)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	char line[256];
	json_t *lines, *record;
	size_t i;

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 20000});
	snprintf(line, sizeof(line),
		 "LD_PRELOAD=%s exec \"$0\" -j -c 3 -i 0.3 -W 0.8 --hold 0.1 " OPEN " " SILENT,
		 library());
	result = cli_shell(lab, line);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 3, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered"), 3, "%s", result.output.bytes);
	expect_jumps(lines);
	json_array_foreach(lines, i, record)
	{
		if (field_is_text(record, "type", "probe") &&
		    field_is_text(record, "status", "open"))
			expect_between(record, "rtt_us",
				       peer_delay_us(lab, (unsigned)json_integer_value(
								  field(record, "seq")) -
								  1),
				       900000);
	}
}
