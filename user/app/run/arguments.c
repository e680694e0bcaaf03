// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the command line names is opened, and looked at before anything is probed: hosts, origins,
 * files.
 */
#include "user/app/run/arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/app/targets/hosts_open.h"
#include "user/app/terminal.h"
#include "user/app/xalloc.h"
#include "user/io/net/origin_check.h"

static size_t digits(uint64_t number)
{
	size_t count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

static bool is_family_wanted(const struct options *options, int family)
{
	return options->family == AF_UNSPEC || options->family == family;
}

/*
 * The socket options are tried before anything is probed: a wrong device or address is the command
 * line's fault, not a target's.
 */
static int check_origin(const struct run *run, const struct origin *origin, struct error *error)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2; i++) {
		int result = is_family_wanted(run->options, families[i])
				     ? origin_check(origin, families[i], error)
				     : 0;

		if (result < 0 &&
		    result != -EAFNOSUPPORT) /* a host without IPv6: its targets will tell */
			return result;
	}
	return 0;
}

static int open_origins(struct run *run, struct error *error)
{
	const struct options *options = run->options;
	size_t count = options->namespace_count ? options->namespace_count : 1;

	run->origins = must(calloc(count, sizeof(struct origin *)));
	for (; run->origin_count < count; run->origin_count++) {
		const char *netns =
			options->namespace_count ? options->namespaces[run->origin_count] : NULL;
		struct origin *origin = origin_new(netns, &options->source, error);
		int result;

		if (!origin)
			return -EINVAL;
		result = check_origin(run, origin, error);
		if (result < 0) {
			origin_free(origin);
			return result;
		}
		run->origins[run->origin_count] = origin;
	}
	return 0;
}

/* Opened for writing, it would be empty before the targets are read. */
static int spare_target_file(const struct options *options, struct error *error)
{
	struct stat in, out;
	int result;

	if (!options->file || !options->output_path || stat(options->output_path, &out) < 0 ||
	    !S_ISREG(out.st_mode))
		return 0;
	result = strcmp(options->file, "-") ? stat(options->file, &in) : fstat(STDIN_FILENO, &in);
	if (result < 0 || in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return 0;
	return error_set(error, -EINVAL,
			 "-o %s would overwrite the targets of -f before they are read; write to "
			 "another file",
			 options->output_path);
}

static int open_output(struct run *run, struct error *error)
{
	const struct options *options = run->options;
	int result = output_open(&run->output, options, stdout, error);

	if (result < 0)
		return result;
	run->output.style.sequence_width = options->count ? digits(options->count) : 3;
	run->session.has_path = options->verbosity > 0;
	run->session.is_numeric = options->is_numeric;
	run->is_live = terminal_is_live(run->output.file) &&
		       format_has(options->format, FORMAT_IS_FOR_PEOPLE) && !options->is_quiet;
	return 0;
}

int run_open_arguments(struct run *run, struct error *error)
{
	int result = hosts_open(&run->hosts, run->options, error);

	if (result == 0) {
		target_source_init(&run->source, &run->hosts, run->options);
		result = open_origins(run, error);
	}
	if (result == 0)
		result = spare_target_file(run->options, error);
	if (result < 0)
		run->failure = EXIT_USAGE;
	if (result == 0)
		result = open_output(run, error);
	return result;
}
