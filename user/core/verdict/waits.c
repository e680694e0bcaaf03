// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Dropped, queued, looking for a neighbour: each wait is told only where an entry shows it. */
#include "user/core/verdict/waits.h"

/* What happened later cost the application nothing. */
static uint64_t ended_ns(const struct facts *facts)
{
	const int ends[] = {facts->established, facts->reset_received, facts->icmp};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i] != NO_ENTRY)
			return entry_at(facts, ends[i])->time_ns;
	return facts->deadline != NO_ENTRY ? entry_at(facts, facts->deadline)->time_ns
					   : facts->until_ns;
}

/* A bridge that floods copies to each port: where one copy was dropped, another one left. */
static bool has_copy_left(const struct facts *facts, int drop)
{
	uint64_t time_ns = entry_at(facts, drop)->time_ns;

	if (drop == facts->drop_out && facts->is_dropped_by_driver)
		return false;
	for (unsigned i = 0; i < facts->syn_count && i < FACTS_MAX_SYNS; i++) {
		uint64_t left_ns = entry_at(facts, facts->syns[i])->time_ns;

		if (left_ns + SAME_TRANSMISSION_NS > time_ns &&
		    left_ns < time_ns + SAME_TRANSMISSION_NS)
			return true;
	}
	return false;
}

static bool is_lost_syn(const struct facts *facts, int index)
{
	const struct drop_entry *drop = &entry_at(facts, index)->drop;
	/* dropped where it came in: it did leave */
	bool is_looped = facts->is_on_loopback || facts->is_target_local;

	return drop->is_outbound && (drop->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN &&
	       (is_looped || !has_copy_left(facts, index));
}

static bool is_lost_answer(const struct facts *facts, int index)
{
	const struct drop_entry *drop = &entry_at(facts, index)->drop;

	return !drop->is_outbound && drop->flags & TCP_FLAG_ACK &&
	       drop->flags & (TCP_FLAG_SYN | TCP_FLAG_RST) &&
	       facts_is_acknowledged(facts, drop->ack);
}

/*
 * What was answered within the time of one transmission was not waited for. What TCP itself
 * refused, or took (a RST's own end), was no answer lost.
 */
static void read_drops(const struct facts *facts, struct waits *waits)
{
	uint64_t ended = ended_ns(facts);

	for (int i = 0; i < facts->attempt->entry_count; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind != EVENT_DROP || entry->drop.is_icmp ||
		    entry->time_ns + SAME_TRANSMISSION_NS > ended ||
		    facts_is_refused_by_tcp(facts, i))
			continue;
		if (waits->drop_out == NO_ENTRY && is_lost_syn(facts, i))
			waits->drop_out = i;
		if (waits->drop_in == NO_ENTRY && is_lost_answer(facts, i))
			waits->drop_in = i;
	}
}

uint64_t waits_queued_at(const struct entry *entry)
{
	if (entry->kind != EVENT_XMIT || entry->tcp.queued_ns == UINT32_MAX)
		return entry->time_ns;
	return entry->tcp.queued_ns == ENTRY_QUEUED_MAX_NS ? TIME_UNKNOWN_NS
							   : entry->time_ns - entry->tcp.queued_ns;
}

int waits_first_device(const struct facts *facts, int syn)
{
	int first = syn;

	for (int i = syn - 1; i >= 0; i--)
		if (entry_is_handed_on(entry_at(facts, i), entry_at(facts, first)))
			first = i;
	return first;
}

static bool is_syn(const struct entry *entry)
{
	bool is_sent = entry->kind == EVENT_QUEUE || entry->kind == EVENT_XMIT;

	return is_sent && !(entry->flags & ENTRY_ICMP) &&
	       (entry->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;
}

/* The kernel kept our SYN for a neighbour's address until the neighbour's device got one. */
static void read_neighbour(const struct facts *facts, struct waits *waits)
{
	const struct entry *kept = NULL;

	for (int i = 0;
	     i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= facts->until_ns;
	     i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_NEIGHBOUR && entry->flags & ENTRY_OWN && !kept) {
			kept = entry;
			waits->neighbour = i;
		}
		if (!kept || !is_syn(entry) || entry->ifindex != kept->ifindex ||
		    waits_queued_at(entry) == TIME_UNKNOWN_NS ||
		    waits_queued_at(entry) < kept->time_ns)
			continue;
		waits->neighbour_ns = waits_queued_at(entry) - kept->time_ns;
		return;
	}
	waits->neighbour = NO_ENTRY;
}

static void read_queue(const struct facts *facts, int answered, struct waits *waits)
{
	int last = answered != NO_ENTRY ? answered : facts->syns[0];
	const struct entry *later = entry_at(facts, last);

	for (int i = last; i >= 0; i--) {
		const struct entry *entry = entry_at(facts, i);

		if (i != last && !entry_is_handed_on(entry, later))
			continue;
		later = entry;
		if (entry->tcp.queued_ns == UINT32_MAX || entry->tcp.queued_ns < waits->queue_ns)
			continue;
		waits->queue_ns = entry->tcp.queued_ns;
		waits->queue_ifindex = entry->ifindex;
		waits->is_queue_longer = entry->tcp.queued_ns == ENTRY_QUEUED_MAX_NS;
	}
}

static uint64_t since(const struct facts *facts, int from, uint64_t to_ns)
{
	if (from == NO_ENTRY || to_ns == TIME_UNKNOWN_NS || to_ns < entry_at(facts, from)->time_ns)
		return 0;
	return to_ns - entry_at(facts, from)->time_ns;
}

static void read_stack(const struct facts *facts, struct waits *waits)
{
	const int causes[] = {waits->drop_out, waits->neighbour};
	uint64_t queued_ns;

	if (facts->first_queued == NO_ENTRY)
		return;
	queued_ns = waits_queued_at(entry_at(facts, facts->first_queued));
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i] != NO_ENTRY && entry_at(facts, causes[i])->time_ns <= queued_ns)
			return;
	waits->stack_ns = since(facts, facts->syn_sent_state, queued_ns);
}

void waits_read(const struct facts *facts, int answered, struct waits *ret_waits)
{
	struct waits waits = {.drop_out = NO_ENTRY, .drop_in = NO_ENTRY, .neighbour = NO_ENTRY};
	int answer = facts->syn_ack != NO_ENTRY ? facts->syn_ack : facts->reset;

	read_drops(facts, &waits);
	read_neighbour(facts, &waits);
	if (facts_has_left(facts))
		read_queue(facts, answered, &waits);
	read_stack(facts, &waits);
	if (facts->syn_sent_state != NO_ENTRY)
		waits.call_ns = since(facts, facts->connect_enter,
				      entry_at(facts, facts->syn_sent_state)->time_ns);
	/* Of what was dropped here a later one got through. */
	if (answer != NO_ENTRY && waits.drop_in == NO_ENTRY)
		waits.inbound_ns = since(facts, answer, ended_ns(facts));
	*ret_waits = waits;
}
