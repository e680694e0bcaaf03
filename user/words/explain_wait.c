// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the time went that is not the network's. */
#include "user/words/explain_wait.h"

#include "user/core/verdict/waits.h"
#include "user/words/explain_drop.h"

static void say_milliseconds(struct sentence *s, uint64_t ns)
{
	sentence_add(s, "%.1f ms", (double)ns / 1e6);
}

static struct sentence *begin(struct sentence *s)
{
	return s->used ? sentence_add(s, "; ") : s;
}

static void say_device(struct sentence *s, const struct attempt *attempt, uint32_t ifindex)
{
	const char *name = attempt_device_name(attempt, ifindex);

	if (name)
		sentence_add(s, " (%s)", name);
}

/* "the first SYN was dropped here", "2 SYNs were dropped here"; is_first: none got further. */
static void say_dropped(struct sentence *s, const struct attempt *attempt,
			const struct drop_summary *drop, const char *what, bool is_first)
{
	begin(s);
	if (drop->count > 1)
		sentence_add(s, "%u %ss were", drop->count, what);
	else
		sentence_add(s, "%s %s was", is_first ? "the first" : "a", what);
	explain_drop_name(sentence_add(s, " dropped here: "), attempt, drop);
}

static struct drop_summary drop_of(const struct entry *entry, bool is_outbound)
{
	return (struct drop_summary){.reason = entry->drop.reason,
				     .function = entry->drop.function,
				     .ifindex = entry->ifindex,
				     .count = entry->count,
				     .is_outbound = is_outbound};
}

static void say_drops(struct sentence *s, const struct facts *facts, const struct waits *waits)
{
	struct drop_summary drop;
	bool is_first;

	if (waits->drop_out != NO_ENTRY) {
		is_first = !facts_has_left_before(facts, waits->drop_out);
		drop = drop_of(entry_at(facts, waits->drop_out), true);
		if (facts->is_on_loopback || facts->is_target_local)
			drop.is_outbound = waits->drop_out == facts->drop_out;
		say_dropped(s, facts->attempt, &drop, "SYN", is_first || !drop.is_outbound);
	}
	if (waits->drop_in == NO_ENTRY)
		return;
	drop = drop_of(entry_at(facts, waits->drop_in), false);
	say_dropped(s, facts->attempt, &drop,
		    entry_at(facts, waits->drop_in)->drop.flags & TCP_FLAG_RST ? "RST" : "SYN-ACK",
		    true);
}

static void say_neighbour(struct sentence *s, const struct facts *facts, const struct waits *waits)
{
	const struct entry *neighbour =
		waits->neighbour == NO_ENTRY ? NULL : entry_at(facts, waits->neighbour);
	struct address address;

	if (!neighbour || waits->neighbour_ns < WAITS_TOLD_NS)
		return;
	address = address_make(neighbour->neighbour.family, neighbour->neighbour.address, 0);
	say_milliseconds(sentence_add(begin(s), "waited "), waits->neighbour_ns);
	sentence_address(sentence_add(s, " for the neighbour "), &address);
	say_device(s, facts->attempt, neighbour->ifindex);
}

static void say_queue(struct sentence *s, const struct facts *facts, const struct waits *waits)
{
	if (waits->queue_ns < WAITS_TOLD_NS)
		return;
	say_milliseconds(
		sentence_add(begin(s), "waited %s", waits->is_queue_longer ? "more than " : ""),
		waits->queue_ns);
	say_device(sentence_add(s, " in this host's own queue"), facts->attempt,
		   waits->queue_ifindex);
}

/* What no hook explains further is said as far as it is known. */
static void say_rest(struct sentence *s, uint64_t ns, const char *where)
{
	if (ns < WAITS_TOLD_NS)
		return;
	say_milliseconds(sentence_add(begin(s), "waited "), ns);
	sentence_add(s, " on this host, %s", where);
}

static bool is_answered(const struct verdict *verdict)
{
	switch (verdict->status) {
	case STATUS_OPEN:
	case STATUS_CLOSED:
	case STATUS_INTERCEPTED:
		return true;
	case STATUS_FILTERED:
	case STATUS_UNREACHABLE:
		return verdict->answer == ANSWER_ICMP;
	case STATUS_BLOCKED:
	case STATUS_SELF_CONNECT:
	case STATUS_INVALID:
	case STATUS_UNPROVEN:
	case STATUS_ABORTED:
	case STATUS_INCOMPLETE:
	case STATUS_COUNT:
		break;
	}
	return false;
}

static int answered_syn(const struct judgement *j)
{
	for (unsigned i = 0;
	     j->verdict->rtt_ns != TIME_UNKNOWN_NS && i < j->verdict->evidence_count; i++)
		for (unsigned k = 0; k < j->facts->syn_count && k < FACTS_MAX_SYNS; k++)
			if (j->facts->syns[k] == j->verdict->evidence[i])
				return j->facts->syns[k];
	return NO_ENTRY;
}

char *explain_wait(const struct judgement *j, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	struct waits waits;

	if (!is_answered(j->verdict))
		return NULL;
	waits_read(j->facts, answered_syn(j), &waits);
	say_drops(&s, j->facts, &waits);
	/* With events lost the first one seen may not have been the first. */
	if (j->verdict->is_complete) {
		say_neighbour(&s, j->facts, &waits);
		say_rest(&s, waits.call_ns, "within connect()");
		say_rest(&s, waits.stack_ns, "between the socket and the device");
		say_queue(&s, j->facts, &waits);
		say_rest(&s, waits.inbound_ns, "between the device and the socket");
	}
	return s.used ? text : NULL;
}

void explain_waits(struct sentence *s, const struct judgement *j)
{
	char text[EXPLAIN_MAX];

	if (!explain_wait(j, text))
		return;
	sentence_add(s, "; %s", text);
	if (j->verdict->app_ns != TIME_UNKNOWN_NS)
		say_milliseconds(sentence_add(s, "; the application waited "), j->verdict->app_ns);
}
