/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Suspicions: each a note with its evidence, none of them a status. */
#include <string.h>

#include "tests/unit/story.h"
#include "user/core/correlate/ttl_memory.h"
#include "user/words/explain.h"

#define ECN (TCP_FLAG_ECE | TCP_FLAG_CWR)

static void expect_said(const struct story *s, const struct verdict *verdict, const char *piece)
{
	char text[EXPLAIN_MAX];

	cr_expect(strstr(explain_verdict(story_judgement(&s->attempt, verdict), text), piece),
		  "no \"%s\" in \"%s\"", piece, text);
}

Test(suspect, a_syn_ack_without_a_window)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn_ack(&s, 3, 0.1)->packet.packet.tcp.window = 0;
	story_established(&s, 3.1);
	verdict = expect_verdict(&s, 4, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.notes, NOTE_SUSPECTED_SYN_PROXY);
	expect_said(&s, &verdict,
		    "suspicious: the SYN-ACK has a window of 0, so a SYN proxy may answer in the "
		    "server's place");
}

static struct story ecn(unsigned with, bool is_answer_paired)
{
	struct story s = story_connect(AF_INET);
	double last_ms = 0;

	for (unsigned i = 0; i <= with; i++) {
		last_ms = 0.1 + 1000.0 * i;
		if (i < with)
			story_syn(&s, last_ms)->packet.packet.tcp.flags |= ECN;
		else
			story_syn(&s, last_ms);
	}
	story_syn_ack(&s, last_ms + 3, is_answer_paired ? last_ms : 0.1);
	story_established(&s, last_ms + 3.1);
	return s;
}

Test(suspect, an_ecn_black_hole_takes_a_plain_syn_that_was_surely_answered)
{
	for (unsigned with = 0; with < 3; with++) {
		for (int is_paired = 0; is_paired < 2; is_paired++) {
			struct story s = ecn(with, is_paired);
			struct verdict verdict =
				expect_verdict(&s, 5000, STATUS_OPEN, REASON_SYN_ACK);
			bool is_suspected = verdict.notes & NOTE_SUSPECTED_ECN_BLACK_HOLE;

			cr_expect_eq(is_suspected, with > 0 && is_paired,
				     "%u SYNs with ECN, paired: %d", with, is_paired);
		}
	}
}

/* Of the same host at another port. */
static struct verdict answered(struct ttl_memory *memory, struct story *ret_story, bool is_open,
			       uint8_t ttl)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	if (is_open) {
		story_syn_ack(&s, 3, 0.1)->packet.packet.ttl = ttl;
		story_established(&s, 3.1);
	} else {
		story_reset(&s, 3)->packet.packet.ttl = ttl;
		story_reset_received(&s, 3.1);
	}
	cr_assert(story_judge(&s, 4, &verdict));
	ttl_suspect(memory, &s.attempt, &verdict);
	*ret_story = s;
	return verdict;
}

Test(suspect, a_reset_of_another_ttl_than_the_hosts_syn_ack)
{
	static struct ttl_memory memory;
	struct story s;
	struct verdict verdict;

	cr_expect_eq(answered(&memory, &s, false, 64).notes, 0, "nothing to compare with");
	memset(&memory, 0, sizeof(memory));
	cr_expect_eq(answered(&memory, &s, true, 56).notes, 0);
	cr_expect_eq(answered(&memory, &s, false, 56).notes, 0);
	verdict = answered(&memory, &s, false, 64);
	cr_expect_eq(verdict.notes, NOTE_SUSPECTED_MIDDLEBOX);
	cr_expect_eq(verdict.other_ttl, 56);
	expect_said(&s, &verdict,
		    "suspicious: the RST has ttl 64 where a SYN-ACK of this host had 56");
}

Test(suspect, a_syn_ack_of_another_ttl_than_the_hosts_reset)
{
	static struct ttl_memory memory;
	struct story s;
	struct verdict verdict;

	answered(&memory, &s, false, 56);
	verdict = answered(&memory, &s, true, 64);
	cr_expect_eq(verdict.notes, NOTE_SUSPECTED_SYN_PROXY);
	cr_expect_eq(verdict.status, STATUS_OPEN);
	expect_said(&s, &verdict,
		    "suspicious: the SYN-ACK has ttl 64 where a RST of this host had 56");
}

Test(suspect, hosts_namespaces_and_devices_are_told_apart)
{
	static struct ttl_memory memory;
	struct verdict open, closed, elsewhere;
	struct story s, other;

	open = answered(&memory, &s, true, 56);
	closed = answered(&memory, &other, false, 56);
	elsewhere = closed;
	elsewhere.answer_from.bytes[3]++;
	other.attempt.entries[closed.answer_entry].tcp.ttl = 64;
	ttl_suspect(&memory, &other.attempt, &elsewhere);
	cr_expect_eq(elsewhere.notes, 0);
	elsewhere = closed;
	other.attempt.netns++;
	ttl_suspect(&memory, &other.attempt, &elsewhere);
	cr_expect_eq(elsewhere.notes, 0);
	other.attempt.netns--;
	ttl_suspect(&memory, &s.attempt, &open);
	other.attempt.entries[closed.answer_entry].ifindex++;
	elsewhere = closed;
	ttl_suspect(&memory, &other.attempt, &elsewhere);
	cr_expect_eq(elsewhere.notes, 0);
}

/* After a SYN proxy's SYN-ACK it is the server itself that resets. */
Test(suspect, a_reset_after_the_handshake_of_another_ttl_leaves_open_which_of_them_is_foreign)
{
	for (uint8_t ttl = 56; ttl < 58; ttl++) {
		struct story s = story_connect(AF_INET);
		struct amendment amendment = {.kind = AMENDMENT_RESET_BY_PEER,
					      .after_ns = STORY_MS};
		char text[EXPLAIN_MAX];
		struct verdict verdict;

		story_syn(&s, 0.1);
		story_syn_ack(&s, 3, 0.1)->packet.packet.ttl = 56;
		story_established(&s, 3.1);
		story_receive(&s, 4, RST, 0)->packet.packet.ttl = ttl;
		story_reset_received(&s, 4.1);
		cr_assert(story_judge(&s, 5, &verdict));
		amendment.evidence = (int8_t)(s.attempt.entry_count - 1);
		cr_expect_str_eq(explain_amendment(story_amended(&s.attempt, &amendment), text),
				 ttl == 56 ? "after 1.0 ms the peer reset the connection"
					   : "after 1.0 ms the peer reset the connection, with ttl "
					     "57 where the SYN-ACK had 56: perhaps one "
					     "of them is not its own");
	}
}
