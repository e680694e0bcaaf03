// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose answer it was, by which way it came, and what became of it. */
#include "user/words/explain_answer.h"

#include <string.h>

#include "user/base/error.h"
#include "user/core/verdict/facts.h"
#include "user/core/verdict/signs.h"
#include "user/words/explain_drop.h"

/* Where no socket is, TCP answers with a RST (RFC 9293, section 3.10.7.1), but for a RST. */
static void say_end(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	if (!verdict->drop.count)
		return;
	if (!strcmp(verdict->drop.reason, "NO_SOCKET") && verdict->answer == ANSWER_SYN_ACK)
		sentence_add(s, "; this host reset it");
	else
		explain_drop_name(sentence_add(s, "; it was dropped here: "), attempt, &verdict->drop);
}

void explain_from_elsewhere(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	const struct entry *answer = verdict->answer_entry == NO_ENTRY ? NULL : &attempt->entries[verdict->answer_entry];
	const struct address *sender = answer ? attempt_sender(attempt, answer->tcp.sender) : NULL;
	bool is_other_receiver = sender == &attempt->wire_destination;

	sentence_add(s, "a %s for our SYN came", verdict->answer == ANSWER_RST ? "RST" : "SYN-ACK");
	if (!sender)
		sentence_add(s, " from another address than ");
	else if (is_other_receiver)
		sentence_add(s, " from the target, but to another address than the SYN's: NAT that does not know the connection");
	else
		sentence_address(sentence_add(s, " from "), sender);
	if (sender && !is_other_receiver)
		sentence_add(s, " instead of ");
	if (!is_other_receiver) {
		sentence_address(s, &attempt->wire_destination);
		sentence_add(s, ": NAT without masquerade, or an answer that bypasses the NAT");
	}
	say_end(s, attempt, verdict);
}

void explain_syn_returned(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	const char *device;
	struct facts facts;

	facts_read(attempt, verdict->time_ns, &facts);
	device = facts.returned == NO_ENTRY ? NULL : attempt_device_name(attempt, attempt->entries[facts.returned].ifindex);
	sentence_add(s, "our own SYN was sent back to this host");
	if (device)
		sentence_add(s, " (%s)", device);
	sentence_add(s, " with our own address as its sender, and ");
	if (verdict->drop.count)
		explain_drop_name(sentence_add(s, "dropped here: "), attempt, &verdict->drop);
	else
		sentence_add(s, "answered here, for a connection that no socket has");
}

void explain_other_device(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	const char *came = attempt_device_name(attempt, verdict->drop.ifindex),
		   *bound = attempt_device_name(attempt, attempt->bound_ifindex);

	sentence_add(s, "the %s came in by %s, but the socket is bound to %s, and hears nothing of it",
		     verdict->answer == ANSWER_RST ? "RST" : "SYN-ACK", came ? came : "another device", bound ? bound : "another one");
}

void explain_damaged(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict, const char *what)
{
	sentence_add(s, "an %s came %s and was thrown away", verdict->answer == ANSWER_ICMP ? "ICMP error" : "answer", what);
	if (verdict->drop.count)
		explain_drop_name(sentence_add(s, ": "), attempt, &verdict->drop);
}

void explain_unexplained_error(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	const char *error;
	struct facts facts;

	facts_read(attempt, verdict->time_ns, &facts);
	error = error_name(facts_reported_error(&facts));
	sentence_syns(s, verdict->syn_sent);
	sentence_add(s, " left, and the socket was closed with %s, ", error ? error : "an error");
	if (facts.connect_enter != NO_ENTRY && facts.closed_by_kernel != NO_ENTRY)
		sentence_add(sentence_seconds(s, attempt->entries[facts.closed_by_kernel].time_ns -
							 attempt->entries[facts.connect_enter].time_ns),
			     " after connect(), ");
	sentence_add(s, "which nothing that was seen explains");
}
