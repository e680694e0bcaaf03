/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BPF programs of the cgroup that ktcping runs in: they drop, forbid, or send the connect
 * elsewhere.
 */
#include "tests/scenarios/cgroup_fixture.h"
#include "tests/scenarios/scan.h"

#define PORT 7000

BOTH_FAMILIES(cgroup, egress_drops_the_syn)
{
	struct lab *lab = cgroup_fixture("drop_egress");
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_drop(record, "out", "BPF_CGROUP_EGRESS",
		    family == AF_INET ? "ip_finish_output" : "ip6_finish_output", "eth0");
	expect_syns(record, 0, 0);
	expect_app(record, "in-progress", NULL);
	expect_null(record, "answer");
	expect_explained(record,
			 "the SYN was dropped here before it could leave: BPF_CGROUP_EGRESS in");
}

BOTH_FAMILIES(cgroup, ingress_drops_the_answer)
{
	struct lab *lab = cgroup_fixture("drop_ingress");
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_drop(record, "in", "SOCKET_FILTER", family == AF_INET ? "tcp_v4_rcv" : "tcp_v6_rcv",
		    "eth0");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_syns(record, 1, 0);
	expect_between(record, "rtt_us", 1, 900000);
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "the SYN-ACK arrived and was dropped here: SOCKET_FILTER in");
}

/* No socket event tells of it: the system call's errno is all there is. */
BOTH_FAMILIES(cgroup, connect_is_forbidden)
{
	struct lab *lab = cgroup_fixture(family == AF_INET ? "forbid4" : "forbid6");
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "policy");
	expect_syns(record, 0, 0);
	expect_app(record, "error", "EPERM");
	expect_null(record, "answer");
	expect_null(record, "drop");
	expect_null(record, "interface");
	expect_explained(record, "EPERM");
}

static void expect_destination(const json_t *record, int family, const char *address)
{
	char text[64];

	snprintf(text, sizeof(text), family == AF_INET ? "%s:%d" : "[%s]:%d", address, PORT);
	expect_text(record, "wire_destination", text);
}

/* As kube-proxy's successors do: the socket itself has another destination than was asked for. */
BOTH_FAMILIES(cgroup, connect_is_sent_to_another_host)
{
	struct lab *lab = cgroup_fixture(family == AF_INET ? "to_server4" : "to_server6");
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->nowhere, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "rewritten-to");
	expect_destination(record, family, places_of(family)->server);
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_number(record, "answer.ttl", 63);
	expect_syns(record, 1, 0);
	expect_between(record, "rtt_us", 1, 900000);
	expect_app(record, "connected", NULL);
	expect_explained(record, "; on the wire it went to ");
	expect_explained(record, places_of(family)->server);
	record = probe(lab, places_of(family)->nowhere, PORT + 1);
	expect_verdict(record, "closed", "reset");
	expect_note(record, "rewritten-to");
}

/* In the cgroup, which cli() is not. */
static struct scan scan_ports(struct lab *lab, const char *ports, const char *host)
{
	const char *const argv[] = {cli_program(), "-j", "-W", "400ms", "-p", ports, host, NULL};
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, CLI_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	return scan_of(result);
}

/* The way of the address that was asked for is nobody's: what counts is where the SYN went. */
BOTH_FAMILIES(cgroup, a_service_address_without_a_way_of_its_own)
{
	struct lab *lab = cgroup_fixture(family == AF_INET ? "to_server4" : "to_server6");
	const char *service = places_of(family)->nowhere;
	struct scan scan;

	scenario_ip(lab, LAB_CLIENT,
		    "route add blackhole " LAB_NOWHERE4 "/32\nroute add blackhole " LAB_NOWHERE6
		    "/128\n");
	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7002 drop");
	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_verdict(probe(lab, service, PORT), "open", "syn-ack");
	expect_verdict(probe(lab, service, PORT + 1), "closed", "reset");
	expect_verdict(probe(lab, service, PORT + 2, "-W", "400ms"), "filtered", "no-reply");
	scan = scan_ports(lab, "6950-7049", service);
	expect_group(&scan, "open", "syn-ack", 1);
	expect_group(&scan, "closed", "reset", 98);
	expect_group(&scan, "filtered", "no-reply", 1);
}

/* The proxy of a service mesh, say: it answers for everybody. */
BOTH_FAMILIES(cgroup, connect_is_sent_to_this_host)
{
	struct lab *lab = cgroup_fixture(family == AF_INET ? "to_client4" : "to_client6");
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, PORT);
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "intercepted", "redirected-local");
	expect_destination(record, family, places_of(family)->client);
	expect_text(record, "interface", "lo");
	expect_text(record, "app.result", "connected");
	expect_record(record, json_is_false(field(claimed, "app.agrees")),
		      "to the target it is not: %s");
	expect_explained(record, "the connection ends on this host");
}
