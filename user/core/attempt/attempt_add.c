// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Into the timeline, in time order: what says the same as an entry before is folded into it. */
#include "user/core/attempt/attempt_add.h"

#include <string.h>

#include "user/core/attempt/attempt_damage.h"
#include "user/core/attempt/attempt_keep.h"
#include "user/core/attempt/handshake.h"
#include "user/core/attempt/path.h"

static bool is_same_segment(const struct entry *queued, const struct entry *sent)
{
	return queued->kind == EVENT_QUEUE && queued->ifindex == sent->ifindex &&
	       queued->time_ns <= sent->time_ns && queued->tcp.seq == sent->tcp.seq &&
	       queued->tcp.flags == sent->tcp.flags && queued->tcp.tsval == sent->tcp.tsval;
}

/* The driver's entry takes the queue's place: the time spent in the queue stays. */
static void absorb_queue(struct attempt *attempt, struct entry *sent)
{
	for (unsigned i = attempt->entry_count; i-- > 0;) {
		struct entry *queued = &attempt->entries[i];
		uint64_t waited_ns = sent->time_ns - queued->time_ns;

		if (!is_same_segment(queued, sent))
			continue;
		sent->tcp.queued_ns =
			waited_ns < ENTRY_QUEUED_MAX_NS ? (uint32_t)waited_ns : ENTRY_QUEUED_MAX_NS;
		attempt_take_out(attempt, i);
		return;
	}
}

static bool is_same_drop(const struct attempt *attempt, const struct drop_entry *a,
			 const struct drop_entry *b)
{
	struct handshake handshake;

	if (a->reason != b->reason || a->function != b->function || a->flags != b->flags ||
	    a->is_outbound != b->is_outbound || a->is_icmp != b->is_icmp)
		return false;
	handshake = handshake_of(attempt);
	return handshake_takes_alike(&handshake, a->ack, b->ack);
}

/* A second one says nothing new. State changes and packets are kept apart while there is room. */
static bool is_repeat(const struct attempt *attempt, const struct entry *a, const struct entry *b)
{
	if (a->kind != b->kind || a->ifindex != b->ifindex || a->flags != b->flags)
		return false;
	switch (a->kind) {
	case EVENT_DROP:
		return is_same_drop(attempt, &a->drop, &b->drop);
	case EVENT_RETRANSMIT:
	case EVENT_ERROR_REPORT:
		return a->error.error == b->error.error &&
		       a->error.error_soft == b->error.error_soft;
	case EVENT_RESET_SENT:
	case EVENT_BAD_CHECKSUM:
	case EVENT_UNKNOWN:
		return true;
	case EVENT_NEIGHBOUR:
		return a->neighbour.state == b->neighbour.state &&
		       !memcmp(a->neighbour.address, b->neighbour.address,
			       sizeof(a->neighbour.address));
	case EVENT_ROUTE:
		return a->route.kind == b->route.kind && a->route.is_by_rule == b->route.is_by_rule;
	case EVENT_HOST:
		return true;
	case EVENT_LINK:
		return a->link.has_carrier == b->link.has_carrier &&
		       a->link.has_xdp == b->link.has_xdp;
	case EVENT_QUEUE:
	case EVENT_XMIT: /* SYNs that are too many */
		return a->tcp.flags == b->tcp.flags && a->tcp.ack == b->tcp.ack;
	default:
		return false;
	}
}

/* A segment kept at one device is kept at the next one too: folded, it would count twice. */
static bool is_kept_before(const struct attempt *attempt, const struct entry *entry)
{
	unsigned at = attempt->entry_count;
	const struct entry *last;

	while (at && attempt->entries[at - 1].kind == EVENT_HOP)
		at--;
	last = at ? &attempt->entries[at - 1] : NULL;
	return entry->kind == EVENT_XMIT && last && last->count == 1 &&
	       entry_is_handed_on(last, entry);
}

static bool is_one_syn_too_many(const struct attempt *attempt, const struct entry *entry)
{
	unsigned count = 0;

	if (!handshake_is_syn(entry) || is_kept_before(attempt, entry))
		return false;
	for (unsigned i = 0; i < attempt->entry_count; i++)
		count += handshake_is_syn(&attempt->entries[i]);
	return count >= ATTEMPT_MAX_SYNS;
}

/* The same call again with the same result: a program that waits. */
static bool is_asked_again(const struct entry *before, const struct entry *entry)
{
	return before->app.call == entry->app.call && before->app.phase == entry->app.phase &&
	       before->app.result == entry->app.result && before->app.error == entry->app.error &&
	       before->app.state == entry->app.state && entry->app.phase == APP_RETURN;
}

/* The last call, if it says the same of a socket in the same state. Our own are kept apart. */
static struct entry *find_same_call(struct attempt *attempt, const struct entry *entry)
{
	unsigned i = attempt->is_ours ? 0 : attempt->entry_count;

	while (i > 0 && attempt->entries[i - 1].kind != EVENT_APP &&
	       attempt->entries[i - 1].kind != EVENT_STATE)
		i--;
	if (i == 0 || attempt->entries[i - 1].kind != EVENT_APP ||
	    !is_asked_again(&attempt->entries[i - 1], entry))
		return NULL;
	return &attempt->entries[i - 1];
}

/* The entry that says the same; NULL: none, or it is to be kept apart. */
static struct entry *find_repeated(struct attempt *attempt, const struct entry *entry)
{
	bool has_left = entry->kind == EVENT_QUEUE || entry->kind == EVENT_XMIT;

	if (entry->kind == EVENT_APP)
		return find_same_call(attempt, entry);
	if (has_left && !is_one_syn_too_many(attempt, entry))
		return NULL;
	for (unsigned i = attempt->entry_count; i-- > 0;)
		if (is_repeat(attempt, &attempt->entries[i], entry))
			return &attempt->entries[i];
	return NULL;
}

static bool is_unwanted_hop(const struct attempt *attempt, const struct event *event)
{
	return event->kind == EVENT_HOP &&
	       (attempt->hop_count == ATTEMPT_MAX_HOPS ||
		attempt->entry_count >= ATTEMPT_MAX_ENTRIES - ATTEMPT_HOPS_FREE ||
		!path_wants_hop(attempt, &event->packet));
}

void attempt_add(struct attempt *attempt, const struct event *event,
		 const struct entry_names *names)
{
	struct entry entry, *repeated;

	if (event->netns)
		attempt->netns = event->netns;
	if (is_unwanted_hop(attempt, event))
		return;
	attempt_record(&entry, attempt, event, names);
	if (event->kind == EVENT_TASK) /* says who, not what */
		return;
	/* A successful retransmit says nothing that the SYN's own departure does not. */
	if (event->kind == EVENT_RETRANSMIT && event->error.error == 0)
		return;
	if (entry.kind == EVENT_XMIT && !(entry.flags & ENTRY_ICMP))
		absorb_queue(attempt, &entry);
	if (entry.kind == EVENT_DROP && entry.flags & ENTRY_DAMAGED)
		attempt_mark_damage(attempt, &entry);
	repeated = find_repeated(attempt, &entry);
	if (repeated)
		entry_repeat(repeated, entry.count);
	else
		attempt_insert(attempt, &entry);
}
