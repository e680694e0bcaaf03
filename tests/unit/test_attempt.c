/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A timeline: in time order, repeats folded, bounded, nothing forgotten without being counted. */
#include <stdio.h>

#include "tests/unit/story.h"

/* The attempt after everything that was told. */
static const struct attempt *built(struct story *s)
{
	struct verdict ignored;

	story_judge(s, 0, &ignored);
	return &s->attempt;
}

static unsigned count_of(const struct attempt *attempt, enum event_kind kind)
{
	unsigned count = 0;

	for (unsigned i = 0; i < attempt->entry_count; i++)
		count += attempt->entries[i].kind == kind;
	return count;
}

static const struct entry *first_of(const struct attempt *attempt, enum event_kind kind)
{
	for (unsigned i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == kind)
			return &attempt->entries[i];
	cr_assert_fail("no %s", event_kind_name(kind));
	return NULL;
}

Test(attempt, events_are_kept_in_time_order_whatever_the_order_they_come_in)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_established(&s, 9);
	story_syn_ack(&s, 8, 1);
	story_enter(&s, 0);
	story_deadline(&s, 4000);
	story_syn(&s, 1);
	story_syn_sent(&s, 0.5);
	attempt = built(&s);
	cr_assert_eq(attempt->entry_count, 6);
	for (unsigned i = 1; i < attempt->entry_count; i++)
		cr_expect_leq(attempt->entries[i - 1].time_ns, attempt->entries[i].time_ns);
}

Test(attempt, events_of_the_same_time_keep_the_order_they_came_in)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_reset_received(&s, 5);
	story_deadline(&s, 5);
	story_local_accept(&s, 5);
	attempt = built(&s);
	cr_expect_eq(attempt->entries[0].kind, EVENT_RESET_RECEIVED);
	cr_expect_eq(attempt->entries[1].kind, EVENT_DEADLINE);
	cr_expect_eq(attempt->entries[2].kind, EVENT_LOCAL_ACCEPT);
}

Test(attempt, takes_its_identity_from_connect_and_syn_sent)
{
	struct story s = story_connect(AF_INET6);
	const struct attempt *attempt;

	s.events[1].app.probe = 9;
	s.wire_target.port = 81;
	story_syn(&s, 0.1);
	story_established(&s, 1);
	attempt = built(&s);
	cr_expect(address_equal(&attempt->requested, &s.target));
	cr_expect(address_equal(&attempt->source, &s.client));
	cr_expect(address_equal(&attempt->destination, &s.target));
	cr_expect(address_equal(&attempt->wire_source, &s.client));
	cr_expect(address_equal(&attempt->wire_destination, &s.wire_target));
	cr_expect_eq(attempt->netns, STORY_NETNS);
	cr_expect_eq(attempt->pid, 4711);
	cr_expect_str_eq(attempt->comm, "ktcping");
	cr_expect(attempt->is_ours && attempt->is_admitted);
	cr_expect_eq(attempt->probe, 9);
}

/* →CLOSE comes with source port 0. */
Test(attempt, keeps_a_source_port_that_it_has_learned)
{
	struct story s = story_connect(AF_INET);

	story_established(&s, 1);
	story_closed(&s, 2);
	cr_expect_eq(built(&s)->source.port, STORY_CLIENT_PORT);
}

Test(attempt, a_packets_queueing_is_folded_into_its_transmission)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_syn(&s, 1);
	attempt = built(&s);
	cr_assert_eq(attempt->entry_count, 1);
	cr_expect_eq(attempt->entries[0].kind, EVENT_XMIT);
	cr_expect_eq(attempt->entries[0].tcp.queued_ns, 2000);
}

Test(attempt, queued_and_not_transmitted_stays_and_so_does_another_packets)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_queued(&s, 1);
	story_sent(&s, 2, ACK);
	attempt = built(&s);
	cr_assert_eq(attempt->entry_count, 2);
	cr_expect_eq(attempt->entries[0].kind, EVENT_QUEUE);
	cr_expect_eq(attempt->entries[1].tcp.queued_ns, UINT32_MAX);
}

Test(attempt, queued_at_one_device_is_not_transmitted_by_another)
{
	struct story s = story_new(AF_INET);
	struct event *sent;

	story_queued(&s, 1);
	sent = story_syn(&s, 2);
	sent->packet.ifindex = 7;
	sent[-1].packet.ifindex = 7;
	cr_expect_eq(count_of(built(&s), EVENT_QUEUE), 1);
}

Test(attempt, equal_drops_are_folded_with_a_count_and_different_ones_kept_apart)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	for (int i = 0; i < 5; i++)
		story_drop_out(&s, i, "NETFILTER_DROP", "nft_do_chain");
	story_drop_out(&s, 6, "NETFILTER_DROP", "nf_hook_slow");
	story_drop_out(&s, 7, "QDISC_DROP", "nft_do_chain");
	story_drop_in(&s, 8, "NETFILTER_DROP", "nft_do_chain");
	attempt = built(&s);
	cr_assert_eq(attempt->entry_count, 4);
	cr_expect_eq(attempt->entries[0].count, 5);
	expect_ms(attempt->entries[0].time_ns - STORY_BEGIN_NS, 0);
	cr_expect_eq(attempt->entries[1].count, 1);
}

Test(attempt, reports_of_the_same_error_are_folded)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_error(&s, 1, 0);
	story_error(&s, 2, EHOSTUNREACH);
	story_error(&s, 3, EHOSTUNREACH);
	story_retransmit(&s, 4, -EBUSY);
	story_retransmit(&s, 5, -EBUSY);
	attempt = built(&s);
	cr_expect_eq(attempt->entry_count, 3);
	cr_expect_eq(attempt->entries[1].count, 2);
}

Test(attempt, a_retransmit_that_succeeded_is_its_own_packet_and_no_entry)
{
	struct story s = story_new(AF_INET);

	story_retransmit(&s, 1, 0);
	cr_expect_eq(built(&s)->entry_count, 0);
}

Test(attempt, packets_states_and_calls_are_kept_apart)
{
	struct story s = story_new(AF_INET);

	for (int i = 0; i < 3; i++) {
		story_syn(&s, 1 + i * 10);
		story_syn_ack(&s, 5 + i * 10, 1);
		story_syn_sent(&s, 6 + i * 10);
	}
	cr_expect_eq(built(&s)->entry_count, 9);
}

Test(attempt, too_many_syns_are_folded_into_the_last_of_them)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	for (int i = 0; i < 40; i++)
		story_syn(&s, 1 + i * 1000);
	attempt = built(&s);
	cr_expect_eq(attempt->entry_count, ATTEMPT_MAX_SYNS);
	cr_expect_eq(attempt->entries[0].count, 1);
	cr_expect_eq(attempt->entries[ATTEMPT_MAX_SYNS - 1].count, 1 + 40 - ATTEMPT_MAX_SYNS);
	cr_expect_eq(attempt->overflow_count, 0);
}

/* The first one decides; those that acknowledge any other number are as wrong as it. */
Test(attempt, wrong_answers_take_no_place_from_what_ends_an_attempt)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;
	unsigned count = 0;

	story_syn(&s, 0);
	for (int i = 0; i < 60; i++)
		story_receive(&s, 1 + i, ACK, i); /* all different */
	story_deadline(&s, 100);
	story_so_error(&s, 101, 0);
	attempt = built(&s);
	for (unsigned i = 0; i < attempt->entry_count; i++)
		count += attempt->entries[i].kind == EVENT_RECEIVE ? attempt->entries[i].count : 0;
	cr_expect_eq(count, 60);
	cr_expect_eq(attempt->overflow_count, 0);
	cr_expect_eq(attempt->left_out, 0);
	expect_ms(first_of(attempt, EVENT_RECEIVE)->time_ns - STORY_BEGIN_NS, 1);
	first_of(attempt, EVENT_DEADLINE);
	first_of(attempt, EVENT_APP);
}

/* Drops with different reasons are no repeats of each other. */
Test(attempt, what_decides_nothing_and_cannot_be_folded_is_left_out_and_counted)
{
	static char reasons[60][4];
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_syn(&s, 0);
	for (int i = 0; i < 60; i++) {
		snprintf(reasons[i], sizeof(reasons[i]), "R%d", i);
		story_drop_in(&s, 1 + i, reasons[i], "f");
	}
	story_deadline(&s, 100);
	attempt = built(&s);
	cr_expect_str_eq(first_of(attempt, EVENT_DROP)->drop.reason, "R0");
	first_of(attempt, EVENT_DEADLINE);
	cr_expect_eq(attempt->overflow_count, 0);
	cr_expect_eq(count_of(attempt, EVENT_DROP) + attempt->left_out, 60);
}

/* Our own calls all decide. */
Test(attempt, what_may_decide_and_finds_no_place_is_counted_as_lost)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	for (int i = 0; i < 50; i++)
		story_poll(&s, i, 0);
	cr_expect_eq(built(&s)->entry_count, ATTEMPT_MAX_ENTRIES - 1);
	cr_expect_eq(s.attempt.overflow_count, 51 - (ATTEMPT_MAX_ENTRIES - 1));
	cr_expect_eq(s.attempt.left_out, 0);
}

/* A wrong answer that was dropped does not hide the right one, dropped by the same rule. */
Test(attempt, drops_of_right_and_wrong_answers_are_kept_apart)
{
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	story_syn(&s, 0);
	for (uint32_t ack = 0; ack < 3; ack++)
		story_drop_in(&s, 1 + ack, "NETFILTER_DROP", "nft_do_chain")
			->packet.packet.tcp.ack = ack;
	story_drop_in(&s, 5, "NETFILTER_DROP", "nft_do_chain");
	attempt = built(&s);
	cr_assert_eq(count_of(attempt, EVENT_DROP), 2);
	cr_expect_eq(first_of(attempt, EVENT_DROP)->count, 3);
}

Test(attempt, remembers_the_names_of_the_first_devices)
{
	static const char *const names[] = {"br0", "eth0", "wlan0", "tun0", "one_too_many"};
	struct story s = story_new(AF_INET);
	const struct attempt *attempt;

	for (uint32_t i = 0; i < 5; i++) {
		story_device(&s, names[i], i + 1, false);
		story_syn(&s, i + 1);
	}
	story_drop_out(&s, 9, "X", "y"); /* without a device */
	attempt = built(&s);
	cr_expect_str_eq(attempt_device_name(attempt, 1), "br0");
	cr_expect_str_eq(attempt_device_name(attempt, 4), "tun0");
	cr_expect_null(attempt_device_name(attempt, 5));
	cr_expect_null(attempt_device_name(attempt, 0));
}

Test(attempt, a_drop_is_outbound_when_the_packet_went_where_our_syn_goes)
{
	struct story s = story_new(AF_INET);
	struct event *crossing;

	story_syn_sent(&s, 0);
	story_drop_out(&s, 1, "BEFORE_A_DEVICE", "");
	s.wire_target.bytes[3] = 99; /* NAT */
	story_syn(&s, 2);
	story_drop_out(&s, 3, "IN_THE_DRIVER", "")->packet.is_own = false;
	story_drop_in(&s, 4, "ANSWER", "");
	cr_expect(first_of(built(&s), EVENT_DROP)->drop.is_outbound);
	cr_expect(built(&s)->entries[3].drop.is_outbound);
	cr_expect_not(built(&s)->entries[4].drop.is_outbound);

	/* A SYN of the target's own, found for our socket by its tuple. */
	s = story_new(AF_INET);
	story_syn_sent(&s, 0);
	crossing = story_drop_in(&s, 1, "CROSSING", "");
	crossing->packet.packet.tcp.flags = SYN;
	crossing->packet.is_own = true;
	cr_expect_not(first_of(built(&s), EVENT_DROP)->drop.is_outbound);
}

Test(attempt, an_icmp_error_keeps_who_spoke_and_what_was_quoted)
{
	struct story s = story_new(AF_INET6);
	struct event *icmp = story_icmp(&s, 5, 1, 4);
	const struct entry *entry;

	icmp->packet.packet.tcp.tsval = 77;
	entry = first_of(built(&s), EVENT_RECEIVE);
	cr_expect(entry->flags & ENTRY_ICMP);
	cr_expect_eq(memcmp(entry->icmp.from, s.router.bytes, 16), 0);
	cr_expect_eq(entry->icmp.seq, s.isn);
	cr_expect_eq(entry->icmp.tsval, 77);
	cr_expect_eq(entry->icmp.type, 1);
	cr_expect_eq(entry->icmp.code, 4);
}
