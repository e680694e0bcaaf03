/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scripted peer does as it is told, and says when. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "tests/scenarios/plain.h"

#define PORT 7000

BOTH_FAMILIES(peer, answers_as_told)
{
	static const struct {
		struct peer_rule rule;
		int timeout_ms, told;
	} cases[] = {
		{{.answer = PEER_SYN_ACK}, PLAIN_PATIENCE_MS, 0},
		{{.answer = PEER_SYN_ACK, .echo = PEER_ECHO_NONE}, PLAIN_PATIENCE_MS, 0},
		{{.answer = PEER_SYN_ACK, .delay_us = 20000}, PLAIN_PATIENCE_MS, 0},
		{{.answer = PEER_SYN_ACK, .repeats = 2}, PLAIN_PATIENCE_MS, 0},
		{{.answer = PEER_RST}, PLAIN_PATIENCE_MS, ECONNREFUSED},
		{{.answer = PEER_SILENT}, 150, EINPROGRESS},
		{{.answer = PEER_SYN_ACK, .drop_first = 1}, 150, EINPROGRESS},
		{{.answer = PEER_SYN_ACK, .delay_us = 1000000}, 150, EINPROGRESS},
		{{.answer = PEER_SYN_ACK, .echo = PEER_ECHO_WRONG}, 150, EINPROGRESS},
		{{.answer = PEER_SYN_ACK_WRONG_ACK}, 150, EINPROGRESS},
		{{.answer = PEER_SYN_ACK_BAD_CHECKSUM}, 150, EINPROGRESS},
		{{.answer = PEER_RST_WRONG_ACK}, 150, EINPROGRESS},
		{{.answer = PEER_RST_BLIND}, 150, EINPROGRESS},
		{{.answer = PEER_ACK}, 150, EINPROGRESS},
		{{.answer = PEER_CHALLENGE_ACK}, 150, EINPROGRESS},
	};
	struct lab *lab = scenario_lab();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lab_peer_rule(lab, (uint16_t)(PORT + i), cases[i].rule);
		expect_told(lab, places_of(family)->peer, (uint16_t)(PORT + i), cases[i].timeout_ms,
			    cases[i].told);
	}
}

static void expect_icmp(struct lab *lab, const char *host, uint8_t type, uint8_t code, int told)
{
	lab_peer_rule(
		lab, PORT,
		(struct peer_rule){.answer = PEER_ICMP, .icmp_type = type, .icmp_code = code});
	expect_told(lab, host, PORT, PLAIN_PATIENCE_MS, told);
}

Test(peer, has_icmp_errors_sent_v4)
{
	struct lab *lab = scenario_lab();

	expect_icmp(lab, LAB_PEER4, 3, 0, ENETUNREACH);
	expect_icmp(lab, LAB_PEER4, 3, 1, EHOSTUNREACH);
	expect_icmp(lab, LAB_PEER4, 3, 2, ENOPROTOOPT);
	expect_icmp(lab, LAB_PEER4, 3, 3, ECONNREFUSED);
	expect_icmp(lab, LAB_PEER4, 11, 0, EHOSTUNREACH);
}

Test(peer, has_icmp_errors_sent_v6)
{
	struct lab *lab = scenario_lab();

	expect_icmp(lab, LAB_PEER6, 1, 0, ENETUNREACH);
	expect_icmp(lab, LAB_PEER6, 1, 1, EACCES);
	expect_icmp(lab, LAB_PEER6, 1, 3, EHOSTUNREACH);
	expect_icmp(lab, LAB_PEER6, 1, 4, ECONNREFUSED);
	expect_icmp(lab, LAB_PEER6, 3, 0, EHOSTUNREACH);
}

Test(peer, an_icmp_error_that_quotes_another_sequence_number_is_ignored)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_ICMP,
					 .icmp_type = 3,
					 .icmp_code = 3,
					 .icmp_has_wrong_quote = true});
	expect_told(lab, LAB_PEER4, PORT, 150, EINPROGRESS);
}

static void expect_answer_to_syn(const struct lab *lab, unsigned answer_number, unsigned syn_number,
				 struct peer_event *ret_answer)
{
	struct peer_event syn, answer;

	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, PORT, syn_number, &syn));
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, PORT, answer_number, &answer));
	cr_assert_eq(answer.isn, syn.isn);
	cr_assert_eq(answer.client_port, syn.client_port);
	cr_assert_eq(answer.tsval, syn.tsval, "the answer echoes another SYN");
	*ret_answer = answer;
}

BOTH_FAMILIES(peer, logs_its_own_times)
{
	struct lab *lab = scenario_lab();
	struct peer_event syn, answer;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 30000});
	expect_told(lab, places_of(family)->peer, PORT, PLAIN_PATIENCE_MS, 0);
	expect_answer_to_syn(lab, 0, 0, &answer);
	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, PORT, 0, &syn));
	cr_assert_geq(answer.time_ns - syn.time_ns, 30000000);
}

Test(peer, answers_the_second_syn_when_told_to_forget_the_first)
{
	struct lab *lab = scenario_lab();
	struct peer_event answer;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .drop_first = 1});
	expect_told(lab, LAB_PEER4, PORT, PLAIN_PATIENCE_MS, 0);
	expect_answer_to_syn(lab, 0, 1, &answer);
	cr_assert_leq(lab->peer->answers_written, 1); /* counted after it is written */
}

Test(peer, answers_late_with_the_stamp_that_it_is_told)
{
	struct lab *lab = scenario_lab();
	struct peer_rule rule = {.answer = PEER_SYN_ACK,
				 .delay_us = 1200000,
				 .max_answers = 1,
				 .echo = PEER_ECHO_FIRST};
	struct peer_event answer, first, second;

	lab_peer_rule(lab, PORT, rule);
	expect_told(lab, LAB_PEER4, PORT, PLAIN_PATIENCE_MS, 0);
	expect_answer_to_syn(lab, 0, 0, &answer);
	cr_assert_leq(lab->peer->answers_written, 1); /* counted after it is written */

	rule.echo = PEER_ECHO_NEWEST;
	lab_peer_rule(lab, PORT, rule);
	expect_told(lab, LAB_PEER4, PORT, PLAIN_PATIENCE_MS, 0);
	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, PORT, 2, &first));
	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, PORT, 3, &second),
		  "no second SYN within 1.2 s");
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, PORT, 1, &answer));
	cr_assert_eq(answer.tsval, second.tsval);
	cr_assert_neq(answer.tsval, first.tsval);
}

static void expect_after(struct lab *lab, enum peer_after after, int wanted_read, int wanted_errno)
{
	struct pollfd readable = {.events = POLLIN};
	struct peer_event event;
	char byte;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .after = after});
	readable.fd = plain_connect(lab, LAB_PEER4, PORT);
	cr_assert_eq(poll(&readable, 1, PLAIN_PATIENCE_MS), 1);
	errno = 0;
	cr_assert_eq(read(readable.fd, &byte, 1), wanted_read);
	cr_assert_eq(errno, wanted_errno);
	cr_assert(peer_event_find(lab->peer, PEER_AFTER_WRITTEN, PORT, 0, &event));
	close(readable.fd);
}

Test(peer, resets_after_the_handshake)
{
	expect_after(scenario_lab(), PEER_AFTER_RST, -1, ECONNRESET);
}

Test(peer, finishes_after_the_handshake)
{
	expect_after(scenario_lab(), PEER_AFTER_FIN, 0, 0);
}
