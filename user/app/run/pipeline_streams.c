// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Streams come with their hosts, move with their names, and go. */
#include <stdlib.h>

#include "user/app/run/pipeline_parts.h"
#include "user/app/xalloc.h"
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

bool streams_can_come(const struct pipeline *p)
{
	return !p->is_interrupted && has_room_for_stream(p);
}

bool streams_are_at_hand(const struct pipeline *p)
{
	return streams_can_come(p) && (p->streams.expanding || hosts_are_at_hand(&p->hosts));
}

void streams_come(struct pipeline *p, uint64_t now_ns)
{
	while (streams_can_come(p)) {
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

static bool is_among(const struct address *addresses, uint32_t count, const struct address *address)
{
	for (uint32_t i = 0; i < count; i++)
		if (address_same_host(&addresses[i], address))
			return true;
	return false;
}

/* An answer that was cut proves of no address that it is gone. */
static bool may_have_address(const struct resolver_answer *answer, const struct address *address)
{
	return answer->total > answer->count || is_among(answer->addresses, answer->count, address);
}

/* One stream for the name: it stays with its address as long as the name has it. */
static void move_stream(struct pipeline *p, struct stream *stream, const struct resolver_answer *answer)
{
	struct address from = stream->report.address, to = answer->addresses[0];

	stream->report.address_count = answer->total;
	stream->report.resolve_ns = answer->elapsed_ns;
	if (stream->is_ended || may_have_address(answer, &from) || (!plan_has_more(&stream->row) && !stream->waiting))
		return; /* what is finished stays where it was probed */
	to.port = from.port;
	stream_set_address(&p->streams, stream, &to);
	stream_look_at_route(stream);
	show_move(p, stream, &from, &to);
}

static void end_vanished(struct pipeline *p, struct stream *stream, const struct resolver_answer *answer)
{
	static const struct address none;

	if (!plan_has_more(&stream->row) || may_have_address(answer, &stream->report.address))
		return;
	show_move(p, stream, &stream->report.address, &none);
	stream_stop(stream);
	stream_check_end(p, stream);
}

/* How many probes those of its streams have started that are ahead. */
static uint64_t rounds_of(const struct known_host *host)
{
	uint64_t rounds = 0;

	for (const struct stream *stream = host->streams; stream; stream = stream->next_of_host)
		if (stream->row.taken > rounds)
			rounds = stream->row.taken;
	return rounds;
}

/* It joins the others in their round: a name with another address each time would otherwise never come to the end of its count. */
static void add_address(struct pipeline *p, struct known_host *host, const struct address *address, uint64_t now_ns)
{
	static const struct address none;
	size_t count;
	uint16_t *ports;
	uint64_t rounds = rounds_of(host);

	if (p->options->count && rounds >= p->options->count)
		return;
	ports = must(port_list_expand(&host->host.ports, &count));
	streams_tell_apart(&p->streams, host);
	for (size_t i = 0; i < count * p->place_count; i++) {
		struct stream *stream = streams_add(&p->streams, host, address, ports[i / p->place_count], p->places[i % p->place_count]);

		set_report(p, stream);
		stream_look_at_route(stream);
		show_move(p, stream, &none, &stream->report.address);
		plan_join(&p->plan, &stream->row, rounds, now_ns);
	}
	free(ports);
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
	/* New is what the answer before did not have: an address whose probes are over is not probed again. */
	for (uint32_t i = 0; p->options->is_all_addresses && i < answer->count; i++)
		if (!is_among(host->addresses, host->address_count, &answer->addresses[i]))
			add_address(p, host, &answer->addresses[i], now_ns);
	if (p->options->is_all_addresses || !may_have_address(answer, &host->addresses[0]))
		known_host_set_addresses(host, answer); /* for the streams of it that are still to come, too */
}

static void say_failed_again(struct pipeline *p, struct known_host *host, const char *failure)
{
	if (host->has_failed_again)
		return;
	host->has_failed_again = true;
	clear_live(p);
	fprintf(stderr, "ktcping: %s; meanwhile its last address is probed\n", failure);
}

void streams_move(struct pipeline *p, uint64_t now_ns)
{
	struct resolver_answer answer;
	struct known_host *host;

	while ((host = hosts_take_again(&p->hosts, &answer)) != NULL) {
		if (answer.result < 0) {
			say_failed_again(p, host, answer.failure);
		} else if (!p->is_interrupted && host != p->streams.expanding) { /* its streams come by these addresses */
			host->has_failed_again = false;
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
	if (p->options->is_all_addresses && p->streams.expanding == host) /* its addresses are being counted off */
		return;
	if (sequence / p->options->resolve_every >= host->lookups && plan_has_more(&stream->row))
		hosts_ask_again(&p->hosts, host);
}

void stream_stop(struct stream *stream)
{
	plan_stop(&stream->row);
	stream->is_stopped = true;
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
