/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Running the program for what it prints, how it ends and what it leaves behind. */
#include "tests/scenarios/cli.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ARGUMENTS 64
#define TRIES	      3

const char *cli_program(void)
{
	return getenv("KTCPING") ? getenv("KTCPING") : "./ktcping";
}

static struct command_process start(struct lab *lab, const char *const *argv)
{
	struct command command = {.argv = argv,
				  .netns_fd = lab ? lab->hosts[LAB_CLIENT].netns_fd : -1};
	struct command_process process;
	struct error error;

	cr_assert_eq(command_start(&command, &process, &error), 0, "%s", error.text);
	return process;
}

static void await(struct command_process *process, const struct command_text *stream,
		  const char *word, size_t count)
{
	bool is_going_on = true;

	while (cli_lines_with(stream->bytes, word) < count) {
		cr_assert(is_going_on, "'%s' is not there %zu times; it said:\n%s%s", word, count,
			  process->output.bytes, process->errors.bytes);
		is_going_on = command_read(process, CLI_TIMEOUT_MS);
	}
}

void cli_await(struct command_process *process, const char *word, size_t count)
{
	await(process, &process->output, word, count);
}

void cli_await_errors(struct command_process *process, const char *word, size_t count)
{
	await(process, &process->errors, word, count);
}

struct command_result cli_finish(struct command_process *process)
{
	struct command_result result;

	command_finish(process, CLI_TIMEOUT_MS, &result);
	cr_assert(!result.has_timed_out, "it did not end; it said:\n%s%s", result.output.bytes,
		  result.errors.bytes);
	return result;
}

struct command_result cli_run_once(struct lab *lab, const char *const *argv)
{
	struct command_process process = start(lab, argv);

	return cli_finish(&process);
}

bool cli_is_asked_again(const char *records)
{
	const char *times = strstr(records, "\"asked_again\":");

	while (times && times[strlen("\"asked_again\":")] == '0')
		times = strstr(times + 1, "\"asked_again\":");
	return times != NULL;
}

static bool has_lost(const char *output)
{
	const char *lost = strstr(output, "events lost ");

	return strstr(output, "events-lost") || cli_is_asked_again(output) ||
	       (lost && lost[strlen("events lost ")] != '0');
}

struct command_result cli_run(struct lab *lab, const char *const *argv)
{
	struct command_result result;

	for (int tries = 0; tries < TRIES; tries++) {
		result = cli_run_once(lab, argv);
		if (!has_lost(result.output.bytes))
			break;
		cr_log_info(
			"evidence was lost; again"); /* Criterion hangs when it is given megabytes */
		if (lab && lab->peer)
			lab->peer->syns_read = 0;
	}
	return result;
}

struct command_result cli_shell(struct lab *lab, const char *line)
{
	return cli_run(lab, (const char *const[]){"sh", "-c", line, cli_program(), NULL});
}

struct command_process cli_start_run(struct lab *lab, const char *const *argv)
{
	const char *with_trace[MAX_ARGUMENTS] = {argv[0]};
	size_t count = 1 + scenario_trace(&with_trace[1]);

	for (argv++; *argv; argv++) {
		cr_assert(count < MAX_ARGUMENTS - 1);
		with_trace[count++] = *argv;
	}
	return start(lab, with_trace);
}

json_t *cli_json(const char *text)
{
	json_t *lines = json_array(), *line;
	const char *end;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		cr_assert(end, "the last line has no end: %s", text);
		line = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL);
		cr_assert(line && field_is_text(line, "schema", "ktcping/1"), "not a record: %.*s",
			  (int)(end - text), text);
		json_array_append_new(lines, line);
	}
	return lines;
}

size_t cli_count(const json_t *lines, const char *type, const char *path, const char *text)
{
	size_t i, count = 0;
	json_t *line;

	json_array_foreach(lines, i, line) count +=
		field_is_text(line, "type", type) && (!path || field_is_text(line, path, text));
	return count;
}

size_t cli_lines_with(const char *text, const char *word)
{
	size_t count = 0;
	const char *at = *text ? strstr(text, word) : NULL;

	while (at) {
		const char *end = strchr(at, '\n');

		count++;
		at = end && end[1] ? strstr(end + 1, word) : NULL;
	}
	return count;
}
