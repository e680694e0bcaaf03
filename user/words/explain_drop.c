// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What was dropped, refused or turned around here, in a sentence. */
#include "user/words/explain_drop.h"

void explain_drop_name(struct sentence *s, const struct attempt *attempt,
		       const struct drop_summary *drop)
{
	const char *device = attempt_device_name(attempt, drop->ifindex);

	sentence_add(s, "%s", drop->reason[0] ? drop->reason : "no reason given");
	if (drop->function[0])
		sentence_add(s, " in %s", drop->function);
	sentence_add(s, " (%s%s%s)", drop->is_outbound ? "outbound" : "inbound", device ? ", " : "",
		     device ? device : "");
}

static void say_times(struct sentence *s, unsigned count)
{
	if (count == 2)
		sentence_add(s, " twice");
	else if (count > 2)
		sentence_add(s, " %u times", count);
}

const char *explain_answer_kind(const struct verdict *verdict)
{
	static const char *const kinds[] = {
		[ANSWER_NONE] = "answer",     [ANSWER_SYN_ACK] = "SYN-ACK", [ANSWER_RST] = "RST",
		[ANSWER_ICMP] = "ICMP error", [ANSWER_ACK] = "ACK",	    [ANSWER_SYN] = "SYN",
		[ANSWER_OTHER] = "answer",
	};

	return kinds[verdict->answer];
}

void explain_dropped_in(struct sentence *s, const struct judgement *j)
{
	bool is_answer = j->verdict->answer != ANSWER_NONE || j->verdict->drop.is_answer;

	if (is_answer)
		sentence_add(s, "the %s arrived", explain_answer_kind(j->verdict));
	else
		sentence_add(s, "the SYN reached this host, its own target, and was dropped here");
	if (is_answer && !j->verdict->drop.count) {
		sentence_add(s,
			     ", but never reached the socket; where it was dropped was not seen");
		return;
	}
	if (is_answer) {
		say_times(s, j->verdict->drop.count);
		sentence_add(s, " and was dropped here");
	}
	sentence_add(s, ": ");
	explain_drop_name(s, j->attempt, &j->verdict->drop);
}

void explain_dropped_out(struct sentence *s, const struct judgement *j)
{
	sentence_add(s, "the SYN was dropped here");
	say_times(s, j->verdict->drop.count);
	sentence_add(s, " before it could leave: ");
	explain_drop_name(s, j->attempt, &j->verdict->drop);
}

void explain_dropped_as_well(struct sentence *s, const struct judgement *j)
{
	sentence_syns(sentence_add(s, "; "), j->verdict->drop.count);
	sentence_add(s,
		     j->verdict->drop.count > 1 ? " were dropped here: " : " was dropped here: ");
	explain_drop_name(s, j->attempt, &j->verdict->drop);
}

void explain_rejected(struct sentence *s, const struct judgement *j)
{
	sentence_add(s, "this host rejected the SYN itself");
	if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, ": "), j->attempt, &j->verdict->drop);
	/* What refuses a SYN that has left by no device can only have come over loopback. */
	sentence_add(s, ", and forged the refusal, over loopback");
	if (j->verdict->app_error)
		sentence_add(s, " (%s)", error_name(j->verdict->app_error));
}

static void say_intercepted(struct sentence *s, const struct judgement *j)
{
	sentence_add(s, "the connection ends on this host: the SYN for ");
	sentence_address(s, &j->attempt->requested);
	sentence_add(s, " went to ");
	sentence_address(s, &j->attempt->wire_destination);
	sentence_add(s, " by %s", attempt_device_or(j->attempt, j->verdict->ifindex, "loopback"));
}

static void say_redirected_in_vain(struct sentence *s, const struct judgement *j)
{

	if (facts_is_sent_to_loopback(j->facts)) {
		sentence_add(s, "the SYN went to this host itself, for the socket is bound to the "
				"loopback device, or the route leads there");
		if (j->verdict->drop.count)
			explain_drop_name(sentence_add(s, "; dropped there: "), j->attempt,
					  &j->verdict->drop);
		return;
	}
	sentence_add(s, "this host redirected the SYN to itself (");
	sentence_address(s, &j->attempt->wire_destination);
	sentence_add(s, " by %s), ",
		     attempt_device_or(j->attempt, j->verdict->ifindex, "loopback"));
	if (j->facts->reset_received != NO_ENTRY)
		sentence_add(s, "where it was refused");
	else if (j->verdict->drop.count)
		explain_drop_name(sentence_add(s, "and dropped the %s there: ",
					       j->facts->drop_in != NO_ENTRY ? "answer" : "SYN"),
				  j->attempt, &j->verdict->drop);
	else
		sentence_add(s, "and %s answered there",
			     j->facts->answer_count ? "something wrong" : "nothing");
}

void explain_redirected(struct sentence *s, const struct judgement *j)
{
	if (j->verdict->status == STATUS_INTERCEPTED)
		say_intercepted(s, j);
	else
		say_redirected_in_vain(s, j);
}
