/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The oracle objects to what is wrong and to nothing else: histories told by hand, and what was
 * said of them. No lab.
 */
#include <criterion/criterion.h>
#include <sys/socket.h>

#include "tests/property/oracle.h"

#define MS	      1000000ull
#define CLIENT_PORT   40000
#define BEGIN_NS      (1000000 * MS)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct peer_event syn(double at_ms, uint32_t number)
{
	uint64_t time_ns = BEGIN_NS + (uint64_t)(at_ms * 1e6);

	return (struct peer_event){.kind = PEER_SYN_READ,
				   .time_ns = time_ns,
				   .other_ns = time_ns - MS,
				   .client_port = CLIENT_PORT,
				   .syn_number = number,
				   .tsval = 1000 * number,
				   .has_timestamps = true};
}

static struct peer_event answer(double at_ms, uint32_t number, enum peer_answer kind,
				bool is_correct)
{
	struct peer_event event = syn(at_ms, number);

	event.kind = PEER_ANSWER_WRITTEN;
	event.other_ns = event.time_ns + MS;
	event.answer = (uint8_t)kind;
	event.is_correct = is_correct;
	event.has_timestamps = kind == PEER_SYN_ACK;
	return event;
}

/*
 * A first SYN answered after 20 ms; the same without a right answer; a second SYN answered after 20
 * ms; a first one after 1.2 s.
 */
enum { OPEN, DAMAGED, SILENT, RETRANSMITTED, LATE };

static size_t tell(int history, struct peer_event *events)
{
	size_t count = 0;

	events[count++] = syn(0, 1);
	if (history == RETRANSMITTED || history == LATE)
		events[count++] = syn(1000, 2);
	if (history == OPEN)
		events[count++] = answer(20, 1, PEER_SYN_ACK, true);
	if (history == DAMAGED)
		events[count++] = answer(20, 1, PEER_SYN_ACK_BAD_CHECKSUM, false);
	if (history == RETRANSMITTED)
		events[count++] = answer(1020, 2, PEER_SYN_ACK, true);
	if (history == LATE)
		events[count++] = answer(1200, 1, PEER_SYN_ACK, true);
	return count;
}

static const struct statement {
	int history;
	bool is_admitted;
	const char *verdict, *times, *counts, *answer;
} statements[] = {
#define SYN_ACK		  "{'kind':'syn-ack','timestamps':true}"
#define RTT(number)	  "'rtt_us':" number ",'rtt_candidates_us':null"
#define CANDIDATES(list)  "'rtt_us':null,'rtt_candidates_us':" list
#define SYNS(sent, left)  "'syn_sent':" #sent ",'syn_unanswered':" #left
#define AGAIN(sent, left) SYNS(sent, left) ",'asked_again':1"
#define OPEN_SAID	  "'status':'open','reason':'syn-ack','complete':true"
#define SILENCE_SAID	  "'status':'filtered','reason':'no-reply','complete':true"
#define DAMAGE_SAID	  "'status':'invalid','reason':'bad-checksum','complete':true"
#define LOSS_SAID	  "'status':'incomplete','reason':'events-lost','complete':false"
	{OPEN, true, OPEN_SAID, RTT("20500"), SYNS(1, 0), SYN_ACK},
	{OPEN, false, OPEN_SAID, RTT("19900"), SYNS(1, 0), SYN_ACK},
	{OPEN, false, OPEN_SAID, RTT("200000"), SYNS(1, 0), SYN_ACK},
	{OPEN, false, OPEN_SAID, CANDIDATES("[20500]"), SYNS(1, 0), SYN_ACK},
	{OPEN, false, OPEN_SAID, RTT("20500"), SYNS(2, 1), SYN_ACK},
	{OPEN, false, OPEN_SAID, RTT("20500"), SYNS(1, 1), SYN_ACK},
	{OPEN, true, OPEN_SAID, RTT("20500"), AGAIN(4, 3), SYN_ACK},
	{OPEN, false, OPEN_SAID, RTT("200000"), AGAIN(4, 3), SYN_ACK},
	{OPEN, false, OPEN_SAID, RTT("20500"), SYNS(1, 0), "{'kind':'rst'}"},
	{OPEN, false, "'status':'closed','reason':'reset','complete':true", RTT("20500"),
	 SYNS(1, 0), "{'kind':'rst'}"},
	{OPEN, false, SILENCE_SAID, RTT("null"), SYNS(1, 1), "null"},
	{OPEN, true, LOSS_SAID, RTT("null"), SYNS(1, 1), "null"},
	{OPEN, false, "'status':'incomplete','reason':'hook-missing','complete':true", RTT("null"),
	 SYNS(1, 1), "null"},
	{DAMAGED, true, DAMAGE_SAID, RTT("20500"), SYNS(1, 0), SYN_ACK},
	{DAMAGED, false, DAMAGE_SAID, RTT("19000"), SYNS(1, 0), SYN_ACK},
	{DAMAGED, false, OPEN_SAID, RTT("20500"), SYNS(1, 0), SYN_ACK},
	{DAMAGED, false, SILENCE_SAID, RTT("null"), SYNS(1, 1), "null"},
	{SILENT, true, SILENCE_SAID, RTT("null"), SYNS(1, 1), "null"},
	{SILENT, false, SILENCE_SAID, RTT("null"), SYNS(1, 0), "null"},
	{SILENT, true, SILENCE_SAID, RTT("null"), AGAIN(2, 1), "null"},
	{SILENT, false, OPEN_SAID, RTT("20500"), SYNS(1, 0), SYN_ACK},
	{SILENT, false, DAMAGE_SAID, RTT("null"), SYNS(1, 0), SYN_ACK},
	{RETRANSMITTED, true, OPEN_SAID, RTT("20500"), SYNS(2, 1), SYN_ACK},
	{RETRANSMITTED, false, OPEN_SAID, RTT("1020500"), SYNS(2, 1), SYN_ACK},
	{RETRANSMITTED, false, OPEN_SAID, CANDIDATES("[20500,1020500]"), SYNS(2, 1), SYN_ACK},
	{LATE, true, OPEN_SAID, CANDIDATES("[200500,1200500]"), SYNS(2, 1), SYN_ACK},
	{LATE, false, OPEN_SAID, CANDIDATES("[200500]"), SYNS(2, 1), SYN_ACK},
	{LATE, false, OPEN_SAID, RTT("200500"), SYNS(2, 1), SYN_ACK},
	{LATE, false, OPEN_SAID, RTT("1200500"), SYNS(2, 1), SYN_ACK},
};

static json_t *record_of(const struct statement *statement)
{
	char text[512];
	json_t *record;

	snprintf(text, sizeof(text), "{%s,%s,%s,'answer':%s,'source_port':%d}", statement->verdict,
		 statement->times, statement->counts, statement->answer, CLIENT_PORT);
	for (char *at = text; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	record = json_loads(text, 0, NULL);
	cr_assert(record, "%s", text);
	return record;
}

Test(oracle, objects_to_what_is_wrong_and_to_nothing_else)
{
	for (size_t i = 0; i < LENGTH(statements); i++) {
		struct peer_event events[4];
		struct truth truth = {.family = AF_INET, .events = events, .timeout_ns = 2500 * MS};
		struct objection objection = {"nothing"};
		json_t *record = record_of(&statements[i]);

		truth.count = tell(statements[i].history, events);
		cr_expect_eq(oracle_admits(&truth, record, &objection), statements[i].is_admitted,
			     "statement %zu: %s", i, objection.text);
		json_decref(record);
	}
}

/*
 * Its last SYN left while the answer to the first was on its way in: only where interrupts take
 * their time.
 */
Test(oracle, admits_a_syn_that_crosses_the_answer_where_packets_may_cross)
{
	static const struct statement statement = {
		OPEN, true, OPEN_SAID, CANDIDATES("[300,1200300]"), SYNS(2, 1), SYN_ACK};
	struct peer_event events[] = {syn(0, 1), answer(1200, 1, PEER_SYN_ACK, true),
				      syn(1202.5, 2)};
	struct truth truth = {.family = AF_INET,
			      .events = events,
			      .count = LENGTH(events),
			      .timeout_ns = 2500 * MS};
	struct objection objection = {"nothing"};
	json_t *record = record_of(&statement);

	cr_expect_not(oracle_admits(&truth, record, &objection));
	truth.crossing_ns = 50 * MS;
	cr_expect(oracle_admits(&truth, record, &objection), "%s", objection.text);
	json_decref(record);
}

/* Written behind it, and received before it: only by another processor. */
Test(oracle, admits_a_segment_that_overtakes_an_icmp_error_where_packets_may_cross)
{
	static const struct statement statement = {OPEN,	 true,	     OPEN_SAID,
						   RTT("20500"), SYNS(1, 0), SYN_ACK};
	struct peer_event events[] = {syn(0, 1), answer(20, 1, PEER_ICMP, true),
				      answer(20.002, 1, PEER_SYN_ACK, true)};
	struct truth truth = {.family = AF_INET,
			      .events = events,
			      .count = LENGTH(events),
			      .timeout_ns = 2500 * MS};
	struct objection objection = {"nothing"};
	json_t *record = record_of(&statement);

	cr_expect_not(oracle_admits(&truth, record, &objection));
	truth.crossing_ns = 50 * MS;
	cr_expect(oracle_admits(&truth, record, &objection), "%s", objection.text);
	events[2].time_ns += 60 * MS;
	cr_expect_not(oracle_admits(&truth, record, &objection));
	json_decref(record);
}

/* A record of a port that the peer never heard of rests on nothing. */
Test(oracle, objects_to_any_verdict_about_a_syn_that_never_came)
{
	struct truth truth = {.family = AF_INET, .timeout_ns = 2500 * MS};
	struct objection objection;
	json_t *record = record_of(&statements[0]);

	cr_assert_not(oracle_admits(&truth, record, &objection));
	json_decref(record);
}
