/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which verdicts does the peer's log admit? */
#include "tests/property/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/property/oracle_parts.h"

#define MARGIN_NS      400000000ull  /* connect() began before its first SYN, and not long before */
#define LATE_MARGIN_NS 1500000000ull /* a deadline that a busy machine sees late is still honest */
#define VERDICT_MAX    64
#define ADMISSIBLE_MAX 16

struct admissible {
	char verdicts[ADMISSIBLE_MAX][VERDICT_MAX];
	const struct peer_event *answers[ADMISSIBLE_MAX]; /* that decided; NULL for none */
	size_t count;
};

bool object(struct objection *objection, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(objection->text, sizeof(objection->text), format, arguments);
	va_end(arguments);
	return false;
}

/* The rest of a port's log, if any, is of older attempts. */
static void sort_events(const struct truth *truth, uint16_t client_port,
			struct history *ret_history)
{
	memset(ret_history, 0, sizeof(*ret_history));
	ret_history->truth = truth;
	for (size_t i = 0; i < truth->count; i++) {
		const struct peer_event *event = &truth->events[i];

		if (event->client_port != client_port)
			continue;
		if (event->kind == PEER_SYN_READ && ret_history->syn_count < ORACLE_MAX_SYNS)
			ret_history->syns[ret_history->syn_count++] = event;
		if (event->kind == PEER_ANSWER_WRITTEN &&
		    ret_history->answer_count < ORACLE_MAX_ANSWERS)
			ret_history->answers[ret_history->answer_count++] = event;
	}
}

static void set_deadline(struct history *history)
{
	uint64_t margin_ns = MARGIN_NS + 4 * history->truth->worst_late_ns;

	history->surely_before_ns =
		history->syns[0]->other_ns + history->truth->timeout_ns - margin_ns;
	history->surely_after_ns =
		history->syns[0]->time_ns + history->truth->timeout_ns + margin_ns + LATE_MARGIN_NS;
}

static void admit(struct admissible *admissible, const char *verdict,
		  const struct peer_event *answer)
{
	for (size_t i = 0; i < admissible->count; i++)
		if (strcmp(admissible->verdicts[i], verdict) == 0)
			return;
	if (admissible->count == ADMISSIBLE_MAX)
		return;
	snprintf(admissible->verdicts[admissible->count], VERDICT_MAX, "%s", verdict);
	admissible->answers[admissible->count++] = answer;
}

/* The codes that schedules use, by the two RFCs. */
static const char *icmp_verdict(const struct peer_event *answer, int family)
{
	if (family == AF_INET)
		return answer->icmp_code == 1 ? "unreachable/icmp-host-unreachable"
					      : "filtered/icmp-admin-prohibited";
	return answer->icmp_code == 3 ? "unreachable/icmp-host-unreachable"
				      : "filtered/icmp-admin-prohibited";
}

/* A right answer: the socket in SYN_SENT takes it, and is not in SYN_SENT any more. */
static const char *decisive_verdict(const struct peer_event *answer, int family)
{
	switch ((enum peer_answer)answer->answer) {
	case PEER_SYN_ACK:
		return "open/syn-ack";
	case PEER_RST:
	case PEER_RST_SYN:
		return "closed/reset";
	case PEER_ICMP:
		return icmp_verdict(answer, family);
	case PEER_SILENT:
	case PEER_SYN_ACK_WRONG_ACK:
	case PEER_SYN_ACK_BAD_CHECKSUM:
	case PEER_RST_WRONG_ACK:
	case PEER_RST_BLIND:
	case PEER_ACK:
	case PEER_CHALLENGE_ACK:
	case PEER_SYN_CROSSING:
	case PEER_SCRIPTED:
		break;
	}
	return NULL;
}

/* A wrong one: the socket stays in SYN_SENT. NULL: it is not even about this connection. */
static const char *refused_verdict(const struct peer_event *answer)
{
	switch ((enum peer_answer)answer->answer) {
	case PEER_SYN_ACK: /* with an echo that is none */
		return "invalid/wrong-timestamp";
	case PEER_SYN_ACK_BAD_CHECKSUM:
		return "invalid/bad-checksum";
	case PEER_SYN_ACK_WRONG_ACK:
	case PEER_RST_WRONG_ACK:
	case PEER_CHALLENGE_ACK:
		return "invalid/wrong-ack";
	case PEER_RST_BLIND:
		return "invalid/blind-reset";
	case PEER_ACK:
		return "invalid/unexpected-flags";
	case PEER_ICMP: /* which quotes another connection */
	case PEER_SILENT:
	case PEER_RST:
	case PEER_RST_SYN:
	case PEER_SYN_CROSSING:
	case PEER_SCRIPTED:
		break;
	}
	return NULL;
}

/* Nothing decided before the deadline. */
static void admit_undecided(const struct history *history, struct admissible *admissible)
{
	bool is_answered = false;

	for (size_t i = 0; i < history->answer_count; i++) {
		const struct peer_event *answer = history->answers[i];
		const char *verdict = answer->is_correct ? NULL : refused_verdict(answer);

		if (!verdict || answer->time_ns > history->surely_after_ns)
			continue;
		admit(admissible, verdict, NULL);
		is_answered |= answer->other_ns < history->surely_before_ns;
	}
	if (!is_answered)
		admit(admissible, "filtered/no-reply", NULL);
}

/*
 * Beside interrupts an ICMP error and a segment, which are of two flows, may be received by two
 * processors: the later one may be first.
 */
static bool may_overtake(const struct history *history, const struct peer_event *before,
			 const struct peer_event *answer)
{
	return history->truth->crossing_ns &&
	       (before->answer == PEER_ICMP) != (answer->answer == PEER_ICMP) &&
	       answer->time_ns <= before->time_ns + history->truth->crossing_ns;
}

static void find_admissible(const struct history *history, struct admissible *ret_admissible)
{
	const struct peer_event *decided = NULL; /* in time for certain */

	ret_admissible->count = 0;
	for (size_t i = 0; i < history->answer_count; i++) {
		const struct peer_event *answer = history->answers[i];
		const char *verdict = answer->is_correct
					      ? decisive_verdict(answer, history->truth->family)
					      : NULL;

		if (!verdict || answer->time_ns > history->surely_after_ns ||
		    (decided && !may_overtake(history, decided, answer)))
			continue;
		admit(ret_admissible, verdict, answer);
		if (!decided && answer->other_ns < history->surely_before_ns)
			decided = answer;
	}
	if (!decided)
		admit_undecided(history, ret_admissible);
}

static bool object_to_verdict(const struct admissible *admissible, const char *verdict,
			      struct objection *ret_objection)
{
	char list[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < admissible->count && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
					 admissible->verdicts[i]);
	return object(ret_objection, "%s, but the peer's log admits only: %s", verdict, list);
}

/* Else they are those of two connects, and the history has the second one's. */
static bool has_own_syns(const json_t *record)
{
	return json_integer_value(json_object_get(record, "asked_again")) == 0;
}

/*
 * SYNs that the peer read before the verdict's answer was written have left before it for certain;
 * what it never read has not left.
 */
static bool admits_counts(const struct history *history, const struct peer_event *answer,
			  const json_t *record, struct objection *ret_objection)
{
	uint64_t before_ns = answer ? answer->time_ns : history->surely_before_ns;
	json_int_t sent = json_integer_value(json_object_get(record, "syn_sent"));
	size_t least = 0;

	while (least < history->syn_count && history->syns[least]->time_ns <= before_ns)
		least++;
	if (sent < (json_int_t)least || sent > (json_int_t)history->syn_count)
		return object(ret_objection,
			      "%lld SYNs sent, but the peer read %zu in time and %zu in all",
			      (long long)sent, least, history->syn_count);
	return true;
}

/*
 * Which SYN an answer was for need not be visible to who receives it: where one SYN has several
 * answers, or more come than the one that decided, others may seem answered. Else the number is
 * known.
 */
static bool admits_unanswered(const struct history *history, const struct peer_event *answer,
			      const json_t *record, struct objection *ret_objection)
{
	json_int_t sent = json_integer_value(json_object_get(record, "syn_sent"));
	json_int_t unanswered = json_integer_value(json_object_get(record, "syn_unanswered")),
		   wanted = sent;
	bool is_answered[ORACLE_MAX_SYNS + 1] = {false}, is_exact = true;

	for (size_t i = 0; i < history->answer_count; i++) {
		const struct peer_event *other = history->answers[i];

		is_exact &= other->time_ns <= answer->time_ns;
		if (other->time_ns > answer->time_ns ||
		    (other->answer == PEER_ICMP && !other->is_correct) ||
		    other->syn_number > ORACLE_MAX_SYNS)
			continue;
		wanted -= !is_answered[other->syn_number];
		is_exact &= !is_answered[other->syn_number];
		is_answered[other->syn_number] = true;
	}
	if (unanswered < 0 || unanswered > wanted || (is_exact && unanswered != wanted))
		return object(
			ret_objection,
			"%lld SYNs of %lld unanswered, but the peer left %lld without an answer",
			(long long)unanswered, (long long)sent, (long long)wanted);
	return true;
}

static bool admits_answer(const struct peer_event *answer, const json_t *record,
			  struct objection *ret_objection)
{
	const json_t *said = json_object_get(record, "answer");
	const char *kind = json_string_value(json_object_get(said, "kind"));
	const char *wanted = answer->answer == PEER_SYN_ACK ? "syn-ack"
			     : answer->answer == PEER_RST   ? "rst"
							    : "icmp";

	if (!kind || strcmp(kind, wanted) != 0)
		return object(ret_objection, "the answer is %s, not %s", kind ? kind : "null",
			      wanted);
	if (answer->answer == PEER_SYN_ACK &&
	    json_is_true(json_object_get(said, "timestamps")) != answer->has_timestamps)
		return object(ret_objection, "whether the SYN-ACK had timestamps");
	return true;
}

static bool admits_silence(const json_t *record, struct objection *ret_objection)
{
	json_int_t sent = json_integer_value(json_object_get(record, "syn_sent"));

	if (has_own_syns(record) &&
	    json_integer_value(json_object_get(record, "syn_unanswered")) != sent)
		return object(ret_objection, "no reply, and not all SYNs are unanswered");
	if (!json_is_null(json_object_get(record, "answer")) ||
	    !json_is_null(json_object_get(record, "rtt_us")) ||
	    !json_is_null(json_object_get(record, "rtt_candidates_us")))
		return object(ret_objection, "no reply, and yet an answer or its time");
	return true;
}

static bool admits_details(const struct history *history, const struct peer_event *answer,
			   const char *verdict, const json_t *record,
			   struct objection *ret_objection)
{
	if (answer && !admits_answer(answer, record, ret_objection))
		return false;
	if (!json_is_true(json_object_get(record, "complete")))
		return oracle_admits_other_time(history, record, ret_objection);
	if (has_own_syns(record) && !admits_counts(history, answer, record, ret_objection))
		return false;
	if (answer)
		return (!has_own_syns(record) ||
			admits_unanswered(history, answer, record, ret_objection)) &&
		       oracle_admits_pairing(history, answer, record, ret_objection);
	if (strcmp(verdict, "filtered/no-reply") == 0)
		return admits_silence(record, ret_objection);
	return oracle_admits_other_time(history, record, ret_objection);
}

bool oracle_admits(const struct truth *truth, const json_t *record, struct objection *ret_objection)
{
	const char *status = json_string_value(json_object_get(record, "status"));
	const char *reason = json_string_value(json_object_get(record, "reason"));
	struct admissible admissible;
	struct history history;
	char verdict[VERDICT_MAX];

	snprintf(verdict, sizeof(verdict), "%s/%s", status ? status : "", reason ? reason : "");
	sort_events(truth, (uint16_t)json_integer_value(json_object_get(record, "source_port")),
		    &history);
	if (strcmp(verdict, "incomplete/events-lost") == 0 &&
	    json_is_false(json_object_get(record, "complete")))
		return true;
	if (!history.syn_count)
		return object(ret_objection, "%s, but the peer read no SYN from this port",
			      verdict);
	set_deadline(&history);
	find_admissible(&history, &admissible);
	for (size_t i = 0; i < admissible.count; i++)
		if (strcmp(admissible.verdicts[i], verdict) == 0)
			return admits_details(&history, admissible.answers[i], verdict, record,
					      ret_objection);
	return object_to_verdict(&admissible, verdict, ret_objection);
}
