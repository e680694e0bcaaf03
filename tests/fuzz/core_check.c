// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the core promises of every notice. */
#include "tests/fuzz/core_check.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "user/core/verdict/facts_read.h"
#include "user/core/verdict/rules/decide.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

void core_check_attempt(const struct attempt *attempt)
{
	unsigned hops = 0;

	FUZZ_CHECK(attempt->entry_count < ATTEMPT_MAX_ENTRIES &&
		   attempt->device_count <= ATTEMPT_MAX_DEVICES);
	FUZZ_CHECK(memchr(attempt->comm, '\0', sizeof(attempt->comm)));
	for (unsigned i = 0; i < attempt->device_count; i++)
		FUZZ_CHECK(memchr(attempt->devices[i].name, '\0', EVENT_NAME_MAX));
	for (unsigned i = 0; i < attempt->entry_count; i++) {
		hops += attempt->entries[i].kind == EVENT_HOP;
		FUZZ_CHECK(attempt->entries[i].count > 0);
		FUZZ_CHECK(i == 0 ||
			   attempt->entries[i - 1].time_ns <= attempt->entries[i].time_ns);
	}
	FUZZ_CHECK(hops == attempt->hop_count && hops <= ATTEMPT_MAX_HOPS);
	FUZZ_CHECK(attempt->left_out_syns + attempt->left_out_answers + attempt->left_out_refused <=
		   attempt->left_out);
}

/* Of one in fragments the first may end before its flags. */
static bool is_syn_ack(const struct entry *entry)
{
	bool has_flags = entry->tcp.flags & TCP_FLAG_SYN && entry->tcp.flags & TCP_FLAG_ACK;

	return entry->kind == EVENT_RECEIVE && !(entry->flags & ENTRY_ICMP) &&
	       (has_flags || entry->flags & ENTRY_CUT);
}

/* Of the socket in SYN_RECV, which only a SYN of the other end leads to. */
static bool is_crossing(const struct entry *entry)
{
	return entry->kind == EVENT_STATE && entry->state.new_state == TCP_STATE_SYN_RECV;
}

static bool is_bare_ack(const struct entry *entry)
{
	return entry->kind == EVENT_RECEIVE && !(entry->flags & ENTRY_ICMP) &&
	       entry->tcp.flags & TCP_FLAG_ACK &&
	       !(entry->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_RST));
}

static bool is_established(const struct entry *entry)
{
	return entry->kind == EVENT_STATE && entry->state.new_state == 1;
}

static bool cites(const struct attempt *attempt, const struct verdict *verdict,
		  bool (*is_meant)(const struct entry *))
{
	for (unsigned i = 0; i < verdict->evidence_count; i++)
		if (is_meant(&attempt->entries[verdict->evidence[i]]))
			return true;
	return false;
}

static bool cites_an_answer(const struct attempt *attempt, const struct verdict *verdict)
{
	if (verdict->reason == REASON_SIMULTANEOUS_OPEN)
		return cites(attempt, verdict, is_crossing) && cites(attempt, verdict, is_bare_ack);
	return cites(attempt, verdict, is_syn_ack);
}

static void check_evidence(const struct attempt *attempt, const struct verdict *verdict)
{
	FUZZ_CHECK(verdict->evidence_count > 0 && verdict->evidence_count <= VERDICT_MAX_EVIDENCE);
	for (unsigned i = 0; i < verdict->evidence_count; i++)
		FUZZ_CHECK(verdict->evidence[i] >= 0 &&
			   verdict->evidence[i] < attempt->entry_count);
	FUZZ_CHECK(verdict->answer_entry >= NO_ENTRY &&
		   verdict->answer_entry < (int)attempt->entry_count);
	if (verdict->status == STATUS_OPEN)
		FUZZ_CHECK(cites_an_answer(attempt, verdict) &&
			   cites(attempt, verdict, is_established));
}

/* Below zero it would be a huge number, and no time anybody could have waited. */
static bool is_span(uint64_t span_ns, const struct verdict *verdict)
{
	return span_ns == TIME_UNKNOWN_NS || span_ns <= verdict->time_ns;
}

static void check_times(const struct verdict *verdict)
{
	FUZZ_CHECK(verdict->rtt_candidate_count <= VERDICT_MAX_CANDIDATES);
	FUZZ_CHECK(!verdict->rtt_candidate_count || verdict->rtt_ns == TIME_UNKNOWN_NS);
	FUZZ_CHECK(!verdict->rtt_candidate_count == !(verdict->notes & NOTE_RTT_AMBIGUOUS));
	for (unsigned i = 1; i < verdict->rtt_candidate_count; i++)
		FUZZ_CHECK(verdict->rtt_candidates_ns[i - 1] <= verdict->rtt_candidates_ns[i]);
	for (unsigned i = 0; i < verdict->rtt_candidate_count; i++)
		FUZZ_CHECK(is_span(verdict->rtt_candidates_ns[i], verdict));
	FUZZ_CHECK(is_span(verdict->rtt_ns, verdict) && is_span(verdict->queue_ns, verdict) &&
		   is_span(verdict->neighbour_ns, verdict));
	FUZZ_CHECK(is_span(verdict->app_ns, verdict) && is_span(verdict->watched_ns, verdict));
	FUZZ_CHECK(verdict->syn_unanswered <= verdict->syn_sent);
}

/* Same attempt, same verdict, always. */
static void check_same_again(const struct attempt *attempt, const struct verdict *verdict)
{
	struct verdict again;
	struct facts facts;

	facts_read(attempt, verdict->time_ns, &facts);
	FUZZ_CHECK(verdict_decide(&facts, &again));
	FUZZ_CHECK(again.status == verdict->status && again.reason == verdict->reason &&
		   again.is_complete == verdict->is_complete);
	FUZZ_CHECK(again.rtt_ns == verdict->rtt_ns && again.answer_entry == verdict->answer_entry &&
		   again.syn_sent == verdict->syn_sent);
}

static void check_verdict(const struct attempt *attempt, const struct verdict *verdict)
{
	FUZZ_CHECK(verdict->status < STATUS_COUNT && verdict->reason < REASON_COUNT);
	FUZZ_CHECK(status_parse(status_name(verdict->status)) == (int)verdict->status);
	FUZZ_CHECK(*reason_name(verdict->reason) && *answer_kind_name(verdict->answer) &&
		   *app_result_name(verdict->app_result));
	FUZZ_CHECK(!(verdict->notes >> NOTE_COUNT));
	FUZZ_CHECK(!verdict->drop.count || (verdict->drop.reason && verdict->drop.function));
	check_evidence(attempt, verdict);
	check_times(verdict);
	check_same_again(attempt, verdict);
}

/* Asked and judged once, amended once in each way, and only after the verdict. */
static void check_order(struct core_check *check, const struct notice *notice)
{
	const struct attempt_key *key = &notice->attempt->key;
	bool is_known = key->cookie < CORE_CHECK_COOKIES && key->number < CORE_CHECK_NUMBERS;

	if (!is_known)
		return;
	switch (notice->kind) {
	case NOTICE_QUERY:
		FUZZ_CHECK(!check->said[key->cookie][key->number].is_asked &&
			   !check->said[key->cookie][key->number].is_judged);
		check->said[key->cookie][key->number].is_asked = true;
		break;
	case NOTICE_VERDICT:
		FUZZ_CHECK(!check->said[key->cookie][key->number].is_judged);
		check->said[key->cookie][key->number].is_judged = true;
		break;
	case NOTICE_AMENDMENT:
		FUZZ_CHECK(check->said[key->cookie][key->number].is_judged);
		FUZZ_CHECK(!(check->said[key->cookie][key->number].amended &
			     1u << notice->amendment.kind));
		check->said[key->cookie][key->number].amended |= 1u << notice->amendment.kind;
		break;
	case NOTICE_RELEASED:
		memset(&check->said[key->cookie][key->number], 0, sizeof(check->said[0][0]));
		break;
	}
}

void core_check_notice(struct core_check *check, const struct notice *notice)
{
	FUZZ_CHECK(notice->attempt);
	core_check_attempt(notice->attempt);
	check_order(check, notice);
	if (notice->kind == NOTICE_VERDICT)
		check_verdict(notice->attempt, &notice->verdict);
	if (notice->kind != NOTICE_AMENDMENT)
		return;
	FUZZ_CHECK(notice->amendment.kind > 0 && notice->amendment.kind < AMENDMENT_COUNT &&
		   *amendment_name(notice->amendment.kind));
	FUZZ_CHECK(notice->amendment.evidence >= 0 &&
		   notice->amendment.evidence < notice->attempt->entry_count);
}
