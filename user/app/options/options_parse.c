// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line of every command, by the one table of options. */
#include "user/app/options/options_parse.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/option_check.h"
#include "user/app/options/option_take.h"
#include "user/app/options/service.h"
#include "user/base/time.h"

/* Longer than the kernel's neighbour failure (3.06 s), and long enough for the fourth SYN. */
#define DEFAULT_COUNT	   4
#define DEFAULT_TIMEOUT_NS (4 * SECOND_NS)

/* Beside a file two words are two hosts, so each is read by itself. */
static void take_hosts(struct argp_state *state, const struct parse *parse)
{
	struct options *options = parse->options;
	const struct port_list *ports = option_is_given(parse, "ports") ? &options->ports : NULL;
	size_t step = options->file ? 1 : parse->word_count;
	struct error error;

	for (size_t i = 0; i < parse->word_count; i += step) {
		struct host_list more = {0};
		struct host *hosts;

		option_refuse(
			state,
			host_list_parse(parse->words + i, step, ports, service_find, &more, &error),
			&error);
		hosts = reallocarray(options->hosts.hosts, options->hosts.count + more.count,
				     sizeof(*hosts));
		if (!hosts) {
			argp_failure(state, EXIT_UNOBSERVED, ENOMEM, "cannot take %zu targets",
				     parse->word_count);
			return; /* never: it has exited */
		}
		memcpy(hosts + options->hosts.count, more.hosts, more.count * sizeof(*hosts));
		free(more.hosts);
		options->hosts.hosts = hosts;
		options->hosts.count += more.count;
	}
}

static bool is_many(const struct host *host)
{
	const struct port_list *ports = &host->ports;

	return host->free_bits || ports->count > 1 ||
	       ports->ranges[0].first != ports->ranges[0].last;
}

/* By what was asked for, so that a target or an output option more changes nothing of it. */
static void finish_count(struct options *options, const struct parse *parse)
{
	bool is_count_given = option_is_given(parse, "count") || options->format->argument;

	options->asks_many = options->file || options->is_shuffled;
	for (size_t i = 0; i < options->hosts.count; i++)
		options->asks_many |= is_many(&options->hosts.hosts[i]);
	if (options->until >= 0 && !is_count_given)
		options->count = 0;
	else if (options->asks_many && !is_count_given)
		options->count = 1;
}

static void finish_family(struct options *options)
{
	bool has_v4 = address_is_set(&options->source.v4);
	bool has_v6 = address_is_set(&options->source.v6);

	if (options->family == AF_UNSPEC && has_v4 != has_v6)
		options->family = has_v4 ? AF_INET : AF_INET6;
}

static void finish_probe(struct argp_state *state, const struct parse *parse)
{
	struct options *options = parse->options;
	struct error error;

	if (options->until >= 0 && !option_is_given(parse, "expect"))
		options->expected = (enum status)options->until;
	finish_family(options);
	take_hosts(state, parse);
	finish_count(options, parse);
	for (size_t i = 0; i < options->hosts.count; i++)
		option_refuse(state, options_judge(options, &options->hosts.hosts[i], &error),
			      &error);
}

static void finish(struct argp_state *state, const struct parse *parse)
{
	struct error error;

	option_refuse(state, options_check(parse, &error), &error);
	if (parse->command == COMMAND_PROBE)
		finish_probe(state, parse);
}

static void take_word(struct argp_state *state, struct parse *parse, char *text)
{
	switch (parse->command) {
	case COMMAND_PROBE:
		parse->words[parse->word_count++] = text;
		break;
	case COMMAND_WATCH: /* a command, and all that follows is its own */
		parse->options->command = &state->argv[state->next - 1];
		state->next = state->argc;
		break;
	case COMMAND_DOCTOR:
		option_fail(state, "'%s' is one word too many: doctor takes no target", text);
		break;
	case COMMAND_COUNT:
		break;
	}
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	const struct option_row *row;

	switch (key) {
	case ARGP_KEY_ARG:
		take_word(state, parse, text);
		return 0;
	case ARGP_KEY_END:
		finish(state, parse);
		return 0;
	}
	row = option_row_find(parse->rows, parse->row_count, key);
	if (!row)
		return ARGP_ERR_UNKNOWN;
	option_take(row, text, state);
	return 0;
}

/* As argp wants them, ended by an empty one. */
static void fill_argp(const struct parse *parse, struct argp_option *options)
{
	for (size_t i = 0; i < parse->row_count; i++) {
		const struct option_row *row = &parse->rows[i];

		options[i] =
			(struct argp_option){row->name,	      row->key,		row->argument,
					     row->argp_flags, row->description, row->argp_group};
	}
}

static struct options defaults(enum command command)
{
	return (struct options){
		.count = DEFAULT_COUNT,
		.rate = RATE_BY_DISTANCE,
		.interval_ns = SECOND_NS,
		.timeout_ns = DEFAULT_TIMEOUT_NS,
		.hold_ns = HALF_OPEN,
		.family = AF_UNSPEC,
		.source = {.tos = -1},
		.until = -1,
		.expected = STATUS_OPEN,
		.format = &formats[0],
		.timestamp = command == COMMAND_WATCH ? TIMESTAMP_ISO : TIMESTAMP_NONE,
	};
}

void options_parse(enum command command, int argc, char **argv, struct options *ret_options)
{
	const struct command_help *help = &command_helps[command];
	unsigned flags = ARGP_NO_HELP | (command == COMMAND_WATCH ? ARGP_IN_ORDER : 0);
	struct argp_option rows[OPTION_ROWS_MAX + 1] = {{0}};
	struct argp argp = {rows, parse_option, help->words, help->text, NULL, NULL, NULL};
	struct options options = defaults(command);
	struct parse parse = {.command = command, .options = &options};

	parse.row_count = option_rows(command, parse.rows);
	parse.words = calloc((size_t)argc + 1, sizeof(*parse.words));
	options.namespaces = calloc((size_t)argc + 1, sizeof(*options.namespaces));
	fill_argp(&parse, rows);
	argp_err_exit_status = EXIT_USAGE;
	argv[0] = help->program;
	if (!parse.words || !options.namespaces ||
	    argp_parse(&argp, argc, argv, flags, NULL, &parse))
		exit(EXIT_USAGE);
	free(parse.words);
	*ret_options = options;
}

void options_release(struct options *options)
{
	host_list_release(&options->hosts);
	port_list_release(&options->ports);
	free(options->namespaces);
	options->namespaces = NULL;
	options->namespace_count = 0;
}
