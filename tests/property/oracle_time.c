/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which round-trip times does the peer's log admit? */
#include <math.h>
#include <stddef.h>

#include "tests/property/oracle_parts.h"

/* A server repeats what was lost after 1 s; an answer that late may be a repeat. */
#define CERTAIN_WITHIN_NS 900000000ull
/* A SYN is in the device for an instant before the peer can read it. */
#define SLACK_NS 50000000ull

/*
 * A timeline is bounded: of so many packets some are known by their number only, and then nothing
 * at all may be said of times.
 */
#define CROWDED_PACKETS 10

struct span {
	uint64_t low_ns, high_ns;
};

/*
 * From when the SYN was sent to when the answer was received. The peer read the one later and wrote
 * the other earlier: never less.
 */
static struct span span_of(const struct peer_event *syn, const struct peer_event *answer)
{
	struct span span = {0, answer->other_ns - syn->other_ns + SLACK_NS};

	if (answer->time_ns > syn->time_ns)
		span.low_ns = answer->time_ns - syn->time_ns;
	return span;
}

static bool is_in(struct span span, double us)
{
	return us * 1e3 >= (double)span.low_ns && us * 1e3 <= (double)span.high_ns;
}

/*
 * The one among the first `count` SYNs that the answer names by its stamp; -1 when it names none.
 */
static int named_syn(const struct history *history, const struct peer_event *answer, size_t count)
{
	int found = -1;

	for (size_t i = 0; i < count; i++) {
		bool is_named = history->syns[i]->has_timestamps &&
				history->syns[i]->tsval == answer->tsval;

		if (!is_named || !(answer->has_timestamps || answer->answer == PEER_ICMP))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

enum demand {
	NUMBER,	    /* the pairing is certain */
	CANDIDATES, /* other histories look the same on the wire */
	EITHER,	    /* the peer's clock cannot tell */
};

static enum demand demand_of(const struct history *history, const struct peer_event *answer,
			     size_t count)
{
	const struct peer_event *last = history->syns[count - 1];
	int named = named_syn(history, answer, count);

	if (answer->answer == PEER_ICMP) { /* made from the very packet that it quotes */
		if (count == 1 || named >= 0)
			return NUMBER;
		return EITHER; /* the quoted identification tells, or not */
	}
	if (count > 1 && named != (int)count - 1)
		return CANDIDATES;
	if (span_of(last, answer).high_ns < CERTAIN_WITHIN_NS)
		return NUMBER;
	return span_of(last, answer).low_ns >= CERTAIN_WITHIN_NS ? CANDIDATES : EITHER;
}

/* The SYN that the peer answered, or the one that it claims to answer. */
static bool admits_number(const struct history *history, const struct peer_event *answer,
			  size_t count, double us)
{
	int named = named_syn(history, answer, count);

	return is_in(span_of(history->syns[answer->syn_number - 1], answer), us) ||
	       (named >= 0 && is_in(span_of(history->syns[named], answer), us));
}

/*
 * From the named SYN on, or else from the first, every SYN is a candidate; so the largest is no
 * less than the true delay.
 */
static bool admits_candidates(const struct history *history, const struct peer_event *answer,
			      size_t count, const json_t *candidates)
{
	int named = answer->answer == PEER_SYN_ACK ? named_syn(history, answer, count) : -1;
	size_t first = named > 0 ? (size_t)named : 0;

	if (json_array_size(candidates) != count - first)
		return false;
	for (size_t i = first; i < count; i++) {
		double us = json_number_value(json_array_get(candidates, count - 1 - i));

		if (!is_in(span_of(history->syns[i], answer), us))
			return false;
	}
	return true;
}

static bool admits_with(const struct history *history, const struct peer_event *answer,
			size_t count, const json_t *record)
{
	const json_t *rtt = json_object_get(record, "rtt_us"),
		     *candidates = json_object_get(record, "rtt_candidates_us");
	enum demand demand = demand_of(history, answer, count);

	if (json_is_number(rtt))
		return demand != CANDIDATES && json_is_null(candidates) &&
		       admits_number(history, answer, count, json_number_value(rtt));
	return demand != NUMBER && json_is_array(candidates) &&
	       admits_candidates(history, answer, count, candidates);
}

static bool is_crowded(const struct history *history, const struct peer_event *answer)
{
	size_t count = 0;

	for (size_t i = 0; i < history->syn_count; i++)
		count += history->syns[i]->time_ns <= answer->time_ns;
	for (size_t i = 0; i < history->answer_count; i++)
		count += history->answers[i]->time_ns <= answer->time_ns;
	return count >= CROWDED_PACKETS;
}

bool oracle_admits_pairing(const struct history *history, const struct peer_event *answer,
			   const json_t *record, struct objection *ret_objection)
{
	size_t least = 0, most;

	while (least < history->syn_count && history->syns[least]->time_ns <= answer->time_ns)
		least++;
	most = least;
	while (most < history->syn_count &&
	       history->syns[most]->other_ns <= answer->other_ns + history->truth->crossing_ns)
		most++;
	if (is_crowded(history, answer) && json_is_null(json_object_get(record, "rtt_us")) &&
	    json_is_null(json_object_get(record, "rtt_candidates_us")))
		return true;
	for (size_t count = least; count <= most; count++)
		if (count && admits_with(history, answer, count, record))
			return true;
	return object(ret_objection,
		      "the answer to SYN %u, written %.3f ms after that was read, with %zu to %zu "
		      "SYNs sent, admits no such time",
		      answer->syn_number,
		      (double)(answer->time_ns - history->syns[answer->syn_number - 1]->time_ns) /
			      1e6,
		      least, most);
}

bool oracle_admits_other_time(const struct history *history, const json_t *record,
			      struct objection *ret_objection)
{
	const json_t *rtt = json_object_get(record, "rtt_us");

	if (json_is_null(rtt))
		return true;
	for (size_t i = 0; i < history->answer_count; i++)
		if (admits_number(history, history->answers[i], history->syn_count,
				  json_number_value(rtt)))
			return true;
	return object(ret_objection, "no pair of a SYN and an answer is that far apart");
}
