/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch: SYNs and addresses that look unlike those of our own probes. */
#include "tests/scenarios/watch.h"

/*
 * Every listener of the server takes data with the SYN, from anybody, and acknowledges it with the
 * SYN-ACK (RFC 7413).
 */
#define FASTOPEN_FOR_ALL "1539"

static void expect_open_by_fastopen(struct lab *lab, int family, const char *way)
{
	json_t *record = watch_one(lab, "--", liar("ways"), way, places_of(family)->server, "7000");

	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "app.result", "connected");
	expect_syns(record, 1, 0);
	cr_assert(json_is_number(field(record, "rtt_us")), "%s", record_text(record));
	expect_not_accused(record);
}

BOTH_FAMILIES(watch_wire, data_of_a_syn_is_acknowledged_with_it)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, 7000);
	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_fastopen", FASTOPEN_FOR_ALL);
	expect_open_by_fastopen(lab, family, "fastopen-send");
	expect_open_by_fastopen(lab, family, "fastopen-sendto");
}

/* That the answer was thrown away here is known, whatever it acknowledges. */
BOTH_FAMILIES(watch_wire, an_answer_to_data_is_dropped)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, 7000);
	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_fastopen", FASTOPEN_FOR_ALL);
	scenario_chain(lab, LAB_CLIENT, "input", "tcp sport 7000 drop");
	record = watch_one(lab, "--", liar("ways"), "-w", "1500", "fastopen-sendto",
			   places_of(family)->server, "7000");
	expect_verdict(record, "blocked", "dropped-in");
	expect_not_accused(record);
}

#define MAPPED                                                                                     \
	"import socket, sys\n"                                                                     \
	"s = socket.socket(socket.AF_INET6)\n"                                                     \
	"s.settimeout(2)\n"                                                                        \
	"s.connect_ex(('::ffff:' + sys.argv[1], int(sys.argv[2])))\n"

static json_t *watch_mapped(struct lab *lab, const char *host, const char *port)
{
	need_program("python3");
	return watch_one(lab, "--", "python3", "-c", MAPPED, host, port);
}

/* All that Java does over IPv4: on the wire it has the addresses that it should have. */
Test(watch_wire, an_ipv6_socket_speaks_ipv4)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, 7001, (struct peer_rule){.answer = PEER_RST});
	record = watch_mapped(lab, LAB_PEER4, "7000");
	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "address", LAB_PEER4);
	expect_text(record, "source", "10.9.0.1");
	expect_text(record, "requested", LAB_PEER4 ":7000");
	expect_null(record, "wire_source");
	expect_null(record, "wire_destination");
	cr_assert_eq(json_array_size(field(record, "notes")), 0, "%s", record_text(record));
	expect_verdict(watch_mapped(lab, LAB_PEER4, "7001"), "closed", "reset");
	expect_verdict(watch_mapped(lab, LAB_PEER4, "7002"), "filtered", "no-reply");
}

Test(watch_wire, an_ipv6_socket_is_redirected_over_ipv4)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, AF_INET, 7090);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7000 redirect to :7090\n }\n}\n");
	record = watch_mapped(lab, LAB_SERVER4, "7000");
	expect_verdict(record, "intercepted", "redirected-local");
	cr_assert(is_accused(record), "%s", record_text(record));
}

Test(watch_wire, an_ipv6_socket_connects_to_this_host_over_ipv4)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, AF_INET, 7000);
	record = watch_mapped(lab, LAB_CLIENT4, "7000");
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "local-target");
	expect_not_accused(record);
}
