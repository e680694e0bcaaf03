// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A lane's turns. */
#include "user/app/run/turns.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/lane/announce.h"
#include "user/app/run/arrivals.h"
#include "user/app/run/notices.h"
#include "user/app/run/ports.h"
#include "user/app/run/settle.h"
#include "user/app/run/start.h"
#include "user/app/run/waiting.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

/* A line of many waits no longer for others to be written with it */
#define FLUSH_NS (10 * MILLISECOND_NS)
/* Beside other lanes, without a probe under way: for names and lines to come */
#define IDLE_NS (50 * MILLISECOND_NS)

static void set_pace(struct lane *lane)
{
	const struct options *options = lane->run->options;
	double share = 1.0 / lane->run->policy.lanes;

	if (options->rate == RATE_BY_DISTANCE)
		lane->pace_off_link = pace_make(RATE_OFF_LINK * share);
	else
		lane->pace = pace_make((double)options->rate * share);
	lane->plan = (struct plan){.count = options->count, .interval_ns = options->interval_ns};
}

/* An origin is one thread's: beside other lanes each has its own. */
static void copy_origins(struct lane *lane)
{
	struct run *run = lane->run;

	lane->origins = run->origins;
	if (run->policy.lanes == 1)
		return;
	lane->origins = must(calloc(run->origin_count, sizeof(struct origin *)));
	for (size_t i = 0; i < run->origin_count; i++)
		lane->origins[i] = must(origin_copy(run->origins[i]));
}

int lane_open(struct lane *lane, struct run *run, unsigned index, struct error *error)
{
	uint32_t attempts = run->policy.attempts;

	*lane = (struct lane){.run = run,
			      .index = index,
			      .intake = {.observer = run->observer,
					 .ring = observer_ring(run->observer, index),
					 .session = &run->session,
					 .trace = run->output.trace,
					 .recorder = run->output.recorder,
					 .sink = {lane_feed, lane},
					 .take = notices_take},
			      .outbox = {.output = &run->output,
					 .delay_ns = run->policy.keeps_targets ? 0 : FLUSH_NS}};
	lane->targets =
		(struct targets){.options = run->options, .keeps = run->policy.keeps_targets};
	lane->targets.title_width = run->label_width;
	tally_init(&lane->tally);
	pthread_mutex_init(&lane->tally_lock, NULL);
	set_pace(lane);
	lane->intake.correlator =
		correlator_new(attempts, run->policy.watches_on ? WATCH_ON_NS : 0);
	if (!lane->intake.correlator || probe_table_init(&lane->probes, attempts) < 0)
		return error_set(error, -ENOMEM, "out of memory for %u connection attempts",
				 attempts);
	copy_origins(lane);
	return 0;
}

void lane_close(struct lane *lane)
{
	for (uint32_t i = 0; i < lane->probes.fresh; i++)
		prober_close(&lane->probes.probes[i].socket, lane_sink(lane));
	waiting_release(lane);
	targets_release(&lane->targets);
	for (size_t i = 0;
	     lane->origins && lane->origins != lane->run->origins && i < lane->run->origin_count;
	     i++)
		origin_free(lane->origins[i]);
	if (lane->origins != lane->run->origins)
		free(lane->origins);
	neighbour_room_release(&lane->neighbours[0]);
	neighbour_room_release(&lane->neighbours[1]);
	probe_table_release(&lane->probes);
	correlator_free(lane->intake.correlator);
	tally_release(&lane->tally);
	pthread_mutex_destroy(&lane->tally_lock);
}

static void pass_deadlines(struct lane *lane, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&lane->probes, &lane->probes.deadlines, now_ns)) !=
	       NO_PROBE) {
		const struct probe *probe = probe_at(lane, number);
		struct event event = {
			.kind = EVENT_DEADLINE, .time_ns = probe->due_ns, .key = probe->socket.key};

		lane_feed(lane, &event);
	}
}

static void end_holds(struct lane *lane, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&lane->probes, &lane->probes.holds, now_ns)) !=
	       NO_PROBE)
		close_probe(lane, number);
}

/* The run is over: what is under way is not waited for. */
static void abandon_pending(struct lane *lane)
{
	if (lane->is_abandoned || !run_has_ended(lane->run))
		return;
	lane->is_abandoned = true;
	for (uint32_t i = 0; i < lane->probes.fresh; i++)
		if (probe_at(lane, i)->phase == PROBE_PENDING)
			prober_abandon(&probe_at(lane, i)->socket, lane->run->cause,
				       lane_sink(lane));
}

/* A verdict that rests on absence is judged after the next drain. */
static void drain(struct lane *lane)
{
	intake_drain(&lane->intake, lane->is_doubted && !observer_is_detached(lane->run->observer));
	lane->is_doubted = false;
	__atomic_store_n(&lane->events_lost, correlator_lost(lane->intake.correlator),
			 __ATOMIC_RELAXED);
}

void lane_hear_losses(struct lane *lane)
{
	lane->is_doubted = true;
	drain(lane);
}

/*
 * Hosts and their names are the source's, whose lock all lanes share; only where there is one lane
 * they are asked again.
 */
static void meet_targets(struct lane *lane, uint64_t now_ns)
{
	if (lane->run->policy.lanes == 1) {
		hosts_retry(&lane->run->hosts, now_ns);
		arrivals_move(lane, now_ns);
	}
	arrivals_take(lane, now_ns);
}

static bool is_all_begun(const struct lane *lane)
{
	return target_source_is_exhausted(&lane->run->source);
}

/* No attempt is followed, and the next probe is far. */
static void rest(struct lane *lane)
{
	struct run *run = lane->run;

	if (lane->probes.used || observer_is_detached(run->observer) || run->options->count == 1 ||
	    run->options->interval_ns <= REST_NS)
		return;
	if (is_all_begun(lane) && start_due_ns(lane) > clock_now_ns() + REST_NS)
		observer_detach(run->observer);
}

void lane_turn(struct lane *lane)
{
	uint64_t now_ns = clock_now_ns();

	announce_clock(&lane->intake);
	meet_targets(lane, now_ns);
	pass_deadlines(lane, now_ns);
	end_holds(lane, now_ns);
	abandon_pending(lane);
	drain(lane);
	pass_deadlines(lane,
		       /* before what was drained is judged: it may have come after them */
		       clock_now_ns());
	intake_take(&lane->intake);
	arrivals_go(lane);
	start_probes(lane);
	__atomic_store_n(&lane->pending, lane->probes.pending, __ATOMIC_RELAXED);
	__atomic_store_n(&lane->sought, lane->neighbours[0].count + lane->neighbours[1].count,
			 __ATOMIC_RELAXED);
	rest(lane);
	outbox_flush_if_due(&lane->outbox, clock_now_ns());
}

bool lane_is_done(struct lane *lane)
{
	if (__atomic_load_n(&lane->run->is_impatient, __ATOMIC_ACQUIRE) ||
	    output_has_failed(&lane->run->output))
		return true;
	if (lane->probes.pending || correlator_is_waiting(lane->intake.correlator))
		return false;
	if (run_has_ended(lane->run))
		return true;
	return !lane->waiting.first && !lane->repeats.first &&
	       plan_due_ns(&lane->plan) == UINT64_MAX && !lane->probes.holds.count &&
	       is_all_begun(lane);
}

static uint64_t wake_at_ns(const struct lane *lane, uint64_t now_ns)
{
	const struct run *run = lane->run;
	uint64_t wake_ns = min_ns(probe_queue_due_ns(&lane->probes, &lane->probes.deadlines),
				  probe_queue_due_ns(&lane->probes, &lane->probes.holds));

	wake_ns = min_ns(wake_ns, outbox_due_ns(&lane->outbox));
	if (lane_has_room(lane)) {
		uint64_t due_ns = start_due_ns(lane);

		wake_ns = min_ns(wake_ns, due_ns > lane->socket_ns ? due_ns : lane->socket_ns);
	}
	if (lane->probes.used)
		wake_ns = min_ns(wake_ns, now_ns + (lane->probes.pending ? 1 : 10) * RING_NAP_NS);
	if (lane->has_thread)
		return min_ns(wake_ns, now_ns + IDLE_NS);
	if (!run_has_ended(run))
		wake_ns = min_ns(min_ns(wake_ns, hosts_retry_due_ns(&run->hosts)),
				 min_ns(run->deadline_ns, run->report_ns));
	if (run->is_live && (lane->probes.pending || !run->policy.keeps_targets))
		wake_ns = min_ns(wake_ns,
				 run->live_ns > now_ns ? run->live_ns : now_ns + LIVE_EVERY_NS);
	return wake_ns;
}

/* Some could be begun with at once. */
static bool has_arrivals(const struct lane *lane)
{
	return !lane->has_thread && arrivals_can_come(lane) &&
	       target_source_is_at_hand(&lane->run->source);
}

void lane_sleep(struct lane *lane)
{
	const struct run *run = lane->run;
	bool is_alone = !lane->has_thread;
	uint64_t now_ns = clock_now_ns(), wake_ns = wake_at_ns(lane, now_ns);
	struct pollfd fds[] = {
		{.fd = is_alone ? run->signal_fd : -1, .events = POLLIN},
		{.fd = is_alone ? hosts_answer_fd(&run->hosts) : -1, .events = POLLIN},
		/* read by none otherwise */
		{.fd = is_alone && arrivals_can_come(lane) ? hosts_file_fd(&run->hosts) : -1,
		 .events = POLLIN},
		{.fd = -1}, /* for the ring */
	};

	if (lane_is_done(lane) || correlator_is_waiting(lane->intake.correlator) ||
	    wake_ns <= now_ns || has_arrivals(lane))
		return;
	if (!run->policy.keeps_targets && (intake_is_busy(&lane->intake) ||
					   lane->started)) /* there is more where that came from */
		return;
	intake_sleep(&lane->intake, fds, 3, wake_ns);
}

/* What waits has no verdict, and none of it is said. */
static void settle_waiting(struct lane *lane)
{
	uint64_t unbegun = 0;

	for (struct waiting *waiting = lane->waiting.first; waiting; waiting = waiting->next) {
		if (waiting->first)
			settle_first(lane, waiting->target, waiting->sequence, waiting->first,
				     REPEAT_NONE);
		else if (!waiting->target->kept)
			unbegun++;
		waiting->first = NULL;
	}
	pthread_mutex_lock(&lane->tally_lock);
	lane->tally.targets -= unbegun;
	pthread_mutex_unlock(&lane->tally_lock);
	while (lane->repeats.first) {
		struct waiting repeat = waiting_take(&lane->repeats);

		settle_first(lane, repeat.target, repeat.sequence, repeat.first, REPEAT_NONE);
	}
}

void lane_finish(struct lane *lane)
{
	settle_waiting(lane);
	for (uint32_t i = 0; i < lane->probes.fresh; i++) {
		struct probe *probe = probe_at(lane, i);

		if (probe->phase == PROBE_PENDING && probe->first) {
			settle_first(lane, probe->target, probe->sequence, probe->first,
				     REPEAT_VAIN);
			probe->first = NULL;
		}
	}
	outbox_flush(&lane->outbox);
}
