// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One thread of a scan: read answers first, then what is due, send last. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/must.h"
#include "user/app/scan_parts.h"
#include "user/io/clock.h"
#include "user/io/trace.h"

#define RETRY_NS	 (20 * MILLISECOND_NS) /* for a socket, or a source port */
#define IDLE_NS		 (50 * MILLISECOND_NS) /* without a probe under way, for names and lines to come */
#define BUSY_EVENTS	 64		       /* more in one turn than this: the next turn is not slept for */
#define FINDINGS_AT_ONCE 256		       /* each may take some questions to the kernel: then the ring is read again */
#define CROWDED_RING	 0.5		       /* from here on no connect is made before the ring is read */
/* A SYN is repeated after 1 s at the earliest (RFC 6298, section 2.1), but for the quick repeat after a wrong answer. */
#define NO_REPEAT_NS (900 * MILLISECOND_NS)
/* Closed, and not yet forgotten. */
#define CLOSING_MAX 512
/* With more of them in line for a source port no other target is begun with: they take memory, and their turns time. */
#define WAITING_MAX 512

int shard_open(struct scan_shard *shard, struct scan *scan, unsigned index, struct error *error)
{
	const struct options *options = scan->p->options;
	double share = 1.0 / scan->shard_count;
	uint32_t capacity = scan->inflight + CLOSING_MAX;

	*shard = (struct scan_shard){.scan = scan, .index = index, .ring = observer_ring(scan->p->observer, index)};
	shard->last_waiting = &shard->first_waiting;
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

static struct prober_sink sink_of(struct scan_shard *shard)
{
	return (struct prober_sink){feed, shard};
}

void shard_close(struct scan_shard *shard)
{
	struct scan_waiting *next;

	for (uint32_t i = 0; i < shard->probes.fresh; i++)
		if (shard->probes.probes[i].socket.fd >= 0)
			prober_close(&shard->probes.probes[i].socket, sink_of(shard));
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

/* The same target again, later: whoever has the port is waited for as long as a probe would wait, and our own as long as they take. */
static void put_in_line(struct scan_shard *shard, const struct scan_target *target, uint64_t since_ns)
{
	struct scan_waiting *waiting = must(malloc(sizeof(*waiting)));

	*waiting = (struct scan_waiting){.target = *target, .since_ns = since_ns, .retry_ns = clock_now_ns() + RETRY_NS};
	*shard->last_waiting = waiting;
	shard->last_waiting = &waiting->next;
	shard->waiting_count++;
	if (shard->scan->p->options->verbosity && !__atomic_exchange_n(&shard->scan->has_spoken_of_port, true, __ATOMIC_RELAXED))
		scan_say(shard->scan, "no free source port to %s, port %u, for now: waiting for one (said once)", target->host->host.name,
			 target->port);
}

/* Of this thread and, as last published, of the others. */
static bool has_pending(const struct scan_shard *shard)
{
	const struct scan *scan = shard->scan;

	for (unsigned i = 0; i < scan->shard_count; i++)
		if (i != shard->index && __atomic_load_n(&scan->shards[i].pending, __ATOMIC_RELAXED))
			return true;
	return shard->probes.pending;
}

/* As long as one of ours may have the port, or had it until just now. */
static bool can_wait_for_port(const struct scan_shard *shard, const struct probe *probe)
{
	const struct scan *scan = shard->scan;
	uint64_t since_ns = probe->waited_since_ns;

	for (unsigned i = 0; i < scan->shard_count; i++) {
		uint64_t freed_ns = __atomic_load_n(&scan->shards[i].freed_ns, __ATOMIC_RELAXED);

		since_ns = freed_ns > since_ns ? freed_ns : since_ns;
	}
	return !scan_has_ended(scan) && (has_pending(shard) || clock_now_ns() < since_ns + scan->p->options->timeout_ns);
}

static void count_verdict(struct scan_shard *shard, const struct verdict *verdict, uint64_t began_ns)
{
	pthread_mutex_lock(&shard->tally_lock);
	tally_add(&shard->tally, verdict, shard->scan->p->options->expected, began_ns);
	pthread_mutex_unlock(&shard->tally_lock);
}

static void take_verdict(struct scan_shard *shard, uint32_t number, const struct finding *finding)
{
	struct probe *probe = &shard->probes.probes[number];
	const struct verdict *verdict = &finding->verdict;

	shard->probes.pending--;
	probe->phase = PROBE_CLOSED;
	probe_queue_remove(&shard->probes, &shard->probes.deadlines, number);
	if (verdict->status == STATUS_OPEN || verdict->status == STATUS_INTERCEPTED || verdict->status == STATUS_SELF_CONNECT)
		prober_reset(&probe->socket);
	if (verdict->reason == REASON_NO_SOURCE_PORT && can_wait_for_port(shard, probe)) {
		put_in_line(shard, &shard->targets[number], probe->waited_since_ns);
		shard->targets[number].host = NULL; /* its reference is the waiting one's now */
	} else {
		count_verdict(shard, verdict, probe->began_ns);
		scan_show_verdict(shard, probe, finding);
		if (verdict->reason != REASON_NO_SOURCE_PORT)
			__atomic_store_n(&shard->freed_ns, clock_now_ns(), __ATOMIC_RELAXED);
	}
	prober_close(&probe->socket, sink_of(shard));
}

static void forget(struct scan_shard *shard, uint32_t number)
{
	if (shard->targets[number].host)
		scan_source_put(&shard->scan->source, shard->targets[number].host);
	probe_table_put(&shard->probes, number);
	ring_set_active(shard->ring, shard->probes.used);
}

static void ask(struct scan_shard *shard, const struct probe *probe, const struct finding *finding)
{
	struct prober_question question = {
		.needs_path = finding->needs_path && !scan_has_ended(shard->scan),
		.left_by = finding->left_by,
		.is_brief = clock_now_ns() - probe->began_ns < NO_REPEAT_NS || scan_has_ended(shard->scan),
	};

	prober_ask(&probe->socket, &question, sink_of(shard));
}

static void take_all_findings(struct scan_shard *shard)
{
	struct finding finding;

	for (int i = 0; i < FINDINGS_AT_ONCE && correlator_next(shard->correlator, &finding); i++) {
		uint32_t number = finding.attempt->probe;

		if (!finding.attempt->is_ours)
			continue;
		if (finding.kind == FINDING_QUESTION)
			ask(shard, &shard->probes.probes[number], &finding);
		else if (finding.kind == FINDING_VERDICT)
			take_verdict(shard, number, &finding);
		else if (finding.kind == FINDING_FORGOTTEN)
			forget(shard, number);
	}
}

/* Behind a gateway. What cannot be asked is taken for far. */
static bool is_afar(struct scan_shard *shard, const struct scan_target *target)
{
	struct route_event route;

	if (!shard->pace_afar.interval_ps || !address_is_set(&target->address) || address_is_loopback(&target->address))
		return false;
	if (!address_same_host(&shard->looked_at, &target->address)) {
		shard->looked_at = target->address;
		shard->is_looked_at_afar = place_route(shard->places[target->place], &target->address, &route, NULL) < 0 ||
					   (route.kind != ROUTE_LOCAL && address_is_set(&route.gateway));
	}
	return shard->is_looked_at_afar;
}

static bool may_start(struct scan_shard *shard, const struct scan_target *target, uint64_t now_ns)
{
	return pace_take(is_afar(shard, target) ? &shard->pace_afar : &shard->pace, now_ns);
}

/* Ours are closed some time. When there are none, somebody else would have to let go; that is not waited for without an end. */
static void note_no_socket(struct scan_shard *shard, int error)
{
	uint64_t now_ns = clock_now_ns();

	shard->socket_ns = now_ns + RETRY_NS;
	if (has_pending(shard))
		shard->socketless_ns = 0;
	else if (!shard->socketless_ns)
		shard->socketless_ns = now_ns;
	else if (now_ns - shard->socketless_ns >= shard->scan->p->options->timeout_ns &&
		 !__atomic_exchange_n(&shard->scan->is_starved, true, __ATOMIC_RELAXED))
		scan_say(shard->scan, "no socket to probe with (%s), and none of our own that could be closed; raise the limit (ulimit -n)",
			 strerror(-error));
}

/* Our own limit is never the target's fault: it is waited for. Returns false when it is something that waiting does not change. */
static bool wait_for_socket(struct scan_shard *shard, int error)
{
	if (error != -EMFILE && error != -ENFILE && error != -ENOBUFS && error != -ENOMEM && error != -EAGAIN)
		return false;
	note_no_socket(shard, error);
	if (!__atomic_exchange_n(&shard->scan->has_spoken_of_socket, true, __ATOMIC_RELAXED))
		scan_say(shard->scan,
			 "no socket for the next probe (%s), so fewer are under way at once; a lower --inflight or a higher limit (ulimit "
			 "-n) "
			 "would help",
			 strerror(-error));
	return true;
}

static void set_scope(const struct scan_shard *shard, const struct scan_target *target, struct address *address)
{
	if (target->host->host.scope)
		address->scope = place_ifindex(shard->places[target->place], target->host->host.scope);
}

/* Returns false when it is to be tried again. */
static bool start_probe(struct scan_shard *shard, const struct scan_target *target, uint64_t since_ns)
{
	uint32_t number = probe_table_take(&shard->probes);
	struct probe *probe = &shard->probes.probes[number];
	struct probe_request request = {
		.place = shard->places[target->place],
		.destination = target->address,
		.number = number,
		.is_last_try = true,
		.is_in_haste = true,
	};
	int result;

	set_scope(shard, target, &request.destination);
	shard->targets[number] = *target;
	ring_set_active(shard->ring, shard->probes.used);
	probe->began_ns = clock_now_ns();
	probe->waited_since_ns = since_ns ? since_ns : probe->began_ns;
	result = prober_connect(&request, sink_of(shard), &probe->socket);
	if (result == 0) {
		shard->socketless_ns = 0;
		probe_queue_add(&shard->probes, &shard->probes.deadlines, number, probe->began_ns + shard->scan->p->options->timeout_ns);
		return true;
	}
	probe_table_put(&shard->probes, number);
	ring_set_active(shard->ring, shard->probes.used);
	if (wait_for_socket(shard, result))
		return false;
	scan_show_failure(shard, target,
			  result == -EAFNOSUPPORT ? "not probed: this host makes no sockets of that family"
						  : "not probed: its socket cannot be made; run as root, outside of what forbids it",
			  false);
	scan_source_put(&shard->scan->source, target->host);
	return true;
}

/* Rather fewer connects than a record without room: a crowded ring is read first. */
static bool has_place(const struct scan_shard *shard)
{
	return ring_fill(shard->ring) < CROWDED_RING && shard->probes.pending < shard->scan->inflight &&
	       shard->probes.used < shard->probes.capacity && correlator_has_room(shard->correlator);
}

static bool can_start(const struct scan_shard *shard, uint64_t now_ns)
{
	return !scan_has_ended(shard->scan) && has_place(shard) && now_ns >= shard->socket_ns;
}

/* One that does not wait in line already. */
static bool can_begin(const struct scan_shard *shard, uint64_t now_ns)
{
	return can_start(shard, now_ns) && shard->waiting_count < WAITING_MAX;
}

static void start_waiting(struct scan_shard *shard, uint64_t now_ns)
{
	while (shard->first_waiting && shard->first_waiting->retry_ns <= now_ns && can_start(shard, now_ns)) {
		struct scan_waiting *waiting = shard->first_waiting;

		if (!start_probe(shard, &waiting->target, waiting->since_ns))
			return;
		shard->first_waiting = waiting->next;
		if (!shard->first_waiting)
			shard->last_waiting = &shard->first_waiting;
		shard->waiting_count--;
		free(waiting);
	}
}

static const struct scan_target *next_target(struct scan_shard *shard)
{
	if (shard->batch_next == shard->batch_count) {
		shard->batch_next = 0;
		shard->batch_count = scan_source_take(&shard->scan->source, shard->batch, SCAN_BATCH);
	}
	return shard->batch_next < shard->batch_count ? &shard->batch[shard->batch_next] : NULL;
}

/* Why it cannot be probed at all; NULL: it can. */
static const char *failure_of(const struct scan_shard *shard, const struct scan_target *target)
{
	const char *scope = target->host->host.scope;

	if (!address_is_set(&target->address))
		return target->host->failure;
	return scope && !place_ifindex(shard->places[target->place], scope) ? NO_INTERFACE : NULL;
}

static void count_targets(struct scan_shard *shard, uint64_t begun, uint64_t given_up)
{
	if (begun == given_up)
		return;
	pthread_mutex_lock(&shard->tally_lock);
	shard->tally.targets += begun - given_up;
	pthread_mutex_unlock(&shard->tally_lock);
}

/* Returns how many. */
static unsigned start_probes(struct scan_shard *shard)
{
	uint64_t now_ns = clock_now_ns();
	unsigned count = 0;

	start_waiting(shard, now_ns);
	for (; count < SCAN_BATCH && can_begin(shard, now_ns); count++) {
		const struct scan_target *target = next_target(shard);
		const char *failure = target ? failure_of(shard, target) : NULL;

		if (!target || (!failure && !may_start(shard, target, now_ns)))
			break;
		if (failure) {
			scan_show_failure(shard, target, failure, true);
			scan_source_put(&shard->scan->source, target->host);
		} else if (!start_probe(shard, target, 0)) {
			break;
		}
		shard->batch_next++;
	}
	count_targets(shard, count, 0);
	return count;
}

static void abandon_pending(struct scan_shard *shard)
{
	if (shard->is_abandoned || !scan_has_ended(shard->scan))
		return;
	shard->is_abandoned = true;
	for (uint32_t i = 0; i < shard->probes.fresh; i++)
		if (shard->probes.probes[i].phase == PROBE_PENDING)
			prober_abandon(&shard->probes.probes[i].socket, shard->scan->cause, sink_of(shard));
}

static bool is_done(struct scan_shard *shard)
{
	if (__atomic_load_n(&shard->scan->is_impatient, __ATOMIC_ACQUIRE) || ferror(shard->scan->p->out))
		return true;
	if (shard->probes.used || correlator_is_waiting(shard->correlator))
		return false;
	if (scan_has_ended(shard->scan))
		return true;
	return shard->batch_next == shard->batch_count && !shard->first_waiting && scan_source_is_exhausted(&shard->scan->source);
}

/* The next instant at which there is something to do, when nothing comes in. */
static uint64_t wake_at_ns(const struct scan_shard *shard, uint64_t now_ns)
{
	uint64_t wake_ns = min_ns(probe_queue_due_ns(&shard->probes, &shard->probes.deadlines), shard->flush_ns);

	wake_ns = min_ns(wake_ns, now_ns + (shard->probes.used ? RING_NAP_NS : IDLE_NS));
	if (scan_has_ended(shard->scan) || !has_place(shard))
		return wake_ns;
	if (now_ns < shard->socket_ns)
		return min_ns(wake_ns, shard->socket_ns);
	if (shard->first_waiting)
		wake_ns = min_ns(wake_ns, shard->first_waiting->retry_ns);
	if (shard->batch_next == shard->batch_count || shard->waiting_count >= WAITING_MAX)
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

void *shard_run(void *context)
{
	struct scan_shard *shard = context;
	unsigned started;

	ring_take_thread(shard->ring);
	while (!is_done(shard)) {
		pass_deadlines(shard, clock_now_ns());
		abandon_pending(shard);
		shard->events = 0;
		ring_drain(shard->ring, (struct ring_sink){feed, shard});
		take_all_findings(shard);
		started = start_probes(shard);
		__atomic_store_n(&shard->pending, shard->probes.pending, __ATOMIC_RELAXED);
		if (clock_now_ns() >= shard->flush_ns)
			scan_flush(shard);
		if (!started && shard->events <= BUSY_EVENTS && !is_done(shard))
			sleep_until_news(shard);
	}
	count_targets(shard, 0, shard->waiting_count); /* no verdict tells of them */
	scan_flush(shard);
	return NULL;
}
