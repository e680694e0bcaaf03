// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which options contradict each other, or what is to be probed or watched. */
#include "user/app/options/option_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/option_format.h"

#define COMM_MAX 15 /* TASK_COMM_LEN without its NUL */

static int number_of(int family)
{
	return family == AF_INET ? 4 : 6;
}

static const struct address *source_of(const struct options *options, int family)
{
	return family == AF_INET ? &options->source.v4 : &options->source.v6;
}

/* A source address that could never be used was hardly meant. */
static int check_source(const struct options *options, int family, struct error *ret_error)
{
	const struct address *address = source_of(options, family);
	char text[ADDRESS_TEXT_MAX];

	if (!address_is_set(address))
		return 0;
	address_format(address, text);
	if (options->family != AF_UNSPEC && options->family != family)
		return error_set(ret_error, -EINVAL,
				 "-%d and the source address %s contradict each other: it is "
				 "IPv%d; leave one of them out",
				 number_of(options->family), text, number_of(family));
	if (address_is_link_local(address) && !options->source.device)
		return error_set(ret_error, -EINVAL,
				 "the source address %s is link-local and needs its interface, as "
				 "in: -I eth0 -S %s",
				 text, text);
	return 0;
}

static int check_probe(const struct parse *parse, struct error *ret_error)
{
	const struct options *options = parse->options;
	int result = check_source(options, AF_INET, ret_error);

	if (!parse->word_count && !options->file)
		return error_set(ret_error, -EINVAL, "no target; as in: ktcping example.com 443");
	if (option_is_given(parse, "ipv4") && option_is_given(parse, "ipv6"))
		return error_set(ret_error, -EINVAL,
				 "-4 and -6 contradict each other; leave both out for either");
	return result < 0 ? result : check_source(options, AF_INET6, ret_error);
}

static int check_watch(const struct options *options, struct error *ret_error)
{
	bool is_chosen = options->pid_count || options->comm || options->cgroup || options->netns ||
			 options->command;

	if (!is_chosen && !options->is_all)
		return error_set(ret_error, -EINVAL,
				 "nothing to watch; as in: ktcping watch -- curl "
				 "https://example.com, or -p PID, --comm NAME, --cgroup PATH, "
				 "--netns NETNS, --all");
	if (options->command && options->pid_count)
		return error_set(ret_error, -EINVAL,
				 "-p and a command contradict each other: no process is both; "
				 "run two watches");
	if (options->is_all && is_chosen)
		return error_set(ret_error, -EINVAL,
				 "--all and a choice contradict each other; leave --all out");
	if (options->follows_children && !options->pid_count && !options->command)
		return error_set(ret_error, -EINVAL,
				 "--children is for -p, whose processes are chosen by number");
	if (options->comm && strlen(options->comm) > COMM_MAX)
		return error_set(ret_error, -EINVAL,
				 "--comm '%.60s' is longer than a thread's name can be "
				 "(%d characters); give its beginning: '%.*s'",
				 options->comm, COMM_MAX, COMM_MAX, options->comm);
	return 0;
}

/* Lines and blocks would stand between one another. */
static int check_record(const struct parse *parse, struct error *ret_error)
{
	const struct options *options = parse->options;
	bool is_lines_elsewhere =
		options->output_path || (parse->command == COMMAND_WATCH && options->command);

	if (!options->record_path || strcmp(options->record_path, "-") != 0 || is_lines_elsewhere)
		return 0;
	return error_set(ret_error, -EINVAL,
			 "--record - takes standard output: give the lines a file of their own, "
			 "with -o FILE or -o /dev/stderr");
}

int options_check(const struct parse *parse, struct error *ret_error)
{
	int result = option_check_format(parse, ret_error);

	if (result == 0)
		result = check_record(parse, ret_error);

	if (result < 0)
		return result;
	switch (parse->command) {
	case COMMAND_PROBE:
		return check_probe(parse, ret_error);
	case COMMAND_WATCH:
		return check_watch(parse->options, ret_error);
	case COMMAND_DOCTOR:
	case COMMAND_COUNT:
		break;
	}
	return 0;
}

/* The only source address given decides the family as -4 or -6 would. */
static int judge_family(const struct options *options, const struct host *host,
			struct error *ret_error)
{
	const struct address *source = source_of(options, options->family);
	char text[ADDRESS_TEXT_MAX];

	if (options->family == AF_UNSPEC || host->literal.family == options->family)
		return 0;
	if (address_is_set(source))
		return error_set(ret_error, -EINVAL,
				 "the source address %s and the IPv%d address %.60s contradict "
				 "each other; give -S one of that family too",
				 address_format(source, text), number_of(host->literal.family),
				 host->name);
	return error_set(ret_error, -EINVAL,
			 "-%d and the IPv%d address %.60s contradict each other",
			 number_of(options->family), number_of(host->literal.family), host->name);
}

static int judge_size(const struct options *options, const struct host *host,
		      struct error *ret_error)
{
	if (!host->free_bits || options->is_confirmed ||
	    host_target_count(host) <= UNASKED_TARGETS_MAX)
		return 0;
	return error_set(ret_error, -EINVAL,
			 "%.60s with its ports is %" PRIu64
			 " targets, more than %u: add --yes to allow it",
			 host->name, host_target_count(host), UNASKED_TARGETS_MAX);
}

int options_judge(const void *context, const struct host *host, struct error *ret_error)
{
	const struct options *options = context;
	int result = judge_size(options, host, ret_error);

	if (result < 0 || !address_is_set(&host->literal))
		return result;
	if (address_is_link_local(&host->literal) && !host->scope && !options->source.device)
		return error_set(ret_error, -EINVAL,
				 "the link-local address %.60s says nothing without its interface: "
				 "write %.60s%%eth0, or -I eth0 for all targets",
				 host->name, host->name);
	return judge_family(options, host, ret_error);
}
