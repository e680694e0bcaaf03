/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the first SYN went: what is kept of it, what is said of it, and that nothing else is
 * another for it.
 */
#include <string.h>

#include "tests/unit/story.h"
#include "user/words/explain.h"

#define ROUTER 4026532461u
#define SERVER 4026532462u

/* NULL: no path. */
static const char *told(struct story *s, char *text)
{
	struct verdict ignored;
	struct path path;

	story_judge(s, 100, &ignored);
	path_of(&s->attempt, &path);
	return explain_path(&path, text);
}

#define expect_path(s, wanted)                                                                     \
	do {                                                                                       \
		char text[EXPLAIN_MAX];                                                            \
		cr_expect_str_eq(told(s, text), wanted);                                           \
	} while (0)

/* eth0 -> router eth0, eth1 -> server eth0 */
static struct story routed(int family)
{
	struct story s = story_connect(family);

	story_syn(&s, 0.1);
	story_hop(&s, 0.104, "eth0", ROUTER, true);
	story_hop(&s, 0.12, "eth1", ROUTER, false);
	story_hop(&s, 0.141, "eth0", SERVER, true);
	return s;
}

static const struct entry *hop_of(const struct story *s, unsigned number)
{
	for (unsigned i = 0; i < s->attempt.entry_count; i++)
		if (s->attempt.entries[i].kind == EVENT_HOP && number-- == 0)
			return &s->attempt.entries[i];
	cr_assert_fail("no such hop");
	return NULL;
}

Test(path, leads_from_the_sockets_device_over_those_of_other_namespaces)
{
	struct story s = routed(AF_INET);
	struct path path;

	expect_path(&s, "eth0 → eth0 (ns 4026532461) → eth1 → eth0 (ns 4026532462), 0.041 ms");
	path_of(&s.attempt, &path);
	cr_assert_eq(path.count, 4);
	cr_expect_eq(path.hops[0].netns, STORY_NETNS);
	cr_expect_not(path.hops[0].is_received);
	cr_expect_eq(path.hops[0].after_ns, 0);
	cr_expect(path.hops[1].is_received);
	cr_expect_eq(path.hops[1].ifindex, 3);
	cr_expect_eq(path.hops[3].after_ns, 41000);
	cr_expect_eq(s.attempt.device_count, 1,
		     "another namespace's device was taken for one of the socket's");
}

Test(path, of_a_syn_that_never_left_is_none)
{
	struct story s = story_connect(AF_INET);
	char text[EXPLAIN_MAX];

	story_queued(&s, 0.1);
	cr_expect_null(told(&s, text));
}

Test(path, that_left_this_host_at_once_is_its_device)
{
	struct story s = story_connect(AF_INET6);

	story_syn(&s, 0.1);
	expect_path(&s, "eth0");
}

Test(path, has_every_device_of_the_sockets_own_namespace_once)
{
	struct story s = story_connect(AF_INET);
	struct event *port;

	story_device(&s, "br0", 8, false);
	story_syn(&s, 0.1);
	port = story_sent(&s, 0.11, SYN);
	port->packet.packet = port[-1].packet.packet;
	strcpy(port->packet.device, "eth0");
	port->packet.ifindex = 2;
	story_hop(&s, 0.12, "eth0", ROUTER, true);
	story_syn(&s, 1000.1);
	expect_path(&s, "br0 → eth0 → eth0 (ns 4026532461), 0.020 ms");
}

Test(path, is_that_of_the_first_syn_alone)
{
	struct story s = routed(AF_INET);

	story_syn(&s, 1000.1);
	story_hop(&s, 1000.2, "wlan0", ROUTER, false)->packet.ifindex = 9;
	expect_path(&s, "eth0 → eth0 (ns 4026532461) → eth1 → eth0 (ns 4026532462), 0.041 ms");
}

Test(path, without_timestamps_has_each_device_and_direction_once)
{
	struct story s = story_connect(AF_INET6);

	s.has_timestamps = false;
	for (int i = 0; i < 2; i++) {
		story_syn(&s, 0.1 + i * 1000);
		story_hop(&s, 0.104 + i * 1000, "eth0", ROUTER, true);
		story_hop(&s, 0.12 + i * 1000, "eth0", ROUTER, false);
	}
	expect_path(&s, "eth0 → eth0 (ns 4026532461) → eth0, 0.020 ms");
}

Test(path, tells_what_was_rewritten_where)
{
	struct story s = routed(AF_INET);
	char text[EXPLAIN_MAX];

	s.events[s.count - 2].packet.packet.source =
		address_make(AF_INET, (const uint8_t[]){10, 2, 0, 1}, 40001);
	s.events[s.count - 1].packet.packet.source = s.events[s.count - 2].packet.packet.source;
	expect_path(&s, "eth0 → eth0 (ns 4026532461) → eth1 (now from 10.2.0.1:40001) → eth0 (ns "
			"4026532462), 0.041 ms");
	cr_expect_str_eq(explain_entry(&s.attempt, hop_of(&s, 0), text),
			 "SYN passes eth0 in namespace 4026532461, in");
	cr_expect_str_eq(explain_entry(&s.attempt, hop_of(&s, 1), text),
			 "SYN passes eth1 in namespace 4026532461, out, now from 10.2.0.1:40001");
	s.events[s.count - 1].packet.packet.destination.port = 8080;
	expect_path(&s, "eth0 → eth0 (ns 4026532461) → eth1 (now from 10.2.0.1:40001) → "
			"eth0 (ns 4026532462, now to 10.2.0.2:8080), 0.041 ms");
	s.events[s.count - 2].packet.packet.destination.port = 8080;
	expect_path(&s, "eth0 → eth0 (ns 4026532461) → eth1 (now to 10.2.0.2:8080 and from another "
			"source) → "
			"eth0 (ns 4026532462), 0.041 ms");
}

Test(path, knows_an_address_that_a_translator_made_of_the_other_family)
{
	struct story s = routed(AF_INET6);

	for (unsigned back = 1; back <= 2; back++) {
		s.events[s.count - back].packet.packet.source =
			address_make(AF_INET, (const uint8_t[]){10, 2, 0, 1}, 40001);
		s.events[s.count - back].packet.packet.destination =
			address_make(AF_INET, (const uint8_t[]){10, 2, 0, 2}, 80);
	}
	expect_path(
		&s,
		"eth0 → eth0 (ns 4026532461) → eth1 (now to 10.2.0.2:80 and from another source) → "
		"eth0 (ns 4026532462), 0.041 ms");
}

Test(path, calls_a_device_without_a_name_by_its_number)
{
	struct story s = story_connect(AF_INET);
	char text[EXPLAIN_MAX];

	story_syn(&s, 0.1);
	story_hop(&s, 0.101, "", ROUTER, true);
	expect_path(&s, "eth0 → interface 3 (ns 4026532461), 0.001 ms");
	cr_expect_str_eq(explain_entry(&s.attempt, hop_of(&s, 0), text),
			 "SYN passes interface 3 in namespace 4026532461, in");
}

Test(path, has_no_more_hops_than_there_is_room_for)
{
	struct story s = story_connect(AF_INET);
	struct path path;

	story_syn(&s, 0.1);
	for (uint32_t i = 0; i < 2 * ATTEMPT_MAX_HOPS; i++)
		story_hop(&s, 0.2 + i, "veth", ROUTER + i, true);
	path_of((told(&s, (char[EXPLAIN_MAX]){""}), &s.attempt), &path);
	cr_expect_eq(path.count, 1 + ATTEMPT_MAX_HOPS);
	cr_expect_eq(s.attempt.overflow_count, 0);
}

static bool same_but_for_hops(const struct attempt *with, const struct attempt *without)
{
	unsigned k = 0;

	for (unsigned i = 0; i < with->entry_count; i++) {
		if (with->entries[i].kind == EVENT_HOP)
			continue;
		if (k == without->entry_count ||
		    memcmp(&with->entries[i], &without->entries[k++], sizeof(struct entry)))
			return false;
	}
	return k == without->entry_count && with->overflow_count == without->overflow_count;
}

/* Retransmits that are folded, answers that overflow, states up to the last place. */
static void crowd(struct story *s, unsigned states)
{
	for (int i = 1; i < 15; i++)
		story_syn(s, i * 1000);
	for (uint32_t i = 0; i < 20; i++)
		story_receive(s, 20000 + i, ACK, i);
	for (unsigned i = 0; i < states; i++)
		story_established(s, 30000 + i);
}

Test(path, crowds_nothing_out)
{
	for (unsigned states = 0; states < 14; states++) {
		struct story with = routed(AF_INET), without = story_connect(AF_INET);
		char text[EXPLAIN_MAX];

		story_syn(&without, 0.1);
		crowd(&with, states);
		crowd(&without, states);
		told(&with, text);
		told(&without, text);
		cr_expect(same_but_for_hops(&with.attempt, &without.attempt), "with %u states",
			  states);
		cr_expect_eq(with.attempt.hop_count + without.attempt.entry_count,
			     with.attempt.entry_count);
	}
}

Test(path, does_not_part_a_syn_from_the_device_that_hands_it_on)
{
	struct story s = story_connect(AF_INET);
	struct event *port;

	for (int i = 0; i < 10; i++) {
		story_device(&s, "br0", 8, false);
		story_syn(&s, 1 + i * 1000);
		if (!i)
			story_hop(&s, 1.001, "eth9", ROUTER, true);
		port = story_sent(&s, 1.002 + i * 1000, SYN);
		port->packet.packet = port[i ? -1 : -2].packet.packet;
		port->packet.ifindex = 2;
	}
	story_deadline(&s, 10500);
	cr_expect_eq(expect_verdict(&s, 10600, STATUS_FILTERED, REASON_NO_REPLY).syn_sent, 10);
}

Test(path, changes_no_verdict)
{
	struct story with = routed(AF_INET), without = story_connect(AF_INET);
	struct story *stories[] = {&with, &without};
	struct verdict verdicts[2];

	story_syn(&without, 0.1);
	for (unsigned i = 0; i < 2; i++) {
		story_syn_ack(stories[i], 0.2, 0.1);
		story_established(stories[i], 0.21);
		verdicts[i] = expect_verdict(stories[i], 1, STATUS_OPEN, REASON_SYN_ACK);
	}
	cr_expect_eq(verdicts[0].rtt_ns, verdicts[1].rtt_ns);
	cr_expect_eq(verdicts[0].syn_sent, verdicts[1].syn_sent);
	cr_expect_eq(verdicts[0].notes, verdicts[1].notes);
	cr_expect_eq(verdicts[0].evidence_count, verdicts[1].evidence_count);
}
