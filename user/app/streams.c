// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Targets become streams. */
#include "user/app/streams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void stream_init(struct stream *stream, const struct target *target)
{
	stream->target = target;
	target_label(target, stream->label);
	stats_init(&stream->stats);
	stream->report = (struct target_report){
		.label = stream->label,
		.name = target->name,
		.resolve_ns = TIME_UNKNOWN_NS,
	};
	if (!address_is_set(&target->literal))
		return;
	stream->is_resolved = true;
	stream->report.address = target->literal;
}

int streams_init(struct streams *streams, const struct target_list *targets)
{
	*streams = (struct streams){.streams = calloc(targets->count, sizeof(*streams->streams)), .count = (uint32_t)targets->count};
	if (!streams->streams)
		return -ENOMEM;
	for (uint32_t i = 0; i < streams->count; i++) {
		struct stream *stream = &streams->streams[i];
		size_t width;

		stream_init(stream, &targets->targets[i]);
		width = strlen(stream->label);
		if (width > streams->label_width)
			streams->label_width = width;
		streams->unresolved += !stream->is_resolved;
	}
	return 0;
}

void streams_release(struct streams *streams)
{
	for (uint32_t i = 0; streams->streams && i < streams->count; i++)
		stats_release(&streams->streams[i].stats);
	free(streams->streams);
	streams->streams = NULL;
}

static bool shares_name(const struct streams *streams, uint32_t a, uint32_t b)
{
	return !strcmp(streams->streams[a].target->name, streams->streams[b].target->name);
}

static uint32_t fail_streams(struct streams *streams, uint32_t first, const char *why)
{
	uint32_t count = 0;

	while (first + count < streams->count && (!count || shares_name(streams, first, first + count))) {
		struct stream *stream = &streams->streams[first + count++];

		snprintf(stream->failure, sizeof(stream->failure), "%s", why);
		stream->report.failure = stream->failure;
		stream->is_failed = true;
		streams->unresolved--;
	}
	return count;
}

int streams_ask(struct streams *streams, struct resolver *resolver, int family)
{
	for (uint32_t i = 0; i < streams->count; i++) {
		int result;

		if (streams->streams[i].is_resolved || (i > 0 && shares_name(streams, i - 1, i)))
			continue;
		result = resolver_ask(resolver, i, streams->streams[i].target->name, family);
		if (result < 0)
			return result;
	}
	return 0;
}

uint32_t streams_answer(struct streams *streams, const struct resolver_answer *answer)
{
	uint32_t count = 0;

	if (answer->result < 0)
		return fail_streams(streams, answer->id, answer->failure);
	while (answer->id + count < streams->count && (!count || shares_name(streams, answer->id, answer->id + count))) {
		struct stream *stream = &streams->streams[answer->id + count++];

		stream->is_resolved = true;
		stream->report.address = answer->addresses[0];
		stream->report.address.port = stream->target->port;
		stream->report.address_count = answer->total;
		stream->report.resolve_ns = answer->elapsed_ns;
		streams->unresolved--;
	}
	return count;
}

void stream_look_at_route(struct stream *stream, struct routes *routes)
{
	struct route_event route = {0};

	if (routes_ask(routes, &stream->report.address, NULL, 0, 0, &route, &stream->report.source) < 0)
		return;
	memcpy(stream->device, route.device, sizeof(stream->device));
	stream->report.device = stream->device[0] ? stream->device : NULL;
}

enum exit_code streams_exit_code(const struct streams *streams, const struct options *options)
{
	enum exit_code code = EXIT_EXPECTED;

	for (uint32_t i = 0; i < streams->count; i++) {
		const struct stream *stream = &streams->streams[i];
		bool is_met = options->is_strict ? stream->stats.expected == stream->stats.probes && stream->stats.probes > 0
						 : stream->stats.expected > 0;

		if (stream->stats.by_status[STATUS_INCOMPLETE])
			return EXIT_UNOBSERVED;
		if (stream->is_failed)
			code = EXIT_UNRESOLVED;
		else if (!is_met && code == EXIT_EXPECTED)
			code = EXIT_UNEXPECTED;
	}
	return code;
}
