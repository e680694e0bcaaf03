// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Parses the command line by the table of options. */
#include "user/app/options/options.h"

#include <argp.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/options_check.h"
#include "user/app/options/options_take.h"
#include "user/base/time.h"

/* Longer than the kernel's neighbour failure (3.06 s), and long enough for the fourth SYN. */
#define DEFAULT_COUNT	   4
#define DEFAULT_TIMEOUT_NS (4 * SECOND_NS)

int options_find_service(const char *name)
{
	const struct servent *service = getservbyname(name, "tcp");

	return service ? ntohs((uint16_t)service->s_port) : -ENOENT;
}

static void refuse(struct argp_state *state, int result, const struct error *error)
{
	if (result < 0)
		argp_error(state, "%s", error->text);
}

/* Beside a file two words are two hosts, so each is read by itself. */
static void take_hosts(struct argp_state *state, const struct parse *parse)
{
	struct options *options = parse->options;
	const struct port_list *ports = parse->ports ? &options->ports : NULL;
	size_t step = options->file ? 1 : parse->word_count;
	struct error error;

	for (size_t i = 0; i < parse->word_count; i += step) {
		struct host_list more = {0};
		struct host *hosts;

		refuse(state, host_list_parse(parse->words + i, step, ports, options_find_service, &more, &error), &error);
		hosts = reallocarray(options->hosts.hosts, options->hosts.count + more.count, sizeof(*hosts));
		if (!hosts) {
			argp_failure(state, EXIT_UNOBSERVED, ENOMEM, "cannot take %zu targets", parse->word_count);
			return; /* never: it has exited */
		}
		memcpy(hosts + options->hosts.count, more.hosts, more.count * sizeof(*hosts));
		free(more.hosts);
		options->hosts.hosts = hosts;
		options->hosts.count += more.count;
	}
}

static void finish_until(const struct parse *parse)
{
	struct options *options = parse->options;

	if (options->until < 0)
		return;
	if (!parse->is_given['c'] && !parse->is_given['C'])
		options->count = 0;
	if (!parse->is_given[OPTION_EXPECT])
		options->expected = (enum status)options->until;
}

static void finish_family(struct options *options)
{
	bool has_v4 = address_is_set(&options->source.v4), has_v6 = address_is_set(&options->source.v6);

	if (options->family == AF_UNSPEC && has_v4 != has_v6)
		options->family = has_v4 ? AF_INET : AF_INET6;
}

static bool is_many(const struct host *host)
{
	const struct port_list *ports = &host->ports;

	return host->free_bits || ports->count > 1 || ports->ranges[0].first != ports->ranges[0].last;
}

/* By what was asked for, not by how many there are: so a target more, or another option for the output, changes nothing of this. */
static void finish_count(const struct parse *parse)
{
	struct options *options = parse->options;

	options->asks_many = options->file || options->is_shuffled;
	for (size_t i = 0; i < options->hosts.count; i++)
		options->asks_many |= is_many(&options->hosts.hosts[i]);
	if (options->asks_many && !parse->is_given['c'] && !parse->is_given['C'] && options->until < 0)
		options->count = 1;
}

static void finish(struct argp_state *state, const struct parse *parse)
{
	struct options *options = parse->options;
	struct error error;

	if (!parse->word_count && !options->file)
		argp_error(state, "no target; as in: ktcping example.com 443");
	refuse(state, options_check(options, parse->is_given, &error), &error);
	if (parse->ports)
		refuse(state, port_list_parse(parse->ports, options_find_service, &options->ports, &error), &error);
	finish_until(parse);
	finish_family(options);
	take_hosts(state, parse);
	finish_count(parse);
	for (size_t i = 0; i < options->hosts.count; i++)
		refuse(state, options_judge(options, &options->hosts.hosts[i], &error), &error);
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	const struct option_row *row;

	switch (key) {
	case ARGP_KEY_ARG:
		parse->words[parse->word_count++] = text;
		return 0;
	case ARGP_KEY_END:
		finish(state, parse);
		return 0;
	}
	row = option_row_find(key);
	if (!row)
		return ARGP_ERR_UNKNOWN;
	option_take(row, text, state);
	return 0;
}

/* The rows as argp wants them, ended by an empty one. */
static struct argp_option *argp_options_new(void)
{
	struct argp_option *options = calloc(option_row_count + 1, sizeof(*options));

	for (size_t i = 0; options && i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		options[i] = (struct argp_option){row->name, row->key, row->argument, row->argp_flags, row->description, row->argp_group};
	}
	return options;
}

void options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options options = {
		.count = DEFAULT_COUNT,
		.rate = RATE_BY_DISTANCE,
		.interval_ns = SECOND_NS,
		.timeout_ns = DEFAULT_TIMEOUT_NS,
		.hold_ns = HALF_OPEN,
		.family = AF_UNSPEC,
		.source = {.tos = -1},
		.until = -1,
		.expected = STATUS_OPEN,
		.namespaces = calloc((size_t)argc + 1, sizeof(*options.namespaces)),
	};
	struct parse parse = {.options = &options, .words = calloc((size_t)argc + 1, sizeof(*parse.words))};
	struct argp_option *argp_options = argp_options_new();
	static char name[] = "ktcping"; /* getopt's messages would begin with its path, all others do not */
	struct argp argp = {argp_options, parse_option, options_words_text, options_help_text, NULL, NULL, NULL};

	argp_err_exit_status = EXIT_USAGE;
	argv[0] = name;
	if (!options.namespaces || !parse.words || !argp_options || argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &parse))
		exit(EXIT_USAGE);
	free(parse.words);
	free(argp_options);
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
