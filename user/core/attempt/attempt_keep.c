// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Places: which entry gets one, and which gives one up. */
#include "user/core/attempt/attempt_keep.h"

#include <string.h>

#include "user/core/attempt/call.h"
#include "user/core/attempt/evidence.h"
#include "user/core/attempt/handshake.h"

/* Groups of entries: 0 is none, then those of a call, then those of a kind of event. */
#define GROUP_CALLS  24
#define GROUP_EVENTS (1 + GROUP_CALLS)
#define GROUP_COUNT  (GROUP_EVENTS + EVENT_END + 1)

void attempt_take_out(struct attempt *attempt, unsigned index)
{
	struct entry *entry = &attempt->entries[index];

	attempt->hop_count -= entry->kind == EVENT_HOP;
	attempt->entry_count--;
	memmove(entry, entry + 1, (attempt->entry_count - index) * sizeof(*entry));
}

void entry_repeat(struct entry *entry, unsigned count)
{
	unsigned sum = entry->count + count;

	entry->count = (uint16_t)(sum < UINT16_MAX ? sum : UINT16_MAX);
}

static unsigned group_of(const struct entry *entry)
{
	if (entry->kind == EVENT_APP)
		return 1 + entry->app.call % GROUP_CALLS;
	return GROUP_EVENTS + entry->kind;
}

static bool is_same_call(const struct entry *a, const struct entry *b)
{
	return a->app.call == b->app.call && a->app.phase == b->app.phase &&
	       call_answer(a) == call_answer(b);
}

static bool is_same_packet(const struct handshake *handshake, const struct entry *a,
			   const struct entry *b)
{
	if (a->flags & ENTRY_ICMP)
		return a->icmp.type == b->icmp.type && a->icmp.code == b->icmp.code;
	return a->tcp.flags == b->tcp.flags &&
	       handshake_takes_alike(handshake, a->tcp.ack, b->tcp.ack);
}

/* "Twice" is true of the first one when the second one goes: not across ESTABLISHED. */
static bool is_alike(const struct handshake *handshake, const struct entry *a,
		     const struct entry *b)
{
	bool is_early = a->time_ns < handshake->established_ns;

	if (a->kind != b->kind || a->ifindex != b->ifindex || a->flags != b->flags ||
	    is_early != (b->time_ns < handshake->established_ns))
		return false;
	switch (a->kind) {
	case EVENT_APP:
		return is_same_call(a, b);
	case EVENT_STATE:
		return a->state.old_state == b->state.old_state &&
		       a->state.new_state == b->state.new_state;
	case EVENT_QUEUE:
	case EVENT_XMIT:
	case EVENT_RECEIVE:
		return is_same_packet(handshake, a, b);
	}
	return false;
}

static bool fold(struct attempt *attempt, const struct handshake *handshake, unsigned index)
{
	const struct entry *entry = &attempt->entries[index];

	for (unsigned i = index; i-- > 0;) {
		if (!is_alike(handshake, &attempt->entries[i], entry))
			continue;
		entry_repeat(&attempt->entries[i], entry->count);
		attempt_take_out(attempt, index);
		return true;
	}
	return false;
}

static bool is_refused(const struct attempt *attempt, const struct handshake *handshake,
		       const struct drop_entry *drop)
{
	const uint8_t both = TCP_FLAG_SYN | TCP_FLAG_ACK;

	return !drop->is_outbound && (drop->flags & both) == both &&
	       attempt_is_acknowledged(attempt, handshake->isn, drop->ack);
}

/* What facts.h counts one by one goes on to be counted. */
static void count_left_out(struct attempt *attempt, const struct handshake *handshake,
			   const struct entry *entry)
{
	bool is_early = entry->time_ns < handshake->established_ns;
	bool is_whole = !(entry->flags & (ENTRY_DAMAGED | ENTRY_CUT | ENTRY_STRAY));
	bool is_drop = entry->kind == EVENT_DROP && !entry->drop.is_icmp && is_whole;

	attempt->left_out += entry->count;
	if (is_drop && entry->drop.is_outbound && entry->drop.flags & TCP_FLAG_SYN)
		attempt->left_out_syns += entry->count;
	if (entry->kind == EVENT_RECEIVE && !(entry->flags & ENTRY_ICMP) && is_whole && is_early)
		attempt->left_out_answers += entry->count;
	if (is_drop && is_early && is_refused(attempt, handshake, &entry->drop))
		attempt->left_out_refused += entry->count;
}

/* The group with most entries that decide nothing; 0: all decide. */
static unsigned find_largest(const struct attempt *attempt, const bool *decides)
{
	unsigned counts[GROUP_COUNT] = {0}, largest = 0;

	for (unsigned i = 0; i < attempt->entry_count; i++) {
		unsigned group = group_of(&attempt->entries[i]);

		counts[group] += !decides[i];
		if (counts[group] > counts[largest])
			largest = group;
	}
	return largest;
}

/* The youngest of the largest group goes: a story's begin says most. false when all decide. */
static bool free_place(struct attempt *attempt)
{
	struct handshake handshake = handshake_of(attempt);
	bool decides[ATTEMPT_MAX_ENTRIES];
	unsigned largest, youngest = ATTEMPT_MAX_ENTRIES;

	evidence_mark(attempt, decides);
	largest = find_largest(attempt, decides);
	if (!largest)
		return false;
	for (unsigned i = attempt->entry_count; i-- > 0;) {
		if (decides[i] || group_of(&attempt->entries[i]) != largest)
			continue;
		if (fold(attempt, &handshake, i))
			return true;
		if (youngest == ATTEMPT_MAX_ENTRIES)
			youngest = i;
	}
	count_left_out(attempt, &handshake, &attempt->entries[youngest]);
	attempt_take_out(attempt, youngest);
	return true;
}

static bool is_same_syn(const struct entry *a, const struct entry *b)
{
	return a->kind == b->kind && a->ifindex == b->ifindex && a->tcp.flags == b->tcp.flags &&
	       handshake_is_syn(a);
}

/* The one before at the same device; -1: there is none. */
static int find_syn_before(const struct attempt *attempt, int index)
{
	int before = index - 1;

	while (before >= 0 && !is_same_syn(&attempt->entries[before], &attempt->entries[index]))
		before--;
	return before;
}

static int find_last_syn(const struct attempt *attempt)
{
	int last = attempt->entry_count - 1;

	while (last >= 0 && !handshake_is_syn(&attempt->entries[last]))
		last--;
	return last;
}

/*
 * The last SYN goes, at each device that it passed, and is counted by the one before: when it left
 * is given up for what says more. Returns false when there is none before.
 */
static bool fold_last_syn(struct attempt *attempt)
{
	int index = find_last_syn(attempt);
	bool is_folded = false;

	while (index >= 0) {
		struct entry syn = attempt->entries[index];
		int before = find_syn_before(attempt, index);

		if (before < 0)
			break;
		entry_repeat(&attempt->entries[before], syn.count);
		attempt_take_out(attempt, (unsigned)index);
		is_folded = true;
		while (--index >= 0 && !entry_is_handed_on(&attempt->entries[index], &syn))
			;
	}
	return is_folded;
}

/* The last of them: a path that ends early is true as far as it goes. */
static void take_out_hop(struct attempt *attempt)
{
	unsigned at = attempt->entry_count - 1u;

	while (attempt->entries[at].kind != EVENT_HOP)
		at--;
	attempt_take_out(attempt, at);
}

/* Hops go first, so that with or without them all else is kept and folded alike. */
void attempt_insert(struct attempt *attempt, const struct entry *entry)
{
	unsigned at = attempt->entry_count;

	while (at > 0 && attempt->entries[at - 1].time_ns > entry->time_ns)
		at--;
	memmove(&attempt->entries[at + 1], &attempt->entries[at],
		(attempt->entry_count - at) * sizeof(*entry));
	attempt->entries[at] = *entry;
	attempt->entry_count++;
	attempt->hop_count += entry->kind == EVENT_HOP;
	if (attempt->entry_count < ATTEMPT_MAX_ENTRIES)
		return;
	if (attempt->hop_count) {
		take_out_hop(attempt);
	} else if (!free_place(attempt) && !fold_last_syn(attempt)) {
		attempt_take_out(attempt, at);
		attempt->overflow_count++;
	}
}
