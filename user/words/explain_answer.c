// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose answer it was, by which way it came, and what became of it. */
#include "user/words/explain_answer.h"

#include <string.h>

#include "user/base/error.h"
#include "user/core/verdict/facts.h"
#include "user/core/verdict/signs.h"
#include "user/words/explain_drop.h"

/* Where no socket is, TCP answers with a RST (RFC 9293, section 3.10.7.1), but for a RST. */
static void say_end(struct sentence *s, const struct judgement *j)
{
	if (!j->verdict->drop.count)
		return;
	if (!strcmp(j->verdict->drop.reason, "NO_SOCKET") && j->verdict->answer == ANSWER_SYN_ACK)
		sentence_add(s, "; this host reset it");
	else
		explain_drop_name(sentence_add(s, "; it was dropped here: "), j->attempt, &j->verdict->drop);
}

void explain_from_elsewhere(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = j->verdict->answer_entry == NO_ENTRY ? NULL : &j->attempt->entries[j->verdict->answer_entry];
	const struct address *sender = answer ? attempt_sender(j->attempt, answer->tcp.sender) : NULL;
	bool is_other_receiver = sender == &j->attempt->wire_destination;

	sentence_add(s, "a %s for our SYN came", j->verdict->answer == ANSWER_RST ? "RST" : "SYN-ACK");
	if (!sender)
		sentence_add(s, " from another address than ");
	else if (is_other_receiver)
		sentence_add(s, " from the target, but to another address than the SYN's: NAT that does not know the connection");
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

void explain_syn_returned(struct sentence *s, const struct judgement *j)
{
	const char *device;

	device = j->facts->returned == NO_ENTRY ? NULL : attempt_device_name(j->attempt, j->attempt->entries[j->facts->returned].ifindex);
	sentence_add(s, "our own SYN was sent back to this host");
	if (device)
		sentence_add(s, " (%s)", device);
	sentence_add(s, " with our own address as its sender, and ");
	if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, "dropped here: "), j->attempt, &j->verdict->drop);
	else
		sentence_add(s, "answered here, for a connection that no socket has");
}

void explain_other_device(struct sentence *s, const struct judgement *j)
{
	const char *came = attempt_device_name(j->attempt, j->verdict->drop.ifindex),
		   *bound = attempt_device_name(j->attempt, j->attempt->bound_ifindex);

	sentence_add(s, "the %s came in by %s, but the socket is bound to %s, and hears nothing of it",
		     j->verdict->answer == ANSWER_RST ? "RST" : "SYN-ACK", came ? came : "another device", bound ? bound : "another one");
}

void explain_damaged(struct sentence *s, const struct judgement *j, const char *what)
{
	sentence_add(s, "an %s came %s and was thrown away", j->verdict->answer == ANSWER_ICMP ? "ICMP error" : "answer", what);
	if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, ": "), j->attempt, &j->verdict->drop);
}

void explain_unexplained_error(struct sentence *s, const struct judgement *j)
{
	const char *error;

	error = error_name(facts_reported_error(j->facts));
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " left, and the socket was closed with %s, ", error ? error : "an error");
	if (j->facts->connect_enter != NO_ENTRY && j->facts->closed_by_kernel != NO_ENTRY)
		sentence_add(sentence_seconds(s, j->attempt->entries[j->facts->closed_by_kernel].time_ns -
							 j->attempt->entries[j->facts->connect_enter].time_ns),
			     " after connect(), ");
	sentence_add(s, "which nothing that was seen explains");
}
