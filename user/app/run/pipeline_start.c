// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Probes start when they are due and when there is a socket and a source port for them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/run/pipeline_parts.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

#define STARTS_AT_ONCE 64		     /* then the ring is read again */
#define RETRY_NS       (20 * MILLISECOND_NS) /* each vain connect() is remembered for some seconds */

bool can_start_probe(const struct pipeline *p)
{
	bool is_full = p->options->inflight && p->probes.pending >= p->options->inflight;

	return !p->is_interrupted && !is_full && p->probes.used < p->probes.capacity && correlator_has_room(p->correlator);
}

/* A connect() that was in vain is known to be so later: meanwhile the next one of its stream may have begun to wait. */
static struct waiting **place_in_line(struct pipeline *p, const struct stream *stream, uint64_t sequence)
{
	struct waiting **link = &p->first_waiting;

	if (!stream->waiting)
		return p->first_waiting ? &p->last_waiting->next : link;
	while (*link && ((*link)->stream != stream || (*link)->sequence < sequence))
		link = &(*link)->next;
	return link;
}

static struct waiting *add_waiting(struct pipeline *p, const struct waiting *probe, uint64_t since_ns)
{
	struct waiting *waiting = must(malloc(sizeof(*waiting)));
	struct stream *stream = probe->stream;
	struct waiting **link = place_in_line(p, stream, probe->sequence);

	*waiting = (struct waiting){
		.next = *link,
		.stream = stream,
		.sequence = probe->sequence,
		.first = probe->first,
		.since_ns = since_ns,
		.retry_ns = clock_now_ns() + RETRY_NS,
		.rival = NO_PROBE,
	};
	*link = waiting;
	if (!waiting->next)
		p->last_waiting = waiting;
	stream->alive++;
	stream->waiting++;
	return waiting;
}

/* Ours are closed some time. When there are none, somebody else would have to let go; that is not waited for without an end. */
static void note_no_socket(struct pipeline *p, int error)
{
	uint64_t now_ns = clock_now_ns();

	p->socket_ns = now_ns + RETRY_NS / 2;
	if (p->probes.pending || p->probes.holds.count)
		p->socketless_ns = 0;
	else if (!p->socketless_ns)
		p->socketless_ns = now_ns;
	else if (now_ns - p->socketless_ns >= p->options->timeout_ns)
		p->is_starved = true;
	if (!p->is_starved)
		return;
	clear_live(p);
	fprintf(stderr, "ktcping: no socket to probe with (%s), and none of our own that could be closed; raise the limit (ulimit -n)\n",
		strerror(-error));
}

/* No socket to try with is our own limit, never the target's fault: say it once, and wait for one. */
static void wait_for_socket(struct pipeline *p, int error)
{
	note_no_socket(p, error);
	if (p->soft_error)
		return;
	p->soft_error = error;
	clear_live(p);
	fprintf(stderr,
		"ktcping: no socket for the next probe (%s), so fewer are under way at once; fewer targets or a higher limit (ulimit -n) "
		"would help\n",
		strerror(-error));
}

static void begin_probe(struct pipeline *p, uint32_t number)
{
	struct probe *probe = probe_at(p, number);
	uint32_t last = probe->stream->last_started;

	probe->stream->alive++;
	if (last == NO_PROBE || probe_at(p, last)->sequence <= probe->sequence) /* a repeat may be of an older one */
		probe->stream->last_started = number;
	join_stream(p, number);
	probe_queue_add(&p->probes, &p->probes.deadlines, number, probe->began_ns + p->options->timeout_ns);
	stream_ask_again(p, probe->stream, probe->sequence);
}

/* Waiting would change nothing: the kernel has no such family, or something forbids it. */
static void give_up_stream(struct pipeline *p, struct stream *stream, int error)
{
	if (error == -EAFNOSUPPORT)
		stream->report.failure = "not probed: this host makes no sockets of that family; choose the other one with -4 or -6";
	else
		stream->report.failure = "not probed: its socket cannot be made; run as root, outside of what forbids it (a seccomp "
					 "filter, a security module)";
	stream->has_no_socket = true;
	stream_stop(stream);
	show_target(p, stream);
	stream_check_end(p, stream);
}

/* It is not made: a probe that was to be asked again is what it came to at first. */
static void settle_if_first(struct pipeline *p, const struct waiting *waiting)
{
	if (waiting->first)
		settle_first(p, waiting->stream, waiting->sequence, waiting->first, REPEAT_NONE);
}

static void drop_waiting(struct pipeline *p, const struct waiting *waiting)
{
	settle_if_first(p, waiting);
	stream_check_end(p, waiting->stream);
}

static bool is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOBUFS || error == -ENOMEM || error == -EAGAIN;
}

static bool is_last_try(const struct pipeline *p, uint64_t since_ns, uint64_t now_ns)
{
	return since_ns && now_ns - since_ns >= p->options->timeout_ns;
}

static bool wake_observer(struct pipeline *p)
{
	struct error error;

	if (!observer_is_resting(p->observer) || observer_wake(p->observer, &error) == 0)
		return true;
	fprintf(stderr, "ktcping: %s\n", error.text);
	p->is_starved = true;
	return false;
}

/* It owns what `waiting` does. What is said of a wait is said once a probe. */
static void start_probe(struct pipeline *p, const struct waiting *waiting)
{
	uint64_t now_ns = clock_now_ns(), since_ns = waiting->since_ns;
	struct stream *stream = waiting->stream;
	struct probe_request request = {
		.place = stream->place,
		.destination = stream->report.address,
		.is_half_open = p->options->hold_ns == HALF_OPEN,
	};
	struct probe *probe;
	int result;

	if (waiting->first) /* the name may have moved on meanwhile */
		request.destination = waiting->first->attempt.requested;
	if (!choose_port(p, stream, &request.source_port)) {
		say_port_in_use(p, stream);
		add_waiting(p, waiting, 0);
		return;
	}
	if (!wake_observer(p)) {
		settle_if_first(p, waiting);
		return;
	}
	request.number = probe_table_take(&p->probes);
	request.is_last_try = is_last_try(p, since_ns, now_ns);
	probe = probe_at(p, request.number);
	ring_set_active(p->ring, p->probes.used > 0);
	probe->stream = stream;
	probe->sequence = waiting->sequence;
	probe->began_ns = now_ns;
	probe->source_port = request.source_port;
	probe->waited_since_ns = since_ns;
	result = prober_connect(&request, pipeline_sink(p), &probe->socket);
	if (result == 0) {
		p->socketless_ns = 0;
		probe->first = waiting->first;
		probe->began_ns = probe->socket.began_ns;
		begin_probe(p, request.number);
		return;
	}
	probe_table_put(&p->probes, request.number);
	ring_set_active(p->ring, p->probes.used > 0);
	if (result != -EADDRINUSE && !is_shortage(result)) {
		settle_if_first(p, waiting);
		give_up_stream(p, stream, result);
		return;
	}
	if (result == -EADDRINUSE)
		say_port_in_use(p, stream);
	else
		wait_for_socket(p, result);
	add_waiting(p, waiting, result == -EADDRINUSE ? (since_ns ? since_ns : now_ns) : 0);
}

bool wait_for_port(struct pipeline *p, struct probe *probe)
{
	uint64_t since_ns = probe->waited_since_ns ? probe->waited_since_ns : probe->began_ns;
	uint32_t rival = p->is_interrupted ? NO_PROBE : find_rival(p, probe);
	struct waiting again = {.stream = probe->stream, .sequence = probe->sequence, .first = probe->first}, *waiting;

	if (p->is_interrupted || probe->stream->is_stopped || (rival == NO_PROBE && is_last_try(p, since_ns, clock_now_ns())))
		return false;
	say_port_in_use(p, probe->stream);
	probe->first = NULL;
	waiting = add_waiting(p, &again, rival == NO_PROBE ? since_ns : 0);
	waiting->rival = rival;
	waiting->rival_cookie = rival == NO_PROBE ? 0 : probe_at(p, rival)->socket.key.cookie;
	return true;
}

/* As long as our own probe has the port, there is no need to try; held open, it gives it up. */
static bool is_behind_rival(struct pipeline *p, const struct waiting *waiting)
{
	const struct probe *rival = waiting->rival == NO_PROBE ? NULL : probe_at(p, waiting->rival);

	if (!rival || !rival->is_open || rival->socket.key.cookie != waiting->rival_cookie)
		return false;
	if (rival->phase == PROBE_PENDING)
		return true;
	close_probe(p, waiting->rival);
	return false;
}

static void wait_on(struct pipeline *p, const struct waiting *waiting)
{
	struct waiting *again = add_waiting(p, waiting, waiting->since_ns);

	again->rival = waiting->rival;
	again->rival_cookie = waiting->rival_cookie;
}

static struct waiting take_waiting(struct pipeline *p)
{
	struct waiting *first = p->first_waiting, waiting = *first;

	p->first_waiting = first->next;
	waiting.stream->alive--;
	waiting.stream->waiting--;
	free(first);
	return waiting;
}

/* All wait equally long until they are tried again, so the first one is due first. */
static void start_waiting(struct pipeline *p)
{
	for (int i = 0; i < STARTS_AT_ONCE && p->first_waiting && p->first_waiting->retry_ns <= clock_now_ns(); i++) {
		bool is_stopped = p->first_waiting->stream->is_stopped;
		struct waiting waiting;

		if (!is_stopped && (!can_start_probe(p) || clock_now_ns() < p->socket_ns))
			return;
		waiting = take_waiting(p);
		if (is_stopped)
			drop_waiting(p, &waiting);
		else if (is_behind_rival(p, &waiting))
			wait_on(p, &waiting);
		else
			start_probe(p, &waiting);
	}
}

/* One a turn of the loop, and before all others: what filled the ring once would fill it again. */
static void start_repeat(struct pipeline *p)
{
	uint64_t now_ns = clock_now_ns();
	struct waiting repeat;
	bool is_stopped;

	if (!p->first_repeat)
		return;
	is_stopped = p->first_repeat->stream->is_stopped;
	if (!is_stopped && (!can_start_probe(p) || now_ns < p->socket_ns || !pace_take(&p->pace, now_ns)))
		return;
	repeat = take_repeat(p);
	if (is_stopped)
		drop_waiting(p, &repeat);
	else
		start_probe(p, &repeat);
}

void start_due_probes(struct pipeline *p)
{
	start_repeat(p);
	start_waiting(p);
	for (int i = 0; i < STARTS_AT_ONCE && can_start_probe(p); i++) {
		uint64_t now_ns = clock_now_ns(), sequence;
		bool is_held_back = now_ns < p->socket_ns || plan_due_ns(&p->plan) > now_ns || !pace_take(&p->pace, now_ns);
		struct plan_row *row = is_held_back ? NULL : plan_next(&p->plan, now_ns, &sequence);
		struct stream *stream = row ? stream_of_row(row) : NULL;

		if (!stream)
			return;
		if (stream->waiting) { /* one after the other: it keeps the interval from when that one starts */
			plan_postpone(&p->plan, row, now_ns);
			continue;
		}
		show_outstanding(p, stream, now_ns);
		stream->has_spoken_of_port = false;
		start_probe(p, &(struct waiting){.stream = stream, .sequence = sequence});
	}
}
