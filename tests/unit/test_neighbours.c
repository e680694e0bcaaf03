/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which next hop is to blame: the one that the kernel kept the SYN for; else one without an address
 * at the device of the drop; else nobody.
 */
#include <string.h>

#include "tests/unit/story.h"
#include "user/words/explain.h"

static const uint8_t nobody4[16] = {10, 1, 0, 77}, nobody6[16] = {0xfd, 0, 0, 1, [15] = 0x77};

/*
 * The kernel keeps the SYN for a neighbour that no look-up of the route would give: rules, NAT and
 * hashes have their say.
 */
static struct event *keep(struct story *s, double at_ms, int family, const uint8_t *address)
{
	struct event *event = story_neighbour(s, at_ms, NEIGHBOUR_INCOMPLETE);

	event->neighbour.address = address_make(family, address, 0);
	event->neighbour.is_own = true;
	return event;
}

static void fail(struct story *s, double at_ms)
{
	struct event *event = story_drop_out(s, at_ms, "NEIGH_FAILED", "neigh_invalidate");

	event->packet.ifindex = s->ifindex;
	strcpy(event->packet.device, s->device);
	story_error(s, at_ms + 0.1, EHOSTUNREACH);
	story_closed(s, at_ms + 0.2);
}

static void expect_said(struct story *s, double at_ms, enum reason reason, const char *sentence)
{
	struct verdict verdict = expect_verdict(s, at_ms, STATUS_UNREACHABLE, reason);
	char text[EXPLAIN_MAX];

	cr_expect_str_eq(explain_verdict(story_judgement(&s->attempt, &verdict), text), sentence);
}

Test(neighbours, the_one_that_the_syn_was_kept_for_is_named_whatever_the_route_says)
{
	struct story s = story_connect(AF_INET);

	keep(&s, 0.1, AF_INET, nobody4);
	fail(&s, 3060);
	story_neighbour(&s, 3061, NEIGHBOUR_VALID); /* of the route's gateway */
	expect_said(&s, 3062, REASON_NEIGHBOUR_FAILED,
		    "ARP for the next hop 10.1.0.77 on eth0 failed; no SYN has left this host");
}

Test(neighbours, one_that_is_kept_for_at_the_deadline_is_unresolved)
{
	struct story s = story_connect(AF_INET);

	keep(&s, 0.1, AF_INET, nobody4);
	story_retransmit(&s, 1000, -EBUSY);
	story_deadline(&s, 1500);
	story_neighbour(&s, 1501, NEIGHBOUR_VALID);
	expect_said(&s, 1502, REASON_NEIGHBOUR_UNRESOLVED,
		    "ARP for the next hop 10.1.0.77 on eth0 has no answer yet; no SYN has left "
		    "this host");
}

/* It was found in the end, and yet nothing was queued: then something else keeps the SYN. */
Test(neighbours, one_that_has_an_address_by_now_is_not_blamed)
{
	struct story s = story_connect(AF_INET);

	keep(&s, 0.1, AF_INET, nobody4);
	story_deadline(&s, 1500);
	story_neighbour(&s, 1501, NEIGHBOUR_VALID)->neighbour.address =
		address_make(AF_INET, nobody4, 0);
	expect_verdict(&s, 1502, STATUS_BLOCKED, REASON_NOT_SENT);
}

Test(neighbours, a_gateway_of_another_family_keeps_it)
{
	struct story s = story_connect(AF_INET);

	keep(&s, 0.1, AF_INET6, nobody6);
	fail(&s, 3060);
	expect_said(&s, 3062, REASON_NEIGHBOUR_FAILED,
		    "neighbour discovery for the next hop fd00:1::77 on eth0 failed; no SYN has "
		    "left this host");
}

/*
 * Where the kernel did not tell: the route's gateway is healthy, so it is another one that failed.
 */
Test(neighbours, a_valid_one_is_never_named)
{
	struct story s = story_connect(AF_INET);

	fail(&s, 3060);
	story_neighbour(&s, 3061, NEIGHBOUR_VALID);
	expect_said(&s, 3062, REASON_NEIGHBOUR_FAILED,
		    "ARP for the next hop on eth0 failed; no SYN has left this host");
}

Test(neighbours, one_at_another_device_than_that_of_the_drop_is_not_named)
{
	struct story s = story_connect(AF_INET);

	fail(&s, 3060);
	story_neighbour(&s, 3061, NEIGHBOUR_FAILED)->neighbour.ifindex = 9;
	expect_said(&s, 3062, REASON_NEIGHBOUR_FAILED,
		    "ARP for the next hop on eth0 failed; no SYN has left this host");
}

Test(neighbours, one_without_an_address_at_the_device_of_the_drop_is_named)
{
	struct story s = story_connect(AF_INET);

	fail(&s, 3060);
	story_neighbour(&s, 3061, NEIGHBOUR_FAILED);
	expect_said(&s, 3062, REASON_NEIGHBOUR_FAILED,
		    "ARP for the next hop 10.1.0.1 on eth0 failed; no SYN has left this host");
}

Test(neighbours, who_waits_is_told_for_whom)
{
	struct story s = story_connect(AF_INET);
	char text[EXPLAIN_MAX];
	struct verdict verdict;

	story_judge(&s, 1, &verdict);
	cr_expect_str_eq(explain_waiting(story_facts(&s.attempt, UINT64_MAX), text),
			 "no SYN has left yet, next hop 10.1.0.1");
	keep(&s, 0.1, AF_INET, nobody4);
	story_judge(&s, 1, &verdict);
	cr_expect_str_eq(explain_waiting(story_facts(&s.attempt, UINT64_MAX), text),
			 "no SYN has left yet, waiting for the neighbour 10.1.0.77");
}
