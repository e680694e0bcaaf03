/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch: whole requests of a real client, many of them in one watch. What follows a handshake takes
 * nothing from what is said of it.
 */
#include "tests/scenarios/watch.h"

#define PORT	 7000
#define PROXY	 7090
#define REQUESTS 50

/*
 * In one process, each by a connection of its own. Where nothing answers there is more than one
 * SYN.
 */
static json_t *watch_requests(struct lab *lab, int family, const char *host)
{
	struct watched watched;
	json_t *connects;
	char *pages;

	need_program("curl");
	cr_assert(asprintf(&pages,
			   family == AF_INET6 ? "http://[%s]:%u/[1-%u]" : "http://%s:%u/[1-%u]",
			   host, PORT, REQUESTS) > 0);
	watched = watch(lab, "-v", "--", "curl", "--noproxy", "*", "-s", "-o", "/dev/null",
			"--http1.1", "-Z", "--parallel-immediate", "--parallel-max", "10",
			"--connect-timeout", "1.3", pages);
	expect_number(scenario_record(watched.lines, "watch", NULL, NULL), "events_lost", 0);
	connects = watch_connects(&watched);
	cr_assert_eq(json_array_size(connects), REQUESTS, "%s", watched.said);
	return connects;
}

static void expect_page(struct lab *lab, enum lab_host host, int family, uint16_t port)
{
	struct error error;

	cr_assert_eq(lab_listen(lab, host, family, port, 128, LISTENER_SERVES, &error), 0, "%s",
		     error.text);
}

/* Complete, and told of as a single one would be. */
static void expect_each(const json_t *connects, const char *status, const char *reason,
			const char *result)
{
	const json_t *record;
	size_t i;

	json_array_foreach(connects, i, record)
	{
		expect_verdict(record, status, reason);
		expect_record(record, json_is_true(field(claimed, "complete")), "not complete: %s");
		expect_text(record, "app.result", result);
		expect_record(record, json_array_size(field(claimed, "timeline")) > 0,
			      "no timeline: %s");
	}
}

BOTH_FAMILIES(watch_requests, open)
{
	struct lab *lab = scenario_lab();
	const json_t *connects, *record;
	size_t i;

	expect_page(lab, LAB_SERVER, family, PORT);
	connects = watch_requests(lab, family, places_of(family)->server);
	expect_each(connects, "open", "syn-ack", "connected");
	json_array_foreach(connects, i, record)
	{
		expect_between(record, "rtt_us", 0.001, 1e6);
		expect_not_accused(record);
	}
}

/* Whoever answers is on this host, and curl says that it has the page: each time that is told. */
BOTH_FAMILIES(watch_requests, redirected)
{
	struct lab *lab = scenario_lab();
	const json_t *connects, *record;
	size_t i;

	expect_page(lab, LAB_CLIENT, family, PROXY);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7000 redirect to :7090\n }\n}\n");
	connects = watch_requests(lab, family, places_of(family)->server);
	expect_each(connects, "intercepted", "redirected-local", "connected");
	json_array_foreach(connects, i, record)
	{
		expect_record(record, json_is_false(field(claimed, "app.agrees")),
			      "not accused: %s");
		expect_record(record, json_is_string(field(claimed, "app.contradiction")),
			      "it is not said how: %s");
	}
}

BOTH_FAMILIES(watch_requests, refused)
{
	const json_t *connects = watch_requests(scenario_lab(), family, places_of(family)->server);
	const json_t *record;
	size_t i;

	expect_each(connects, "closed", "reset", "refused");
	json_array_foreach(connects, i, record) expect_not_accused(record);
}

BOTH_FAMILIES(watch_requests, silent)
{
	const json_t *connects = watch_requests(scenario_lab(), family, places_of(family)->peer);
	const json_t *record;
	size_t i;

	expect_each(connects, "filtered", "no-reply", "in-progress");
	json_array_foreach(connects, i, record) expect_not_accused(record);
}
