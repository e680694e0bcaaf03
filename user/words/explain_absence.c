// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What did not come, and what was not seen. */
#include "user/words/explain_absence.h"

#include <errno.h>

#include "user/words/explain_drop.h"

/* The state that the socket was found in, and that no transition led to. */
static const char *unseen_state(const struct facts *facts)
{
	if (facts->established != NO_ENTRY)
		return "ESTABLISHED";
	return "CLOSE";
}

static void say_witness(struct sentence *s, const struct facts *facts)
{
	unsigned observed = facts->syns_observed ? facts->syns_observed - 1 : 0,
		 counted = facts->syns_counted - 1;
	bool is_reported = facts->error_report != NO_ENTRY || facts->so_error != NO_ENTRY;

	if (facts->syns_counted > facts->syns_observed && !facts->has_unseen_state && counted)
		sentence_add(s, "the socket reports %u retransmit%s, %u %s observed", counted,
			     counted == 1 ? "" : "s", observed, observed == 1 ? "was" : "were");
	else if (facts->has_unseen_state)
		sentence_add(s, "the socket was found %s, and the transition was not observed",
			     unseen_state(facts));
	else if (facts->has_unseen_reset)
		sentence_add(s,
			     "the socket was refused (%s), and that it accepted the RST was not "
			     "observed",
			     error_name(facts_reported_error(facts)));
	else if (facts->has_unseen_segment)
		sentence_add(s, "a segment reached the socket, and its arrival was not observed");
	else if (facts->is_answer_dropped)
		sentence_add(s, "TCP refused an answer whose arrival was not observed");
	else
		sentence_add(s, "an error was reported (%s), and what led to it was not observed",
			     error_name(is_reported ? facts_reported_error(facts)
						    : facts_connect_error(facts)));
}

void explain_missing(struct sentence *s, const struct judgement *j, const char *consequence)
{
	/* never came, or found no place */
	unsigned long long lost = j->attempt->lost_count + j->attempt->overflow_count;

	if (j->attempt->is_late) {
		sentence_add(s, "it began before watching, and what came before that is not known");
		return;
	}
	if (j->facts->missing)
		say_witness(s, j->facts);
	else
		sentence_add(s, "%llu event%s lost while it ran", lost,
			     lost == 1 ? " was" : "s were");
	sentence_add(s, ", %s", consequence);
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
		if (attempt->entries[i].kind == EVENT_RETRANSMIT &&
		    attempt->entries[i].error.error == -EHOSTUNREACH)
			count += attempt->entries[i].count;
	if (count)
		sentence_syns(sentence_add(s, "; meanwhile "), count);
	if (count)
		sentence_add(s, " could not be sent for want of a route");
}

void explain_silence(struct sentence *s, const struct judgement *j)
{
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " left %s, nothing %scame back in ",
		     attempt_device_or(j->attempt, j->verdict->ifindex, "this host"),
		     has_received(j->attempt) ? "that answers it " : "");
	sentence_seconds(s, j->verdict->watched_ns);
	say_unroutable(s, j->attempt);
	if (j->verdict->drop.count)
		explain_dropped_as_well(s, j);
}

/* By what the socket itself remembered when it was found, and by what was seen since. */
void explain_late(struct sentence *s, const struct judgement *j)
{
	const struct entry *late;
	unsigned sent;

	late = facts_late_info(j->facts);
	if (!late || j->facts->connect_enter == NO_ENTRY) {
		sentence_add(s, "it began before watching: it was connecting already when the "
				"watch began, so what it has sent and was "
				"told is not known");
		return;
	}
	sentence_add(s, "it began before watching");
	if (late->time_ns > entry_at(j->facts, j->facts->connect_enter)->time_ns)
		sentence_seconds(sentence_add(s, ", "),
				 late->time_ns -
					 entry_at(j->facts, j->facts->connect_enter)->time_ns);
	sent = j->facts->syn_count + j->facts->syn_repeats;
	sentence_add(s, ": %u SYN%s had been sent by then; since then ", 1 + late->info.retransmits,
		     late->info.retransmits ? "s" : "");
	sentence_syns(s, sent);
	sentence_add(s, " left and %s",
		     j->facts->answer_count ? "something came back" : "nothing came back");
}

void explain_events_lost(struct sentence *s, const struct judgement *j)
{
	explain_missing(s, j, "so absence proves nothing");
}

void explain_unexplained_error(struct sentence *s, const struct judgement *j)
{
	const char *error;

	error = error_name(facts_reported_error(j->facts));
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " left, and the socket was closed with %s, ", error ? error : "an error");
	if (j->facts->connect_enter != NO_ENTRY && j->facts->closed_by_kernel != NO_ENTRY)
		sentence_add(
			sentence_seconds(
				s, j->attempt->entries[j->facts->closed_by_kernel].time_ns -
					   j->attempt->entries[j->facts->connect_enter].time_ns),
			" after connect(), ");
	sentence_add(s, "which nothing that was seen explains");
}

void explain_hook_missing(struct sentence *s, const struct judgement *j)
{
	if (!j->attempt->is_admitted)
		sentence_add(s, "the kernel side reported nothing about this connection attempt");
	else
		sentence_add(s, "the evidence fits no rule; -v shows what was seen");
}
