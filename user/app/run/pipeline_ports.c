// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who has which source port: each stream's probes with a socket, the next port of a range, and our own probes that are in each other's way. */
#include <string.h>

#include "user/app/run/pipeline_parts.h"

void join_stream(struct pipeline *p, uint32_t number)
{
	struct probe *probe = probe_at(p, number);
	struct stream *stream = probe->stream;

	probe->newer = NO_PROBE;
	probe->older = stream->first_open;
	if (probe->older != NO_PROBE)
		probe_at(p, probe->older)->newer = number;
	stream->first_open = number;
	probe->is_open = true;
}

static void leave_stream(struct pipeline *p, struct probe *probe)
{
	if (!probe->is_open)
		return;
	if (probe->newer != NO_PROBE)
		probe_at(p, probe->newer)->older = probe->older;
	else
		probe->stream->first_open = probe->older;
	if (probe->older != NO_PROBE)
		probe_at(p, probe->older)->newer = probe->newer;
	probe->is_open = false;
}

void close_probe(struct pipeline *p, uint32_t number)
{
	struct probe *probe = probe_at(p, number);

	probe_queue_remove(&p->probes, &p->probes.holds, number);
	leave_stream(p, probe);
	probe->phase = PROBE_CLOSED;
	prober_close(&probe->socket, pipeline_sink(p));
}

static uint32_t find_open(struct pipeline *p, const struct stream *stream, uint16_t port)
{
	uint32_t number = stream->first_open;

	while (number != NO_PROBE && probe_at(p, number)->source_port != port)
		number = probe_at(p, number)->older;
	return number;
}

/* A bit a port: those of its probes without a verdict. So that thousands of them are not looked through for each of thousands of ports. */
static void mark_pending(struct pipeline *p, const struct stream *stream, uint8_t *ret_pending)
{
	memset(ret_pending, 0, (UINT16_MAX + 1) / 8);
	for (uint32_t number = stream->first_open; number != NO_PROBE; number = probe_at(p, number)->older) {
		const struct probe *probe = probe_at(p, number);

		if (probe->phase == PROBE_PENDING)
			ret_pending[probe->source_port / 8] |= (uint8_t)(1u << probe->source_port % 8);
	}
}

bool choose_port(struct pipeline *p, struct stream *stream, uint16_t *ret_port)
{
	const struct source *source = &p->options->source;
	uint32_t count = source->first_port ? (uint32_t)(source->last_port - source->first_port) + 1 : 0;
	uint8_t pending[(UINT16_MAX + 1) / 8];

	*ret_port = 0;
	if (count)
		mark_pending(p, stream, pending);
	for (uint32_t tries = count; tries > 0; tries--) {
		uint16_t port = (uint16_t)(source->first_port + stream->next_port);
		uint32_t user;

		stream->next_port = (stream->next_port + 1) % count;
		if (pending[port / 8] & 1u << port % 8)
			continue;
		user = find_open(p, stream, port);
		if (user != NO_PROBE)
			close_probe(p, user);
		*ret_port = port;
		return true;
	}
	return !count;
}

void say_port_in_use(struct pipeline *p, struct stream *stream)
{
	const struct source *source = &p->options->source;

	if (!p->options->verbosity || stream->has_spoken_of_port)
		return;
	stream->has_spoken_of_port = true;
	clear_live(p);
	if (!source->first_port)
		fprintf(stderr, "ktcping: %s: no source port is free (net.ipv4.ip_local_port_range), waiting for one\n", stream->title);
	else if (source->first_port == source->last_port)
		fprintf(stderr, "ktcping: %s: source port %u is still in use, waiting for it\n", stream->title, source->first_port);
	else
		fprintf(stderr, "ktcping: %s: all source ports from %u to %u are still in use, waiting for one\n", stream->title,
			source->first_port, source->last_port);
}

uint32_t find_rival(struct pipeline *p, const struct probe *probe)
{
	uint32_t found = NO_PROBE;

	for (uint32_t number = 0; number < p->probes.fresh; number++) {
		const struct probe *other = probe_at(p, number), *best = found == NO_PROBE ? NULL : probe_at(p, found);
		bool is_better = !best || other->phase > best->phase || (other->phase == best->phase && other->began_ns < best->began_ns);

		if (other->is_open && other != probe && other->source_port == probe->source_port &&
		    other->stream->place == probe->stream->place && is_better &&
		    address_same_host(&other->socket.destination, &probe->socket.destination) &&
		    other->socket.destination.port == probe->socket.destination.port)
			found = number;
	}
	return found;
}
