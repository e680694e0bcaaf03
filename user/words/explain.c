// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One sentence a verdict, from the entries it cites. A sentence never says more than its rule has proven. */
#include "user/words/explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/core/verdict/facts.h"
#include "user/core/verdict/icmp.h"
#include "user/core/verdict/signs.h"
#include "user/words/explain_answer.h"
#include "user/words/explain_drop.h"
#include "user/words/explain_local.h"
#include "user/words/explain_missing.h"
#include "user/words/explain_notes.h"
#include "user/words/explain_wait.h"
#include "user/words/sentence.h"
#include "user/words/vocabulary.h"

/* What is proven is plain; what is not is said first. */
static void say_open(struct sentence *s, const struct judgement *j)
{
	if (j->verdict->rtt_candidate_count == 1)
		sentence_add(s, "open, but so late an answer may be the server's own repeat of a lost one: the time is an upper bound");
	else if (j->verdict->rtt_candidate_count)
		sentence_add(s, "open after %u SYNs, and nothing tells which of them was answered: the times are upper bounds",
			     j->verdict->syn_sent);
	else
		sentence_add(s, "a SYN-ACK acknowledging our SYN came in and the socket became ESTABLISHED");
	if (j->verdict->syn_sent > 1 && !j->verdict->rtt_candidate_count)
		sentence_add(s, "; %u SYNs", j->verdict->syn_sent);
	if (j->verdict->syn_sent > 1 && !j->verdict->rtt_candidate_count && j->verdict->syn_unanswered)
		sentence_add(s, ", %u unanswered", j->verdict->syn_unanswered);
	if (!j->verdict->is_complete)
		explain_missing(sentence_add(s, "; "), j, "so counts and times are left out");
}

/* By what the socket itself remembered when it was found, and by what was seen since. */
static void say_late(struct sentence *s, const struct judgement *j)
{
	const struct entry *late;
	unsigned sent;

	late = facts_late_info(j->facts);
	if (!late || j->facts->connect_enter == NO_ENTRY) {
		sentence_add(s, "it began before watching: it was connecting already when the watch began, so what it has sent and was "
				"told is not known");
		return;
	}
	sentence_add(s, "it began before watching");
	if (late->time_ns > entry_at(j->facts, j->facts->connect_enter)->time_ns)
		sentence_seconds(sentence_add(s, ", "), late->time_ns - entry_at(j->facts, j->facts->connect_enter)->time_ns);
	sent = j->facts->syn_count + j->facts->syn_repeats;
	sentence_add(s, ": %u SYN%s had been sent by then; since then ", 1 + late->info.retransmits, late->info.retransmits ? "s" : "");
	sentence_syns(s, sent);
	sentence_add(s, " left and %s", j->facts->answer_count ? "something came back" : "nothing came back");
}

static void say_closed(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);

	sentence_add(s, "a RST answering our SYN came in");
	if (answer && attempt_device_name(j->attempt, answer->ifindex))
		sentence_add(s, " on %s", attempt_device_name(j->attempt, answer->ifindex));
	sentence_add(s, ": nobody listens there, or a firewall answers for it");
}

static bool has_received(const struct attempt *attempt)
{
	for (int i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == EVENT_RECEIVE)
			return true;
	return false;
}

/* The way was lost for a while: part of the silence is this host's own. */
static void say_unroutable(struct sentence *s, const struct attempt *attempt)
{
	unsigned count = 0;

	for (int i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == EVENT_RETRANSMIT && attempt->entries[i].error.error == -EHOSTUNREACH)
			count += attempt->entries[i].count;
	if (count)
		sentence_syns(sentence_add(s, "; meanwhile "), count);
	if (count)
		sentence_add(s, " could not be sent for want of a route");
}

static void say_silence(struct sentence *s, const struct judgement *j)
{
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " left %s, nothing %scame back in ", attempt_device_or(j->attempt, j->verdict->ifindex, "this host"),
		     has_received(j->attempt) ? "that answers it " : "");
	sentence_seconds(s, j->verdict->watched_ns);
	say_unroutable(s, j->attempt);
	if (j->verdict->drop.count)
		explain_dropped_as_well(s, j);
}

static void say_icmp(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);
	const struct icmp_meaning *meaning = icmp_meaning(j->attempt->requested.family, answer->icmp.type, answer->icmp.code);

	sentence_address(s, &j->verdict->answer_from);
	sentence_add(s, " says: %s (ICMP%s %u/%u)", meaning ? meaning->words : "an error", j->attempt->requested.family == 2 ? "" : "v6",
		     answer->icmp.type, answer->icmp.code);
}

static const struct entry *last_of(const struct attempt *attempt, enum event_kind kind)
{
	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == kind)
			return &attempt->entries[i];
	return NULL;
}

/* No more than is proven: not even the family of an address that is not known. */
static void say_neighbour(struct sentence *s, const struct judgement *j, const char *what)
{
	const struct entry *neighbour;
	struct address address;
	const char *device;

	neighbour = facts_silent_neighbour(j->facts) == NO_ENTRY ? NULL : entry_at(j->facts, facts_silent_neighbour(j->facts));
	device = attempt_device_name(j->attempt, neighbour ? neighbour->ifindex : j->verdict->drop.ifindex);
	if (neighbour) {
		address = address_make(neighbour->neighbour.family, neighbour->neighbour.address, 0);
		sentence_add(s, "%s for the next hop ", address.family == 2 ? "ARP" : "neighbour discovery");
		sentence_address(s, &address);
	} else {
		sentence_add(s, "%s for the next hop", j->attempt->requested.family == 2 ? "ARP" : "neighbour discovery");
	}
	if (device)
		sentence_add(s, " on %s", device);
	sentence_add(s, " %s", what);
	if (!j->verdict->syn_sent)
		sentence_add(s, "; no SYN has left this host");
}

/* Its queue had it, and nothing was dropped: there it is. Else the kernel's own word that it has it is all there may be. */
static void say_not_sent(struct sentence *s, const struct judgement *j)
{
	const struct entry *repeat = last_of(j->attempt, EVENT_RETRANSMIT);

	if (j->facts->first_queued != NO_ENTRY) {
		sentence_seconds(sentence_add(s, "the SYN has waited "),
				 j->facts->until_ns - entry_at(j->facts, j->facts->first_queued)->time_ns);
		sentence_add(s, " in this host's own queue (%s)",
			     attempt_device_or(j->attempt, entry_at(j->facts, j->facts->first_queued)->ifindex, "its device is not known"));
		return;
	}
	sentence_add(s, "no SYN has left this host, and nothing tells where it stays");
	if (repeat && repeat->error.error == -EBUSY)
		sentence_add(s, ": the kernel still has it (EBUSY), but no device's queue does");
}

static void say_aborted(struct sentence *s, const struct attempt *attempt)
{
	const struct entry *report = last_of(attempt, EVENT_ERROR_REPORT);
	const char *error = report ? error_name(report->error.error) : NULL;

	sentence_add(s, "somebody on this host aborted the attempt (%s)", error ? error : "ECONNABORTED");
}

static void say_half(struct sentence *s, const struct attempt *attempt)
{
	if (!attempt->is_admitted)
		sentence_add(s, "the kernel side reported nothing about this connection attempt");
	else
		sentence_add(s, "the evidence fits no rule; -v shows what was seen");
}

static void say(struct sentence *s, const struct judgement *j)
{
	switch (j->verdict->reason) {
	case REASON_SYN_ACK:
		say_open(s, j);
		return;
	case REASON_SIMULTANEOUS_OPEN:
		sentence_add(s, "the other end connected at the same time; it acknowledged our SYN, and the socket became ESTABLISHED");
		return;
	case REASON_RESET:
		say_closed(s, j);
		return;
	case REASON_NO_REPLY:
		say_silence(s, j);
		return;
	case REASON_ICMP_PORT_UNREACHABLE:
	case REASON_ICMP_PROTOCOL_UNREACHABLE:
	case REASON_ICMP_NET_PROHIBITED:
	case REASON_ICMP_HOST_PROHIBITED:
	case REASON_ICMP_ADMIN_PROHIBITED:
	case REASON_ICMP_POLICY_FAILED:
	case REASON_ICMP_REJECT_ROUTE:
	case REASON_ICMP_NET_UNREACHABLE:
	case REASON_ICMP_HOST_UNREACHABLE:
	case REASON_ICMP_SOURCE_ROUTE_FAILED:
	case REASON_ICMP_NET_UNKNOWN:
	case REASON_ICMP_HOST_UNKNOWN:
	case REASON_ICMP_NET_TOS:
	case REASON_ICMP_HOST_TOS:
	case REASON_ICMP_BEYOND_SCOPE:
	case REASON_ICMP_OTHER:
	case REASON_TTL_EXCEEDED:
		say_icmp(s, j);
		return;
	case REASON_NEIGHBOUR_FAILED:
		say_neighbour(s, j, "failed");
		return;
	case REASON_NEIGHBOUR_UNRESOLVED:
		say_neighbour(s, j, "has no answer yet");
		return;
	case REASON_NO_ROUTE:
	case REASON_ROUTE_UNREACHABLE:
	case REASON_ROUTE_BLACKHOLE:
	case REASON_ROUTE_PROHIBIT:
	case REASON_BAD_DESTINATION:
	case REASON_POLICY:
	case REASON_CONNECT_FAILED:
	case REASON_NO_SOURCE_PORT:
	case REASON_NO_SOURCE_ADDRESS:
	case REASON_NO_DEVICE:
	case REASON_CARRIER_DOWN:
	case REASON_INTERRUPTED:
		explain_local(s, j);
		return;
	case REASON_DROPPED_OUT:
		explain_dropped_out(s, j);
		return;
	case REASON_DROPPED_IN:
	case REASON_RP_FILTER:
		explain_dropped_in(s, j);
		return;
	case REASON_REJECTED_LOCALLY:
		explain_rejected(s, j);
		return;
	case REASON_NOT_SENT:
		say_not_sent(s, j);
		return;
	case REASON_REDIRECTED_LOCAL:
		if (j->verdict->status == STATUS_INTERCEPTED)
			explain_intercepted(s, j);
		else
			explain_redirected_in_vain(s, j);
		return;
	case REASON_SELF_CONNECT:
		sentence_add(s, "the socket connected to itself: source and destination are both ");
		sentence_address(s, &j->attempt->wire_destination);
		sentence_add(s, ", so no server is proven");
		return;
	case REASON_WRONG_ACK:
		explain_wrong_ack(s, j);
		return;
	case REASON_FROM_ELSEWHERE:
		explain_from_elsewhere(s, j);
		return;
	case REASON_OTHER_DEVICE:
		explain_other_device(s, j);
		return;
	case REASON_SYN_RETURNED:
		explain_syn_returned(s, j);
		return;
	case REASON_BAD_CHECKSUM:
		explain_damaged(s, j, "with a bad checksum");
		return;
	case REASON_UNREADABLE:
		explain_damaged(s, j, "that cannot be read: its header is cut short, in fragments, or lies about a length,");
		return;
	case REASON_BLIND_RESET:
		explain_invalid(s, j, "a RST came that acknowledges nothing, so the kernel ignored it");
		return;
	case REASON_UNEXPECTED_FLAGS:
		explain_invalid(s, j, "a segment came that is no answer to a SYN");
		return;
	case REASON_WRONG_TIMESTAMP:
		explain_invalid(s, j, "a SYN-ACK came that echoes a timestamp which none of our SYNs had, so the kernel refused it");
		return;
	case REASON_MALFORMED:
		explain_invalid(s, j, "an answer came that TCP itself refused");
		return;
	case REASON_CLOSED_EARLY:
	case REASON_DEFERRED_FASTOPEN:
		explain_local(s, j);
		return;
	case REASON_ABORTED:
		say_aborted(s, j->attempt);
		return;
	case REASON_ATTACHED_LATE:
		say_late(s, j);
		return;
	case REASON_EVENTS_LOST:
		explain_missing(s, j, "so absence proves nothing");
		return;
	case REASON_UNEXPLAINED_ERROR:
		explain_unexplained_error(s, j);
		return;
	case REASON_HOOK_MISSING:
		say_half(s, j->attempt);
		return;
	case REASON_COUNT:
		break;
	}
	sentence_add(s, "%s", reason_name(j->verdict->reason));
}

char *explain_verdict(const struct judgement *j, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	say(&s, j);
	explain_waits(&s, j);
	explain_notes(&s, j);
	return text;
}

/* Nothing has left, been queued or dropped. */
static void say_waiting_for(struct sentence *s, const struct facts *facts)
{
	const struct attempt *attempt = facts->attempt;
	const struct entry *route = facts->route == NO_ENTRY ? NULL : entry_at(facts, facts->route);
	struct address hop = {0};

	sentence_add(s, "no SYN has left yet");
	if (facts->waits_for != NO_ENTRY) {
		hop = address_make(entry_at(facts, facts->waits_for)->neighbour.family,
				   entry_at(facts, facts->waits_for)->neighbour.address, 0);
		sentence_address(sentence_add(s, ", waiting for the neighbour "), &hop);
		return;
	}
	if (route)
		hop = address_make(route->route.family, route->route.gateway, 0);
	if (!address_is_set(&hop))
		hop = address_is_set(&attempt->destination) ? attempt->destination : attempt->requested;
	hop.port = 0;
	sentence_address(sentence_add(s, ", next hop "), &hop);
}

char *explain_waiting(const struct facts *facts, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	if (facts->drop_in != NO_ENTRY) {
		sentence_add(&s, "an answer arrived and was dropped here");
	} else if (facts->syn_count) {
		sentence_syns(&s, facts->syn_count + facts->syn_repeats);
		sentence_add(&s, " sent, %s", facts->answer_count ? "no valid answer yet" : "no answer yet");
	} else if (facts->drop_out != NO_ENTRY) {
		sentence_add(&s, "the SYN was dropped here, trying again");
	} else if (facts->first_queued != NO_ENTRY) {
		sentence_add(&s, "the SYN waits in a queue");
	} else {
		say_waiting_for(&s, facts);
	}
	return text;
}
