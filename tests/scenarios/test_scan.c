/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scans: ports, networks, files and names; each target once, with its right verdict. */
#include "tests/scenarios/scan.h"

#include <stdlib.h>
#include <string.h>

#define PEER_PORT  7000
#define FIRST_PORT 10000
#define PORTS	   3000
#define PORT_LIST  "10000-12999"
#define MANY	   6000 /* enough for several threads */
#define MANY_PORTS "10000-15999"
#define NETWORK_V4 "10.4.0.0/24"
#define NETWORK_V6 "fd00:4::/120"
#define MEMBERS	   256
#define ALL_PORTS  65535
#define FILE_LINES 2000
/* Too long for the name service to ask anybody. */
#define NO_NAME "x234567890123456789012345678901234567890123456789012345678901234.test"

/*
 * Of the peer, every third port from FIRST_PORT is open and every third is closed; nothing answers
 * at the others.
 */
static struct lab *lab_with_peer(void)
{
	struct lab *lab = scenario_lab();

	for (unsigned i = 0; i < MANY; i++)
		lab_peer_rule(lab, (uint16_t)(FIRST_PORT + i),
			      (struct peer_rule){.answer = i % 3 == 0	? PEER_SYN_ACK
							   : i % 3 == 1 ? PEER_RST
									: PEER_SILENT});
	lab_peer_rule(lab, PEER_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	return lab;
}

/* Each port of the peer from FIRST_PORT on has its verdict once. */
static void expect_every_port(const struct scan *scan, size_t count)
{
	static bool is_seen[MANY];
	const json_t *line;
	size_t i;

	memset(is_seen, 0, sizeof(is_seen));
	json_array_foreach(scan->lines, i, line)
	{
		size_t port = (size_t)json_integer_value(field(line, "port")) - FIRST_PORT;

		if (!field_is_text(line, "type", "probe"))
			continue;
		cr_assert(port < count && !is_seen[port], "not asked for, or twice: %s",
			  record_text(line));
		is_seen[port] = true;
		expect_text(line, "status",
			    port % 3 == 0   ? "open"
			    : port % 3 == 1 ? "closed"
					    : "filtered");
	}
	for (i = 0; i < count; i++)
		cr_assert(is_seen[i], "port %zu is missing", FIRST_PORT + i);
}

BOTH_FAMILIES(scan, all_ports_of_a_server_and_exactly_those_with_a_listener_are_open)
{
	static const uint16_t ports[] = {1, 22, 80, 8443, 65535};
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines;

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		scenario_listen(lab, LAB_SERVER, family, ports[i]);
	result =
		cli(lab, "-j", "--open", "--rate", "0", "-p", "1-65535", places_of(family)->server);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		char target[64];

		snprintf(target, sizeof(target),
			 family == AF_INET ? LAB_SERVER4 ":%u" : "[" LAB_SERVER6 "]:%u", ports[i]);
		expect_verdict(scenario_record(lines, "probe", "target", target), "open",
			       "syn-ack");
	}
	cr_assert_eq(json_array_size(lines), sizeof(ports) / sizeof(ports[0]) + 1);
	expect_number(scenario_record(lines, "scan", NULL, NULL), "probes", ALL_PORTS);
	expect_number(scenario_record(lines, "scan", NULL, NULL), "status.open",
		      sizeof(ports) / sizeof(ports[0]));
	expect_number(scenario_record(lines, "scan", NULL, NULL), "events_lost", 0);
	expect_between(scenario_record(lines, "scan", NULL, NULL), "status.closed", ALL_PORTS - 10,
		       ALL_PORTS - 5); /* the rare incomplete */
}

/* All of it is the server. */
static struct lab *lab_with_network(int family)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_SERVER,
		    "route add local " NETWORK_V4 " dev lo\nroute add local " NETWORK_V6
		    " dev lo\n");
	scenario_ip(lab, LAB_ROUTER,
		    "route add " NETWORK_V4 " via " LAB_SERVER4 "\nroute add " NETWORK_V6
		    " via " LAB_SERVER6 "\n");
	scenario_ip(lab, LAB_CLIENT,
		    "route add " NETWORK_V4 " via " LAB_ROUTER4 "\nroute add " NETWORK_V6
		    " via " LAB_ROUTER6 "\n");
	scenario_listen(lab, LAB_SERVER, family, 80);
	return lab;
}

BOTH_FAMILIES(scan, every_address_of_a_network_is_a_target_called_by_its_address)
{
	struct lab *lab = lab_with_network(family);
	struct scan scan =
		family == AF_INET ? scan(lab, NETWORK_V4 ":80") : scan(lab, "-p", "80", NETWORK_V6);

	expect_status(scan.result, 0);
	expect_number(scan.total, "targets", MEMBERS);
	expect_number(scan.total, "status.open", MEMBERS);
	expect_text(scan.total, "title", family == AF_INET ? NETWORK_V4 : NETWORK_V6);
	for (unsigned i = 0; i < MEMBERS; i++) {
		char address[32], target[48];

		if (family == AF_INET)
			snprintf(address, sizeof(address), "10.4.0.%u", i);
		else
			snprintf(address, sizeof(address), i ? "fd00:4::%x" : "fd00:4::", i);
		snprintf(target, sizeof(target), family == AF_INET ? "%s:80" : "[%s]:80", address);
		expect_text(scan_record(&scan, target), "name", address);
		expect_text(scan_record(&scan, target), "address", address);
	}
}

Test(scan, every_port_of_every_address_of_a_network_is_probed)
{
	struct scan scan =
		scan(lab_with_network(AF_INET), "-p", "79-81", "10.4.0.8/29", "10.4.0.64/27");

	expect_status(scan.result, 1);
	expect_text(scan.total, "title", "2 hosts");
	expect_group(&scan, "open", "syn-ack", 40);
	expect_group(&scan, "closed", "reset", 80);
	expect_verdict(scan_record(&scan, "10.4.0.95:80"), "open", "syn-ack");
	expect_verdict(scan_record(&scan, "10.4.0.8:81"), "closed", "reset");
}

Test(scan, a_network_of_more_than_65536_targets_needs_a_yes)
{
	struct lab *lab = scenario_lab();
	struct command_result result = cli(lab, "10.9.0.0/15:80");

	expect_status(result, 3);
	expect_said(result.errors.bytes, "131072");
	expect_said(result.errors.bytes, "--yes");
	result = cli_shell(lab, "echo 10.9.0.0/15:80 | $0 -f -");
	expect_status(result, 3);
	expect_said(result.errors.bytes, "--yes");
	result = cli(lab, "-p", "1-600", "10.9.0.0/26", "10.9.0.64/26");
	expect_status(result, 3);
	expect_said(result.errors.bytes, "76800");
	cr_assert_eq(lab->peer->syns_read, 0);
	result = cli(lab, "--yes", "-q", "-w", "200ms", "-p", "1-600", "10.9.0.0/25");
	expect_status(result, 1);
	cr_assert_gt(lab->peer->syns_read, 0);
}

/* As a file and on standard input. */
Test(scan, two_thousand_lines_with_names_and_bad_ones)
{
	static const char *const deliveries[] = {
		"write > /mnt/t; exec \"$0\" -j --skip-bad -W 1s -f /mnt/t",
		"write | \"$0\" -j --skip-bad -W 1s -f -"};
	struct lab *lab = lab_with_peer();

	for (size_t i = 0; i < sizeof(deliveries) / sizeof(deliveries[0]); i++) {
		char script[1024];
		struct scan scan;

		snprintf(
			script, sizeof(script),
			PRIVATE_HOSTS(
				"10.9.0.7 one\\n10.9.0.8 two\\nfd00:9::7 six\\n") "write() { seq "
										  "-f '" LAB_PEER4
										  ":%%.0f' 10000 "
										  "10999; "
										  "echo a b c; seq "
										  "-f 'two:%%.0f' "
										  "11000 11499; "
										  "echo "
										  "'[::1]:99999'; "
										  "seq -f "
										  "'[" LAB_PEER6
										  "]:%%.0f' 11500 "
										  "11997; echo one "
										  "11998; echo six "
										  "11999; }; %s",
			deliveries[i]);
		scan = scan_private(lab, script);
		cr_assert_eq(scan.result.status, 1, "%d %s", scan.result.status,
			     scan.result.errors.bytes);
		cr_assert_eq(cli_lines_with(scan.result.errors.bytes, "ktcping: "), 2, "%s",
			     scan.result.errors.bytes);
		expect_said(scan.result.errors.bytes, ":1001: ");
		expect_said(scan.result.errors.bytes, ":1502: ");
		expect_number(scan.total, "targets", FILE_LINES);
		expect_text(scan.total, "title", "2000 hosts");
		expect_every_port(&scan, FILE_LINES);
		expect_text(scan_record(&scan, "one:11998"), "address", LAB_PEER4);
		expect_text(scan_record(&scan, "six:11999"), "address", LAB_PEER6);
	}
}

Test(scan, bad_lines_are_refused_before_anything_is_sent)
{
	struct lab *lab = lab_with_peer();
	struct command_result result = private_run(
		lab, "{ seq -f '" LAB_PEER4 ":%.0f' 10000 11999; echo a b c; } | \"$0\" -j -f -");

	expect_status(result, 3);
	expect_said(result.errors.bytes, ":2001: ");
	cr_assert_eq(lab->peer->syns_read, 0);
	cr_assert_str_empty(result.output.bytes);
}

static long port_at(const struct scan *scan, size_t index)
{
	return json_integer_value(field(json_array_get(scan->lines, index), "port"));
}

/* One under way at a time: verdicts fall in the order of the targets. */
Test(scan, shuffled_the_same_targets_come_in_another_order)
{
	struct lab *lab = scenario_lab();
	struct scan sorted, shuffled;
	size_t moved = 0;

	lab_peer_rule(lab, PEER_PORT, (struct peer_rule){.answer = PEER_RST});
	sorted = scan(lab, "--inflight", "1", "10.9.0.0/25:7000");
	shuffled = scan(lab, "--inflight", "1", "--shuffle", "10.9.0.0/25:7000");
	expect_number(sorted.total, "targets", 128);
	expect_number(shuffled.total, "targets", 128);
	for (size_t i = 0; i < 128; i++) {
		const char *target =
			json_string_value(field(json_array_get(sorted.lines, i), "target"));

		scan_record(&shuffled, target);
		moved += !field_is_text(json_array_get(shuffled.lines, i), "target", target);
	}
	cr_assert_gt(moved, 64, "only %zu are elsewhere", moved);
	shuffled = scan(lab_with_peer(), "--shuffle", "-W", "1s", "-p", PORT_LIST, LAB_PEER4);
	expect_every_port(&shuffled, PORTS);
	for (size_t i = moved = 0; i + 1 < PORTS; i++)
		moved += port_at(&shuffled, i) > port_at(&shuffled, i + 1);
	cr_assert_gt(moved, PORTS / 8);
}

/* It is the order of the targets, whatever else is asked for. */
Test(scan, shuffled_targets_may_be_probed_again_and_held)
{
	struct lab *lab = lab_with_peer();
	json_t *lines, *line;
	unsigned probes = 0, summaries = 0;
	int status;
	size_t i;

	lines = scenario_lines(lab,
			       (const char *const[]){"-j", "--shuffle", "-c", "2", "-i", "100ms",
						     "--hold", "0", "-W", "1s", "-p", "10000-10019",
						     LAB_PEER4, NULL},
			       &status);
	json_array_foreach(lines, i, line)
	{
		probes += field_is_text(line, "type", "probe");
		if (!field_is_text(line, "type", "summary"))
			continue;
		summaries++;
		expect_number(line, "probes", 2);
	}
	cr_assert(probes == 40 && summaries == 20, "%u probes, %u summaries: %s", probes, summaries,
		  record_text(lines));
}

BOTH_FAMILIES(scan, several_threads_write_whole_lines)
{
	struct scan scan =
		scan(lab_with_peer(), "-W", "1s", "-p", MANY_PORTS, places_of(family)->peer);

	expect_status(scan.result, 1);
	expect_number(scan.total, "events_lost", 0);
	expect_every_port(&scan, MANY);
}

Test(scan, only_open_ones_are_shown_and_the_rest_is_counted)
{
	struct lab *lab = lab_with_peer();
	struct command_result text = cli(lab, "--open", "-W", "1s", "-p", "10000-10089", LAB_PEER4);
	struct command_result csv =
		cli(lab, "--open", "--csv", "-W", "1s", "-p", "10000-10089", LAB_PEER4);

	expect_status(text, 1);
	cr_assert_eq(cli_lines_with(text.output.bytes, "ttl"), 30, "%s", text.output.bytes);
	expect_said(text.output.bytes, "90 probes in ");
	expect_said(text.output.bytes,
		    "): 30 open (syn-ack), 30 closed (reset), 30 filtered (no-reply) · ");
	expect_said(text.output.bytes, " · events lost 0\n");
	cr_assert_eq(cli_lines_with(text.output.bytes, "closed"), 1, "%s", text.output.bytes);
	cr_assert_eq(cli_lines_with(csv.output.bytes, ""), 31, "%s", csv.output.bytes);
	cr_assert_eq(cli_lines_with(csv.output.bytes, ",open,syn-ack,true,"), 30, "%s",
		     csv.output.bytes);
}

/* With a count it is no scan. */
Test(scan, only_open_ones_are_shown_of_several_probes_too)
{
	struct command_result result = cli(lab_with_peer(), "--open", "-c", "2", "-i", "10ms", "-W",
					   "1s", "--hold", "0", "-p", "10000-10002", LAB_PEER4);

	expect_status(result, 1);
	cr_assert_eq(cli_lines_with(result.output.bytes, "ttl"), 2, "%s", result.output.bytes);
	expect_said(result.output.bytes, "2 probes: 2 closed");
	expect_said(result.output.bytes, "2 probes: 2 filtered");
	expect_not_said(result.output.bytes, "reset\n");
}

Test(scan, failures_are_all_but_the_expected_status)
{
	struct lab *lab = lab_with_peer();
	struct command_result open =
		cli(lab, "-j", "--failures", "-W", "1s", "-p", "10000-10089", LAB_PEER4);
	struct command_result closed = cli(lab, "-j", "--failures", "--expect", "closed", "-W",
					   "1s", "-p", "10000-10089", LAB_PEER4);
	json_t *lines = cli_json(open.output.bytes);

	expect_status(open, 1);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 60);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 0);
	expect_number(scenario_record(lines, "scan", NULL, NULL), "status.open", 30);
	lines = cli_json(closed.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 60);
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 0);
}

Test(scan, the_exit_status_is_about_the_expected_status_of_all)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PEER_PORT, (struct peer_rule){.answer = PEER_RST});
	expect_status(cli(lab, "-q", "10.9.0.0/25:7000"), 1);
	expect_status(cli(lab, "-q", "--expect", "closed", "10.9.0.0/25:7000"), 0);
	expect_status(cli(lab, "-q", "--strict", "--expect", "closed", "10.9.0.0/25:7000"), 0);
	expect_status(cli(lab, "-q", "-W", "200ms", "--expect", "closed", "10.9.0.0/25:7000",
			  "10.9.0.7:7001"),
		      1);
}

static size_t cells_of(const char *line)
{
	size_t cells = 1;
	bool is_quoted = false;

	for (; *line && *line != '\n'; line++) {
		is_quoted ^= *line == '"';
		cells += *line == ',' && !is_quoted;
	}
	return cells;
}

Test(scan, values_separated_by_commas_are_a_header_and_a_line_a_target)
{
	struct command_result result =
		cli(lab_with_peer(), "--csv", "-W", "1s", "-p", MANY_PORTS, LAB_PEER4);
	size_t cells = cells_of(result.output.bytes), lines = 0;

	expect_status(result, 1);
	cr_assert(!strncmp(result.output.bytes, "time,seq,", strlen("time,seq,")));
	for (const char *line = result.output.bytes; *line; line = strchr(line, '\n') + 1) {
		cr_assert_eq(cells_of(line), cells, "%.200s", line);
		lines++;
	}
	cr_assert_eq(lines, MANY + 1);
}

Test(scan, the_data_goes_to_a_file)
{
	struct lab *lab = lab_with_peer();
	struct scan scan = scan_private(lab, "said=$(\"$0\" -j -W 1s -p " PORT_LIST
					     " -o /mnt/out " LAB_PEER4 "); s=$?; "
					     "test -z \"$said\" || exit 99; cat /mnt/out; exit $s");
	struct command_result result;

	expect_status(scan.result, 1);
	expect_every_port(&scan, PORTS);
	result = cli_shell(lab, "$0 -j -W 1s -p " PORT_LIST " " LAB_PEER4 " >/dev/full");
	expect_status(result, 4);
	expect_said(result.errors.bytes, "No space left on device");
}

Test(scan, the_family_chooses_the_address_of_a_name)
{
	struct lab *lab = lab_with_peer();
	struct scan scan;

	for (int family = 4; family <= 6; family += 2) {
		char script[256];

		snprintf(
			script, sizeof(script),
			PRIVATE_HOSTS("10.9.0.7 both\\nfd00:9::7 both\\n") "exec \"$0\" -j -%d -W "
									   "1s -p 10000-10099 both",
			family);
		scan = scan_private(lab, script);
		cr_assert_eq(cli_count(scan.lines, "probe", "address",
				       family == 4 ? LAB_PEER4 : LAB_PEER6),
			     100);
		cr_assert_eq(cli_count(scan.lines, "probe", "name", "both"), 100);
	}
	scan = scan_private(
		lab,
		PRIVATE_HOSTS("10.9.0.7 both\\nfd00:9::7 both\\n") "exec \"$0\" -j --all-addrs -W "
								   "1s -p 10000-10099 both");
	expect_number(scan.total, "targets", 200);
	cr_assert_eq(cli_count(scan.lines, "probe", "address", LAB_PEER6), 100);
}

BOTH_FAMILIES(scan, each_target_is_probed_from_each_namespace)
{
	struct lab *lab = scenario_lab();
	char client[16], server[16];
	struct scan scan;
	size_t i, seen[2] = {0};
	json_t *line;

	scenario_listen(lab, LAB_SERVER, family, 80);
	snprintf(client, sizeof(client), "%d", lab->hosts[LAB_CLIENT].holder);
	snprintf(server, sizeof(server), "%d", lab->hosts[LAB_SERVER].holder);
	scan = scan(lab, "-N", client, "-N", server, "-p", "50-149", places_of(family)->loopback);
	expect_number(scan.total, "targets", 200);
	expect_group(&scan, "open", "syn-ack", 1);
	json_array_foreach(scan.lines, i, line)
	{
		bool is_server = field_is_text(line, "netns_name", server);

		if (!field_is_text(line, "type", "probe"))
			continue;
		seen[is_server]++;
		expect_text(line, "status",
			    is_server && field_is_number(line, "port", 80, 80) ? "open" : "closed");
	}
	cr_assert(seen[0] == 100 && seen[1] == 100);
}

Test(scan, a_name_that_does_not_resolve_is_told_and_counted_as_not_probed)
{
	struct lab *lab = lab_with_peer();
	struct scan scan = scan(lab, "-W", "1s", "-p", "10000-10099", NO_NAME, LAB_PEER4);
	struct command_result quiet =
		cli(lab, "-q", "-W", "1s", "-p", "10000-10099", NO_NAME, LAB_PEER4);
	struct command_result csv = cli(lab, "--csv", "-W", "1s", "-p", "10000-10099", NO_NAME,
					LAB_PEER4),
			      text;

	expect_status(scan.result, 2);
	expect_number(scan.total, "not_probed", 100);
	expect_number(scan.total, "probes", 100);
	expect_part(json_array_get(scan.lines, 0), "explain", "cannot resolve");
	expect_status(quiet, 2);
	expect_said(quiet.output.bytes, ", 100 not probed");
	expect_said(quiet.errors.bytes, NO_NAME);
	expect_status(csv, 2);
	cr_assert_eq(cli_lines_with(csv.output.bytes, ""), 101);
	cr_assert_eq(cli_lines_with(csv.errors.bytes, NO_NAME ", 100 ports: "), 1);
	cr_assert_eq(cli_lines_with(csv.errors.bytes, ""), 1);
	text = cli(lab, "-W", "1s", "-p", "10000-10099", NO_NAME, LAB_PEER4);
	cr_assert_eq(cli_lines_with(text.output.bytes, NO_NAME ", 100 ports: "), 1);
}

/* Columns are as wide as what is on the command line. */
Test(scan, titles_tell_places_and_addresses_of_a_name_apart)
{
	struct lab *lab = lab_with_peer();
	char script[512], client[16], title[64];
	struct command_result result;

	snprintf(client, sizeof(client), "%d", lab->hosts[LAB_CLIENT].holder);
	snprintf(script, sizeof(script),
		 PRIVATE_HOSTS("10.9.0.7 both\\nfd00:9::7 both\\n") "exec \"$0\" --shuffle "
								    "--all-addrs -N %s both 7000",
		 client);
	result = private_run(lab, script);
	expect_status(result, 0);
	snprintf(title, sizeof(title), "both:7000(10.9.0.7)@%s ", client);
	expect_said(result.output.bytes, title);
	snprintf(title, sizeof(title), "both:7000(fd00:9::7)@%s ", client);
	expect_said(result.output.bytes, title);
	result = private_run(
		lab,
		PRIVATE_HOSTS(
			"10.9.0.7 both\\n") "exec \"$0\" --shuffle -n both:7000 10.9.0.8/31:7000");
	expect_status(result, 0);
	cr_assert_eq(cli_lines_with(result.output.bytes, "10.9.0."), 3, "%s", result.output.bytes);
	expect_not_said(result.output.bytes, "both");
	expect_said(result.output.bytes, "\n2 hosts   3 probes in ");
}

/* The writer does not end before it has seen the first verdict. */
Test(scan, lines_are_probed_while_the_writer_is_still_writing)
{
	struct command_result result = private_run(
		lab_with_peer(),
		"mkfifo /mnt/t; : > /mnt/out; (echo " LAB_PEER4
		":7000; until grep -q open /mnt/out; do sleep 0.1; "
		"done; echo " LAB_PEER4
		":10000) > /mnt/t & \"$0\" -j --shuffle --skip-bad -f /mnt/t -o /mnt/out; "
		"s=$?; cat /mnt/out; exit $s");

	expect_status(result, 0);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "status", "open"), 2);
}

Test(scan, a_file_without_a_single_good_line_is_no_success)
{
	struct lab *lab = scenario_lab();
	struct command_result result =
		cli_shell(lab, "seq -f 'a b c %.0f' 100 | $0 -j --shuffle --skip-bad -f -");

	expect_status(result, 3);
	expect_said(result.errors.bytes, "there is no good target in standard input");
	expect_number(scenario_record(cli_json(result.output.bytes), "scan", NULL, NULL), "targets",
		      0);
}

Test(scan, a_link_local_address_needs_its_device)
{
	struct lab *lab = scenario_lab();
	struct scan scan;

	scenario_ip(lab, LAB_ROUTER, "addr add fe80::7/64 dev eth0 nodad\n");
	scenario_listen(lab, LAB_ROUTER, AF_INET6, PEER_PORT);
	scan = scan(lab, "-p", "6951-7050", "fe80::7%eth0");
	expect_group(&scan, "open", "syn-ack", 1);
	expect_group(&scan, "closed", "reset", 99);
	expect_verdict(scan_record(&scan, "[fe80::7%eth0]:7000"), "open", "syn-ack");
	scan = scan(lab, "-I", "eth0", "--shuffle", "-p", "7000", "fe80::7/128");
	expect_group(&scan, "open", "syn-ack", 1);
	scan = scan(lab, "--shuffle", "[fe80::7%nosuch]:7000", "[fe80::7%eth0]:7000");
	expect_status(scan.result, 2);
	expect_group(&scan, "open", "syn-ack", 1);
	expect_number(scan.total, "not_probed", 1);
	expect_explained(scenario_record(scan.lines, "error", NULL, NULL),
			 "no interface of that name");
	cr_assert_eq(cli(lab, "fe80::/120").status, 3);
}
