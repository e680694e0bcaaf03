// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One thread of a scan: read answers first, then what is due, send last. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/run/scan_parts.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"
#include "user/io/files/trace.h"

#define IDLE_NS		(50 * MILLISECOND_NS) /* without a probe under way, for names and lines to come */
#define BUSY_EVENTS	64		      /* more in one turn than this: the next turn is not slept for */
#define NOTICES_AT_ONCE 256		      /* each may take some questions to the kernel: then the ring is read again */
/* A SYN is repeated after 1 s (RFC 6298, section 2.1), or in the second tick after a wrong answer (TCP_TIMEOUT_MIN), of a thousand a second at most. */
#define NO_REPEAT_NS MILLISECOND_NS
/* Closed, and not yet forgotten. */
#define CLOSING_MAX 512

int shard_open(struct scan_shard *shard, struct scan *scan, unsigned index, struct error *error)
{
	const struct options *options = scan->p->options;
	double share = 1.0 / scan->shard_count;
	uint32_t capacity = scan->inflight + CLOSING_MAX;

	*shard = (struct scan_shard){.scan = scan, .index = index, .ring = observer_ring(scan->p->observer, index)};
	shard->last_waiting = &shard->first_waiting;
	shard->last_repeat = &shard->first_repeat;
	shard->flush_ns = UINT64_MAX;
	tally_init(&shard->tally);
	pthread_mutex_init(&shard->tally_lock, NULL);
	if (options->rate == RATE_BY_DISTANCE)
		shard->pace_afar = pace_make(RATE_AFAR * share);
	else
		shard->pace = pace_make((double)options->rate * share);
	shard->correlator = correlator_new(capacity, 0);
	shard->targets = calloc(capacity, sizeof(*shard->targets));
	if (!shard->correlator || !shard->targets || probe_table_init(&shard->probes, capacity) < 0)
		return error_set(error, -ENOMEM, "out of memory for %u connection attempts", capacity);
	shard->places = must(calloc(scan->p->place_count, sizeof(struct place *)));
	for (size_t i = 0; i < scan->p->place_count; i++) {
		shard->places[i] = place_new(place_name(scan->p->places[i]), &options->source, error);
		if (!shard->places[i])
			return -EINVAL;
	}
	return 0;
}

static void feed(void *context, const struct event *event)
{
	struct scan_shard *shard = context;

	shard->events++;
	if (shard->scan->p->trace)
		trace_write(shard->scan->p->trace, event);
	correlator_feed(shard->correlator, event);
}

struct prober_sink shard_sink(struct scan_shard *shard)
{
	return (struct prober_sink){feed, shard};
}

void shard_close(struct scan_shard *shard)
{
	struct scan_waiting *next;

	for (uint32_t i = 0; i < shard->probes.fresh; i++)
		if (shard->probes.probes[i].socket.fd >= 0)
			prober_close(&shard->probes.probes[i].socket, shard_sink(shard));
	for (uint32_t i = 0; i < shard->probes.fresh; i++)
		if (shard->probes.probes[i].phase != PROBE_FREE)
			known_host_release(shard->targets[i].host);
	while (shard->batch_next < shard->batch_count)
		known_host_release(shard->batch[shard->batch_next++].host);
	for (struct scan_waiting *waiting = shard->first_waiting; waiting; waiting = next) {
		next = waiting->next;
		known_host_release(waiting->target.host);
		free(waiting);
	}
	for (size_t i = 0; shard->places && i < shard->scan->p->place_count; i++)
		place_free(shard->places[i]);
	free(shard->places);
	free(shard->targets);
	probe_table_release(&shard->probes);
	correlator_free(shard->correlator);
	tally_release(&shard->tally);
	pthread_mutex_destroy(&shard->tally_lock);
}

static void pass_deadlines(struct scan_shard *shard, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&shard->probes, &shard->probes.deadlines, now_ns)) != NO_PROBE) {
		const struct probe *probe = &shard->probes.probes[number];
		struct event event = {.kind = EVENT_DEADLINE, .time_ns = probe->due_ns, .key = probe->socket.key};

		feed(shard, &event);
	}
}

/* It is over, but for what may still be asked again. */
static void end_probe(struct scan_shard *shard, uint32_t number, const struct outcome *latest)
{
	struct outcome outcome = repeat_outcome(shard->probes.probes[number].first, latest);

	if (!shard_ask_again(shard, number, latest))
		shard_settle(shard, &shard->targets[number], &outcome);
	if (!repeat_is_own_limit(latest->verdict))
		__atomic_store_n(&shard->freed_ns, clock_now_ns(), __ATOMIC_RELAXED);
}

static void take_verdict(struct scan_shard *shard, uint32_t number, const struct notice *notice)
{
	struct probe *probe = &shard->probes.probes[number];
	const struct verdict *verdict = &notice->verdict;
	struct outcome outcome = {.attempt = notice->attempt, .facts = notice->facts, .verdict = verdict, .began_ns = probe->began_ns};

	shard->probes.pending--;
	probe->phase = PROBE_CLOSED;
	probe_queue_remove(&shard->probes, &shard->probes.deadlines, number);
	if (verdict->status == STATUS_OPEN || verdict->status == STATUS_INTERCEPTED || verdict->status == STATUS_SELF_CONNECT)
		prober_reset(&probe->socket);
	if (repeat_is_own_limit(verdict) && shard_can_wait(shard, probe)) {
		shard_put_in_line(shard, &shard->targets[number], probe, verdict);
		shard->targets[number].host = NULL; /* its reference is the waiting one's now */
	} else {
		end_probe(shard, number, &outcome);
		free(probe->first);
	}
	probe->first = NULL;
	prober_close(&probe->socket, shard_sink(shard));
}

static bool has_closed(const struct attempt *attempt)
{
	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_STATE && attempt->entries[i].state.new_state == TCP_STATE_CLOSE)
			return true;
	return false;
}

/* The kernel side lets go of a socket when it is CLOSE; where that was not seen, it may not have seen it either. */
static void forget(struct scan_shard *shard, uint32_t number, const struct attempt *attempt)
{
	if (!has_closed(attempt))
		observer_forget(shard->scan->p->observer, attempt->key.cookie, attempt->key.number);
	if (shard->targets[number].host)
		scan_source_put(&shard->scan->source, shard->targets[number].host);
	probe_table_put(&shard->probes, number);
	ring_set_active(shard->ring, shard->probes.used > 0);
}

/* Settled so soon that no second SYN can have been sent: else how many there were is to be asked for, though no answer that caused one was seen. */
static bool has_no_repeat(const struct attempt *attempt)
{
	uint64_t began_ns = 0;

	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (entry->kind == EVENT_STATE && entry->state.new_state == TCP_STATE_SYN_SENT)
			began_ns = entry->time_ns;
		else if (entry->kind == EVENT_STATE)
			return began_ns && entry->time_ns - began_ns < NO_REPEAT_NS;
	}
	return false;
}

static void ask(struct scan_shard *shard, const struct probe *probe, const struct notice *notice)
{
	struct prober_question question = {
		.attempt = notice->attempt,
		.needs_path = notice->needs_path && !scan_has_ended(shard->scan),
		.needs_host = notice->needs_host && !scan_has_ended(shard->scan),
		.left_by = notice->left_by,
		.is_brief = scan_has_ended(shard->scan) || has_no_repeat(notice->attempt),
	};

	prober_ask(&probe->socket, &question, shard_sink(shard));
	shard->is_doubted |= notice->needs_path;
}

static void take_all_notices(struct scan_shard *shard)
{
	struct notice notice;

	for (int i = 0; i < NOTICES_AT_ONCE && correlator_next(shard->correlator, &notice); i++) {
		uint32_t number = notice.attempt->probe;

		if (!notice.attempt->is_ours)
			continue;
		if (notice.kind == NOTICE_QUERY)
			ask(shard, &shard->probes.probes[number], &notice);
		else if (notice.kind == NOTICE_VERDICT)
			take_verdict(shard, number, &notice);
		else if (notice.kind == NOTICE_RELEASED)
			forget(shard, number, notice.attempt);
	}
}

static void abandon_pending(struct scan_shard *shard)
{
	if (shard->is_abandoned || !scan_has_ended(shard->scan))
		return;
	shard->is_abandoned = true;
	for (uint32_t i = 0; i < shard->probes.fresh; i++)
		if (shard->probes.probes[i].phase == PROBE_PENDING)
			prober_abandon(&shard->probes.probes[i].socket, shard->scan->cause, shard_sink(shard));
}

static bool is_done(struct scan_shard *shard)
{
	if (__atomic_load_n(&shard->scan->is_impatient, __ATOMIC_ACQUIRE) || ferror(shard->scan->p->out))
		return true;
	if (shard->probes.used || correlator_is_waiting(shard->correlator))
		return false;
	if (scan_has_ended(shard->scan))
		return true;
	return shard->batch_next == shard->batch_count && !shard->first_waiting && !shard->first_repeat &&
	       scan_source_is_exhausted(&shard->scan->source);
}

/* The next instant at which there is something to do, when nothing comes in. */
static uint64_t wake_at_ns(const struct scan_shard *shard, uint64_t now_ns)
{
	bool has_target = shard->batch_next < shard->batch_count && shard_may_begin(shard);
	uint64_t wake_ns = min_ns(probe_queue_due_ns(&shard->probes, &shard->probes.deadlines), shard->flush_ns);

	wake_ns = min_ns(wake_ns, now_ns + (shard->probes.used ? RING_NAP_NS : IDLE_NS));
	if (scan_has_ended(shard->scan) || !shard_has_place(shard))
		return wake_ns;
	if (now_ns < shard->socket_ns)
		return min_ns(wake_ns, shard->socket_ns);
	if (shard->first_waiting)
		wake_ns = min_ns(wake_ns, shard->first_waiting->retry_ns);
	if (!has_target && !shard->first_repeat)
		return wake_ns;
	return min_ns(wake_ns, pace_due_ns(shard->pace_afar.interval_ps ? &shard->pace_afar : &shard->pace));
}

static void sleep_until_news(struct scan_shard *shard)
{
	uint64_t now_ns = clock_now_ns(), wake_ns = wake_at_ns(shard, now_ns);
	struct pollfd fd = {.fd = ring_fd(shard->ring), .events = POLLIN};
	struct timespec timeout;

	if (wake_ns <= now_ns || correlator_is_waiting(shard->correlator) || !ring_may_sleep(shard->ring))
		return;
	timeout = (struct timespec){.tv_nsec = (long)(wake_ns - now_ns)}; /* less than a second: there are naps */
	ppoll(&fd, 1, &timeout, NULL);
}

/* A verdict that rests on absence is judged after the drain. */
void shard_drain(struct scan_shard *shard)
{
	if (shard->is_doubted)
		observer_note_misses(shard->scan->p->observer);
	shard->is_doubted = false;
	ring_drain(shard->ring, (struct ring_sink){feed, shard});
}

void *shard_run(void *context)
{
	struct scan_shard *shard = context;
	unsigned started;

	ring_take_thread(shard->ring);
	while (!is_done(shard)) {
		pass_deadlines(shard, clock_now_ns());
		abandon_pending(shard);
		shard->events = 0;
		shard_drain(shard);
		pass_deadlines(shard, clock_now_ns()); /* before what was drained is judged: it may have come after them */
		take_all_notices(shard);
		started = shard_start_probes(shard);
		__atomic_store_n(&shard->pending, shard->probes.pending, __ATOMIC_RELAXED);
		if (clock_now_ns() >= shard->flush_ns)
			scan_flush(shard);
		if (!started && shard->events <= BUSY_EVENTS && !is_done(shard))
			sleep_until_news(shard);
	}
	shard_settle_unrepeated(shard);
	shard_count_targets(shard, 0, shard->waiting_count); /* no verdict tells of them */
	scan_flush(shard);
	return NULL;
}
