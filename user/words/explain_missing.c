// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What another witness says, against what was observed; else how many events were reported lost. */
#include "user/words/explain_missing.h"

#include "user/base/error.h"
#include "user/core/verdict/facts.h"
#include "user/core/verdict/signs.h"

/* The state that the socket was found in, and that no transition led to. */
static const char *unseen_state(const struct facts *facts)
{
	if (facts->established != NO_ENTRY)
		return "ESTABLISHED";
	return "CLOSE";
}

static void say_witness(struct sentence *s, const struct facts *facts)
{
	unsigned observed = facts->syns_observed ? facts->syns_observed - 1 : 0, counted = facts->syns_counted - 1;
	bool is_reported = facts->error_report != NO_ENTRY || facts->so_error != NO_ENTRY;

	if (facts->syns_counted > facts->syns_observed && !facts->has_unseen_state && counted)
		sentence_add(s, "the socket reports %u retransmit%s, %u %s observed", counted, counted == 1 ? "" : "s", observed,
			     observed == 1 ? "was" : "were");
	else if (facts->has_unseen_state)
		sentence_add(s, "the socket was found %s, and the transition was not observed", unseen_state(facts));
	else if (facts->has_unseen_reset)
		sentence_add(s, "the socket was refused (%s), and that it accepted the RST was not observed",
			     error_name(facts_reported_error(facts)));
	else if (facts->is_answer_dropped)
		sentence_add(s, "TCP refused an answer whose arrival was not observed");
	else
		sentence_add(s, "an error was reported (%s), and what led to it was not observed",
			     error_name(is_reported ? facts_reported_error(facts) : facts_connect_error(facts)));
}

void explain_missing(struct sentence *s, const struct judgement *j, const char *consequence)
{
	unsigned long long lost = j->attempt->lost_count + j->attempt->overflow_count; /* never came, or found no place */

	if (j->attempt->is_late) {
		sentence_add(s, "it began before watching, and what came before that is not known");
		return;
	}
	if (j->facts->missing)
		say_witness(s, j->facts);
	else
		sentence_add(s, "%llu event%s lost while it ran", lost, lost == 1 ? " was" : "s were");
	sentence_add(s, ", %s", consequence);
}
