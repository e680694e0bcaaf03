// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read a timeline: sort its entries into SYNs, answers, drops and socket events. */
#include "user/core/facts.h"

#include <errno.h>
#include <string.h>

enum {
	TCP_STATE_ESTABLISHED = 1,
	TCP_STATE_SYN_SENT = 2,
	TCP_STATE_CLOSE = 7,
};

/* A driver that throws a packet away does so at once. */
#define DRIVER_DROP_NS 1000000ull

static bool is_syn(const struct tcp_entry *tcp)
{
	return (tcp->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN;
}

static const struct entry *entry_at(const struct facts *facts, int index)
{
	return &facts->attempt->entries[index];
}

static void set_first(int *slot, int index)
{
	if (*slot == NO_ENTRY)
		*slot = index;
}

static void read_app(struct facts *facts, const struct entry *entry, int index)
{
	bool is_return = entry->app.phase == APP_RETURN;

	switch (entry->app.call) {
	case APP_CONNECT:
		set_first(is_return ? &facts->connect_return : &facts->connect_enter, index);
		break;
	case APP_POLL:
		facts->poll = index;
		break;
	case APP_SO_ERROR:
		facts->so_error = index;
		break;
	case APP_ABANDON:
		set_first(&facts->abandon, index);
		break;
	case APP_BIND:
		if (is_return && entry->app.error)
			set_first(&facts->bind, index);
		break;
	}
}

static void read_state(struct facts *facts, const struct entry *entry, int index, bool is_closed_by_us)
{
	if (entry->state.new_state == TCP_STATE_SYN_SENT)
		set_first(&facts->syn_sent_state, index);
	if (entry->state.new_state == TCP_STATE_ESTABLISHED)
		set_first(&facts->established, index);
	if (entry->state.new_state == TCP_STATE_CLOSE && !is_closed_by_us)
		set_first(&facts->closed_by_kernel, index);
}

static void learn_isn(struct facts *facts, uint32_t seq)
{
	if (facts->has_isn)
		return;
	facts->has_isn = true;
	facts->isn = seq;
}

/* One more device for the last SYN, or the next SYN? */
static bool is_same_transmission(const struct facts *facts, const struct entry *entry)
{
	return facts->syn_count && facts->syn_count <= FACTS_MAX_SYNS &&
	       entry_is_handed_on(entry_at(facts, facts->syns[facts->syn_count - 1]), entry);
}

/* The last SYN left by no device yet: there was one more on its way. */
static void take_back_last_syn(struct facts *facts)
{
	facts->syn_repeats -= entry_at(facts, facts->syns[--facts->syn_count])->count - 1u;
}

static void read_transmitted(struct facts *facts, const struct entry *entry, int index)
{
	if (entry->flags & ENTRY_ICMP || !is_syn(&entry->tcp))
		return;
	learn_isn(facts, entry->tcp.seq);
	if (entry->kind == EVENT_QUEUE || entry->tcp.queued_ns != UINT32_MAX)
		set_first(&facts->first_queued, index);
	if (is_same_transmission(facts, entry))
		take_back_last_syn(facts);
	if (entry->kind == EVENT_QUEUE)
		return;
	facts->is_on_loopback = entry->flags & ENTRY_LOOPBACK;
	facts->syn_repeats += entry->count - 1u;
	facts->syn_count++;
	if (facts->syn_count <= FACTS_MAX_SYNS)
		facts->syns[facts->syn_count - 1] = index;
}

/* ICMP errors that tell of no failure: the kernel goes on with a smaller segment. */
static bool is_fragmentation_needed(const struct icmp_entry *icmp, uint8_t family)
{
	return family == 2 /* AF_INET */ ? icmp->type == 3 && icmp->code == 4 : icmp->type == 2;
}

static void read_icmp(struct facts *facts, const struct entry *entry, int index)
{
	if (!facts->has_isn || entry->icmp.seq != facts->isn)
		return; /* about an older connection on the same tuple */
	if (is_fragmentation_needed(&entry->icmp, facts->attempt->requested.family))
		set_first(&facts->fragmentation_needed, index);
	else
		set_first(&facts->icmp, index);
}

static bool is_same_segment(const struct tcp_entry *a, const struct tcp_entry *b)
{
	return a->seq == b->seq && a->ack == b->ack && a->flags == b->flags && a->tsval == b->tsval && a->ip_id == b->ip_id;
}

/* A bridge shows one received packet at several devices. */
static bool is_seen_before(const struct facts *facts, const struct entry *entry, int index)
{
	for (int i = index - 1; i >= 0 && entry->time_ns - entry_at(facts, i)->time_ns < SAME_TRANSMISSION_NS; i--) {
		const struct entry *other = entry_at(facts, i);

		if (other->kind == EVENT_RECEIVE && other->ifindex != entry->ifindex && other->flags == entry->flags &&
		    is_same_segment(&other->tcp, &entry->tcp))
			return true;
	}
	return false;
}

static void read_received(struct facts *facts, const struct entry *entry, int index)
{
	const struct tcp_entry *tcp = &entry->tcp;
	bool is_acknowledging = facts->has_isn && tcp->flags & TCP_FLAG_ACK && tcp->ack == facts->isn + 1;

	if (is_seen_before(facts, entry, index))
		return;
	if (entry->flags & ENTRY_ICMP) {
		read_icmp(facts, entry, index);
		facts->answer_count += facts->icmp == index;
		return;
	}
	if (is_syn(tcp) && facts->has_isn && tcp->seq == facts->isn)
		return; /* our own SYN, come back over loopback */
	facts->answer_count += entry->count;
	if (is_acknowledging && tcp->flags & TCP_FLAG_RST)
		set_first(&facts->reset, index);
	else if (is_acknowledging && tcp->flags & TCP_FLAG_SYN)
		set_first(&facts->syn_ack, index);
	else if (facts->established == NO_ENTRY) /* whatever follows the handshake is no answer to the SYN */
		set_first(&facts->invalid, index);
}

/* Had another device handed it to this one? */
static bool is_from_another_device(const struct facts *facts, int index)
{
	for (int i = index - 1; i >= 0; i--)
		if (entry_is_handed_on(entry_at(facts, i), entry_at(facts, index)))
			return true;
	return false;
}

/* Did the driver, or the device below that it hands on to, throw away what it had just been given? Then that SYN did not leave. */
static bool is_driver_drop(const struct facts *facts, const struct entry *entry)
{
	const struct entry *last;

	if (!facts->syn_count || facts->syn_count > FACTS_MAX_SYNS || !entry->ifindex)
		return false;
	last = entry_at(facts, facts->syns[facts->syn_count - 1]);
	if (entry->time_ns - last->time_ns >= DRIVER_DROP_NS)
		return false;
	/* A bridge that floods gives a copy to each port: what one drops, another one sends. */
	return entry->ifindex == last->ifindex || !is_from_another_device(facts, facts->syns[facts->syn_count - 1]);
}

static void read_drop(struct facts *facts, const struct entry *entry, int index)
{
	const struct drop_entry *drop = &entry->drop;
	bool is_our_syn = drop->is_outbound && (drop->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;

	if (drop->is_icmp)
		return; /* the error queue's copy, freed later: no packet was stopped */
	if (!is_our_syn) {
		if (!drop->is_outbound)
			set_first(&facts->drop_in, index);
		return;
	}
	learn_isn(facts, drop->seq);
	if (facts->is_on_loopback && facts->syn_count)
		set_first(&facts->drop_self, index);
	else
		set_first(&facts->drop_out, index);
}

/* The SYNs that drivers threw away did not leave after all. Repeats of a drop are folded, so they are taken off at the end, last first. */
static void take_off_driver_drops(struct facts *facts)
{
	const struct entry *drop;

	if (facts->drop_out == NO_ENTRY)
		return;
	drop = entry_at(facts, facts->drop_out);
	for (unsigned i = 0; i < facts->syn_count && i < FACTS_MAX_SYNS; i++) {
		const struct entry *syn = entry_at(facts, facts->syns[i]);
		struct facts before = *facts;

		before.syn_count = i + 1;
		if (syn->time_ns <= drop->time_ns && is_driver_drop(&before, drop)) {
			facts->syn_count -= drop->count < facts->syn_count ? drop->count : facts->syn_count;
			return;
		}
	}
}

/* SYNs that left, wait in a queue, or were thrown away here: all that the socket may have counted as sent. */
static unsigned count_accounted(const struct facts *facts)
{
	unsigned count = facts->syn_count + facts->syn_repeats;

	for (int i = 0; i < facts->attempt->entry_count; i++) {
		const struct entry *entry = entry_at(facts, i);

		bool is_crossing = entry->kind == EVENT_XMIT && entry->tcp.flags & TCP_FLAG_SYN && entry->tcp.flags & TCP_FLAG_ACK;

		if (entry->kind == EVENT_QUEUE || (entry->kind == EVENT_DROP && entry->drop.is_outbound) || is_crossing)
			count += entry->count;
	}
	return count;
}

static bool has_gap(const struct facts *facts)
{
	const struct info_event *info;

	if (facts->info == NO_ENTRY || facts->syn_sent_state == NO_ENTRY)
		return false;
	info = &entry_at(facts, facts->info)->info;
	if (info->state == TCP_STATE_ESTABLISHED && facts->established == NO_ENTRY)
		return true;
	if (info->state == TCP_STATE_CLOSE && facts->closed_by_kernel == NO_ENTRY)
		return true;
	/* While the next hop does not answer, SYNs are counted that wait for its address. A state that is not known explains nothing. */
	if (facts->neighbour != NO_ENTRY) {
		uint8_t state = entry_at(facts, facts->neighbour)->neighbour.state;

		if (state == NEIGHBOUR_INCOMPLETE || state == NEIGHBOUR_FAILED)
			return false;
	}
	return info->retransmits > 0 && count_accounted(facts) < 1 + info->retransmits;
}

static void read_entry(struct facts *facts, const struct entry *entry, int index, bool *is_closed_by_us)
{
	switch (entry->kind) {
	case EVENT_APP:
		*is_closed_by_us |= entry->app.call == APP_CLOSE;
		read_app(facts, entry, index);
		break;
	case EVENT_DEADLINE:
		set_first(&facts->deadline, index);
		break;
	case EVENT_ROUTE:
		facts->route = index;
		facts->is_target_local |= entry->route.kind == ROUTE_LOCAL;
		break;
	case EVENT_NEIGHBOUR:
		facts->neighbour = index;
		break;
	case EVENT_SOCKET_INFO:
		facts->info = index;
		break;
	case EVENT_STATE:
		read_state(facts, entry, index, *is_closed_by_us);
		break;
	case EVENT_LOCAL_ACCEPT:
		set_first(&facts->local_accept, index);
		break;
	case EVENT_RESET_RECEIVED:
		set_first(&facts->reset_received, index);
		break;
	case EVENT_RETRANSMIT:
		if (entry->error.error == -EHOSTUNREACH)
			set_first(&facts->unroutable, index);
		break;
	case EVENT_ERROR_REPORT:
		if (entry->error.error || entry->error.error_soft)
			set_first(&facts->error_report, index);
		break;
	case EVENT_QUEUE:
	case EVENT_XMIT:
		read_transmitted(facts, entry, index);
		break;
	case EVENT_RECEIVE:
		read_received(facts, entry, index);
		break;
	case EVENT_DROP:
		read_drop(facts, entry, index);
		break;
	case EVENT_BAD_CHECKSUM:
		set_first(&facts->bad_checksum, index);
		break;
	}
}

/*
 * By the kernel's own answer; without one, by what is certain from the addresses alone. An address may come and go while the attempt runs.
 */
static bool is_target_local(const struct facts *facts)
{
	const struct attempt *attempt = facts->attempt;

	if (facts->is_target_local || address_is_unspecified(&attempt->requested)) /* connect() takes that for this host */
		return true;
	if (facts->route != NO_ENTRY && entry_at(facts, facts->route)->route.kind != ROUTE_UNKNOWN)
		return false;
	return address_is_loopback(&attempt->requested) || address_same_host(&attempt->requested, &attempt->source);
}

/* A repeat is folded into the first of its kind: what was so from the beginning has not been lost. */
static int route_lost(const struct facts *facts)
{
	const struct entry *route;

	if (facts->route == NO_ENTRY || facts->connect_enter == NO_ENTRY)
		return NO_ENTRY;
	route = entry_at(facts, facts->route);
	if (route->time_ns <= entry_at(facts, facts->connect_enter)->time_ns)
		return NO_ENTRY;
	switch (route->route.kind) {
	case ROUTE_NONE:
	case ROUTE_UNREACHABLE:
	case ROUTE_BLACKHOLE:
	case ROUTE_PROHIBIT:
	case ROUTE_NO_DEVICE:
	case ROUTE_NO_SOURCE:
		return facts->route;
	}
	return NO_ENTRY;
}

void facts_read(const struct attempt *attempt, uint64_t until_ns, struct facts *ret_facts)
{
	struct facts facts;
	bool is_closed_by_us = false;

	memset(&facts, 0xff, sizeof(facts)); /* every index becomes NO_ENTRY */
	facts.attempt = attempt;
	facts.until_ns = until_ns;
	facts.syn_count = facts.syn_repeats = facts.answer_count = 0;
	facts.has_isn = facts.is_on_loopback = facts.is_target_local = false;
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++)
		read_entry(&facts, &attempt->entries[i], i, &is_closed_by_us);
	facts.has_gap = has_gap(&facts);
	take_off_driver_drops(&facts);
	facts.is_target_local = is_target_local(&facts);
	facts.route_lost = route_lost(&facts);
	*ret_facts = facts;
}

int facts_connect_error(const struct facts *facts)
{
	int error;

	if (facts->bind != NO_ENTRY)
		return entry_at(facts, facts->bind)->app.error;
	if (facts->connect_return == NO_ENTRY)
		return 0;
	error = entry_at(facts, facts->connect_return)->app.error;
	return error == EINPROGRESS ? 0 : error;
}

bool facts_has_ended(const struct facts *facts)
{
	return facts->deadline != NO_ENTRY || facts->closed_by_kernel != NO_ENTRY || facts->abandon != NO_ENTRY ||
	       facts_connect_error(facts);
}
