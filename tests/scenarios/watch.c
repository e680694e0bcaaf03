/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `ktcping watch` at programs in the lab's client. */
#include "tests/scenarios/watch.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/kernel_ids.h"

#define ARGUMENTS_MAX 60
#define TRIES	      3
#define TEXT_MAX      100000

/*
 * What is written to stdout and stderr goes to stderr, so that stdout has the records and nothing
 * else.
 */
#define SCRIPT "exec 3>&1 1>&2; exec \"$0\" watch -j -o /dev/fd/3 \"$@\""

static const char *const connect_fields[] = {
	"schema",
	"type",
	"time",
	"address",
	"port",
	"source",
	"source_port",
	"interface",
	"netns",
	"status",
	"reason",
	"complete",
	"rtt_us",
	"app_us",
	"watched_us",
	"syn_sent",
	"syn_unanswered",
	"asked_again",
	"answer",
	"drop",
	"app.result",
	"app.errno",
	"app.agrees",
	"app.told",
	"app.contradiction",
	"container",
	"notes",
	"explain",
	"pid",
	"tid",
	"comm",
	"uid",
	"cgroup",
	"requested",
	"wire_destination",
	"wire_source",
	"queue_us",
	"neighbour_us",
	"rtt_candidates_us",
	"seq",
	"target",
	"name",
	"netns_name",
	"resolve_us",
	"path",
	"timeline",
	"app.seen",
};

const char *liar(const char *name)
{
	char *path;

	cr_assert(asprintf(&path, "%s/%s", getenv("LIARS") ? getenv("LIARS") : ".output/liars",
			   name) > 0);
	return path;
}

void need_program(const char *name)
{
	const char *directory = getenv("PATH");
	char path[512];

	if (strchr(name, '/') && access(name, X_OK) == 0)
		return;
	for (; directory && *directory;
	     directory += strcspn(directory, ":"), directory += *directory == ':') {
		snprintf(path, sizeof(path), "%.*s/%s", (int)strcspn(directory, ":"), directory,
			 name);
		if (access(path, X_OK) == 0)
			return;
	}
	cr_skip_test("%s is not here", name);
}

const char *port_text(unsigned port)
{
	char *text;

	cr_assert(asprintf(&text, "%u", port) > 0);
	return text;
}

struct watching watch_start_run(struct lab *lab, const char *const *arguments)
{
	const char *argv[ARGUMENTS_MAX] = {"sh", "-c", SCRIPT, cli_program()};
	struct watching watching;
	struct error error;
	size_t count = 4;

	count += scenario_trace(&argv[count]);
	for (; *arguments; arguments++) {
		cr_assert(count < ARGUMENTS_MAX - 1);
		argv[count++] = *arguments;
	}
	cr_assert_eq(lab_start(lab, LAB_CLIENT, argv, &watching.process, &error), 0, "%s",
		     error.text);
	return watching;
}

void watch_await_attached(const struct watching *watching)
{
	for (int tries = 0; tries < CLI_TIMEOUT_MS && !kernel_links_of(watching->process.pid);
	     tries++)
		usleep(1000);
	cr_assert_gt(kernel_links_of(watching->process.pid), 0, "it attaches nothing");
}

void watch_await(struct watching *watching, const char *word, size_t count)
{
	cli_await(&watching->process, word, count);
}

struct watched watch_finish_within(struct watching *watching, unsigned timeout_ms)
{
	struct command_result result;

	command_finish(&watching->process, timeout_ms, &result);
	cr_assert(!result.has_timed_out, "it did not end; it said:\n%s%s", result.output.bytes,
		  result.errors.bytes);
	return (struct watched){result.status, cli_json(result.output.bytes), result.errors.bytes};
}

struct watched watch_finish(struct watching *watching)
{
	return watch_finish_within(watching, CLI_TIMEOUT_MS);
}

struct watched watch_interrupt(struct watching *watching)
{
	cr_assert_eq(kill(-watching->process.pid, SIGINT), 0);
	return watch_finish(watching);
}

/*
 * Some record is not complete, although the kernel counted no loss: for an instant it ran no
 * tracing program.
 */
static bool was_passed_over(const struct watched *watched)
{
	bool is_incomplete = false;
	json_t *line;
	size_t i;

	json_array_foreach(watched->lines, i, line)
	{
		if (field_is_text(line, "type", "connect") &&
		    json_is_false(field(line, "complete")))
			is_incomplete |= !field_is_text(line, "reason", "attached-late");
		if (field_is_text(line, "type", "watch") &&
		    !field_is_number(line, "events_lost", 0, 0))
			return false;
	}
	return is_incomplete;
}

struct watched watch_run(struct lab *lab, const char *const *arguments)
{
	struct watched watched;

	for (int tries = 0; tries < TRIES; tries++) {
		struct watching watching = watch_start_run(lab, arguments);

		watched = watch_finish(&watching);
		if (!was_passed_over(&watched))
			break;
		cr_log_info("evidence was lost; again");
		if (lab->peer)
			lab->peer->syns_read = 0;
	}
	return watched;
}

/* Criterion takes no message that is longer than a mebibyte. */
const char *watch_text(const struct watched *watched)
{
	char *text = json_dumps(watched->lines, JSON_COMPACT);

	if (text && strlen(text) > TEXT_MAX)
		text[TEXT_MAX] = '\0';
	return text ? text : "no record";
}

json_t *watch_connects(const struct watched *watched)
{
	json_t *connects = json_array(), *line;
	size_t i, k;

	json_array_foreach(watched->lines, i, line)
	{
		if (!field_is_text(line, "type", "connect"))
			continue;
		for (k = 0; k < sizeof(connect_fields) / sizeof(connect_fields[0]); k++)
			cr_assert(field(line, connect_fields[k]), "%s is missing: %s",
				  connect_fields[k], record_text(line));
		json_array_append(connects, line);
	}
	return connects;
}

json_t *watch_connect_to(const struct watched *watched, unsigned port)
{
	json_t *line, *found = NULL, *connects = watch_connects(watched);
	size_t i;

	json_array_foreach(connects, i, line)
	{
		if (!field_is_number(line, "port", port, port))
			continue;
		cr_assert(!found, "a second connect: %s", record_text(line));
		found = line;
	}
	cr_assert(found, "no connect to port %u in %s; it said: %s", port, watch_text(watched),
		  watched->said);
	return found;
}

json_t *watch_one_run(struct lab *lab, const char *const *arguments)
{
	json_t *connects = NULL;

	for (int tries = 0; tries < TRIES; tries++) {
		struct watched watched;

		if (lab->peer)
			lab->peer->syns_read = 0; /* of this try */
		watched = watch_run(lab, arguments);
		connects = watch_connects(&watched);
		cr_assert_eq(json_array_size(connects), 1,
			     "%zu connects; status %d, and it said: %s%s",
			     json_array_size(connects), watched.status, watched.said,
			     watch_text(&watched));
		if (json_is_true(field(json_array_get(connects, 0), "complete")))
			break;
		cr_log_info("evidence was lost; once more");
	}
	return json_array_get(connects, 0);
}

/*
 * The other notes of that kind may be mere facts: SO_ERROR was 0 before it was told the truth, it
 * closed a socket of which it claims nothing.
 */
bool is_accused(const json_t *record)
{
	return !json_is_true(field(record, "app.agrees")) || has_note(record, "error-unread");
}

void expect_not_accused(const json_t *record)
{
	expect_record(record, !is_accused(claimed), "accused: %s");
	expect_null(record, "app.contradiction");
}

void expect_accused(const json_t *record, const char *note)
{
	expect_note(record, note);
	expect_record(record, json_is_false(field(claimed, "app.agrees")), "not accused: %s");
	expect_record(record, json_is_string(field(claimed, "app.contradiction")),
		      "it is not said how: %s");
}

static bool has_event(const json_t *told, const char *event)
{
	const json_t *value;
	size_t i;

	json_array_foreach(field(told, "events"), i, value)
	{
		if (strcmp(json_string_value(value), event) == 0)
			return true;
	}
	return false;
}

bool was_told(const json_t *record, const char *call, const char *error, const char *event)
{
	const json_t *told;
	size_t i;

	json_array_foreach(field(record, "app.told"), i, told)
	{
		if (field_is_text(told, "call", call) &&
		    (!error || field_is_text(told, "errno", error)) &&
		    (!event || has_event(told, event)))
			return true;
	}
	return false;
}

void expect_told_by(const json_t *record, const char *call, const char *error, const char *event)
{
	expect_record(record, was_told(claimed, call, error, event), "not told by %s%s%s%s%s: %s",
		      call, error ? ": " : "", error ? error : "", event ? ": " : "",
		      event ? event : "");
}
