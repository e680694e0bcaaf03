// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Parses the command line of `watch` by its table. */
#include "user/app/options/watch_options.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/options/options_table.h"
#include "user/app/options/options_value.h"
#include "user/app/options/version.h"
#include "user/base/number.h"

#define COMM_MAX 15 /* TASK_COMM_LEN without its NUL */

static void refuse(struct argp_state *state, int result, const struct error *error)
{
	if (result < 0)
		argp_error(state, "%s", error->text);
}

static int add_pid(const char *word, pid_t *pids, size_t *count, struct error *ret_error)
{
	uint64_t pid;
	int result = number_parse(word, "-p (pid)", 1, INT_MAX, &pid, ret_error);

	if (result < 0)
		return result;
	if (*count == WATCH_PIDS_MAX)
		return error_set(ret_error, -ERANGE, "-p (pid): more than %d processes; watch their cgroup (--cgroup), or --all",
				 WATCH_PIDS_MAX);
	pids[(*count)++] = (pid_t)pid;
	return 0;
}

int watch_parse_pids(const char *text, pid_t *pids, size_t *count, struct error *ret_error)
{
	size_t added = *count;
	char word[16];
	int result;

	for (;;) {
		size_t length = strcspn(text, ",");

		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		result = add_pid(length < sizeof(word) ? word : text, pids, &added, ret_error);
		if (result < 0)
			return result;
		if (!text[length])
			break;
		text += length + 1;
	}
	*count = added;
	return 0;
}

static const struct option_row *find_row(int key)
{
	for (size_t i = 0; i < watch_row_count; i++)
		if (watch_rows[i].kind != OPTION_IS_HEADING && watch_rows[i].key == key)
			return &watch_rows[i];
	return NULL;
}

static void take_ring_bytes(struct argp_state *state, const struct option_row *row, const char *text)
{
	struct watch_options *options = state->input;
	struct error error;
	uint64_t bytes = 0;

	refuse(state, option_parse_number(row, text, &bytes, &error), &error);
	options->ring_bytes = bytes;
}

static void take_special(const struct option_row *row, char *text, struct argp_state *state)
{
	struct watch_options *options = state->input;
	struct error error;

	switch (row->key) {
	case 'p':
		refuse(state, watch_parse_pids(text, options->pids, &options->pid_count, &error), &error);
		break;
	case 'v':
		options->verbosity++;
		break;
	case 'D':
		refuse(state, option_parse_timestamp(text ? text : "iso", &options->timestamp, &error), &error);
		break;
	case OPTION_RING_BYTES:
		take_ring_bytes(state, row, text);
		break;
	case OPTION_USAGE:
		argp_state_help(state, state->out_stream, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		break;
	case 'V':
		fprintf(state->out_stream, "%s\n", VERSION_TEXT);
		exit(EXIT_EXPECTED);
	case 'h':
	case '?':
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
		break;
	}
}

static void take(const struct option_row *row, char *text, struct argp_state *state)
{
	void *field = (char *)state->input + row->offset;

	switch (row->kind) {
	case OPTION_IS_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_IS_TEXT:
		if (!*text)
			argp_error(state, "--%s: the name is empty", row->name);
		*(const char **)field = text;
		break;
	case OPTION_IS_SPECIAL:
		take_special(row, text, state);
		break;
	case OPTION_IS_HEADING:
	case OPTION_IS_NUMBER:
	case OPTION_IS_DURATION:
		break;
	}
}

static void check(struct argp_state *state)
{
	const struct watch_options *options = state->input;

	if (!options->pid_count && !options->comm && !options->cgroup && !options->netns && !options->is_all && !options->command)
		argp_error(state,
			   "nobody to watch; as in: ktcping watch -- curl https://example.com, or -p PID, --comm NAME, --cgroup PATH, "
			   "--netns NETNS, --all");
	if (options->command && options->pid_count)
		argp_error(state, "-p and a command contradict each other: no process is both; run two watches");
	if (options->is_all && (options->pid_count || options->comm || options->cgroup || options->netns || options->command))
		argp_error(state, "--all and a choice contradict each other; leave --all out");
	if (options->follows_children && !options->pid_count && !options->command)
		argp_error(state, "--children is for -p, whose processes are chosen by number");
	if (options->comm && strlen(options->comm) > COMM_MAX)
		argp_error(state, "--comm '%.60s' is longer than a thread's name can be (%d characters); give its beginning: '%.*s'",
			   options->comm, COMM_MAX, COMM_MAX, options->comm);
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct watch_options *options = state->input;
	const struct option_row *row;

	switch (key) {
	case ARGP_KEY_ARG: /* whatever follows is its own */
		options->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check(state);
		return 0;
	}
	row = find_row(key);
	if (!row)
		return ARGP_ERR_UNKNOWN;
	take(row, text, state);
	return 0;
}

void watch_options_parse(int argc, char **argv, struct watch_options *ret_options)
{
	static char name[] = "ktcping watch"; /* usage messages name the subcommand */
	struct argp_option *options = calloc(watch_row_count + 1, sizeof(*options));
	struct argp argp = {options, parse_option, watch_words_text, watch_help_text, NULL, NULL, NULL};

	argp_err_exit_status = EXIT_USAGE;
	argv[0] = name;
	*ret_options = (struct watch_options){.timestamp = TIMESTAMP_ISO};
	for (size_t i = 0; options && i < watch_row_count; i++) {
		const struct option_row *row = &watch_rows[i];

		options[i] = (struct argp_option){row->name, row->key, row->argument, row->argp_flags, row->description, row->argp_group};
	}
	if (!options || argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_IN_ORDER, NULL, ret_options))
		exit(EXIT_USAGE);
	free(options);
}
