/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Addresses that are translated, on this host or on the way: what answers is open, and on the way
 * nobody can tell.
 */
#include <stdio.h>

#include "tests/scenarios/paths.h"

/* A nat chain of each family at the hook. */
static void nat(struct lab *lab, enum lab_host host, const char *hook, const char *rule4,
		const char *rule6)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "table ip nat {\n chain c {\n type nat hook %s priority 0\n %s\n }\n}\n"
		 "table ip6 nat {\n chain c {\n type nat hook %s priority 0\n %s\n }\n}\n",
		 hook, rule4, hook, rule6);
	scenario_nft(lab, host, text);
}

/* What the router does cannot be seen from here: nothing is said of it. */
static void expect_unseen(const json_t *record)
{
	expect_null(record, "wire_destination");
	expect_no_note(record, "rewritten-to");
	expect_app(record, "connected", NULL);
	expect_number(record, "answer.ttl", 63);
}

BOTH_FAMILIES(nat, the_router_rewrites_the_destination)
{
	struct lab *lab = scenario_lab();

	nat(lab, LAB_ROUTER, "prerouting", "ip daddr " LAB_NOWHERE4 " dnat to " LAB_SERVER4,
	    "ip6 daddr " LAB_NOWHERE6 " dnat to " LAB_SERVER6);
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->nowhere, "eth0");
	expect_unseen(probe(lab, places_of(family)->nowhere, PATHS_PORT));
}

/* The server hears nobody but the router. */
static void hear_only_the_router(struct lab *lab)
{
	scenario_chain(lab, LAB_SERVER, "input",
		       "tcp dport 7000-7001 ip saddr != 10.2.0.1 drop\n tcp dport 7000-7001 ip6 "
		       "saddr != fd00:2::1 drop");
}

BOTH_FAMILIES(nat, the_router_masquerades)
{
	struct lab *lab = scenario_lab();

	nat(lab, LAB_ROUTER, "postrouting", "oifname eth1 masquerade", "oifname eth1 masquerade");
	hear_only_the_router(lab);
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
	expect_unseen(probe(lab, places_of(family)->server, PATHS_PORT));
}

/*
 * The client is a container: its host has its link in a bridge, routes from there, and masquerades.
 */
static const char host_of_a_container[] = "address flush dev eth0 scope global\n"
					  "link add br0 type bridge\n"
					  "link set eth0 master br0\n"
					  "link set br0 up\n"
					  "address add " LAB_ROUTER4 "/24 dev br0\n"
					  "address add " LAB_ROUTER6 "/64 dev br0 nodad\n";

BOTH_FAMILIES(nat, a_container_behind_a_bridge)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_ROUTER, host_of_a_container);
	nat(lab, LAB_ROUTER, "postrouting", "oifname eth1 masquerade", "oifname eth1 masquerade");
	hear_only_the_router(lab);
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
	expect_unseen(probe(lab, places_of(family)->server, PATHS_PORT));
}

/*
 * The host of the container drops: another namespace of the same machine, and no business of the
 * socket's own.
 */
BOTH_FAMILIES(nat, a_containers_host_drops_the_syn)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_ROUTER, host_of_a_container);
	scenario_chain(lab, LAB_ROUTER, "forward", "tcp dport 7000 drop");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, 1, 1);
	expect_null(record, "drop");
}

/* Not preferred: no socket gets it by itself. */
static const char second_address[] = "address add 10.1.0.9/24 dev eth0\n"
				     "address add fd00:1::9/64 dev eth0 nodad preferred_lft 0\n";

static void expect_translated_here(int family, const char *rule4, const char *rule6)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, second_address);
	nat(lab, LAB_CLIENT, "postrouting", rule4, rule6);
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
	expect_unseen(probe(lab, places_of(family)->server, PATHS_PORT));
}

BOTH_FAMILIES(nat, this_host_rewrites_the_source_address)
{
	expect_translated_here(family, "oifname eth0 snat to 10.1.0.9",
			       "oifname eth0 snat to fd00:1::9");
}

BOTH_FAMILIES(nat, this_host_rewrites_the_source_port)
{
	expect_translated_here(family, "oifname eth0 meta l4proto tcp masquerade to :41000-41999",
			       "oifname eth0 meta l4proto tcp masquerade to :41000-41999");
}

/*
 * Found by the addresses on the wire: silence stays silence, and an answer that is dropped is known
 * for one.
 */
BOTH_FAMILIES(nat, silence_and_dropped_answers_are_told_apart_behind_our_own)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT, second_address);
	nat(lab, LAB_CLIENT, "postrouting", "oifname eth0 snat to 10.1.0.9",
	    "oifname eth0 snat to fd00:1::9");
	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7001 drop");
	scenario_chain(lab, LAB_CLIENT, "input", "tcp sport 7000 drop");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	record = probe(lab, places_of(family)->server, 7001, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, 1, 1);
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_syns(record, 1, 0);
}
