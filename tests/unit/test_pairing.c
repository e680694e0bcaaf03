/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which SYN was answered? A number where it is certain, upper bounds where another history looks
 * the same on the wire.
 */
#include "tests/unit/story.h"

/*
 * SYNs at these times, then a SYN-ACK that carries the stamp of the one sent at echoed_ms, and
 * ESTABLISHED.
 */
static struct verdict paired(bool has_timestamps, double first_ms, double second_ms,
			     double answer_ms, double echoed_ms)
{
	struct story s = story_connect(AF_INET);

	s.has_timestamps = has_timestamps;
	story_syn(&s, first_ms);
	if (second_ms > 0)
		story_syn(&s, second_ms);
	story_syn_ack(&s, answer_ms, echoed_ms);
	story_established(&s, answer_ms + 0.1);
	return expect_verdict(&s, answer_ms + 1, STATUS_OPEN, REASON_SYN_ACK);
}

static void expect_certain(const struct verdict *verdict, double rtt_ms)
{
	expect_ms(verdict->rtt_ns, rtt_ms);
	cr_expect_eq(verdict->rtt_candidate_count, 0);
	cr_expect_not(verdict->notes & NOTE_RTT_AMBIGUOUS);
}

static void expect_candidates(const struct verdict *verdict, unsigned count, const double *ms)
{
	cr_expect_eq(verdict->rtt_ns, TIME_UNKNOWN_NS);
	cr_expect(verdict->notes & NOTE_RTT_AMBIGUOUS);
	cr_assert_eq(verdict->rtt_candidate_count, count);
	for (unsigned i = 0; i < count; i++)
		expect_ms(verdict->rtt_candidates_ns[i], ms[i]);
}

#define expect_candidates(verdict, ...)                                                            \
	expect_candidates(verdict, sizeof((double[]){__VA_ARGS__}) / sizeof(double),               \
			  (const double[]){__VA_ARGS__})

Test(pairing, one_syn_and_a_quick_answer_are_a_pair_with_or_without_stamps)
{
	struct verdict with = paired(true, 0.1, 0, 50.1, 0.1);
	struct verdict without = paired(false, 0.1, 0, 50.1, 0);

	expect_certain(&with, 50);
	expect_certain(&without, 50);
}

Test(pairing, a_single_syn_answered_just_within_900_ms_is_certain)
{
	struct verdict within = paired(true, 0.1, 0, 900.099, 0.1);
	struct verdict beyond = paired(true, 0.1, 0, 900.1, 0.1);

	expect_certain(&within, 899.999);
	expect_candidates(&beyond, 900);
}

/* The server's own timer repeats a lost SYN-ACK after a second: the path may be 60 us long. */
Test(pairing, a_single_syn_answered_after_a_second_proves_no_rtt)
{
	struct verdict verdict = paired(true, 0.1, 0, 950.1, 0.1);

	cr_expect_eq(verdict.syn_sent, 1);
	expect_candidates(&verdict, 950);
}

/* 12a */
Test(pairing, second_syn_answered_with_its_own_stamp_is_certain)
{
	struct verdict verdict = paired(true, 0.1, 1013.5, 1017.7, 1013.5);

	expect_certain(&verdict, 4.2);
	cr_expect_eq(verdict.syn_sent, 2);
	cr_expect_eq(verdict.syn_unanswered, 1);
	cr_expect_eq(verdict.notes, NOTE_RETRANSMITTED);
}

Test(pairing, the_queue_time_is_that_of_the_answered_syn)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn(&s, 1013.5);
	s.events[s.count - 2].time_ns -= 5 * STORY_MS; /* its queueing */
	story_syn_ack(&s, 1017.7, 1013.5);
	story_established(&s, 1017.8);
	verdict = expect_verdict(&s, 1018, STATUS_OPEN, REASON_SYN_ACK);
	expect_ms(verdict.queue_ns, 5.002);
}

/* 12b */
Test(pairing, second_syn_answered_without_stamps_has_two_candidates)
{
	struct verdict verdict = paired(false, 0.1, 1013.5, 1017.7, 0);

	expect_candidates(&verdict, 4.2, 1017.6);
}

/*
 * 12c: the first SYN, answered late, and 12g: a lost SYN-ACK, repeated with the first SYN's stamp,
 * look the same.
 */
Test(pairing, stamp_of_the_first_of_two_syns_has_two_candidates)
{
	struct verdict late = paired(true, 0.1, 1030.1, 1150.7, 0.1);
	struct verdict repeated = paired(true, 0.1, 1022.1, 1022.18, 0.1);

	expect_candidates(&late, 120.6, 1150.6);
	expect_candidates(&repeated, 0.08, 1022.08);
}

/* 12d */
Test(pairing, first_syn_answered_late_without_stamps_has_two_candidates)
{
	struct verdict verdict = paired(false, 0.1, 1002.1, 1150.8, 0);

	expect_candidates(&verdict, 148.7, 1150.7);
}

Test(pairing, the_last_syns_own_stamp_a_second_later_is_a_candidate_only)
{
	struct verdict verdict = paired(true, 0.1, 1000.1, 1950.1, 1000.1);

	expect_candidates(&verdict, 950);
}

Test(pairing, candidates_begin_with_the_echoed_syn)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn(&s, 1000.1);
	story_syn(&s, 2000.1);
	story_syn_ack(&s, 2100.1, 1000.1);
	story_established(&s, 2100.2);
	verdict = expect_verdict(&s, 2101, STATUS_OPEN, REASON_SYN_ACK);
	expect_candidates(&verdict, 100, 1100);
}

Test(pairing, a_stamp_that_no_syn_had_leaves_all_syns_as_candidates)
{
	struct verdict verdict = paired(true, 0.1, 1000.1, 1100.1, 500);

	expect_candidates(&verdict, 100, 1100);
}

Test(pairing, a_syn_sent_after_the_answer_is_no_candidate)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn_ack(&s, 20.1, 0.1);
	story_syn(&s, 1000.1);
	story_established(&s, 1001);
	verdict = expect_verdict(&s, 1002, STATUS_OPEN, REASON_SYN_ACK);
	expect_certain(&verdict, 20);
}

Test(pairing, one_syn_through_a_bridge_is_one_syn_timed_at_the_outermost_device)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	struct event *outer;

	story_device(&s, "br0", 5, false);
	story_syn(&s, 0.1);
	story_device(&s, "eth0", 2, false);
	outer = story_syn(&s, 0.13);
	outer->packet.packet.ip_id = outer[-1].packet.packet.ip_id = 100; /* the same packet */
	story_syn_ack(&s, 5.13, 0.1);
	story_device(&s, "br0", 5, false);
	story_syn_ack(&s, 5.14, 0.1);
	story_established(&s, 5.2);
	verdict = expect_verdict(&s, 6, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.syn_sent, 1);
	cr_expect_eq(verdict.ifindex, 2);
	expect_certain(&verdict, 5);
	expect_ms(verdict.queue_ns, 0.032);
}

/* Both devices of a bridge show it: one of two SYNs was answered. */
Test(pairing, one_answer_through_a_bridge_is_one_answer)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn(&s, 1000.1);
	story_syn_ack(&s, 1005.1, 1000.1);
	story_device(&s, "br0", 5, false);
	story_syn_ack(&s, 1005.11, 1000.1);
	story_established(&s, 1005.2);
	cr_expect_eq(expect_verdict(&s, 1006, STATUS_OPEN, REASON_SYN_ACK).syn_unanswered, 1);
}

Test(pairing, reset_after_a_retransmit_is_ambiguous)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn(&s, 1000.1);
	story_reset(&s, 1003.1);
	story_reset_received(&s, 1003.2);
	verdict = expect_verdict(&s, 1004, STATUS_CLOSED, REASON_RESET);
	expect_candidates(&verdict, 3, 1003);
}

/* An ICMP error after two SYNs, at 0.1 and 1000.1 ms, and what it quotes. */
static struct verdict icmp_after_two_syns(uint32_t tsval, uint16_t ip_id)
{
	struct story s = story_connect(AF_INET);
	struct event *icmp;

	story_syn(&s, 0.1);
	story_syn(&s, 1000.1);
	icmp = story_icmp(&s, 1100.1, 3, 13);
	icmp->packet.packet.tcp.tsval = tsval;
	icmp->packet.packet.ip_id = ip_id;
	return expect_verdict(&s, 1101, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED);
}

/* The stamps of these SYNs are 1000 and 2000, their identifications 100 and 101. */
Test(pairing, icmp_is_paired_by_the_quoted_stamp)
{
	struct verdict first = icmp_after_two_syns(1000, 0);
	struct verdict second = icmp_after_two_syns(2000, 0);

	expect_certain(&first, 1100);
	expect_certain(&second, 100);
}

Test(pairing, icmp_without_a_quoted_stamp_is_paired_by_the_ipv4_identification)
{
	struct verdict first = icmp_after_two_syns(0, 100);
	struct verdict second = icmp_after_two_syns(0, 101);

	expect_certain(&first, 1100);
	expect_certain(&second, 100);
}

Test(pairing, icmp_that_quotes_neither_is_ambiguous_after_a_retransmit)
{
	struct verdict neither = icmp_after_two_syns(0, 0);
	struct verdict foreign = icmp_after_two_syns(0, 4711);

	expect_candidates(&neither, 100, 1100);
	expect_candidates(&foreign, 100, 1100);
}

/* Nobody repeats an ICMP error by a timer. */
Test(pairing, icmp_about_a_single_syn_is_certain_however_late)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_icmp(&s, 3000.1, 3, 1);
	verdict = expect_verdict(&s, 3001, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE);
	expect_certain(&verdict, 3000);
}

/* More SYNs than are kept apart: when the last one left is not known, so nothing is claimed. */
Test(pairing, folded_syns_are_counted_and_leave_the_rtt_unknown)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	for (int i = 0; i < 25; i++)
		story_syn(&s, 0.1 + i * 1000.0);
	story_syn_ack(&s, 24005, 24000.1);
	story_established(&s, 24006);
	verdict = expect_verdict(&s, 24007, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect(verdict.is_complete);
	cr_expect_eq(verdict.syn_sent, 25);
	cr_expect_eq(verdict.syn_unanswered, 24);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
}

/*
 * bond0 without a slave threw the first one away; the one that left and was answered is the second.
 */
Test(pairing, a_syn_that_the_driver_threw_away_is_not_answered)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_device(&s, "bond0", 7, false);
	story_syn(&s, 0.1);
	story_drop_out(&s, 0.11, "NOT_SPECIFIED", "bond_start_xmit")->packet.ifindex = 7;
	story_device(&s, "eth0", 2, false);
	story_syn(&s, 1000);
	story_syn_ack(&s, 1000.06, 1000);
	story_established(&s, 1000.07);
	verdict = expect_verdict(&s, 1001, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.rtt_ns, 60000, "%llu", (unsigned long long)verdict.rtt_ns);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
}

Test(pairing, what_follows_the_handshake_answers_no_syn)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn(&s, 1000);
	story_syn_ack(&s, 1000.06, 1000);
	story_established(&s, 1000.07);
	story_receive(&s, 1000.1, TCP_FLAG_ACK | TCP_FLAG_FIN, 1);
	verdict = expect_verdict(&s, 1001, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.syn_sent, 2);
	cr_expect_eq(verdict.syn_unanswered, 1);
}
