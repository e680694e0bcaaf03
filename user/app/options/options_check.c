// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which options contradict each other, or what is to be probed. */
#include "user/app/options/options_check.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/options_table.h"

#define NOT_SHUFFLED(option) "--shuffle is for a scan, which probes each target once and is done: it does not go with " option

static const struct {
	int key;
	int other;
	const char *why;
} contradictions[] = {
	{'4', '6', "-4 and -6 contradict each other; leave both out for either"},
	{'j', OPTION_CSV, "-j and --csv are two formats of the same output; choose one"},
	{'j', 'C', "-j and -C are two formats of the same output; choose one"},
	{OPTION_CSV, 'C', "--csv and -C are two formats of the same output; choose one"},
	{'c', 'C', "-c and -C both say how many probes; leave -c out, as in: -C 20"},
	{'v', OPTION_CSV, "-v is for text and -j; --csv has one line a probe, and no place for a timeline"},
	{'v', 'C', "-v is for text and -j; -C has one line a target, and no place for a timeline"},
	{OPTION_HISTOGRAM, OPTION_CSV, "--hist is part of the summaries, and --csv has none; use -j, or text"},
	{OPTION_HISTOGRAM, 'C', "--hist is part of the summaries, and -C has one line a target; use -j, or text"},
	{'O', OPTION_CSV, "-O says what is under way, and --csv has one line a probe that has its verdict; use -j, or text"},
	{'O', 'C', "-O says what is under way, and -C has one line a target; use -j, or text"},
	{OPTION_REPORT_EVERY, OPTION_CSV, "--report-every writes summaries, and --csv has none; use -j, or text"},
	{OPTION_REPORT_EVERY, 'C', "--report-every writes summaries, and -C has one line a target at the end; use -j, or text"},
	{OPTION_SHUFFLE, OPTION_HOLD, NOT_SHUFFLED("--hold")},
	{OPTION_SHUFFLE, OPTION_UNTIL, NOT_SHUFFLED("--until")},
	{OPTION_SHUFFLE, OPTION_GIVE_UP, NOT_SHUFFLED("--give-up")},
	{OPTION_SHUFFLE, OPTION_RESOLVE_EVERY, NOT_SHUFFLED("--resolve-every")},
	{OPTION_SHUFFLE, OPTION_CHANGES, NOT_SHUFFLED("--changes")},
	{OPTION_SHUFFLE, 'O', NOT_SHUFFLED("-O")},
	{OPTION_SHUFFLE, OPTION_REPORT_EVERY, NOT_SHUFFLED("--report-every")},
	{OPTION_SHUFFLE, 'a', NOT_SHUFFLED("-a")},
	{OPTION_SHUFFLE, OPTION_SOURCE_PORT, NOT_SHUFFLED("--sport")},
	{OPTION_SHUFFLE, 'C', NOT_SHUFFLED("-C")},
};

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
				 "-%d and the source address %s contradict each other: it is IPv%d; leave one of them out",
				 number_of(options->family), text, number_of(family));
	if (address_is_link_local(address) && !options->source.device)
		return error_set(ret_error, -EINVAL, "the source address %s is link-local and needs its device, as in: -I eth0 -S %s", text,
				 text);
	return 0;
}

int options_check(const struct options *options, const bool *is_given, struct error *ret_error)
{
	int result;

	for (size_t i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]); i++) {
		if (is_given[contradictions[i].key] && is_given[contradictions[i].other])
			return error_set(ret_error, -EINVAL, "%s", contradictions[i].why);
	}
	if (options->is_shuffled && is_given['c'] && options->count != 1)
		return error_set(ret_error, -EINVAL, NOT_SHUFFLED("-c %" PRIu64), options->count);
	result = check_source(options, AF_INET, ret_error);
	return result < 0 ? result : check_source(options, AF_INET6, ret_error);
}

/* The only source address given decides the family as -4 or -6 would. */
static int judge_family(const struct options *options, const struct host *host, struct error *ret_error)
{
	const struct address *source = source_of(options, options->family);
	char text[ADDRESS_TEXT_MAX];

	if (options->family == AF_UNSPEC || host->literal.family == options->family)
		return 0;
	if (address_is_set(source))
		return error_set(ret_error, -EINVAL,
				 "the source address %s and the IPv%d address %.60s contradict each other; give -S one of that family too",
				 address_format(source, text), number_of(host->literal.family), host->name);
	return error_set(ret_error, -EINVAL, "-%d and the IPv%d address %.60s contradict each other", number_of(options->family),
			 number_of(host->literal.family), host->name);
}

static int judge_size(const struct options *options, const struct host *host, struct error *ret_error)
{
	if (!host->free_bits || options->is_sure || host_target_count(host) <= UNASKED_TARGETS_MAX)
		return 0;
	return error_set(ret_error, -EINVAL, "%.60s with its ports is %" PRIu64 " targets, more than %u: add --yes if that is meant",
			 host->name, host_target_count(host), UNASKED_TARGETS_MAX);
}

int options_judge(const void *context, const struct host *host, struct error *ret_error)
{
	const struct options *options = context;
	int result = judge_size(options, host, ret_error);

	if (result < 0 || !address_is_set(&host->literal))
		return result;
	if (address_is_link_local(&host->literal) && !host->scope && !options->source.device)
		return error_set(
			ret_error, -EINVAL,
			"the link-local address %.60s says nothing without its device: write %.60s%%eth0, or -I eth0 for all targets",
			host->name, host->name);
	return judge_family(options, host, ret_error);
}
