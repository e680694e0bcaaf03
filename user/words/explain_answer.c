// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What came: that it is the answer, or why it is none. */
#include "user/words/explain_answer.h"

#include <string.h>
#include <sys/socket.h>

#include "user/words/explain_absence.h"
#include "user/words/explain_drop.h"

/* What is proven is plain; what is not is said first. */
void explain_open(struct sentence *s, const struct judgement *j)
{
	if (j->verdict->rtt_candidate_count == 1)
		sentence_add(s, "open, but so late an answer may be the server's own repeat of a "
				"lost one: the time is an upper bound");
	else if (j->verdict->rtt_candidate_count)
		sentence_add(s,
			     "open after %u SYNs, and nothing tells which of them was answered: "
			     "the times are upper bounds",
			     j->verdict->syn_sent);
	else
		sentence_add(s, "a SYN-ACK acknowledging our SYN came in and the socket became "
				"ESTABLISHED");
	if (j->verdict->syn_sent > 1 && !j->verdict->rtt_candidate_count)
		sentence_add(s, "; %u SYNs", j->verdict->syn_sent);
	if (j->verdict->syn_sent > 1 && !j->verdict->rtt_candidate_count &&
	    j->verdict->syn_unanswered)
		sentence_add(s, ", %u unanswered", j->verdict->syn_unanswered);
	if (!j->verdict->is_complete)
		explain_missing(sentence_add(s, "; "), j, "so counts and times are left out");
}

void explain_simultaneous(struct sentence *s, const struct judgement *j)
{
	(void)j;
	sentence_add(s, "the other end connected at the same time; it acknowledged our SYN, and "
			"the socket became ESTABLISHED");
}

void explain_self_connect(struct sentence *s, const struct judgement *j)
{
	sentence_add(s, "the socket connected to itself: source and destination are both ");
	sentence_address(s, &j->attempt->wire_destination);
	sentence_add(s, ", so no server is proven");
}

void explain_closed(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);

	sentence_add(s, "a RST answering our SYN came in");
	if (answer && attempt_device_name(j->attempt, answer->ifindex))
		sentence_add(s, " on %s", attempt_device_name(j->attempt, answer->ifindex));
	sentence_add(s, ": nothing listens there, or a firewall answers for it");
}

void explain_icmp(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);
	const struct icmp_meaning *meaning =
		icmp_meaning(j->attempt->requested.family, answer->icmp.type, answer->icmp.code);

	sentence_address(s, &j->verdict->answer_from);
	sentence_add(s, " says: %s (ICMP%s %u/%u)", meaning ? meaning->words : "an error",
		     j->attempt->requested.family == AF_INET ? "" : "v6", answer->icmp.type,
		     answer->icmp.code);
	if (j->verdict->drop.count && !j->verdict->drop.is_outbound)
		explain_drop_name(sentence_add(s, "; it was dropped here: "), j->attempt,
				  &j->verdict->drop);
}

/* Where no socket is, TCP answers with a RST (RFC 9293, section 3.10.7.1), but for a RST. */
static void say_end(struct sentence *s, const struct judgement *j)
{
	if (!j->verdict->drop.count)
		return;
	if (!strcmp(j->verdict->drop.reason, "NO_SOCKET") && j->verdict->answer == ANSWER_SYN_ACK)
		sentence_add(s, "; this host reset it");
	else
		explain_drop_name(sentence_add(s, "; it was dropped here: "), j->attempt,
				  &j->verdict->drop);
}

void explain_from_elsewhere(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = j->verdict->answer_entry == NO_ENTRY
					     ? NULL
					     : &j->attempt->entries[j->verdict->answer_entry];
	const struct address *sender =
		answer ? attempt_sender(j->attempt, answer->tcp.sender) : NULL;
	bool is_other_receiver = sender == &j->attempt->wire_destination;

	sentence_add(s, "a %s for our SYN came",
		     j->verdict->answer == ANSWER_RST ? "RST" : "SYN-ACK");
	if (!sender)
		sentence_add(s, " from another address than ");
	else if (is_other_receiver)
		sentence_add(s, " from the target, but to another address than the SYN's: NAT that "
				"does not know the connection");
	else
		sentence_address(sentence_add(s, " from "), sender);
	if (sender && !is_other_receiver)
		sentence_add(s, " instead of ");
	if (!is_other_receiver) {
		sentence_address(s, &j->attempt->wire_destination);
		sentence_add(s, ": NAT without masquerade, or an answer that bypasses the NAT");
	}
	say_end(s, j);
}

void explain_other_device(struct sentence *s, const struct judgement *j)
{
	const char *came = attempt_device_name(j->attempt, j->verdict->drop.ifindex),
		   *bound = attempt_device_name(j->attempt, j->attempt->bound_ifindex);

	sentence_add(s,
		     "the %s came in by %s, but the socket is bound to %s, and hears nothing of it",
		     j->verdict->answer == ANSWER_RST ? "RST" : "SYN-ACK",
		     came ? came : "another device", bound ? bound : "another one");
}

void explain_syn_returned(struct sentence *s, const struct judgement *j)
{
	const char *device;

	device = j->facts->returned == NO_ENTRY
			 ? NULL
			 : attempt_device_name(j->attempt,
					       j->attempt->entries[j->facts->returned].ifindex);
	sentence_add(s, "our own SYN was sent back to this host");
	if (device)
		sentence_add(s, " (%s)", device);
	sentence_add(s, " with our own address as its sender, and ");
	if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, "dropped here: "), j->attempt, &j->verdict->drop);
	else
		sentence_add(s, "answered here, for a connection that no socket has");
}

static void say_damaged(struct sentence *s, const struct judgement *j, const char *what)
{
	sentence_add(s, "an %s came %s and was dropped",
		     j->verdict->answer == ANSWER_ICMP ? "ICMP error" : "answer", what);
	if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, ": "), j->attempt, &j->verdict->drop);
}

void explain_bad_checksum(struct sentence *s, const struct judgement *j)
{
	say_damaged(s, j, "with a bad checksum");
}

void explain_unreadable(struct sentence *s, const struct judgement *j)
{
	say_damaged(s, j,
		    "that cannot be read: its header is cut short, in fragments, or lies about a "
		    "length,");
}

void explain_martian_source(struct sentence *s, const struct judgement *j)
{
	sentence_add(s, "an %s came from ",
		     j->verdict->answer == ANSWER_ICMP ? "ICMP error" : "answer");
	if (address_is_set(&j->verdict->answer_from))
		sentence_host(s, &j->verdict->answer_from);
	else
		sentence_add(s, "an address");
	sentence_add(s, ", which no other host can have (a martian source), and was dropped");
	if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, ": "), j->attempt, &j->verdict->drop);
}

void explain_wrong_ack(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);

	sentence_add(s, "an answer (%s) came, but acknowledges %u", explain_answer_kind(j->verdict),
		     answer->tcp.ack);
	if (j->facts->has_isn)
		sentence_add(s, " instead of %u", j->facts->isn + 1);
	if (j->verdict->drop.count && !facts_is_refused_by_tcp(j->facts, j->facts->drop_in))
		explain_drop_name(sentence_add(s, ", and was dropped here before TCP saw it: "),
				  j->attempt, &j->verdict->drop);
	else
		sentence_add(s, ", so the kernel refused it");
}

/* what: a clause; the drop follows it, if there was one. */
static void say_invalid(struct sentence *s, const struct judgement *j, const char *what)
{
	sentence_add(s, "%s", what);
	if (!j->verdict->drop.count)
		return;
	sentence_add(s, ": ");
	explain_drop_name(s, j->attempt, &j->verdict->drop);
}

void explain_blind_reset(struct sentence *s, const struct judgement *j)
{
	say_invalid(s, j, "a RST came that acknowledges nothing, so the kernel ignored it");
}

void explain_unexpected_flags(struct sentence *s, const struct judgement *j)
{
	say_invalid(s, j, "a segment came that is no answer to a SYN");
}

void explain_wrong_timestamp(struct sentence *s, const struct judgement *j)
{
	say_invalid(s, j,
		    "a SYN-ACK came that echoes a timestamp which none of our SYNs had, so the "
		    "kernel refused it");
}

void explain_malformed(struct sentence *s, const struct judgement *j)
{
	say_invalid(s, j, "an answer came that TCP itself refused");
}
