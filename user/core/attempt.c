// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A timeline in time order, repeats folded. */
#include "user/core/attempt_fill.h"

#include <string.h>

#include "user/core/path.h"

void attempt_init(struct attempt *attempt, struct attempt_key key)
{
	memset(attempt, 0, sizeof(*attempt));
	attempt->key = key;
}

const char *attempt_device_name(const struct attempt *attempt, uint32_t ifindex)
{
	for (unsigned i = 0; ifindex && i < attempt->device_count; i++)
		if (attempt->devices[i].ifindex == ifindex)
			return attempt->devices[i].name;
	return NULL;
}

static void take_out(struct attempt *attempt, unsigned at)
{
	struct entry *entry = &attempt->entries[at];

	attempt->hop_count -= entry->kind == EVENT_HOP;
	attempt->entry_count--;
	memmove(entry, entry + 1, (attempt->entry_count - at) * sizeof(*entry));
}

static bool is_same_segment(const struct entry *queued, const struct entry *sent)
{
	return queued->kind == EVENT_QUEUE && queued->ifindex == sent->ifindex && queued->time_ns <= sent->time_ns &&
	       queued->tcp.seq == sent->tcp.seq && queued->tcp.flags == sent->tcp.flags && queued->tcp.tsval == sent->tcp.tsval;
}

/* A driver hand-over right behind the queue's is one line of the timeline: the queue's entry goes, the time spent in it stays. */
static void absorb_queue(struct attempt *attempt, struct entry *sent)
{
	for (unsigned i = attempt->entry_count; i-- > 0;) {
		struct entry *queued = &attempt->entries[i];
		uint64_t waited_ns = sent->time_ns - queued->time_ns;

		if (!is_same_segment(queued, sent))
			continue;
		sent->tcp.queued_ns = waited_ns < ENTRY_QUEUED_MAX_NS ? (uint32_t)waited_ns : ENTRY_QUEUED_MAX_NS;
		take_out(attempt, i);
		return;
	}
}

static bool is_packet(const struct entry *entry)
{
	switch (entry->kind) {
	case EVENT_QUEUE:
	case EVENT_XMIT:
	case EVENT_RECEIVE:
	case EVENT_DROP:
	case EVENT_BAD_CHECKSUM:
		return true;
	}
	return false;
}

/* The peer's own sequence number decides nothing, and it may choose a new one for each answer. */
static bool is_same_packet(const struct entry *a, const struct entry *b)
{
	if (a->flags & ENTRY_ICMP)
		return a->icmp.type == b->icmp.type && a->icmp.code == b->icmp.code && a->icmp.seq == b->icmp.seq;
	return a->tcp.flags == b->tcp.flags && a->tcp.ack == b->tcp.ack;
}

/* Would a second one of these say nothing new? State changes and calls are always kept apart, packets as long as there is room. */
static bool is_repeat(const struct entry *a, const struct entry *b, bool is_crowded)
{
	if (a->kind != b->kind || a->ifindex != b->ifindex || a->flags != b->flags)
		return false;
	switch (a->kind) {
	case EVENT_DROP:
		return a->drop.reason == b->drop.reason && a->drop.function == b->drop.function && a->drop.flags == b->drop.flags &&
		       a->drop.is_outbound == b->drop.is_outbound && a->drop.is_icmp == b->drop.is_icmp;
	case EVENT_RETRANSMIT:
	case EVENT_ERROR_REPORT:
		return a->error.error == b->error.error && a->error.error_soft == b->error.error_soft;
	case EVENT_RESET_SENT:
	case EVENT_BAD_CHECKSUM:
	case EVENT_UNKNOWN:
		return true;
	case EVENT_NEIGHBOUR:
		return a->neighbour.state == b->neighbour.state;
	case EVENT_ROUTE:
		return a->route.kind == b->route.kind;
	case EVENT_LINK:
		return a->link.has_carrier == b->link.has_carrier && a->link.has_xdp == b->link.has_xdp;
	case EVENT_QUEUE:
	case EVENT_XMIT:
	case EVENT_RECEIVE:
		return is_crowded && is_same_packet(a, b);
	default:
		return false;
	}
}

/* When a device's queue got it; UINT32_MAX of queued_ns: not seen. */
static uint64_t handed_over_ns(const struct entry *entry)
{
	bool is_known = entry->kind == EVENT_XMIT && entry->tcp.queued_ns != UINT32_MAX;

	return entry->time_ns - (is_known ? entry->tcp.queued_ns : 0);
}

/* A retransmit has a stamp of its own, so that two with the same one are the same however long a neighbour was waited for between devices. */
static bool is_soon_enough(const struct entry *before, const struct entry *after)
{
	uint64_t handed_ns = handed_over_ns(after);

	return handed_ns >= before->time_ns && (after->tcp.tsval || handed_ns - before->time_ns < SAME_TRANSMISSION_NS);
}

bool entry_is_handed_on(const struct entry *before, const struct entry *after)
{
	return before->kind == EVENT_XMIT && !((before->flags | after->flags) & ENTRY_ICMP) && before->ifindex != after->ifindex &&
	       before->tcp.seq == after->tcp.seq && before->tcp.flags == after->tcp.flags && before->tcp.tsval == after->tcp.tsval &&
	       before->tcp.ip_id == after->tcp.ip_id && is_soon_enough(before, after);
}

/* A segment that was kept at one device is kept at the next one too: folded there, it would count twice. */
static bool is_kept_before(const struct attempt *attempt, const struct entry *entry)
{
	unsigned at = attempt->entry_count;
	const struct entry *last;

	while (at && attempt->entries[at - 1].kind == EVENT_HOP)
		at--;
	last = at ? &attempt->entries[at - 1] : NULL;
	return entry->kind == EVENT_XMIT && last && last->count == 1 && entry_is_handed_on(last, entry);
}

/* The same call again with the same result: a program that waits. */
static bool is_asked_again(const struct entry *before, const struct entry *entry)
{
	return before->app.call == entry->app.call && before->app.phase == entry->app.phase && before->app.result == entry->app.result &&
	       before->app.error == entry->app.error && entry->app.phase == APP_RETURN;
}

static int fold_call(struct attempt *attempt, const struct entry *entry)
{
	bool is_crowded = attempt->entry_count >= ATTEMPT_CROWDED_AT;

	for (unsigned i = attempt->entry_count; i-- > 0 && !attempt->is_ours;) {
		if (attempt->entries[i].kind != EVENT_APP)
			continue;
		if (!is_asked_again(&attempt->entries[i], entry)) {
			if (is_crowded) /* the order of calls has been told by then */
				continue;
			return -1;
		}
		if (attempt->entries[i].count < UINT16_MAX)
			attempt->entries[i].count++;
		return (int)i;
	}
	return -1;
}

static int fold_repeat(struct attempt *attempt, const struct entry *entry)
{
	bool is_crowded = attempt->entry_count - attempt->hop_count >= ATTEMPT_CROWDED_AT && !is_kept_before(attempt, entry);

	if (entry->kind == EVENT_APP)
		return fold_call(attempt, entry);
	for (unsigned i = attempt->entry_count; i-- > 0;) {
		if (!is_repeat(&attempt->entries[i], entry, is_crowded))
			continue;
		if (attempt->entries[i].count < UINT16_MAX)
			attempt->entries[i].count++;
		return (int)i;
	}
	return -1;
}

/* The last of them: a path that ends early is true as far as it goes. */
static void take_out_hop(struct attempt *attempt)
{
	unsigned at = attempt->entry_count - 1u;

	while (attempt->entries[at].kind != EVENT_HOP)
		at--;
	take_out(attempt, at);
}

/* Is there a place, or can one be made? */
static bool has_place(struct attempt *attempt, const struct entry *entry)
{
	bool is_call = entry->kind == EVENT_APP && !attempt->is_ours && entry->app.phase == APP_RETURN;
	int kept_free = is_packet(entry) ? ATTEMPT_KEPT_FREE : is_call ? ATTEMPT_CALLS_FREE : 0;

	if (entry->kind == EVENT_HOP)
		return attempt->hop_count < ATTEMPT_MAX_HOPS && attempt->entry_count < ATTEMPT_MAX_ENTRIES - ATTEMPT_KEPT_FREE;
	if (attempt->entry_count - attempt->hop_count >= ATTEMPT_MAX_ENTRIES - kept_free) {
		attempt->overflow_count++;
		return false;
	}
	if (attempt->entry_count == ATTEMPT_MAX_ENTRIES)
		take_out_hop(attempt);
	return true;
}

static int insert(struct attempt *attempt, const struct entry *entry)
{
	unsigned at;

	if (!has_place(attempt, entry))
		return -1;
	at = attempt->entry_count;
	while (at > 0 && attempt->entries[at - 1].time_ns > entry->time_ns)
		at--;
	memmove(&attempt->entries[at + 1], &attempt->entries[at], (attempt->entry_count - at) * sizeof(*entry));
	attempt->entries[at] = *entry;
	attempt->entry_count++;
	attempt->hop_count += entry->kind == EVENT_HOP;
	return (int)at;
}

int attempt_add(struct attempt *attempt, const struct event *event, const struct entry_names *names)
{
	struct entry entry;
	int folded;

	if (event->netns)
		attempt->netns = event->netns;
	if (event->kind == EVENT_HOP && !path_wants_hop(attempt, &event->packet))
		return -1;
	attempt_fill(&entry, attempt, event, names);
	if (event->kind == EVENT_TASK) /* says who, not what */
		return -1;
	/* A successful retransmit says nothing that the SYN's own departure does not. */
	if (event->kind == EVENT_RETRANSMIT && event->error.error == 0)
		return -1;
	if (entry.kind == EVENT_XMIT && !(entry.flags & ENTRY_ICMP))
		absorb_queue(attempt, &entry);
	folded = fold_repeat(attempt, &entry);
	return folded >= 0 ? folded : insert(attempt, &entry);
}
