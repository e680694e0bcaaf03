// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read, resolve, hand out. */
#include "user/app/targets/hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/say.h"
#include "user/app/xalloc.h"
#include "user/base/time.h"
#include "user/core/verdict/verdict.h"
#include "user/io/clock.h"

#define UNANSWERED_NAMED 3
#define RETRY_NS	 SECOND_NS

int hosts_start(struct hosts *hosts)
{
	hosts->resolver = resolver_new();
	return hosts->resolver ? 0 : -errno;
}

static struct resolved_host *host_of(struct list_node *node)
{
	return list_item(node, struct resolved_host, node);
}

void hosts_release(struct hosts *hosts)
{
	struct list_node *node;

	for (uint32_t i = 0; i < LOOKUPS_MAX; i++)
		resolved_host_release(hosts->lookups[i].host);
	list_move(&hosts->ready, &hosts->awaited);
	while ((node = list_take(&hosts->ready)))
		resolved_host_release(host_of(node));
	target_file_close(hosts->file);
	resolver_free(hosts->resolver);
}

static void fail(struct resolved_host *host, const char *why)
{
	struct error sentence;

	error_set(&sentence, 0, NOT_RESOLVED "%s", why);
	host->failure = must(strdup(sentence.text));
}

/* Takes a reference. */
static bool ask(struct hosts *hosts, struct resolved_host *host, bool is_again)
{
	uint32_t id = 0;

	while (id < LOOKUPS_MAX && hosts->lookups[id].host)
		id++;
	if (id == LOOKUPS_MAX ||
	    resolver_ask(hosts->resolver, id, host->host.name, hosts->options->family) < 0)
		return false;
	hosts->lookups[id] = (struct host_lookup){host, is_again};
	hosts->lookup_count++;
	hosts->again_count += is_again;
	host->references++;
	host->lookups++;
	host->is_being_resolved = true;
	return true;
}

/* Takes the host's content. */
static void add_host(struct hosts *hosts, struct host *host)
{
	struct resolved_host *known = must(calloc(1, sizeof(*known)));

	known->host = *host;
	known->number = hosts->next_number++;
	known->references = 1;
	known->resolve_ns = TIME_UNKNOWN_NS;
	if (host->free_bits) {
		list_append(&hosts->ready, &known->node);
	} else if (address_is_set(&host->literal)) {
		resolved_host_set(known, &host->literal, 1, 0);
		list_append(&hosts->ready, &known->node);
	} else if (ask(hosts, known, false)) {
		resolved_host_release(known); /* the lookup has it now */
	} else {
		fail(known, "the resolver could not be asked: out of memory or threads");
		list_append(&hosts->ready, &known->node);
	}
}

/* The words of the command line stay the options'. */
static struct host copy_host(const struct host *from)
{
	size_t bytes = from->ports.count * sizeof(*from->ports.ranges);
	struct host copy = *from;

	copy.name = must(strdup(from->name));
	copy.ports.ranges = must(malloc(bytes));
	memcpy(copy.ports.ranges, from->ports.ranges, bytes);
	if (from->scope)
		copy.scope = copy.name + (from->scope - from->name);
	return copy;
}

static bool read_word(struct hosts *hosts)
{
	struct host host;

	if (hosts->next_word == hosts->options->hosts.count)
		return false;
	host = copy_host(&hosts->options->hosts.hosts[hosts->next_word++]);
	add_host(hosts, &host);
	return true;
}

/* All lines were bad and skipped: that was hardly intended, and is no success. */
static void end_file(struct hosts *hosts)
{
	struct error error;

	hosts->is_file_at_end = true;
	if (hosts->next_number > 0)
		return;
	error_set(&error, 0, "there is no good target in %s, so nothing was probed",
		  target_file_name(hosts->file));
	say("%s", error.text);
	hosts->has_failed = true;
}

static bool read_line(struct hosts *hosts)
{
	struct error error;
	struct host host;

	hosts->is_file_waiting = false;
	while (!hosts->is_file_at_end) {
		switch (target_file_next(hosts->file, &host, &error)) {
		case TARGET_FILE_HOST:
			add_host(hosts, &host);
			return true;
		case TARGET_FILE_LATER:
			hosts->is_file_waiting = true;
			return false;
		case TARGET_FILE_BAD:
			say("%s", error.text);
			hosts->has_failed |= !hosts->options->is_skipping_bad;
			break;
		case TARGET_FILE_FAILED:
			say("%s", error.text);
			hosts->has_failed = true;
			hosts->is_file_at_end = true;
			break;
		case TARGET_FILE_END:
			end_file(hosts);
			break;
		}
	}
	return false;
}

/* Ends the lookup; its reference goes to the caller. */
static struct resolved_host *take_lookup(struct hosts *hosts, uint32_t id)
{
	struct resolved_host *host = hosts->lookups[id].host;

	hosts->lookups[id].host = NULL;
	hosts->again_count -= hosts->lookups[id].is_again;
	hosts->lookup_count--;
	host->is_being_resolved = false;
	return host;
}

/* Takes over the lookup's reference. */
static void await(struct hosts *hosts, struct resolved_host *host, const char *why)
{
	if (!host->retry_ns)
		say("%s; asked again until it has an address (--until)", why);
	host->retry_ns = clock_now_ns() + RETRY_NS;
	list_append(&hosts->awaited, &host->node);
}

uint64_t hosts_retry_due_ns(const struct hosts *hosts)
{
	uint64_t due_ns = UINT64_MAX;

	for (struct list_node *node = hosts->awaited.first; node; node = node->next)
		due_ns = min_ns(due_ns, host_of(node)->retry_ns);
	return due_ns;
}

void hosts_retry(struct hosts *hosts, uint64_t now_ns)
{
	struct list_node *next;

	for (struct list_node *node = hosts->awaited.first; node; node = next) {
		struct resolved_host *host = host_of(node);

		next = node->next;
		if (host->retry_ns > now_ns || !ask(hosts, host, false))
			continue;
		list_remove(&hosts->awaited, node);
		resolved_host_release(host); /* the lookup has it now */
	}
}

bool hosts_have_awaited(const struct hosts *hosts)
{
	bool has = hosts->awaited.first;

	for (uint32_t id = 0; id < LOOKUPS_MAX && !has; id++)
		has = hosts->lookups[id].host && hosts->lookups[id].host->retry_ns &&
		      !hosts->lookups[id].is_again;
	return has;
}

struct resolved_host *hosts_take_again(struct hosts *hosts, struct lookup_answer *ret_answer)
{
	while (hosts->lookup_count && resolver_take(hosts->resolver, ret_answer)) {
		bool is_again = hosts->lookups[ret_answer->id].is_again;
		struct resolved_host *host = take_lookup(hosts, ret_answer->id);

		if (is_again)
			return host;
		host->resolve_ns = ret_answer->elapsed_ns;
		if (ret_answer->result < 0 && hosts->options->until >= 0) {
			await(hosts, host, ret_answer->failure);
			continue;
		}
		if (ret_answer->result < 0)
			fail(host, ret_answer->failure);
		else
			resolved_host_set_addresses(host, ret_answer);
		host->has_other_addresses = host->address_total > 1;
		list_append(&hosts->ready, &host->node);
	}
	return NULL;
}

static bool can_read(const struct hosts *hosts)
{
	return !hosts->ready.first && hosts->lookup_count < LOOKUPS_MAX;
}

void hosts_read_ahead(struct hosts *hosts)
{
	while (can_read(hosts) && (read_word(hosts) || read_line(hosts)))
		;
}

bool hosts_are_at_hand(const struct hosts *hosts)
{
	bool has_more = hosts->next_word < hosts->options->hosts.count ||
			(!hosts->is_file_at_end && !hosts->is_file_waiting);

	return hosts->ready.first || (can_read(hosts) && has_more);
}

struct resolved_host *hosts_next(struct hosts *hosts)
{
	struct list_node *node;

	hosts_read_ahead(hosts);
	node = list_take(&hosts->ready);
	return node ? host_of(node) : NULL;
}

bool hosts_ask_again(struct hosts *hosts, struct resolved_host *host)
{
	return !host->is_being_resolved && ask(hosts, host, true);
}

bool hosts_are_read(const struct hosts *hosts)
{
	return hosts->next_word == hosts->options->hosts.count && hosts->is_file_at_end &&
	       !hosts->ready.first;
}

bool hosts_are_exhausted(const struct hosts *hosts)
{
	return hosts_are_read(hosts) && hosts->lookup_count == hosts->again_count &&
	       !hosts->awaited.first;
}

void hosts_say_unanswered(const struct hosts *hosts)
{
	uint32_t count = 0;

	for (struct list_node *node = hosts->awaited.first; node; node = node->next)
		say("%s: not probed: it had no address when the run ended",
		    host_of(node)->host.name);
	for (uint32_t id = 0; id < LOOKUPS_MAX; id++) {
		const struct host_lookup *lookup = &hosts->lookups[id];

		if (lookup->host && !lookup->is_again && count++ < UNANSWERED_NAMED)
			say("%s: not probed: no name server had answered when the run ended",
			    lookup->host->host.name);
	}
	if (count > UNANSWERED_NAMED)
		say("... nor for %u more names", count - UNANSWERED_NAMED);
}

int hosts_answer_fd(const struct hosts *hosts)
{
	return resolver_fd(hosts->resolver);
}

int hosts_file_fd(const struct hosts *hosts)
{
	return hosts->is_file_waiting && can_read(hosts) ? target_file_fd(hosts->file) : -1;
}
