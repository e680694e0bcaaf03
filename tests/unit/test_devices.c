/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One SYN on several devices, as a bridge, a bond or a shaper has it: counted once, timed at the
 * outermost, and gone only where it went.
 */
#include "tests/unit/story.h"

#define BR0  9
#define ETH0 2

static void at_bridge(struct story *s)
{
	story_device(s, "br0", BR0, false);
}

static void at_port(struct story *s)
{
	story_device(s, "eth0", ETH0, false);
}

/*
 * The next SYN gets this one's stamp and identification: it is the same segment, some microseconds
 * later.
 */
static struct event *same_syn(struct story *s, double at_ms, const struct event *before)
{
	struct event *event = story_syn(s, at_ms);
	struct event *queued = event - 1;

	event->packet.packet.tcp.tsval = queued->packet.packet.tcp.tsval =
		before->packet.packet.tcp.tsval;
	event->packet.packet.ip_id = queued->packet.packet.ip_id = before->packet.packet.ip_id;
	return event;
}

static void bridged_syn(struct story *s, double at_ms)
{
	struct event *first;

	at_bridge(s);
	first = story_syn(s, at_ms);
	at_port(s);
	same_syn(s, at_ms + 0.01, first);
}

/* The bridge's hand-over, and a drop of what it handed over, at the port. */
static void bridged_drop(struct story *s, double at_ms)
{
	struct event *drop;

	at_bridge(s);
	story_syn(s, at_ms);
	drop = story_drop_out(s, at_ms + 0.005, "QDISC_DROP", "__dev_queue_xmit");
	drop->packet.ifindex = ETH0;
	strcpy(drop->packet.device, "eth0");
}

Test(devices, a_bridged_syn_is_one_and_leaves_by_the_port)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	bridged_syn(&s, 0.1);
	story_syn_ack(&s, 12.1, 0.1);
	at_bridge(&s);
	story_syn_ack(&s, 12.11, 0.1);
	story_established(&s, 12.2);
	verdict = expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.syn_sent, 1);
	cr_expect_eq(verdict.syn_unanswered, 0);
	cr_expect_eq(verdict.ifindex, ETH0);
	expect_ms(verdict.rtt_ns, 11.99);
}

/* So many that the timeline folds them, wherever between two devices that begins. */
Test(devices, bridged_retransmits_count_once_in_a_crowded_timeline)
{
	for (unsigned before = 0; before < 2; before++) {
		for (unsigned syns = 1; syns <= 16; syns++) {
			struct story s = story_connect(AF_INET);
			struct verdict verdict;

			for (unsigned i = 0; i < before; i++)
				story_retransmit(&s, 0.01 * (i + 1), -EBUSY);
			for (unsigned i = 0; i < syns; i++)
				bridged_syn(&s, 0.1 + 1000 * i);
			story_deadline(&s, 60000);
			verdict = expect_verdict(&s, 60001, STATUS_FILTERED, REASON_NO_REPLY);
			cr_expect_eq(verdict.syn_sent, syns, "%u SYNs after %u other events are %u",
				     syns, before, verdict.syn_sent);
			cr_expect_eq(verdict.syn_unanswered, syns);
			cr_expect_eq(verdict.ifindex, ETH0);
		}
	}
}

/* A shaper below the bridge: the queue gets the SYN at once, the driver 40 ms later. */
Test(devices, a_syn_that_waits_in_the_ports_queue_is_one)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	struct event *first, *second;

	at_bridge(&s);
	first = story_syn(&s, 0.1);
	at_port(&s);
	second = same_syn(&s, 40.1, first);
	second[-1].time_ns = story_ns(0.11);
	story_syn_ack(&s, 52.1, 0.1);
	story_established(&s, 52.2);
	verdict = expect_verdict(&s, 53, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.syn_sent, 1);
	expect_ms(verdict.rtt_ns, 12);
	expect_ms(verdict.queue_ns, 40.002);
}

/*
 * A VRF whose device has a queue: the neighbour is asked for behind it. Without a stamp it may be
 * the next SYN as well.
 */
Test(devices, a_syn_that_waits_for_a_neighbour_between_devices_is_one)
{
	for (unsigned has_stamp = 0; has_stamp < 2; has_stamp++) {
		struct story s = story_connect(AF_INET6);
		struct verdict verdict;
		struct event *first;

		story_device(&s, "red", BR0, false);
		first = story_syn(&s, 0.1);
		if (!has_stamp)
			first->packet.packet.tcp.tsval = first[-1].packet.packet.tcp.tsval = 0;
		at_port(&s);
		same_syn(&s, 40.1, first);
		story_syn_ack(&s, 52.1, has_stamp ? 0.1 : 40.1);
		story_established(&s, 52.2);
		verdict = expect_verdict(&s, 53, STATUS_OPEN, REASON_SYN_ACK);
		cr_expect_eq(verdict.syn_sent, has_stamp ? 1 : 2);
		if (has_stamp) {
			cr_expect_eq(verdict.ifindex, ETH0);
			expect_ms(verdict.rtt_ns, 12);
		}
	}
}

Test(devices, a_syn_that_never_left_the_ports_queue_was_not_sent)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	struct event *first, *queued;

	at_bridge(&s);
	first = story_syn(&s, 0.1);
	at_port(&s);
	queued = story_queued(&s, 0.11);
	queued->packet.packet.tcp.tsval = first->packet.packet.tcp.tsval;
	queued->packet.packet.ip_id = first->packet.packet.ip_id;
	story_deadline(&s, 900);
	verdict = expect_verdict(&s, 901, STATUS_BLOCKED, REASON_NOT_SENT);
	cr_expect_eq(verdict.syn_sent, 0);
}

Test(devices, what_is_dropped_below_the_bridge_never_left)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	bridged_drop(&s, 0.1);
	bridged_drop(&s, 1000.1);
	story_deadline(&s, 1500);
	verdict = expect_verdict(&s, 1501, STATUS_BLOCKED, REASON_DROPPED_OUT);
	cr_expect_eq(verdict.syn_sent, 0);
	cr_expect_eq(verdict.drop.count, 2);
	cr_expect_eq(verdict.drop.ifindex, ETH0);
}

/* Flooded to two ports: one sends its copy, the other drops its own. */
Test(devices, a_copy_dropped_at_another_port_does_not_take_the_syn_back)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	struct event *drop;

	bridged_syn(&s, 0.1);
	drop = story_drop_out(&s, 0.12, "QDISC_DROP", "__dev_queue_xmit");
	drop->packet.ifindex = 5;
	story_deadline(&s, 900);
	verdict = expect_verdict(&s, 901, STATUS_FILTERED, REASON_NO_REPLY);
	cr_expect_eq(verdict.syn_sent, 1);
}

/*
 * The same bytes on one device are two answers: a server's timer and our second SYN may hit the
 * same instant.
 */
Test(devices, only_another_device_makes_a_packet_the_same)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	bridged_syn(&s, 0.1);
	bridged_syn(&s, 1000.1);
	story_syn_ack(&s, 1000.2, 1000.1);
	story_syn_ack(&s, 1000.23, 1000.1);
	story_established(&s, 1000.3);
	verdict = expect_verdict(&s, 1001, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.syn_sent, 2);
	cr_expect_eq(verdict.syn_unanswered, 0);
}
