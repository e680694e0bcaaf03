/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Verdicts of every kind in one scan: those that the same targets get when each is probed alone. */
#include "tests/scenarios/kinds.h"
#include "tests/scenarios/scan.h"

#define LISTENER 7090

static const json_t *of_port(const json_t *lines, unsigned port)
{
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe") &&
		    field_is_number(line, "port", port, port))
			return line;
	}
	cr_assert_fail("no probe of port %u", port);
	return NULL;
}

/*
 * Address translation takes another port of ours where the connection before still has it: of the
 * second probe of a port, that is chance.
 */
static json_t *notes_of(const json_t *record)
{
	json_t *notes = json_deep_copy(field(record, "notes"));

	for (size_t i = 0; i < json_array_size(notes); i++)
		if (!strcmp(json_string_value(json_array_get(notes, i)), "source-rewritten"))
			json_array_remove(notes, i);
	return notes;
}

/* All that is not chance or time. */
static void expect_same(const json_t *one, const json_t *other)
{
	static const char *const paths[] = {"target",	   "status",	       "reason",
					    "complete",	   "syn_sent",	       "syn_unanswered",
					    "interface",   "wire_destination", "answer.kind",
					    "answer.from", "app.result",       "app.errno",
					    "app.agrees",  "drop.direction",   "drop.reason",
					    "drop.count",  "drop.interface"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const json_t *a = field(one, paths[i]), *b = field(other, paths[i]);

		cr_assert(a == b || json_equal(a, b), "%s differs:\n%s\n%s", paths[i],
			  record_text(one), record_text(other));
	}
	cr_assert(json_equal(notes_of(one), notes_of(other)), "notes differ:\n%s\n%s",
		  record_text(one), record_text(other));
}

BOTH_FAMILIES(scan, verdicts_of_every_kind_are_those_of_single_probes)
{
	struct lab *lab = scenario_lab();
	const char *peer = places_of(family)->peer;
	struct command_result result;
	struct scan scan;
	json_t *single;

	kinds_set(lab, family);
	result = cli(lab, "-j", "-c", "1", "--hold", "0", "-W", "400ms", "-p", KINDS_ONCE, peer);
	scan = scan(lab, "--shuffle", "-W", "400ms", "-p", KINDS_LIST, peer);
	single = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(single, "summary", NULL, NULL), KINDS);
	expect_number(scan.total, "targets", KINDS_PORTS);
	for (unsigned port = KINDS_FIRST; port < KINDS_FIRST + KINDS_PORTS; port++)
		expect_kind(of_port(scan.lines, port));
	for (unsigned port = KINDS_FIRST; port < KINDS_FIRST + KINDS; port++)
		expect_same(of_port(single, port), of_port(scan.lines, port));
}

/* A captive portal. */
BOTH_FAMILIES(scan, when_all_are_intercepted_the_environment_is_named)
{
	struct lab *lab = scenario_lab();
	struct command_result result;

	scenario_listen(lab, LAB_CLIENT, family, LISTENER);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "10000-10099 redirect to :7090\n }\n}\n");
	result = cli(lab, "--open", "-p", "10000-10099", places_of(family)->server);
	expect_status(result, 1);
	expect_said(result.output.bytes, "100 intercepted (redirected-local)");
	expect_said(result.output.bytes, "answers for everybody");
	expect_not_said(result.output.bytes, " open ");
}
