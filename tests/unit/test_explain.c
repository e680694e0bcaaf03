/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sentences: one for every reason, readable whatever foreign text is in them, and some word for
 * word.
 */
#include "tests/unit/story.h"

#include <ctype.h>
#include <string.h>

#include "user/words/explain.h"
#include "user/words/reasons.h"

static void expect_sentence(const char *text, const char *what)
{
	cr_expect_gt(strlen(text), 8, "%s: \"%s\"", what, text);
	cr_expect_lt(strlen(text), EXPLAIN_MAX - 1, "%s is cut: \"%s\"", what, text);
	for (const char *at = text; *at; at++)
		cr_expect(isprint((unsigned char)*at), "%s: \"%s\"", what, text);
	cr_expect_neq(text[strlen(text) - 1], '.', "%s: \"%s\"", what, text);
	cr_expect(!strstr(text, "(null)") && !strstr(text, "  "), "%s: \"%s\"", what, text);
}

/* Everything a sentence may speak of, with names as long as they may be. */
static struct story crowded(int family)
{
	struct story s = story_new(family);
	struct event *drop;

	story_device(&s, "fifteen_letters", 2, false);
	story_route(&s, -0.1, ROUTE_UNICAST);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_syn_ack(&s, 1, 0.1);
	story_icmp(&s, 2, family == AF_INET ? 3 : 1, 0);
	drop = story_drop_in(&s, 3, "", "");
	memset(drop->packet.reason, 'R', EVENT_SYMBOL_MAX - 1);
	memset(drop->packet.function, 'f', EVENT_SYMBOL_MAX - 1);
	return s;
}

static int entry_of(const struct attempt *attempt, bool is_icmp)
{
	for (int i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == EVENT_RECEIVE &&
		    (bool)(attempt->entries[i].flags & ENTRY_ICMP) == is_icmp)
			return i;
	return NO_ENTRY;
}

static void expect_reason_explained(int family, enum status status, enum reason reason)
{
	struct story s = crowded(family);
	struct verdict verdict = {.answer_entry = NO_ENTRY};
	char text[EXPLAIN_MAX];
	bool is_icmp = reason >= REASON_ICMP_PORT_UNREACHABLE && reason <= REASON_TTL_EXCEEDED;
	int answer;

	story_judge(&s, 10, &verdict);
	answer = entry_of(&s.attempt, is_icmp);
	verdict =
		(struct verdict){.status = status,
				 .reason = reason,
				 .is_complete = true,
				 .answer = is_icmp ? ANSWER_ICMP : ANSWER_SYN_ACK,
				 .answer_entry = (int8_t)answer,
				 .answer_from = s.router,
				 .wire_destination = s.target,
				 .notes = NOTE_REWRITTEN_TO,
				 .syn_sent = 65535,
				 .syn_unanswered = 65534,
				 .app_error = ECONNREFUSED,
				 .watched_ns = UINT32_MAX,
				 .ifindex = 2,
				 .drop = {s.events[s.count - 1].packet.reason,
					  s.events[s.count - 1].packet.function, 2, 65535, false}};
	cr_expect_eq(explain_verdict(story_judgement(&s.attempt, &verdict), text), text);
	expect_sentence(text, reason_name(reason));
	if (explain_hint(story_judgement(&s.attempt, &verdict), NULL, text))
		expect_sentence(text, reason_name(reason));
}

Test(explain, every_reason_has_a_readable_sentence_that_fits)
{
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		expect_reason_explained(AF_INET, STATUS_BLOCKED, reason);
		expect_reason_explained(AF_INET6, STATUS_INTERCEPTED, reason);
	}
}

/* As above, from next to nothing: no device, no route, no names. */
Test(explain, every_reason_without_packets_is_explained_from_an_empty_attempt)
{
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		struct attempt attempt;
		struct verdict verdict = {.status = STATUS_BLOCKED,
					  .reason = reason,
					  .answer_entry = NO_ENTRY,
					  .drop = {"", "", 0, 0, true}};
		char text[EXPLAIN_MAX];

		if (reason == REASON_WRONG_ACK ||
		    (reason >= REASON_ICMP_PORT_UNREACHABLE && reason <= REASON_TTL_EXCEEDED))
			continue; /* these cite a packet */
		attempt_init(&attempt, (struct attempt_key){1, 1});
		cr_expect_gt(strlen(explain_verdict(story_judgement(&attempt, &verdict), text)), 0,
			     "%s", reason_name(reason));
		cr_expect_null(strstr(text, "(null)"), "%s", text);
	}
}

static void expect_text(struct story *s, double at_ms, const char *sentence, const char *hint)
{
	char text[EXPLAIN_MAX];
	struct verdict verdict;

	cr_assert(story_judge(s, at_ms, &verdict));
	cr_expect_str_eq(explain_verdict(story_judgement(&s->attempt, &verdict), text), sentence);
	if (hint)
		cr_expect_str_eq(explain_hint(story_judgement(&s->attempt, &verdict), NULL, text),
				 hint);
	else
		cr_expect_null(explain_hint(story_judgement(&s->attempt, &verdict), NULL, text));
}

Test(explain, closed_names_the_device)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_reset(&s, 3);
	story_reset_received(&s, 3.1);
	expect_text(&s, 4,
		    "a RST answering our SYN came in on eth0: nothing listens there, or a firewall "
		    "answers for it",
		    NULL);
}

Test(explain, silence_counts_syns_and_seconds)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn(&s, 1000);
	story_deadline(&s, 4000);
	expect_text(&s, 4000, "2 SYNs left eth0, nothing came back in 4.0 s", NULL);
}

Test(explain, a_dropped_answer_says_who_dropped_it_and_that_the_server_is_open)
{
	struct story s = story_connect(AF_INET);

	for (int i = 0; i < 3; i++) {
		story_syn_ack(&s, 5 + i, 0.1);
		story_drop_in(&s, 5.5 + i, "NETFILTER_DROP", "nft_do_chain");
	}
	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	expect_text(&s, 4000,
		    "the SYN-ACK arrived 3 times and was dropped here: NETFILTER_DROP in "
		    "nft_do_chain (inbound, eth0)",
		    "the server is open; list the rules with: nft list ruleset | sed -n '/hook "
		    "\\(ingress\\|prerouting\\|input\\)/,/^\\t}/p'");
}

Test(explain, an_icmp_error_is_attributed_to_its_router)
{
	struct story s = story_connect(AF_INET6);

	story_syn(&s, 0.1);
	story_icmp(&s, 5, 1, 3);
	expect_text(&s, 6, "2001:db8::1 says: address unreachable (ICMPv6 1/3)", NULL);
}

/* The kernel answers a wrong number with a RST of its own: the SYN is the one to compare with. */
Test(explain, a_wrong_ack_is_compared_with_the_syn_not_with_our_reset)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_receive(&s, 1, SYN | ACK, 4711);
	story_sent(&s, 1.1, RST)->packet.packet.tcp.seq = 4711;
	story_deadline(&s, 4000);
	expect_text(&s, 4000,
		    "an answer (SYN-ACK) came, but acknowledges 4711 instead of 5001, so the "
		    "kernel refused it",
		    NULL);
}

Test(explain, a_neighbour_is_named_by_the_gateway)
{
	struct story s = story_connect(AF_INET);

	story_deadline(&s, 500);
	story_neighbour(&s, 501, NEIGHBOUR_INCOMPLETE);
	expect_text(&s, 502,
		    "ARP for the next hop 10.1.0.1 on eth0 has no answer yet; no SYN has left this "
		    "host",
		    "see: ip neighbour show dev eth0");
}

Test(explain, lost_events_count_those_that_found_no_place)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	story_lost(&s, 0, 1, 2);
	expect_text(&s, 4000, "2 events were lost while it ran, so absence proves nothing", NULL);
	for (unsigned i = 0; i < ATTEMPT_MAX_ENTRIES; i++)
		story_poll(&s, 5 + i, 0); /* our own all count, and 6 entries are there before */
	expect_text(&s, 4000, "9 events were lost while it ran, so absence proves nothing", NULL);
}

Test(explain, amendments_say_after_how_long)
{
	static const struct {
		struct amendment amendment;
		const char *text;
	} cases[] = {
		{{.kind = AMENDMENT_NOT_ACCEPTED, .after_ns = 1001 * STORY_MS},
		 "after 1.0 s its SYN-ACK was repeated: the server has not accepted the connection "
		 "(its queue is full, or it waits for "
		 "data: "
		 "TCP_DEFER_ACCEPT, with a single repeat), or our ACK was lost"},
		{{.kind = AMENDMENT_RESET_LOST, .after_ns = 1001 * STORY_MS},
		 "after 1.0 s its SYN-ACK was repeated, though this host had reset the connection: "
		 "the RST was lost, or is dropped on the "
		 "way"},
		{{.kind = AMENDMENT_RESET_BY_PEER, .after_ns = 5 * STORY_MS},
		 "after 5.0 ms the peer reset the connection"},
		{{.kind = AMENDMENT_RESET_LOCALLY, .after_ns = 5 * STORY_MS},
		 "after 5.0 ms this host reset the connection itself, over loopback: a rule "
		 "rejects what follows the handshake"},
		{{.kind = AMENDMENT_CLOSED_BY_PEER, .after_ns = 50 * STORY_MS},
		 "after 50 ms the peer closed the connection"},
		{{.kind = AMENDMENT_LATE_ANSWER, .after_ns = 1500 * STORY_MS},
		 "after 1.5 s an answer came after all, too late for this verdict"},
	};
	struct attempt attempt;
	char text[EXPLAIN_MAX];

	attempt_init(&attempt, (struct attempt_key){1, 1});
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_str_eq(
			explain_amendment(story_amended(&attempt, &cases[i].amendment), text),
			cases[i].text);
}

static struct story unbound(int error)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	story_bind(&s, 0.1, error);
	return s;
}

Test(explain, a_failed_bind_names_what_it_wanted)
{
	struct story address = unbound(EADDRNOTAVAIL), port = unbound(EADDRINUSE),
		     device = unbound(ENODEV), other = unbound(EPERM);

	expect_text(&address, 1,
		    "bind() failed at once with EADDRNOTAVAIL: the source address 10.1.0.2 is not "
		    "this host's",
		    "see: ip address");
	expect_text(&port, 1,
		    "bind() failed at once with EADDRINUSE: the source port 40000 is in use on "
		    "this host",
		    "see: ss -tan sport = :40000");
	expect_text(&device, 1,
		    "binding the socket to its device failed at once with ENODEV: there is no such "
		    "device",
		    "see: ip link");
	expect_text(&other, 1,
		    "binding the socket to its source failed at once with EPERM: no SYN was sent",
		    NULL);
}

Test(explain, a_source_port_that_was_asked_for_is_named)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	story_syn_sent(&s, 0.01)->state.source.port = 4000;
	story_closed(&s, 0.02);
	story_return(&s, 0.1, EADDRNOTAVAIL);
	expect_text(&s, 1,
		    "connect() failed at once with EADDRNOTAVAIL: the source port 4000 is in use "
		    "for another connection to this destination",
		    "see: ss -tan sport = :4000");
}

static struct story lost(enum route_kind kind, bool has_sent)
{
	struct story s = story_connect(AF_INET);

	if (has_sent)
		story_syn(&s, 0.1);
	story_retransmit(&s, 1000, -EHOSTUNREACH);
	story_deadline(&s, 4000);
	story_route(&s, 4000.1, kind);
	return s;
}

Test(explain, a_way_that_was_lost_says_how_far_it_came)
{
	static const struct {
		enum route_kind kind;
		bool has_sent;
		const char *sentence, *hint;
	} cases[] = {
		{ROUTE_NO_NAMESPACE, true,
		 "1 SYN left eth0 and nothing came back, but the network namespace of the socket "
		 "was "
		 "deleted",
		 "see: ip netns list"},
		{ROUTE_NO_DEVICE, true,
		 "1 SYN left eth0 and nothing came back, but the device that the socket is bound "
		 "to is not there any more",
		 "see: ip link"},
		{ROUTE_NO_SOURCE, true,
		 "1 SYN left eth0 and nothing came back, but the source address 10.1.0.2 is not "
		 "this host's (any more), so no answer can "
		 "come in",
		 "see: ip address"},
		{ROUTE_NONE, false,
		 "no SYN has left this host: there is no route any more, or its device is down",
		 "see: ip route get 10.2.0.2"},
		{ROUTE_BLACKHOLE, true,
		 "1 SYN left eth0 and nothing came back, but by now the route to it is a blackhole",
		 "see: ip route get 10.2.0.2"},
		{ROUTE_UNICAST, true,
		 "1 SYN left eth0, nothing came back in 4.0 s; meanwhile 1 SYN could not be sent "
		 "for want of a route",
		 NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story s = lost(cases[i].kind, cases[i].has_sent);

		expect_text(&s, 4001, cases[i].sentence, cases[i].hint);
	}
}

Test(explain, whoever_gave_up_is_told_apart)
{
	struct story interrupted = story_connect(AF_INET), deadline = story_connect(AF_INET),
		     reached = story_connect(AF_INET);

	story_syn(&interrupted, 0.1);
	story_abandon(&interrupted, 100);
	expect_text(&interrupted, 101,
		    "interrupted before there was a verdict; 1 SYN had been sent", NULL);
	story_syn(&deadline, 0.1);
	story_abandon(&deadline, 100)->app.result = 1;
	expect_text(&deadline, 101,
		    "the run's deadline (-w) came before there was a verdict; 1 SYN had been sent",
		    NULL);
	story_syn(&reached, 0.1);
	story_abandon(&reached, 100)->app.result = 2;
	expect_text(&reached, 101,
		    "another probe of this target showed what was waited for (--until); 1 SYN had "
		    "been sent",
		    NULL);
}

static const char *waiting(struct story *s, char *text)
{
	struct verdict ignored;

	story_judge(s, 0, &ignored);
	return explain_waiting(story_facts(&s->attempt, UINT64_MAX), text);
}

Test(explain, a_queued_syn_waits_for_no_neighbour)
{
	struct story s = story_connect(AF_INET);
	char text[EXPLAIN_MAX];

	story_queued(&s, 0.1);
	cr_expect_str_eq(waiting(&s, text), "the SYN waits in a queue");
}

Test(explain, waiting_says_what_for)
{
	struct story s = story_connect(AF_INET);
	char text[EXPLAIN_MAX];

	cr_expect_str_eq(waiting(&s, text), "no SYN has left yet, next hop 10.1.0.1");
	story_drop_out(&s, 0.05, "NETFILTER_DROP", "nft_do_chain");
	cr_expect_str_eq(waiting(&s, text), "the SYN was dropped here, trying again");
	story_syn(&s, 0.1);
	cr_expect_str_eq(waiting(&s, text), "1 SYN sent, no answer yet");
	story_receive(&s, 1, ACK, 1);
	cr_expect_str_eq(waiting(&s, text), "1 SYN sent, no valid answer yet");
	story_drop_in(&s, 2, "NETFILTER_DROP", "nft_do_chain");
	cr_expect_str_eq(waiting(&s, text), "an answer arrived and was dropped here");
}

Test(explain, every_entry_of_a_timeline_is_a_readable_line)
{
	for (enum event_kind kind = EVENT_UNKNOWN; kind <= EVENT_END; kind++) {
		struct story s = crowded(AF_INET6);
		struct entry entry = {.kind = (uint8_t)kind, .ifindex = 9, .count = 1};
		struct verdict ignored;
		char text[EXPLAIN_MAX];

		if (kind == EVENT_DROP)
			entry.drop.reason = entry.drop.function = "";
		story_judge(&s, 10, &ignored);
		cr_expect_gt(strlen(explain_entry(&s.attempt, &entry, text)), 3, "%s",
			     event_kind_name(kind));
		for (unsigned i = 0; i < s.attempt.entry_count; i++)
			expect_sentence(explain_entry(&s.attempt, &s.attempt.entries[i], text),
					"entry");
	}
}

Test(explain, entries_look_like_this)
{
	struct story s = story_connect(AF_INET);
	struct verdict ignored;
	char text[EXPLAIN_MAX];

	story_syn(&s, 0.1);
	story_syn_ack(&s, 1, 0.1)->packet.packet.tcp.window = 64240;
	story_judge(&s, 2, &ignored);
	cr_expect_str_eq(explain_entry(&s.attempt, &s.attempt.entries[0], text),
			 "route: unicast via 10.1.0.1 dev eth0");
	cr_expect_str_eq(explain_entry(&s.attempt, &s.attempt.entries[1], text), "connect()");
	cr_expect_str_eq(explain_entry(&s.attempt, &s.attempt.entries[2], text),
			 "CLOSE -> SYN_SENT");
	cr_expect_str_eq(explain_entry(&s.attempt, &s.attempt.entries[3], text),
			 "SYN leaves by eth0, seq 5000 win 0 ttl 64 ts 1000/0, queued 2.0 us");
	cr_expect_str_eq(explain_entry(&s.attempt, &s.attempt.entries[4], text),
			 "connect() = -1 EINPROGRESS");
	cr_expect_str_eq(
		explain_entry(&s.attempt, &s.attempt.entries[5], text),
		"SYN-ACK arrives on eth0, seq 900000 ack 5001 win 64240 ttl 63 ts 7000/1000");
}
