// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a thread of a scan begins with: targets as they come, as fast as they may, and those in line for a source port again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/run/scan_parts.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

#define RETRY_NS     (20 * MILLISECOND_NS) /* for a socket, or a source port */
#define CROWDED_RING 0.5		   /* from here on no connect is made before the ring is read */

/* Whoever has the port is waited for as long as a probe would wait, and our own as long as they take. */
/* Said once in all, for whichever limit is met first. */
static void say_limit(struct scan *scan, const struct scan_target *target, const struct verdict *verdict)
{
	bool is_port = verdict_has(verdict, VERDICT_LACKS_PORT);

	/* That is a matter of some milliseconds; a full table disturbs whatever else this host does. */
	if ((is_port && !scan->p->options->verbosity) || __atomic_exchange_n(&scan->has_spoken_of_limit, true, __ATOMIC_RELAXED))
		return;
	if (is_port)
		scan_say(scan, "no free source port to %s, port %u, for now: waiting for one (said once)", target->host->host.name,
			 target->port);
	else
		scan_say(scan,
			 "this host's table of neighbours is full, so some targets are asked again until they have room: a lower --rate, "
			 "or a "
			 "higher limit (sysctl net.%s.neigh.default.gc_thresh3), would help",
			 target->address.family == AF_INET ? "ipv4" : "ipv6");
}

void shard_put_in_line(struct scan_shard *shard, const struct scan_target *target, const struct probe *probe, const struct verdict *verdict)
{
	struct scan_waiting *waiting = must(malloc(sizeof(*waiting)));

	*waiting = (struct scan_waiting){
		.target = *target,
		.since_ns = probe->waited_since_ns,
		.retry_ns = clock_now_ns() + RETRY_NS,
		.first = probe->first,
	};
	*shard->last_waiting = waiting;
	shard->last_waiting = &waiting->next;
	shard->waiting_count++;
	say_limit(shard->scan, target, verdict);
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

/* As long as one of ours may have the port, or the room, or had it until just now. At the end of the scan it stays in line, where nothing is said of it. */
bool shard_can_wait(const struct scan_shard *shard, const struct probe *probe)
{
	const struct scan *scan = shard->scan;
	uint64_t since_ns = probe->waited_since_ns;

	for (unsigned i = 0; i < scan->shard_count; i++) {
		uint64_t freed_ns = __atomic_load_n(&scan->shards[i].freed_ns, __ATOMIC_RELAXED);

		since_ns = freed_ns > since_ns ? freed_ns : since_ns;
	}
	return scan_has_ended(scan) || has_pending(shard) || clock_now_ns() < since_ns + scan->p->options->timeout_ns;
}

/* Behind a gateway. What cannot be asked is taken for far. */
static bool is_afar(struct scan_shard *shard, const struct scan_target *target)
{
	struct route_event route;

	if (!shard->pace_afar.interval_ps || !address_is_set(&target->address) || address_is_loopback(&target->address))
		return false;
	if (!address_same_host(&shard->looked_at, &target->address) || shard->looked_at_from != target->place) {
		shard->looked_at = target->address;
		shard->looked_at_from = target->place;
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
		address->scope = place_zone(shard->places[target->place], target->host->host.scope);
}

/* No socket is made for it. */
static void end_unprobed(struct scan_shard *shard, const struct scan_target *target, int error, struct first_outcome *first)
{
	if (first)
		shard_settle_first(shard, target, first, REPEAT_NONE);
	else
		scan_show_failure(shard, target,
				  error == -EAFNOSUPPORT ? "not probed: this host makes no sockets of that family"
							 : "not probed: its socket cannot be made; run as root, outside of what forbids it",
				  false);
	scan_source_put(&shard->scan->source, target->host);
}

/* Returns false when it is to be tried again; else it owns `first`. */
static bool start_probe(struct scan_shard *shard, const struct scan_target *target, uint64_t since_ns, struct first_outcome *first)
{
	uint32_t number = probe_table_take(&shard->probes);
	struct probe *probe = &shard->probes.probes[number];
	struct probe_request request = {
		.place = shard->places[target->place],
		.destination = target->address,
		.number = number,
		.is_last_try = true,
		.is_in_haste = true,
		.is_half_open = true,
	};
	int result;

	set_scope(shard, target, &request.destination);
	shard->targets[number] = *target;
	ring_set_active(shard->ring, shard->probes.used > 0);
	probe->began_ns = clock_now_ns();
	probe->waited_since_ns = since_ns ? since_ns : probe->began_ns;
	result = prober_connect(&request, shard_sink(shard), &probe->socket);
	if (result == 0) {
		shard->socketless_ns = 0;
		probe->first = first;
		probe->began_ns = probe->socket.began_ns;
		probe_queue_add(&shard->probes, &shard->probes.deadlines, number, probe->began_ns + shard->scan->p->options->timeout_ns);
		return true;
	}
	probe_table_put(&shard->probes, number);
	ring_set_active(shard->ring, shard->probes.used > 0);
	if (wait_for_socket(shard, result))
		return false;
	end_unprobed(shard, target, result, first);
	return true;
}

/* Rather fewer connects than a record without room: a crowded ring is read first. */
bool shard_has_place(const struct scan_shard *shard)
{
	return ring_fill(shard->ring) < CROWDED_RING && shard->probes.pending < shard->scan->inflight &&
	       shard->probes.used < shard->probes.capacity && correlator_has_room(shard->correlator);
}

static bool can_start(const struct scan_shard *shard, uint64_t now_ns)
{
	return !scan_has_ended(shard->scan) && shard_has_place(shard) && now_ns >= shard->socket_ns;
}

/* One that does not wait in line already. */
static bool can_begin(const struct scan_shard *shard, uint64_t now_ns)
{
	return can_start(shard, now_ns) && shard_may_begin(shard);
}

static void start_waiting(struct scan_shard *shard, uint64_t now_ns)
{
	while (shard->first_waiting && shard->first_waiting->retry_ns <= now_ns && can_start(shard, now_ns)) {
		struct scan_waiting *waiting = shard->first_waiting;

		if (!start_probe(shard, &waiting->target, waiting->since_ns, waiting->first))
			return;
		shard->first_waiting = waiting->next;
		if (!shard->first_waiting)
			shard->last_waiting = &shard->first_waiting;
		shard->waiting_count--;
		free(waiting);
	}
}

/* One a turn, and before all others: what filled the ring once would fill it again. Returns with how many. */
static unsigned start_repeat(struct scan_shard *shard, uint64_t now_ns)
{
	struct scan_waiting *repeat = shard->first_repeat;

	if (!repeat || !can_start(shard, now_ns) || !may_start(shard, &repeat->target, now_ns) ||
	    !start_probe(shard, &repeat->target, 0, repeat->first))
		return 0;
	shard_drop_repeat(shard);
	return 1;
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
	return scope && !place_zone(shard->places[target->place], scope) ? NO_INTERFACE : NULL;
}

void shard_count_targets(struct scan_shard *shard, uint64_t begun, uint64_t given_up)
{
	if (begun == given_up)
		return;
	pthread_mutex_lock(&shard->tally_lock);
	shard->tally.targets += begun - given_up;
	pthread_mutex_unlock(&shard->tally_lock);
}

unsigned shard_start_probes(struct scan_shard *shard)
{
	uint64_t now_ns = clock_now_ns();
	unsigned count = 0, repeats = start_repeat(shard, now_ns);

	start_waiting(shard, now_ns);
	for (; count < SCAN_BATCH && can_begin(shard, now_ns); count++) {
		const struct scan_target *target = next_target(shard);
		const char *failure = target ? failure_of(shard, target) : NULL;

		if (!target || (!failure && !may_start(shard, target, now_ns)))
			break;
		if (failure) {
			scan_show_failure(shard, target, failure, true);
			scan_source_put(&shard->scan->source, target->host);
		} else if (!start_probe(shard, target, 0, NULL)) {
			break;
		}
		shard->batch_next++;
	}
	shard_count_targets(shard, count, 0);
	return count + repeats;
}
