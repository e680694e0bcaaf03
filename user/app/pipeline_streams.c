// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Streams come with their hosts, move with their names, and go. */
#include <stdlib.h>

#include "user/app/must.h"
#include "user/app/pipeline_parts.h"
#include "user/io/clock.h"

#define HEADERS_MAX 16 /* more targets than this get no header line each */

static void set_report(struct pipeline *p, struct stream *stream)
{
	stream->report.kernel = p->system.release;
	stream->report.hooks = observer_hooks(p->observer);
	if (p->streams.created > 1 || p->options->file || p->hosts.target_count > 1)
		p->style.label_width = p->streams.title_width;
	if (p->renderer->wants_row) {
		stream->rtt_row_count = p->options->count;
		stream->rtt_row = must(malloc(stream->rtt_row_count * sizeof(*stream->rtt_row)));
		for (uint64_t i = 0; i < stream->rtt_row_count; i++)
			stream->rtt_row[i] = TIME_UNKNOWN_NS;
	}
}

static void begin_stream(struct pipeline *p, struct stream *stream, uint64_t now_ns)
{
	set_report(p, stream);
	if (stream->report.failure) {
		show_target(p, stream);
		stream_check_end(p, stream);
		return;
	}
	stream_look_at_route(stream);
	plan_start(&p->plan, &stream->row, now_ns);
	if (p->hosts.target_count <= HEADERS_MAX && p->streams.created <= HEADERS_MAX)
		show_target(p, stream);
}

/* Probed without end, all have to be there at once; else those at the window's end wait for some in front to be done. */
static bool has_room_for_stream(const struct pipeline *p)
{
	return !p->options->count || p->streams.active < ACTIVE_MAX;
}

void streams_come(struct pipeline *p, uint64_t now_ns)
{
	while (!p->is_interrupted && has_room_for_stream(p)) {
		struct stream *stream = streams_next(&p->streams);

		if (stream) {
			begin_stream(p, stream, now_ns);
			continue;
		}
		struct known_host *host = hosts_next(&p->hosts);

		if (!host)
			return;
		streams_expand(&p->streams, host);
	}
}

static bool has_address(const struct resolver_answer *answer, const struct address *address)
{
	for (uint32_t i = 0; i < answer->count; i++)
		if (address_same_host(&answer->addresses[i], address))
			return true;
	return false;
}

/* One stream for the name: it stays with its address as long as the name has it. */
static void move_stream(struct pipeline *p, struct stream *stream, const struct resolver_answer *answer)
{
	struct address from = stream->report.address, to = answer->addresses[0];

	stream->report.address_count = answer->total;
	stream->report.resolve_ns = answer->elapsed_ns;
	if (has_address(answer, &from))
		return;
	to.port = from.port;
	stream_set_address(&p->streams, stream, &to);
	stream_look_at_route(stream);
	show_move(p, stream, &from, &to);
}

static void end_vanished(struct pipeline *p, struct stream *stream, const struct resolver_answer *answer)
{
	static const struct address none;

	if (stream->is_ended || has_address(answer, &stream->report.address))
		return;
	show_move(p, stream, &stream->report.address, &none);
	plan_stop(&stream->row);
	stream_check_end(p, stream);
}

static bool is_probed(const struct known_host *host, const struct address *address)
{
	for (const struct stream *stream = host->streams; stream; stream = stream->next_of_host)
		if (!stream->is_ended && address_same_host(&stream->report.address, address))
			return true;
	return false;
}

static void add_address(struct pipeline *p, struct known_host *host, const struct address *address, uint64_t now_ns)
{
	static const struct address none;
	size_t ports = port_list_count(&host->host.ports);

	for (size_t i = 0; i < ports * p->place_count; i++) {
		struct stream *stream = streams_add(&p->streams, host, address, port_list_at(&host->host.ports, i / p->place_count),
						    p->places[i % p->place_count]);

		set_report(p, stream);
		stream_look_at_route(stream);
		show_move(p, stream, &none, &stream->report.address);
		plan_start(&p->plan, &stream->row, now_ns);
	}
}

static void move_host(struct pipeline *p, struct known_host *host, const struct resolver_answer *answer, uint64_t now_ns)
{
	struct stream *next;

	for (struct stream *stream = host->streams; stream; stream = next) {
		next = stream->next_of_host;
		if (p->options->is_all_addresses)
			end_vanished(p, stream, answer);
		else
			move_stream(p, stream, answer);
	}
	for (uint32_t i = 0; p->options->is_all_addresses && i < answer->count; i++)
		if (!is_probed(host, &answer->addresses[i]))
			add_address(p, host, &answer->addresses[i], now_ns);
}

void streams_move(struct pipeline *p, uint64_t now_ns)
{
	struct resolver_answer answer;
	struct known_host *host;

	while ((host = hosts_take_again(&p->hosts, &answer)) != NULL) {
		if (answer.result < 0) {
			clear_live(p);
			fprintf(stderr, "ktcping: cannot resolve %s again: %s; its address stays as it was\n", host->host.name,
				answer.failure);
		} else if (!p->is_interrupted) {
			move_host(p, host, &answer, now_ns);
		}
		known_host_release(host);
	}
}

void stream_ask_again(struct pipeline *p, struct stream *stream, uint64_t sequence)
{
	struct known_host *host = stream->host;

	if (!p->options->resolve_every || address_is_set(&host->host.literal))
		return;
	if (sequence / p->options->resolve_every >= host->lookups && plan_has_more(&stream->row))
		hosts_ask_again(&p->hosts, host);
}

void stream_check_end(struct pipeline *p, struct stream *stream)
{
	if (stream->is_ended || stream->alive || plan_has_more(&stream->row))
		return;
	stream->is_ended = true;
	stream->next_ended = p->streams.ended;
	p->streams.ended = stream;
	p->streams.active--;
}

void streams_go(struct pipeline *p)
{
	struct stream **ended;
	size_t count = 0;

	if (!p->streams.ended || p->streams.created <= STREAMS_KEPT)
		return;
	ended = streams_take_ended(&p->streams, &count);
	for (size_t i = 0; i < count; i++) {
		show_summary(p, ended[i]);
		streams_remove(&p->streams, ended[i]);
	}
	free(ended);
}
