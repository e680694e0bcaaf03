// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a namespace's name leads to; then who has which source port: each target's probes with a
 * socket, the next port of a range, and our own probes that are in each other's way.
 */
#include "user/app/run/ports.h"

#include <string.h>

static void say_change(struct lane *lane, enum net_change change, const char *name)
{
	if (change == NET_DELETED)
		outbox_say(&lane->outbox,
			   "the network namespace %s was deleted: nothing is sent from it until "
			   "there is one of that name again",
			   name);
	else if (change == NET_RENEWED)
		outbox_say(&lane->outbox,
			   "the network namespace %s was made anew: from now on the new one is "
			   "probed from",
			   name);
	else
		outbox_say(&lane->outbox,
			   "the process of -N %s has ended, or left its network namespace: that "
			   "one is probed from to the end of the run",
			   name);
}

void follow_origin(struct lane *lane, const struct origin *origin, uint64_t now_ns)
{
	enum net_change change = origin_follow(origin, now_ns);

	if (change == NET_SAME)
		return;
	say_change(lane, change, origin_name(origin));
	if (change != NET_RENEWED)
		return;
	observer_follow_anywhere(lane->run->observer);
	lane->looked_at_from = NULL; /* how far away targets are is asked for again */
}

void join_target(struct lane *lane, uint32_t number)
{
	struct probe *probe = probe_at(lane, number);
	struct target *target = probe->target;

	probe->newer = NO_PROBE;
	probe->older = target->first_open;
	if (probe->older != NO_PROBE)
		probe_at(lane, probe->older)->newer = number;
	target->first_open = number;
	probe->is_open = true;
}

static void leave_target(struct lane *lane, struct probe *probe)
{
	if (!probe->is_open)
		return;
	if (probe->newer != NO_PROBE)
		probe_at(lane, probe->newer)->older = probe->older;
	else
		probe->target->first_open = probe->older;
	if (probe->older != NO_PROBE)
		probe_at(lane, probe->older)->newer = probe->newer;
	probe->is_open = false;
}

void close_probe(struct lane *lane, uint32_t number)
{
	struct probe *probe = probe_at(lane, number);

	probe_queue_remove(&lane->probes, &lane->probes.holds, number);
	leave_target(lane, probe);
	probe->phase = PROBE_CLOSED;
	prober_close(&probe->socket, lane_sink(lane));
}

static uint32_t find_open(struct lane *lane, const struct target *target, uint16_t port)
{
	uint32_t number = target->first_open;

	while (number != NO_PROBE && probe_at(lane, number)->source_port != port)
		number = probe_at(lane, number)->older;
	return number;
}

/*
 * A bit a port: those of its probes without a verdict. So that thousands of them are not looked
 * through for each of thousands of ports.
 */
static void mark_pending(struct lane *lane, const struct target *target, uint8_t *ret_pending)
{
	memset(ret_pending, 0, (UINT16_MAX + 1) / 8);
	for (uint32_t number = target->first_open; number != NO_PROBE;
	     number = probe_at(lane, number)->older) {
		const struct probe *probe = probe_at(lane, number);

		if (probe->phase == PROBE_PENDING)
			ret_pending[probe->source_port / 8] |=
				(uint8_t)(1u << probe->source_port % 8);
	}
}

bool choose_port(struct lane *lane, struct target *target, uint16_t *ret_port)
{
	const struct source *source = &lane->run->options->source;
	uint32_t count =
		source->first_port ? (uint32_t)(source->last_port - source->first_port) + 1 : 0;
	uint8_t pending[(UINT16_MAX + 1) / 8];

	*ret_port = 0;
	if (count)
		mark_pending(lane, target, pending);
	for (uint32_t tries = count; tries > 0; tries--) {
		uint16_t port = (uint16_t)(source->first_port + target->next_port);
		uint32_t user;

		target->next_port = (target->next_port + 1) % count;
		if (pending[port / 8] & 1u << port % 8)
			continue;
		user = find_open(lane, target, port);
		if (user != NO_PROBE)
			close_probe(lane, user);
		*ret_port = port;
		return true;
	}
	return !count;
}

/* Each probe of a target that is kept says it once; all others together. */
static bool has_spoken(struct run *run, struct target *target)
{
	bool has_spoken = target->has_spoken_of_port;

	target->has_spoken_of_port = true;
	return has_spoken || (!target->kept && __atomic_exchange_n(&run->has_spoken_of_limit, true,
								   __ATOMIC_RELAXED));
}

void say_port_in_use(struct lane *lane, struct target *target)
{
	const struct source *source = &lane->run->options->source;
	char title[TITLE_MAX];
	struct target_told told;

	if (!lane->run->options->verbosity || has_spoken(lane->run, target))
		return;
	target_title(target, lane->run->options, title);
	if (!target->kept)
		outbox_say(
			&lane->outbox,
			"no free source port to %s, port %u, for now: waiting for one (said once)",
			target_tell(target, &told)->name, target->port);
	else if (!source->first_port)
		outbox_say(&lane->outbox,
			   "%s: no source port is free (net.ipv4.ip_local_port_range), waiting for "
			   "one",
			   title);
	else if (source->first_port == source->last_port)
		outbox_say(&lane->outbox, "%s: source port %u is still in use, waiting for it",
			   title, source->first_port);
	else
		outbox_say(&lane->outbox,
			   "%s: all source ports from %u to %u are still in use, waiting for one",
			   title, source->first_port, source->last_port);
}

uint32_t find_rival(struct lane *lane, const struct probe *probe)
{
	uint32_t found = NO_PROBE;

	for (uint32_t number = 0; number < lane->probes.fresh; number++) {
		const struct probe *other = probe_at(lane, number),
				   *best = found == NO_PROBE ? NULL : probe_at(lane, found);
		bool is_better = !best || other->phase > best->phase ||
				 (other->phase == best->phase && other->began_ns < best->began_ns);

		if (other->is_open && other != probe && other->source_port == probe->source_port &&
		    other->target->origin == probe->target->origin && is_better &&
		    address_same_host(&other->socket.destination, &probe->socket.destination) &&
		    other->socket.destination.port == probe->socket.destination.port)
			found = number;
	}
	return found;
}
