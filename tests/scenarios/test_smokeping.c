/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SmokePing's own module, configured by our example, runs the program and gets the times and the
 * losses right.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/cli.h"

#define PORT	   7000
#define PINGS	   3
#define PINGS_TEXT "3"
#define PORT_TEXT  "7000"
/* The script's exit status when the modules are not there. */
#define MODULES_MISSING 77
/* Silent targets take their time. */

struct round {
	int loss;
	unsigned time_count;
	double times[PINGS]; /* in seconds */
};

static const char *line_of(const char *output, const char *word)
{
	const char *at = strstr(output, word);

	cr_assert(at, "no %s in:\n%s", word, output);
	return at + strlen(word);
}

/* "times 4.1e-04 U 4.0e-04": those that are known. */
static void read_times(const char *text, struct round *round)
{
	char *end;

	for (int i = 0; i < PINGS; i++) {
		double seconds = strtod(text, &end);

		if (end != text)
			round->times[round->time_count++] = seconds;
		text = end + strcspn(end, " \n");
		text += *text == ' ';
		if (end != text && *end == 'U')
			continue;
	}
}

static struct round run_round(struct lab *lab, const char *host)
{
	const char *const argv[] = {"perl",
				    "tests/scenarios/smokeping.pl",
				    "user/share/smokeping.conf.example",
				    cli_program(),
				    host,
				    PORT_TEXT,
				    PINGS_TEXT,
				    NULL};
	struct round round = {0};
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, CLI_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	if (result.status == MODULES_MISSING)
		cr_skip_test("%s", result.errors.bytes);
	cr_assert_eq(result.status, 0, "status %d:\n%s%s", result.status, result.output.bytes,
		     result.errors.bytes);
	round.loss = atoi(line_of(result.output.bytes, "loss "));
	read_times(line_of(result.output.bytes, "times "), &round);
	return round;
}

BOTH_FAMILIES(smokeping, has_a_time_for_every_ping_of_an_open_port)
{
	struct lab *lab = scenario_lab();
	struct round round;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 20000});
	round = run_round(lab, places_of(family)->peer);
	cr_expect_eq(round.loss, 0, "%d lost", round.loss);
	cr_assert_eq(round.time_count, PINGS, "%u times", round.time_count);
	for (unsigned i = 0; i < PINGS; i++)
		cr_expect(round.times[i] >= 0.02 && round.times[i] < 0.9, "%g s", round.times[i]);
}

/*
 * The first one: a line that begins with "-" would be overlooked by the module, and everything be
 * lost.
 */
BOTH_FAMILIES(smokeping, counts_one_lost_ping_as_one)
{
	struct lab *lab = scenario_lab();
	struct round round;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	/* The set takes one source port, the first; the rule stops at every other one. */
	scenario_nft(
		lab, LAB_SERVER,
		"table inet t {\n set first {\n type inet_service\n size 1\n flags dynamic\n }\n"
		" chain c {\n type filter hook input priority 0\n tcp dport 7000 tcp flags & (syn "
		"| ack) == syn add @first { tcp "
		"sport } drop\n }\n}\n");
	round = run_round(lab, places_of(family)->server);
	cr_expect_eq(round.loss, 1, "%d lost", round.loss);
	cr_expect_eq(round.time_count, PINGS - 1, "%u times", round.time_count);
}

BOTH_FAMILIES(smokeping, counts_silence_as_lost)
{
	struct lab *lab = scenario_lab();
	struct round round;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SILENT});
	round = run_round(lab, places_of(family)->peer);
	cr_expect_eq(round.loss, PINGS, "%d lost", round.loss);
	cr_expect_eq(round.time_count, 0, "%u times", round.time_count);
}
