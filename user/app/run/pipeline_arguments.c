// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the command line names is opened, and looked at before anything is probed: hosts, places, files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/app/run/pipeline_parts.h"
#include "user/app/terminal.h"
#include "user/app/xalloc.h"
#include "user/io/files/outlet.h"

static size_t digits(uint64_t number)
{
	size_t count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

static const struct renderer *renderer_of(enum format format)
{
	switch (format) {
	case FORMAT_TEXT:
		break;
	case FORMAT_JSON:
		return &json_renderer;
	case FORMAT_CSV:
		return &csv_renderer;
	case FORMAT_FPING:
		return &fping_renderer;
	}
	return &text_renderer;
}

static void set_style(struct pipeline *p)
{
	const struct options *options = p->options;

	p->renderer = renderer_of(options->format);
	p->is_live = terminal_is_live(p->out) && options->format == FORMAT_TEXT && !options->is_quiet;
	p->style = terminal_style(p->out);
	p->style.is_quiet = options->is_quiet;
	p->style.is_explaining = options->is_explaining || p->style.columns > 0;
	p->style.verbosity = options->verbosity;
	p->style.timestamp = options->timestamp;
	p->style.sequence_width = options->count ? digits(options->count) : 3;
	p->style.has_histogram = options->has_histogram;
}

static int open_trace(struct pipeline *p, struct error *error)
{
	if (!p->options->trace_path)
		return 0;
	p->trace = fopen(p->options->trace_path, "we");
	if (!p->trace)
		return error_set(error, -errno, "cannot write the trace to %s: %s", p->options->trace_path, strerror(errno));
	return 0;
}

static bool is_family_wanted(const struct options *options, int family)
{
	return options->family == AF_UNSPEC || options->family == family;
}

/* The socket options are tried before anything is probed: a wrong device or address is the command line's fault, not a target's. */
static int check_place(const struct pipeline *p, const struct place *place, struct error *error)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2; i++) {
		int result = is_family_wanted(p->options, families[i]) ? place_check(place, families[i], error) : 0;

		if (result < 0 && result != -EAFNOSUPPORT) /* a host without IPv6: its targets will tell */
			return result;
	}
	return 0;
}

static int open_places(struct pipeline *p, struct error *error)
{
	const struct options *options = p->options;
	size_t count = options->namespace_count ? options->namespace_count : 1;

	p->places = must(calloc(count, sizeof(struct place *)));
	for (; p->place_count < count; p->place_count++) {
		const char *netns = options->namespace_count ? options->namespaces[p->place_count] : NULL;
		struct place *place = place_new(netns, &options->source, error);
		int result;

		if (!place)
			return -EINVAL;
		result = check_place(p, place, error);
		if (result < 0) {
			place_free(place);
			return result;
		}
		p->places[p->place_count] = place;
	}
	return 0;
}

uint32_t pipeline_only_netns(const struct pipeline *p)
{
	return p->place_count == 1 ? place_netns(p->places[0]) : 0;
}

/* Opened for writing, it would be empty before the targets are read. */
static int spare_target_file(const struct options *options, struct error *error)
{
	struct stat in, out;
	int result;

	if (!options->file || !options->output_path || stat(options->output_path, &out) < 0 || !S_ISREG(out.st_mode))
		return 0;
	result = strcmp(options->file, "-") ? stat(options->file, &in) : fstat(STDIN_FILENO, &in);
	if (result < 0 || in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return 0;
	return error_set(error, -EINVAL, "-o %s would overwrite the targets of -f before they are read; write to another file",
			 options->output_path);
}

static int open_output(struct pipeline *p, struct error *error)
{
	const char *path = p->options->output_path;
	FILE *out = path ? outlet_open_file(path) : stdout;

	if (!out)
		return error_set(error, -errno, "cannot write to %s (-o): %s", path, strerror(errno));
	p->out = out;
	set_style(p);
	return 0;
}

int open_arguments(struct pipeline *p, struct error *error)
{
	int result = hosts_init(&p->hosts, p->options, error);

	if (result == 0)
		result = open_places(p, error);
	if (result == 0)
		result = spare_target_file(p->options, error);
	if (result < 0)
		p->failure = EXIT_USAGE;
	if (result == 0)
		result = open_output(p, error);
	return result == 0 ? open_trace(p, error) : result;
}
