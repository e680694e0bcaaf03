// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Too many are refused, and what a file has wrong is said line by line. */
#include "user/app/targets/hosts_open.h"

#include <errno.h>
#include <inttypes.h>

#include "user/app/options/option_check.h"
#include "user/app/options/service.h"
#include "user/app/say.h"

static void complain(const char *sentence)
{
	say("%s", sentence);
}

static uint64_t add_saturating(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static int open_file(struct hosts *hosts, struct error *error)
{
	const struct options *options = hosts->options;
	const struct target_file_config config = {
		.ports = options->ports.count ? &options->ports : NULL,
		.lookup = service_find,
		.judge = options_judge,
		.context = options,
	};
	struct target_tally tally = {.targets = UINT64_MAX};
	int64_t bad;

	hosts->file = target_file_open(options->file, &config, error);
	if (!hosts->file)
		return -EINVAL;
	if (!options->is_skipping_bad) {
		bad = target_file_check(hosts->file, complain, &tally, error);
		if (bad < 0)
			return (int)bad;
		if (bad > 0)
			return error_set(error, -EINVAL,
					 "nothing was probed, because of the lines above; "
					 "--skip-bad probes the others");
		if (tally.targets == 0 && hosts->target_count == 0)
			return error_set(error, -EINVAL, "there is no target in %s",
					 target_file_name(hosts->file));
	}
	hosts->target_count = add_saturating(hosts->target_count, tally.targets);
	hosts->has_network |= tally.has_network;
	return 0;
}

/* Of a file that is not read to its end first, each line has been judged by itself. */
static int check_size(const struct hosts *hosts, struct error *error)
{
	const struct options *options = hosts->options;
	uint64_t origins = options->namespace_count ? options->namespace_count : 1, probes;

	if (!hosts->has_network || options->is_confirmed || hosts->target_count == UINT64_MAX)
		return 0;
	if (__builtin_mul_overflow(hosts->target_count, origins, &probes) ||
	    probes > UNASKED_TARGETS_MAX)
		return error_set(error, -EINVAL,
				 "these are %" PRIu64 " targets, more than %u with a network among "
				 "them: add --yes to allow it",
				 probes, UNASKED_TARGETS_MAX);
	return 0;
}

int hosts_open(struct hosts *hosts, const struct options *options, struct error *ret_error)
{
	int result = 0;

	*hosts = (struct hosts){.options = options, .is_file_at_end = !options->file};
	for (size_t i = 0; i < options->hosts.count; i++)
		hosts->target_count = add_saturating(hosts->target_count,
						     host_target_count(&options->hosts.hosts[i]));
	for (size_t i = 0; i < options->hosts.count; i++)
		hosts->has_network |= options->hosts.hosts[i].free_bits > 0;
	if (options->file)
		result = open_file(hosts, ret_error);
	return result < 0 ? result : check_size(hosts, ret_error);
}
