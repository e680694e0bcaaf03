// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Targets come with their hosts, move with their names, and go. */
#include "user/app/run/arrivals.h"

#include <stdlib.h>
#include <string.h>

#include "user/app/run/show.h"
#include "user/app/run/summary.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

/*
 * of those that are kept so many at once have probes to come; with a count, further ones
 * follow when some are done
 */
#define ACTIVE_MAX  16384u
#define HEADERS_MAX 16 /* more targets than this get no header line each */

/* Behind a gateway. What cannot be asked is taken for that. */
static bool is_off_link(struct lane *lane, const struct target *target)
{
	struct route_event route;

	if (!lane->pace_off_link.interval_ps || address_is_loopback(&target->address))
		return false;
	if (!address_same_host(&lane->looked_at, &target->address) ||
	    lane->looked_at_from != target->origin) {
		lane->looked_at = target->address;
		lane->looked_at_from = target->origin;
		lane->is_looked_at_off_link =
			origin_route(target->origin, &target->address, &route, NULL) < 0 ||
			(route.kind != ROUTE_LOCAL && address_is_set(&route.gateway));
	}
	return lane->is_looked_at_off_link;
}

/* What the route says of where we would speak from, for the report. */
static void look_at_route(struct lane *lane, struct target *target)
{
	struct route_event route = {0};

	target->is_off_link = is_off_link(lane, target);
	if (!target->kept ||
	    origin_route(target->origin, &target->address, &route, &target->kept->source) < 0)
		return;
	memcpy(target->kept->device, route.device, sizeof(target->kept->device));
}

static void set_row(const struct run *run, struct target *target)
{
	struct target_kept *kept = target->kept;

	if (!kept || !format_has(run->options->format, FORMAT_HAS_ROWS))
		return;
	kept->rtt_row_count = run->options->count;
	kept->rtt_row = must(malloc(kept->rtt_row_count * sizeof(*kept->rtt_row)));
	for (uint64_t i = 0; i < kept->rtt_row_count; i++)
		kept->rtt_row[i] = TIME_UNKNOWN_NS;
}

static void set_style(struct lane *lane)
{
	struct run *run = lane->run;

	if (run->policy.keeps_targets &&
	    (lane->targets.created > 1 || run->options->file || run->hosts.target_count > 1))
		run->output.style.label_width = lane->targets.title_width;
}

static struct target *add(struct lane *lane, struct resolved_host *host,
			  const struct address *address, uint16_t port, size_t origin)
{
	struct target *target =
		targets_add(&lane->targets, host, address, port, lane->origins[origin]);

	set_style(lane);
	set_row(lane->run, target);
	return target;
}

void count_target(struct lane *lane, const struct target *target)
{
	if (target->kept)
		return;
	pthread_mutex_lock(&lane->tally_lock);
	lane->tally.targets++;
	pthread_mutex_unlock(&lane->tally_lock);
}

void target_fail(struct lane *lane, struct target *target)
{
	if (!target->kept) {
		pthread_mutex_lock(&lane->tally_lock);
		lane->tally.not_probed++;
		lane->unresolved += !target->has_no_socket;
		pthread_mutex_unlock(&lane->tally_lock);
	}
	show_target(lane, target);
}

static void begin(struct lane *lane, const struct source_target *next, uint64_t now_ns)
{
	const struct address *address = address_is_set(&next->address) ? &next->address : NULL;
	struct target *target = add(lane, next->host, address, next->port, next->origin);

	if (!target->failure)
		look_at_route(lane, target);
	announce_target(lane, target);
	if (target->failure) { /* begun with and ended at once */
		count_target(lane, target);
		target_fail(lane, target);
		target_check_end(lane, target);
		return;
	}
	plan_start(&lane->plan, &target->row, now_ns);
	if (target->kept && lane->run->hosts.target_count <= HEADERS_MAX &&
	    lane->targets.created <= HEADERS_MAX)
		show_target(lane, target);
}

/*
 * Probed without end, all have to be there at once; else those at the window's end wait for some in
 * front to be done.
 */
static bool has_room(const struct lane *lane)
{
	const struct run *run = lane->run;

	if (run->policy.keeps_targets)
		return !run->options->count || lane->targets.active < ACTIVE_MAX;
	return plan_due_ns(&lane->plan) == UINT64_MAX && lane_has_room(lane);
}

bool arrivals_can_come(const struct lane *lane)
{
	return !run_has_ended(lane->run) && has_room(lane);
}

void arrivals_take(struct lane *lane, uint64_t now_ns)
{
	struct source_target batch[STARTS_AT_ONCE];
	size_t count;

	while (arrivals_can_come(lane) &&
	       (count = target_source_take(&lane->run->source, batch, STARTS_AT_ONCE)))
		for (size_t i = 0; i < count; i++)
			begin(lane, &batch[i], now_ns);
}

static bool is_among(const struct address *addresses, uint32_t count, const struct address *address)
{
	for (uint32_t i = 0; i < count; i++)
		if (address_same_host(&addresses[i], address))
			return true;
	return false;
}

/* An answer that was cut proves of no address that it is gone. */
static bool may_have_address(const struct lookup_answer *answer, const struct address *address)
{
	return answer->total > answer->count || is_among(answer->addresses, answer->count, address);
}

/* One target for the name: it stays with its address as long as the name has it. */
static void move_target(struct lane *lane, struct target *target,
			const struct lookup_answer *answer)
{
	struct address from = target->address, to = answer->addresses[0];

	if (target->is_ended || may_have_address(answer, &from) ||
	    (!plan_has_more(&target->row) && !target->waiting))
		return; /* what is finished stays where it was probed */
	to.port = from.port;
	target_set_address(&lane->targets, target, &to);
	look_at_route(lane, target);
	show_move(lane, target, &from, false);
}

static void end_vanished(struct lane *lane, struct target *target,
			 const struct lookup_answer *answer)
{
	if (!plan_has_more(&target->row) || may_have_address(answer, &target->address))
		return;
	show_move(lane, target, &target->address, true);
	target_stop(target);
	target_check_end(lane, target);
}

/* How many probes those of its targets have started that are ahead. */
static uint64_t rounds_of(const struct resolved_host *host)
{
	uint64_t rounds = 0;

	for (const struct target *target = host->targets; target; target = target->next_of_host)
		if (target->row.taken > rounds)
			rounds = target->row.taken;
	return rounds;
}

/*
 * It joins the others in their round: a name with another address each time would otherwise never
 * come to the end of its count.
 */
static void add_address(struct lane *lane, struct resolved_host *host,
			const struct address *address, uint64_t now_ns)
{
	static const struct address none;
	uint64_t rounds = rounds_of(host), most = lane->run->options->count;
	size_t count, origins = lane->run->origin_count;
	uint16_t *ports;

	if (most && rounds >= most)
		return;
	ports = must(port_list_expand(&host->host.ports, &count));
	targets_tell_apart(&lane->targets, host);
	for (size_t i = 0; i < count * origins; i++) {
		struct target *target = add(lane, host, address, ports[i / origins], i % origins);

		host->references++;
		look_at_route(lane, target);
		show_move(lane, target, &none, false);
		plan_join(&lane->plan, &target->row, rounds, now_ns);
	}
	free(ports);
}

static void move_host(struct lane *lane, struct resolved_host *host,
		      const struct lookup_answer *answer, uint64_t now_ns)
{
	bool is_each = lane->run->options->is_all_addresses;
	struct target *next;

	host->address_total = answer->total;
	host->resolve_ns = answer->elapsed_ns;
	for (struct target *target = host->targets; target; target = next) {
		next = target->next_of_host;
		if (is_each)
			end_vanished(lane, target, answer);
		else
			move_target(lane, target, answer);
	}
	/*
	 * New is what the answer before did not have: an address whose probes are over is not
	 * probed again.
	 */
	for (uint32_t i = 0; is_each && i < answer->count; i++)
		if (!is_among(host->addresses, host->address_count, &answer->addresses[i]))
			add_address(lane, host, &answer->addresses[i], now_ns);
	if (is_each || !may_have_address(answer, &host->addresses[0]))
		resolved_host_set_addresses(
			host, answer); /* for its targets that are still to come, too */
}

static void say_failed_again(struct lane *lane, struct resolved_host *host, const char *failure)
{
	if (host->has_failed_again)
		return;
	host->has_failed_again = true;
	outbox_say(&lane->outbox, "%s; meanwhile its last address is probed", failure);
}

void arrivals_move(struct lane *lane, uint64_t now_ns)
{
	struct lookup_answer answer;
	struct resolved_host *host;

	while ((host = hosts_take_again(&lane->run->hosts, &answer)) != NULL) {
		if (answer.result < 0) {
			say_failed_again(lane, host, answer.failure);
		} else if (!run_has_ended(lane->run) &&
			   !target_source_is_giving(&lane->run->source, host)) {
			host->has_failed_again = false;
			move_host(lane, host, &answer, now_ns);
		}
		resolved_host_release(host);
	}
}

void arrivals_ask_again(struct lane *lane, const struct target *target, uint64_t sequence)
{
	const struct options *options = lane->run->options;
	struct resolved_host *host = target->host;

	if (!options->resolve_every || address_is_set(&host->host.literal))
		return;
	if (options->is_all_addresses &&
	    target_source_is_giving(&lane->run->source,
				    host)) /* its addresses are being counted off */
		return;
	if (sequence / options->resolve_every >= host->lookups && plan_has_more(&target->row))
		hosts_ask_again(&lane->run->hosts, host);
}

void target_stop(struct target *target)
{
	plan_stop(&target->row);
	target->is_stopped = true;
}

void target_check_end(struct lane *lane, struct target *target)
{
	if (target->is_ended || target->alive || plan_has_more(&target->row))
		return;
	target->is_ended = true;
	lane->targets.active--;
	if (target->kept) {
		target->next_ended = lane->targets.ended;
		lane->targets.ended = target;
	} else {
		target_source_put(&lane->run->source, targets_remove(&lane->targets, target));
	}
}

void arrivals_go(struct lane *lane)
{
	struct target **ended;
	size_t count = 0;

	if (!lane->targets.ended || lane->targets.created <= TARGETS_KEPT)
		return;
	ended = targets_take_ended(&lane->targets, &count);
	for (size_t i = 0; i < count; i++) {
		show_summary(lane, ended[i]);
		target_source_put(&lane->run->source, targets_remove(&lane->targets, ended[i]));
	}
	free(ended);
}
