// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One sentence a verdict, and a hint. A sentence never says more than its rule has proven. */
#include "user/words/explain.h"

#include <string.h>

#include "user/words/reasons.h"

char *explain_verdict(const struct judgement *j, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	reason_rows[j->verdict->reason].sentence(&s, j);
	explain_waits(&s, j);
	explain_notes(&s, j);
	return text;
}

/* The rules, routes and devices of another namespace are not those that a command shows here. */
static void say_netns(struct sentence *s, const char *netns)
{
	if (strchr(netns, '/'))
		sentence_add(s, " (there: nsenter --net=%s)", netns);
	else if (!netns[strspn(netns, "0123456789")])
		sentence_add(s, " (there: nsenter --net -t %s)", netns);
	else
		sentence_add(s, " (there: ip netns exec %s)", netns);
}

char *explain_hint(const struct judgement *j, const struct origin_facts *from, char *text)
{
	const struct reason_row *row = &reason_rows[j->verdict->reason];
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	size_t prefix;

	/* Of a SYN that was redirected it was this host itself that answered. */
	if (j->verdict->status == STATUS_BLOCKED && !verdict_has(j->verdict, VERDICT_ENDS_HERE) &&
	    j->verdict->answer == ANSWER_SYN_ACK && j->verdict->drop.count)
		sentence_add(&s, "the server is open; ");
	prefix = s.used;
	if (!hint_drop(&s, j) && row->hint)
		row->hint(&s, &(struct advice){j, from, row->next});
	if (s.used == prefix) { /* nothing follows the server's being open */
		text[prefix ? prefix - 2 : 0] = '\0';
		return prefix ? text : NULL;
	}
	if (from && from->netns)
		say_netns(&s, from->netns);
	return text;
}

/* Nothing has left, been queued or dropped. */
static void say_waiting_for(struct sentence *s, const struct facts *facts)
{
	const struct attempt *attempt = facts->attempt;
	struct address hop = {0};

	sentence_add(s, "no SYN has left yet");
	if (facts->waits_for != NO_ENTRY) {
		hop = address_make(entry_at(facts, facts->waits_for)->neighbour.family,
				   entry_at(facts, facts->waits_for)->neighbour.address, 0);
		sentence_address(sentence_add(s, ", waiting for the neighbour "), &hop);
		return;
	}
	if (facts->route != NO_ENTRY)
		hop = address_make(entry_at(facts, facts->route)->route.family,
				   entry_at(facts, facts->route)->route.gateway, 0);
	if (!address_is_set(&hop))
		hop = address_is_set(&attempt->destination) ? attempt->destination
							    : attempt->requested;
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
		sentence_add(&s, " sent, %s",
			     facts->answer_count ? "no valid answer yet" : "no answer yet");
	} else if (facts->drop_out != NO_ENTRY) {
		sentence_add(&s, "the SYN was dropped here, trying again");
	} else if (facts->first_queued != NO_ENTRY) {
		sentence_add(&s, "the SYN waits in a queue");
	} else {
		say_waiting_for(&s, facts);
	}
	return text;
}
