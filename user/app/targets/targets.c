// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Targets as they are made, called, ordered and freed. */
#include "user/app/targets/targets.h"

#include <stdlib.h>
#include <string.h>

#include "user/app/targets/probe_table.h"
#include "user/app/xalloc.h"

static struct target *target_of(struct list_node *node)
{
	return list_item(node, struct target, node);
}

void target_set_address(struct targets *targets, struct target *target,
			const struct address *address)
{
	char title[TITLE_MAX];
	size_t width;

	target->address = *address;
	if (!target->kept)
		return;
	width = strlen(target_title(target, targets->options, title));
	if (width > targets->title_width)
		targets->title_width = width;
}

static void join_host(struct target *target)
{
	struct target **head = &target->host->targets;

	target->next_of_host = *head;
	target->link_of_host = head;
	if (*head)
		(*head)->link_of_host = &target->next_of_host;
	*head = target;
}

/* A link-local address is one of a device, and each namespace has its own. */
static void set_scope(struct target *target, struct address *address)
{
	const char *scope = target->host->host.scope;

	if (!scope || !address_is_set(address))
		return;
	address->scope = origin_zone(target->origin, scope);
	if (!address->scope)
		target->failure = NO_INTERFACE;
}

struct address target_destination(const struct target *target)
{
	const char *scope = target->host->host.scope;
	struct address address = target->address;
	uint32_t ifindex = scope ? origin_zone(target->origin, scope) : 0;

	if (ifindex)
		address.scope = ifindex;
	return address;
}

static struct target_kept *kept_new(void)
{
	struct target_kept *kept = must(calloc(1, sizeof(*kept)));

	stats_init(&kept->stats);
	return kept;
}

struct target *targets_add(struct targets *targets, struct resolved_host *host,
			   const struct address *address, uint16_t port,
			   const struct origin *origin)
{
	struct target *target = must(calloc(1, sizeof(*target)));
	struct address set = address ? *address : (struct address){0};

	set.port = address ? port : 0;
	target->host = host;
	target->origin = origin;
	target->port = port;
	target->number = targets->created;
	target->first_open = target->last_started = NO_PROBE;
	target->shown_status = -1;
	target->failure = host->failure;
	target->is_each_address = targets->options->is_all_addresses && host->has_other_addresses;
	set_scope(target, &set);
	if (targets->keeps) {
		target->kept = kept_new();
		join_host(target);
	}
	target_set_address(targets, target, &set);
	list_append(&targets->all, &target->node);
	targets->created++;
	targets->present++;
	targets->active++;
	return target;
}

void targets_tell_apart(struct targets *targets, struct resolved_host *host)
{
	if (host->has_other_addresses)
		return;
	host->has_other_addresses = true;
	for (struct target *target = host->targets; target; target = target->next_of_host) {
		target->is_each_address = true;
		target_set_address(targets, target, &target->address);
	}
}

static void leave_host(struct target *target)
{
	if (!target->link_of_host)
		return;
	*target->link_of_host = target->next_of_host;
	if (target->next_of_host)
		target->next_of_host->link_of_host = target->link_of_host;
}

static void add_result(const struct options *options, const struct target *target,
		       struct run_result *result)
{
	const struct stats *stats = &target->kept->stats;
	bool is_met = options->is_strict ? stats->expected == stats->probes && stats->probes > 0
					 : stats->expected > 0;

	result->has_incomplete |= stats->by_status[STATUS_INCOMPLETE] > 0;
	result->has_unresolved |= target->failure && !target->has_no_socket;
	result->has_unexpected |= !is_met;
	result->report.targets++;
	result->report.probes += stats->probes;
	result->report.intercepted += stats->by_status[STATUS_INTERCEPTED];
}

static struct resolved_host *target_free(struct target *target)
{
	struct resolved_host *host = target->host;

	leave_host(target);
	if (target->kept) {
		stats_release(&target->kept->stats);
		free(target->kept->rtt_row);
		free(target->kept);
	}
	free(target);
	return host;
}

struct resolved_host *targets_remove(struct targets *targets, struct target *target)
{
	if (target->kept)
		add_result(targets->options, target, &targets->result);
	list_remove(&targets->all, &target->node);
	targets->present--;
	return target_free(target);
}

void targets_release(struct targets *targets)
{
	struct list_node *node;

	while ((node = list_take(&targets->all)))
		resolved_host_release(target_free(target_of(node)));
}

static int compare(const void *a, const void *b)
{
	const struct target *left = *(struct target *const *)a, *right = *(struct target *const *)b;

	if (left->host->number != right->host->number)
		return left->host->number < right->host->number ? -1 : 1;
	return left->number < right->number ? -1 : 1;
}

static struct target **sort(struct target **targets, size_t count)
{
	qsort(targets, count, sizeof(struct target *), compare);
	return targets;
}

struct target **targets_sorted(const struct targets *targets, size_t *ret_count)
{
	struct target **sorted = must(calloc(targets->present + 1, sizeof(struct target *)));
	size_t count = 0;

	for (struct list_node *node = targets->all.first; node; node = node->next)
		sorted[count++] = target_of(node);
	*ret_count = count;
	return sort(sorted, count);
}

struct target **targets_take_ended(struct targets *targets, size_t *ret_count)
{
	struct target **sorted;
	size_t count = 0;

	for (struct target *target = targets->ended; target; target = target->next_ended)
		count++;
	sorted = must(calloc(count + 1, sizeof(struct target *)));
	*ret_count = count;
	for (; targets->ended; targets->ended = targets->ended->next_ended)
		sorted[--count] = targets->ended;
	return sort(sorted, *ret_count);
}

static struct run_result targets_result(const struct targets *targets)
{
	struct run_result result = targets->result;

	for (struct list_node *node = targets->all.first; node; node = node->next)
		add_result(targets->options, target_of(node), &result);
	return result;
}

enum exit_code targets_exit_code(const struct targets *targets)
{
	struct run_result result = targets_result(targets);

	return result.has_incomplete   ? EXIT_UNOBSERVED
	       : result.has_unresolved ? EXIT_UNRESOLVED
	       : result.has_unexpected ? EXIT_UNEXPECTED
				       : EXIT_EXPECTED;
}

struct run_report targets_report(const struct targets *targets)
{
	return targets_result(targets).report;
}
