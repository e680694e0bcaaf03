// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Probes start when they are due and when there is a socket and a source port for them. */
#include "user/app/run/start.h"

#include <errno.h>
#include <string.h>

#include "user/app/run/arrivals.h"
#include "user/app/run/ports.h"
#include "user/app/run/settle.h"
#include "user/app/run/show.h"
#include "user/app/run/waiting.h"
#include "user/io/clock.h"

#define SOCKET_RETRY_NS (10 * MILLISECOND_NS)
/*
 * with more of them, no target that is not kept is begun with: they take memory, and their
 * turns time
 */
#define WAITING_MAX 512u

static bool may_begin(const struct lane *lane)
{
	return lane->run->policy.keeps_targets ||
	       (lane->waiting.count < WAITING_MAX && lane->repeats.count < WAITING_MAX);
}

static struct pace *pace_of(struct lane *lane, const struct target *target)
{
	return target->is_off_link ? &lane->pace_off_link : &lane->pace;
}

static bool take_pace(struct lane *lane, const struct target *target, uint64_t now_ns)
{
	if (now_ns < pace_due_ns(&lane->pace_of_resets) ||
	    !pace_take(pace_of(lane, target), now_ns))
		return false;
	return pace_take(&lane->pace_of_resets, now_ns);
}

uint64_t start_due_ns(const struct lane *lane)
{
	const struct plan_row *head = may_begin(lane) ? plan_head(&lane->plan) : NULL;
	uint64_t due_ns = UINT64_MAX;

	if (lane->repeats.first)
		return 0;
	if (head) {
		uint64_t pace_ns =
			pace_due_ns(pace_of((struct lane *)lane, (const struct target *)head));

		due_ns = head->due_ns > pace_ns ? head->due_ns : pace_ns;
		if (due_ns < pace_due_ns(&lane->pace_of_resets))
			due_ns = pace_due_ns(&lane->pace_of_resets);
	}
	if (lane->waiting.first)
		due_ns = min_ns(due_ns, lane->waiting.first->retry_ns);
	return due_ns > lane->crowded_until_ns ? due_ns : lane->crowded_until_ns;
}

/*
 * Ours are closed some time. When there are none, another process would have to give one back; that
 * is not waited for without an end.
 */
static void note_no_socket(struct lane *lane, int error)
{
	uint64_t now_ns = clock_now_ns();

	lane->socket_ns = now_ns + SOCKET_RETRY_NS;
	if (lane_has_pending(lane) || lane->probes.holds.count)
		lane->socketless_ns = 0;
	else if (!lane->socketless_ns)
		lane->socketless_ns = now_ns;
	else if (now_ns - lane->socketless_ns >= lane->run->options->timeout_ns &&
		 !__atomic_exchange_n(&lane->run->is_starved, true, __ATOMIC_RELAXED))
		outbox_say(&lane->outbox,
			   "no socket to probe with (%s), and none of our own that could be "
			   "closed; raise the limit (ulimit -n)",
			   strerror(-error));
}

/*
 * No socket to try with is our own limit, never the target's fault: say it once, and wait for one.
 */
static void wait_for_socket(struct lane *lane, int error)
{
	note_no_socket(lane, error);
	if (!__atomic_exchange_n(&lane->run->has_spoken_of_socket, true, __ATOMIC_RELAXED))
		outbox_say(&lane->outbox,
			   "no socket for the next probe (%s), so fewer are under way at once; %s "
			   "or a higher limit (ulimit -n) would help",
			   strerror(-error),
			   lane->run->policy.keeps_targets ? "fewer targets"
							   : "a lower --inflight");
}

static void begin_probe(struct lane *lane, uint32_t number)
{
	struct probe *probe = probe_at(lane, number);
	uint32_t last = probe->target->last_started;

	if (last != NO_PROBE && !probe->first)
		show_outstanding(lane, probe_at(lane, last), probe->began_ns);
	lane->started++;
	if (!lane->resets.since_ns)
		lane->resets.since_ns = probe->began_ns;
	lane->resets.started++;
	probe->target->alive++;
	if (last == NO_PROBE ||
	    probe_at(lane, last)->sequence <= probe->sequence) /* a repeat may be of an older one */
		probe->target->last_started = number;
	join_target(lane, number);
	probe_queue_add(&lane->probes, &lane->probes.deadlines, number,
			probe->began_ns + lane->run->options->timeout_ns);
	arrivals_ask_again(lane, probe->target, probe->sequence);
}

/* Waiting would change nothing: the kernel has no such family, or something forbids it. */
static void give_up_target(struct lane *lane, struct target *target, int error)
{
	if (error == -EAFNOSUPPORT)
		target->failure = "not probed: this host makes no sockets of that family; choose "
				  "the other one with -4 or -6";
	else
		target->failure = "not probed: its socket cannot be made; run as root, outside of "
				  "what forbids it (a seccomp "
				  "filter, a security module)";
	target->has_no_socket = true;
	target_stop(target);
	target_fail(lane, target);
}

/* It is not made: a probe that was to be asked again is what it came to at first. */
static void settle_if_first(struct lane *lane, const struct waiting *waiting)
{
	if (waiting->first)
		settle_first(lane, waiting->target, waiting->sequence, waiting->first, REPEAT_NONE);
}

static bool is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOBUFS || error == -ENOMEM ||
	       error == -EAGAIN;
}

static bool is_last_try(const struct lane *lane, uint64_t since_ns, uint64_t now_ns)
{
	return since_ns && now_ns - since_ns >= lane->run->options->timeout_ns;
}

static bool attach_observer(struct lane *lane)
{
	struct run *run = lane->run;
	struct error error;

	if (!observer_is_detached(run->observer) || observer_attach(run->observer, &error) == 0)
		return true;
	outbox_say(&lane->outbox, "%s", error.text);
	run->is_starved = true;
	return false;
}

static void put_probe(struct lane *lane, uint32_t number)
{
	probe_table_put(&lane->probes, number);
	ring_set_active(lane->intake.ring, lane->probes.used > 0);
}

/* Returns what prober_connect() does. */
static int connect_probe(struct lane *lane, const struct waiting *waiting, uint16_t source_port,
			 uint64_t now_ns)
{
	uint32_t number = probe_table_take(&lane->probes);
	struct probe *probe = probe_at(lane, number);
	struct probe_request request = {
		.origin = waiting->target->origin,
		/* the name may have moved on since the first connect */
		.destination = waiting->first ? waiting->first->attempt.requested
					      : target_destination(waiting->target),
		.number = number,
		.target = (uint32_t)waiting->target->number + 1,
		.sequence = waiting->sequence,
		.source_port = source_port,
		.ttl = lane->run->options->ttl,
		.is_last_try = is_last_try(lane, waiting->since_ns, now_ns),
		.skip_route = lane->run->policy.skips_route,
		.is_half_open = lane->run->options->hold_ns == HALF_OPEN,
	};
	int result;

	ring_set_active(lane->intake.ring, true);
	probe->target = waiting->target;
	probe->sequence = waiting->sequence;
	probe->began_ns = now_ns;
	probe->source_port = source_port;
	probe->waited_since_ns = waiting->since_ns;
	result = prober_connect(&request, lane_sink(lane), &probe->socket);
	if (result < 0) {
		put_probe(lane, number);
		return result;
	}
	lane->socketless_ns = 0;
	probe->first = waiting->first;
	probe->began_ns = probe->socket.began_ns;
	begin_probe(lane, number);
	return 0;
}

/*
 * It owns what `waiting` does. What is said of a wait is said once a probe. The target may be gone
 * when it returns.
 */
static void start_probe(struct lane *lane, const struct waiting *waiting)
{
	uint64_t now_ns = clock_now_ns(), since_ns = waiting->since_ns;
	struct target *target = waiting->target;
	uint16_t source_port;
	int result;

	follow_origin(lane, target->origin, now_ns);
	if (!choose_port(lane, target, &source_port)) {
		say_port_in_use(lane, target);
		waiting_add(lane, waiting, 0);
		return;
	}
	if (!attach_observer(lane)) {
		settle_if_first(lane, waiting);
		return;
	}
	result = connect_probe(lane, waiting, source_port, now_ns);
	if (result == -EADDRINUSE) {
		say_port_in_use(lane, target);
		waiting_add(lane, waiting, since_ns ? since_ns : now_ns);
	} else if (is_shortage(result)) {
		wait_for_socket(lane, result);
		waiting_add(lane, waiting, 0);
	} else if (result < 0) {
		settle_if_first(lane, waiting);
		give_up_target(lane, target, result);
		target_check_end(lane, target);
	}
}

static void drop(struct lane *lane, const struct waiting *waiting)
{
	settle_if_first(lane, waiting);
	target_check_end(lane, waiting->target);
}

static void wait_on(struct lane *lane, const struct waiting *waiting)
{
	struct waiting *again = waiting_add(lane, waiting, waiting->since_ns);

	again->rival = waiting->rival;
	again->rival_cookie = waiting->rival_cookie;
}

static bool can_start(const struct lane *lane, uint64_t now_ns)
{
	return lane_has_room(lane) && now_ns >= lane->socket_ns;
}

static bool can_start_to(struct lane *lane, const struct target *target, uint64_t now_ns)
{
	return can_start(lane, now_ns) && waiting_has_neighbour_room(lane, target);
}

/* All wait equally long until they are tried again, so the first one is due first. */
static void start_waiting(struct lane *lane)
{
	struct waiting_list *list = &lane->waiting;

	for (int i = 0;
	     i < STARTS_AT_ONCE && list->first && list->first->retry_ns <= clock_now_ns(); i++) {
		bool is_stopped = list->first->target->is_stopped;
		struct waiting waiting;

		if (!is_stopped && !can_start_to(lane, list->first->target, clock_now_ns()))
			return;
		waiting = waiting_take(list);
		waiting.target->waiting--;
		if (is_stopped)
			drop(lane, &waiting);
		else if (waiting_is_behind_rival(lane, &waiting))
			wait_on(lane, &waiting);
		else
			start_probe(lane, &waiting);
	}
}

/* One a turn, and before all others: what filled the ring once would fill it again. */
static void start_repeat(struct lane *lane)
{
	uint64_t now_ns = clock_now_ns();
	struct waiting repeat;
	bool is_stopped;

	if (!lane->repeats.first)
		return;
	is_stopped = lane->repeats.first->target->is_stopped;
	if (!is_stopped &&
	    (!can_start(lane, now_ns) || !take_pace(lane, lane->repeats.first->target, now_ns)))
		return;
	repeat = waiting_take(&lane->repeats);
	if (is_stopped)
		drop(lane, &repeat);
	else
		start_probe(lane, &repeat);
}

/* The next probe that is due by the plan and the pace; NULL: none is. */
static struct target *next_target(struct lane *lane, uint64_t now_ns, uint64_t *ret_sequence)
{
	struct plan_row *head =
		can_start(lane, now_ns) && may_begin(lane) ? plan_head(&lane->plan) : NULL;

	if (!head || head->due_ns > now_ns ||
	    !waiting_has_neighbour_room(lane, target_of_row(head)) ||
	    !take_pace(lane, target_of_row(head), now_ns))
		return NULL;
	return target_of_row(plan_next(&lane->plan, now_ns, ret_sequence));
}

void start_probes(struct lane *lane)
{
	lane->started = 0;
	start_repeat(lane);
	start_waiting(lane);
	for (int i = 0; i < STARTS_AT_ONCE; i++) {
		uint64_t now_ns = clock_now_ns(), sequence;
		struct target *target = next_target(lane, now_ns, &sequence);

		if (!target)
			return;
		/* one after the other: it keeps the interval from when that one starts */
		if (target->waiting) {
			plan_postpone(&lane->plan, &target->row, now_ns);
			continue;
		}
		target->has_spoken_of_port = false;
		count_target(lane, target);
		start_probe(lane, &(struct waiting){.target = target, .sequence = sequence});
	}
}
