/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Setting a lab up, and running the program in it. */
#include "tests/scenarios/scenario.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_ARGUMENTS 40

static const struct places places[] = {
	{LAB_CLIENT4, LAB_ROUTER4, LAB_SERVER4, LAB_PEER4, LAB_PEER_ROUTER4, LAB_NOBODY4,
	 LAB_NOWHERE4, LAB_UNROUTED4, "127.0.0.1"},
	{LAB_CLIENT6, LAB_ROUTER6, LAB_SERVER6, LAB_PEER6, LAB_PEER_ROUTER6, LAB_NOBODY6,
	 LAB_NOWHERE6, LAB_UNROUTED6, "::1"},
};

/* Every field of a probe record; machine forms elide nothing. */
static const char *const probe_fields[] = {
	"schema",
	"type",
	"time",
	"seq",
	"target",
	"name",
	"address",
	"port",
	"source",
	"source_port",
	"interface",
	"netns",
	"wire_source",
	"wire_destination",
	"status",
	"reason",
	"complete",
	"rtt_us",
	"rtt_candidates_us",
	"queue_us",
	"neighbour_us",
	"app_us",
	"watched_us",
	"syn_sent",
	"syn_unanswered",
	"asked_again",
	"ack_sent",
	"answer",
	"drop",
	"app.result",
	"app.errno",
	"app.agrees",
	"notes",
	"explain",
	"netns_name",
	"resolve_us",
	"path",
	"timeline",
};

const struct places *places_of(int family)
{
	return &places[family == AF_INET6];
}

/* How packets are received in labs that do not say so themselves. */
static enum lab_receive receive_of_environment(void)
{
	const char *how = getenv("KTCPING_RECEIVE");

	if (!how)
		return LAB_RECEIVE_IN_CALL;
	if (!strcmp(how, "interrupts"))
		return LAB_RECEIVE_INTERRUPTS;
	cr_assert_str_eq(how, "threads", "KTCPING_RECEIVE is interrupts or threads");
	return LAB_RECEIVE_THREADS;
}

struct lab *scenario_lab(void)
{
	return scenario_lab_receiving(receive_of_environment());
}

struct lab *scenario_lab_receiving(enum lab_receive receive)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new_receiving(receive, &error);

	if (lab) {
		lab_make_prompt(lab);
		return lab;
	}
	if (errno == EPERM || errno == EACCES || errno == ENOENT || errno == ENODEV)
		cr_skip_test("no lab here: %s", error.text);
	cr_assert_fail("no lab: %s", error.text);
	return NULL;
}

void scenario_run_near(const struct lab *lab)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(lab->near_processor, &set);
	cr_assert_eq(sched_setaffinity(0, sizeof(set), &set), 0);
}

void scenario_nft(struct lab *lab, enum lab_host host, const char *text)
{
	struct error error;

	cr_assert_eq(lab_nft(lab, host, text, &error), 0, "%s", error.text);
}

void scenario_ip(struct lab *lab, enum lab_host host, const char *text)
{
	struct error error;

	cr_assert_eq(lab_ip(lab, host, text, &error), 0, "%s", error.text);
}

void scenario_sysctl(struct lab *lab, enum lab_host host, const char *name, const char *value)
{
	struct error error;

	cr_assert_eq(lab_sysctl(lab, host, name, value, &error), 0, "%s", error.text);
}

void scenario_listen(struct lab *lab, enum lab_host host, int family, uint16_t port)
{
	struct error error;

	cr_assert_eq(lab_listen(lab, host, family, port, 128, LISTENER_READS, &error), 0, "%s",
		     error.text);
}

void scenario_chain(struct lab *lab, enum lab_host host, const char *hook, const char *rule)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "table inet at_%s {\n chain c {\n type filter hook %s priority 0\n %s\n }\n}\n",
		 hook, hook, rule);
	scenario_nft(lab, host, text);
}

void scenario_await_syns(const struct lab *lab, uint64_t count)
{
	for (int i = 0; i < SCENARIO_TIMEOUT_MS / 10 &&
			__atomic_load_n(&lab->peer->syns_read, __ATOMIC_ACQUIRE) < count;
	     i++)
		usleep(10000);
	cr_assert_geq(lab->peer->syns_read, count, "no SYN was sent");
}

static json_t *parse_lines(const char *text)
{
	json_t *lines = json_array(), *line;
	const char *end;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		cr_assert(end, "the last line has no end: %s", text);
		line = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL);
		cr_assert(line, "not JSON: %.*s", (int)(end - text), text);
		json_array_append_new(lines, line);
	}
	return lines;
}

size_t scenario_trace(const char **ret_options)
{
	static unsigned runs; /* each test has a process of its own */
	const char *folder = getenv("KTCPING_TRACES");
	char suffix[16] = "", *path;

	if (!folder || getenv("KTCPING_AS_SCAN"))
		return 0;
	if (++runs > 1)
		snprintf(suffix, sizeof(suffix), "-%u", runs);
	cr_assert(asprintf(&path, "%s/%s-%s%s.trace", folder, criterion_current_suite->name,
			   criterion_current_test->name, suffix) > 0);
	ret_options[0] = "--trace-text";
	ret_options[1] = path;
	return 2;
}

json_t *scenario_lines(struct lab *lab, const char *const *arguments, int *ret_status)
{
	const char *argv[MAX_ARGUMENTS] = {getenv("KTCPING") ? getenv("KTCPING") : "./ktcping"};
	struct command_result result;
	struct error error;
	json_t *lines;
	size_t count = 1;

	count += scenario_trace(&argv[count]);
	for (; *arguments; arguments++) {
		cr_assert(count < MAX_ARGUMENTS - 1);
		argv[count++] = *arguments;
	}
	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, SCENARIO_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	cr_assert(!result.has_timed_out, "it did not end; it said:\n%s%s", result.output.bytes,
		  result.errors.bytes);
	cr_assert(result.status < 126, "%s ended with status %d and said: %s", argv[0],
		  result.status, result.errors.bytes);
	lines = parse_lines(result.output.bytes);
	cr_assert(json_array_size(lines), "no data; status %d and: %s", result.status,
		  result.errors.bytes);
	*ret_status = result.status;
	command_result_release(&result);
	return lines;
}

json_t *scenario_record(json_t *lines, const char *type, const char *path, const char *text)
{
	json_t *line, *found = NULL;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		cr_assert(field_is_text(line, "schema", "ktcping/1"), "not our schema: %s",
			  record_text(line));
		if (!field_is_text(line, "type", type) ||
		    (path && !field_is_text(line, path, text)))
			continue;
		cr_assert(!found, "a second %s record: %s", type, record_text(line));
		found = line;
	}
	cr_assert(found, "no %s record: %s", type, record_text(lines));
	return found;
}

static bool is_among(const char *text, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

/* A scan refuses what is about several probes, or about what comes after a verdict. */
static const char *const not_of_scans[] = {"--hold", "--sport", NULL};

/* See scenario_probe(). */
static bool is_scan_wanted(const char *const *options)
{
	if (!getenv("KTCPING_AS_SCAN"))
		return false;
	for (; *options; options++) {
		if (is_among(*options, not_of_scans))
			return false;
	}
	return true;
}

static void check_agreement(const json_t *record, const json_t *summary, int exit_status)
{
	const char *status = json_string_value(field(record, "status"));
	bool is_incomplete = field_is_text(record, "status", "incomplete");
	char path[64];

	cr_assert(status, "no status: %s", record_text(record));
	snprintf(path, sizeof(path), "status.%s", status);
	expect_number(summary, "probes", 1);
	expect_number(summary, path, 1);
	cr_assert_eq(exit_status, is_incomplete ? 4 : strcmp(status, "open") != 0,
		     "exit status %d after %s", exit_status, record_text(record));
}

json_t *scenario_probe_once(struct lab *lab, const char *host, uint16_t port,
			    const char *const *options)
{
	const char *arguments[MAX_ARGUMENTS] = {"-j", "-c", "1"};
	bool is_scan = is_scan_wanted(options);
	size_t count = 3;
	char port_text[8];
	json_t *lines, *record;
	int exit_status;

	if (is_scan)
		arguments[count++] = "--shuffle";
	for (; *options && count < MAX_ARGUMENTS - 3; options++)
		arguments[count++] = *options;
	snprintf(port_text, sizeof(port_text), "%u", port);
	arguments[count++] = host;
	arguments[count] = port_text;
	lines = scenario_lines(lab, arguments, &exit_status);
	record = scenario_record(lines, "probe", NULL, NULL);
	for (size_t i = 0; i < sizeof(probe_fields) / sizeof(probe_fields[0]); i++)
		cr_assert(field(record, probe_fields[i]), "%s is missing: %s", probe_fields[i],
			  record_text(record));
	expect_text(record, "address", host);
	expect_number(record, "port", port);
	check_agreement(record, scenario_record(lines, is_scan ? "scan" : "summary", NULL, NULL),
			exit_status);
	return record;
}

/*
 * A kernel under load now and then runs no tracing program at all for an instant. The program under
 * test must notice and say so, and then it has proven nothing: ask again.
 */
json_t *scenario_probe_prepared(struct lab *lab, scenario_prepare prepare, const char *host,
				uint16_t port, const char *const *options)
{
	json_t *record = NULL;

	for (int tries = 0; tries < 3; tries++) {
		lab->peer->syns_read = 0;
		if (prepare)
			prepare(lab);
		record = scenario_probe_once(lab, host, port, options);
		if (!has_lost_evidence(record))
			break;
		cr_log_info("evidence was lost: %s", record_text(record));
	}
	return record;
}

json_t *scenario_probe(struct lab *lab, const char *host, uint16_t port, const char *const *options)
{
	return scenario_probe_prepared(lab, NULL, host, port, options);
}
