// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Hosts become streams: every address to be probed, on every port, from every place. */
#include "user/app/run/streams.h"

#include <stdlib.h>
#include <string.h>

#include "user/app/run/probe_table.h"
#include "user/app/xalloc.h"

static bool is_each_address(const struct streams *streams, const struct known_host *host)
{
	return streams->options->is_all_addresses && host->has_other_addresses;
}

/* How a stream is called among the others: without spaces, so that it is one word in every format. */
static char *make_title(const struct streams *streams, const struct stream *stream)
{
	const char *netns = place_name(stream->place);
	char address[ADDRESS_TEXT_MAX], *title = NULL;
	/* A literal with a device is an address already, and its device belongs to it. */
	bool is_numeric = streams->options->is_numeric && address_is_set(&stream->report.address) && !stream->host->host.scope;
	int length;

	if (is_numeric)
		length = asprintf(&title, "%s", address_format_with_port(&stream->report.address, address));
	else if (stream->report.is_each_address)
		length = asprintf(&title, "%s(%s)", stream->label, address_format(&stream->report.address, address));
	else
		length = asprintf(&title, "%s", stream->label);
	if (length >= 0 && netns) {
		char *bare = title;

		length = asprintf(&title, "%s@%s", bare, netns);
		free(bare);
	}
	return must(length < 0 ? NULL : title);
}

void stream_set_address(struct streams *streams, struct stream *stream, const struct address *address)
{
	size_t width;

	stream->report.address = *address;
	free(stream->title);
	stream->title = make_title(streams, stream);
	stream->report.title = stream->title;
	width = strlen(stream->title);
	if (width > streams->title_width)
		streams->title_width = width;
}

static void join_host(struct stream *stream)
{
	struct stream **head = &stream->host->streams;

	stream->next_of_host = *head;
	stream->link_of_host = head;
	if (*head)
		(*head)->link_of_host = &stream->next_of_host;
	*head = stream;
}

static void append(struct streams *streams, struct stream *stream)
{
	stream->previous = streams->last;
	if (streams->last)
		streams->last->next = stream;
	else
		streams->first = stream;
	streams->last = stream;
	join_host(stream);
	streams->created++;
	streams->kept++;
	streams->active++;
}

/* A link-local address is one of a device, and each namespace has its own. */
static void set_scope(struct stream *stream, struct address *address)
{
	const char *scope = stream->host->host.scope;

	if (!scope)
		return;
	address->scope = place_zone(stream->place, scope);
	if (!address->scope)
		stream->report.failure = NO_INTERFACE;
}

struct stream *streams_add(struct streams *streams, struct known_host *host, const struct address *address, uint16_t port,
			   const struct place *place)
{
	struct stream *stream = must(calloc(1, sizeof(*stream)));
	struct address target = address ? *address : (struct address){0};
	char label[TARGET_LABEL_MAX], name[ADDRESS_TEXT_MAX];

	target.port = address ? port : 0;
	stream->host = host;
	stream->place = place;
	stream->number = streams->created;
	stream->name = must(strdup(host->host.free_bits ? address_format(&target, name) : host->host.name));
	stream->label = must(strdup(target_label(stream->name, port, label)));
	stream->first_open = stream->last_started = NO_PROBE;
	stream->shown_status = -1;
	stats_init(&stream->stats);
	stream->report = (struct target_report){
		.label = stream->label,
		.name = stream->name,
		.netns_name = place_name(place),
		.address_count = host->address_total,
		.is_each_address = is_each_address(streams, host),
		.resolve_ns = host->resolve_ns,
		.failure = host->failure,
	};
	host->references++;
	set_scope(stream, &target);
	stream_set_address(streams, stream, &target);
	append(streams, stream);
	return stream;
}

void streams_tell_apart(struct streams *streams, struct known_host *host)
{
	if (host->has_other_addresses)
		return;
	host->has_other_addresses = true;
	for (struct stream *stream = host->streams; stream; stream = stream->next_of_host) {
		stream->report.is_each_address = true;
		stream_set_address(streams, stream, &stream->report.address);
	}
}

void streams_expand(struct streams *streams, struct known_host *host)
{
	streams->expanding = host;
	streams->expanding_ports = must(port_list_expand(&host->host.ports, &streams->expanding_port_count));
	streams->expanded = 0;
}

static void end_expanding(struct streams *streams)
{
	known_host_release(streams->expanding);
	streams->expanding = NULL;
	free(streams->expanding_ports);
	streams->expanding_ports = NULL;
}

struct stream *streams_next(struct streams *streams)
{
	struct known_host *host = streams->expanding;
	uint64_t ports, addresses, index = streams->expanded;
	struct address address;

	if (!host)
		return NULL;
	ports = streams->expanding_port_count;
	addresses = known_host_probed_addresses(host, is_each_address(streams, host));
	if (index == (addresses ? addresses : 1) * ports * streams->place_count) { /* one without an address is a stream that says so */
		end_expanding(streams);
		return NULL;
	}
	streams->expanded++;
	if (addresses)
		address = known_host_address(host, index / streams->place_count / ports);
	return streams_add(streams, host, addresses ? &address : NULL, streams->expanding_ports[index / streams->place_count % ports],
			   streams->places[index % streams->place_count]);
}

static void leave_host(struct stream *stream)
{
	*stream->link_of_host = stream->next_of_host;
	if (stream->next_of_host)
		stream->next_of_host->link_of_host = stream->link_of_host;
	known_host_release(stream->host);
}

static void add_result(const struct options *options, const struct stream *stream, struct run_result *result)
{
	const struct stats *stats = &stream->stats;
	bool is_met = options->is_strict ? stats->expected == stats->probes && stats->probes > 0 : stats->expected > 0;

	result->has_incomplete |= stats->by_status[STATUS_INCOMPLETE] > 0;
	result->has_unresolved |= stream->report.failure && !stream->has_no_socket;
	result->has_unexpected |= !is_met;
	result->report.targets++;
	result->report.probes += stats->probes;
	result->report.intercepted += stats->by_status[STATUS_INTERCEPTED];
}

static void stream_free(struct stream *stream)
{
	leave_host(stream);
	stats_release(&stream->stats);
	free(stream->rtt_row);
	free(stream->name);
	free(stream->label);
	free(stream->title);
	free(stream);
}

void streams_remove(struct streams *streams, struct stream *stream)
{
	add_result(streams->options, stream, &streams->result);
	if (stream->previous)
		stream->previous->next = stream->next;
	else
		streams->first = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	else
		streams->last = stream->previous;
	streams->kept--;
	stream_free(stream);
}

void streams_release(struct streams *streams)
{
	while (streams->first) {
		struct stream *stream = streams->first;

		streams->first = stream->next;
		stream_free(stream);
	}
	end_expanding(streams);
}

static int compare(const void *a, const void *b)
{
	const struct stream *left = *(struct stream *const *)a, *right = *(struct stream *const *)b;

	if (left->host->number != right->host->number)
		return left->host->number < right->host->number ? -1 : 1;
	return left->number < right->number ? -1 : 1;
}

static struct stream **sort(struct stream **streams, size_t count)
{
	qsort(streams, count, sizeof(struct stream *), compare);
	return streams;
}

struct stream **streams_sorted(const struct streams *streams, size_t *ret_count)
{
	struct stream **sorted = must(calloc(streams->kept + 1, sizeof(struct stream *)));
	size_t count = 0;

	for (struct stream *stream = streams->first; stream; stream = stream->next)
		sorted[count++] = stream;
	*ret_count = count;
	return sort(sorted, count);
}

struct stream **streams_take_ended(struct streams *streams, size_t *ret_count)
{
	struct stream **sorted;
	size_t count = 0;

	for (struct stream *stream = streams->ended; stream; stream = stream->next_ended)
		count++;
	sorted = must(calloc(count + 1, sizeof(struct stream *)));
	*ret_count = count;
	for (; streams->ended; streams->ended = streams->ended->next_ended)
		sorted[--count] = streams->ended;
	return sort(sorted, *ret_count);
}

void stream_look_at_route(struct stream *stream)
{
	struct route_event route = {0};

	if (place_route(stream->place, &stream->report.address, &route, &stream->report.source) < 0)
		return;
	memcpy(stream->device, route.device, sizeof(stream->device));
	stream->report.device = stream->device[0] ? stream->device : NULL;
}

static struct run_result streams_result(const struct streams *streams)
{
	struct run_result result = streams->result;

	for (const struct stream *stream = streams->first; stream; stream = stream->next)
		add_result(streams->options, stream, &result);
	return result;
}

enum exit_code streams_exit_code(const struct streams *streams)
{
	struct run_result result = streams_result(streams);

	return result.has_incomplete   ? EXIT_UNOBSERVED
	       : result.has_unresolved ? EXIT_UNRESOLVED
	       : result.has_unexpected ? EXIT_UNEXPECTED
				       : EXIT_EXPECTED;
}

struct run_report streams_report(const struct streams *streams)
{
	return streams_result(streams).report;
}
