// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one table of options. */
#include "user/app/options/options_table.h"

#include <argp.h>

#include "user/app/options/options.h"
#include "user/base/time.h"

#define YEAR_NS (365 * DAY_NS)

#define HEADING			   .kind = OPTION_IS_HEADING
#define SPECIAL			   .kind = OPTION_IS_SPECIAL
#define HIDDEN			   .argp_flags = OPTION_HIDDEN
#define FLAG(field)		   .kind = OPTION_IS_FLAG, .offset = offsetof(struct options, field)
#define NUMBER(field, least, most) .kind = OPTION_IS_NUMBER, .offset = offsetof(struct options, field), .min = (least), .max = (most)
#define TIME(field, least, most)   .kind = OPTION_IS_DURATION, .offset = offsetof(struct options, field), .min = (least), .max = (most)
#define TEXT(field)		   .kind = OPTION_IS_TEXT, .offset = offsetof(struct options, field), .values = VALUES_FILE

/* clang-format off: a row is a line, or two when it has more to say */
const struct option_row option_rows[] = {
	{NULL, 0, NULL, "What to probe:", HEADING},
	{"ports", 'p', "LIST", "every word is a host, probed on these ports: 22,80,8000-8010", SPECIAL},
	{"file", 'f', "FILE", "more targets, one a line: HOST, HOST:PORT or HOST LIST; - is standard input", TEXT(file)},
	{"skip-bad", OPTION_SKIP_BAD, NULL, "skip bad lines of the file, instead of refusing all of it; makes it a scan",
	 FLAG(is_skipping_bad)},
	{"yes", OPTION_YES, NULL, "more than 65536 targets with a network among them are meant", FLAG(is_sure)},
	{"ipv4", '4', NULL, "IPv4 only", SPECIAL},
	{"ipv6", '6', NULL, "IPv6 only", SPECIAL},
	{"all-addrs", OPTION_ALL_ADDRESSES, NULL, "probe every address of a name, not only the first", FLAG(is_all_addresses)},
	{"numeric", 'n', NULL, "call targets by their addresses", SPECIAL},
	{"resolve-every", OPTION_RESOLVE_EVERY, "N", "resolve names again after every N probes of a target",
	 NUMBER(resolve_every, 1, UINT32_MAX)},

	{NULL, 0, NULL, "From where:", HEADING},
	{"interface", 'I', "X", "device or VRF to send from; an address is taken as -S, V6%DEVICE as both", SPECIAL,
	 .values = VALUES_DEVICE},
	{"source", 'S', "A", "address to send from; may be given once for each family", SPECIAL},
	{"sport", OPTION_SOURCE_PORT, "N|A-B", "source port, or a range to take them from", SPECIAL},
	{"ttl", OPTION_TTL, "N", "time to live or hop limit, 1 to 255", SPECIAL, .min = 1, .max = UINT8_MAX},
	{"tos", 'Q', "N", "type of service or traffic class, 0 to 252, without ECN bits; also 0x hex", SPECIAL, .max = UINT8_MAX},
	{"fwmark", 'm', "N", "firewall mark of the packets, 32 bit; also 0x hex", SPECIAL, .max = UINT32_MAX},
	{"netns", 'N', "NETNS", "network namespace to probe from: a name, a PID or a path; may be repeated", SPECIAL,
	 .values = VALUES_NETNS},

	{NULL, 0, NULL, "How often and how long:", HEADING},
	{"count", 'c', "N",
	 "probes a target (4, or 1 where a list, a range or a network is asked for: -p 1-1024, 10.0.0.0/24, -f; 0: until ^C)",
	 NUMBER(count, 0, UINT32_MAX)},
	{"interval", 'i', "S", "between two probes of a target (1s; also 200ms, 500us)", TIME(interval_ns, 0, DAY_NS)},
	{"timeout", 'W', "S", "how long a probe waits for its answer (4s)", TIME(timeout_ns, MICROSECOND_NS, DAY_NS),
	 .hint = "every answer takes some time; -w S ends the whole run"},
	{"deadline", 'w', "S", "end the run after this time", TIME(deadline_ns, MICROSECOND_NS, YEAR_NS),
	 .hint = "leave -w out for a run without a deadline"},
	{"hold", OPTION_HOLD, "S",
	 "complete the handshake, and keep the connection so long, silent, before it is reset (default: it is not completed)",
	 TIME(hold_ns, 0, DAY_NS)},
	{"until", OPTION_UNTIL, "STATUS", "probe each target until it shows STATUS; implies -c 0 and --expect STATUS", SPECIAL,
	 .values = VALUES_STATUS},
	{"give-up", OPTION_GIVE_UP, "N", "give a target up after N unexpected probes in a row", NUMBER(give_up_after, 1, UINT32_MAX)},

	{"rate", OPTION_RATE, "PPS",
	 "probes a second, of all targets together (0: no limit; 5000 in a scan for what is behind a gateway, because "
	 "firewalls and small routers on the way keep a state for each)",
	 NUMBER(rate, 0, 100000000)},
	{"inflight", OPTION_INFLIGHT, "N", "connects at once, at most (as many as file descriptors and memory allow)",
	 NUMBER(inflight, 1, 1000000)},
	{"shuffle", OPTION_SHUFFLE, NULL, "targets in a random order", FLAG(is_shuffled)},

	{NULL, 0, NULL, "What counts as success:", HEADING},
	{"expect", OPTION_EXPECT, "STATUS", "the status every target has to show at least once (open)", SPECIAL, .values = VALUES_STATUS},
	{"strict", OPTION_STRICT, NULL, "... in every single probe", FLAG(is_strict)},

	{NULL, 0, NULL, "Output:", HEADING},
	{"json", 'j', NULL, "one JSON object a line", SPECIAL},
	{"csv", OPTION_CSV, NULL, "one line of comma-separated values a probe", SPECIAL},
	{"fping", 'C', "N", "N probes a target, then a line with their times as fping -C has it", SPECIAL, .min = 1, .max = 100000},
	{"output", 'o', "FILE", "write the data to FILE instead of standard output", TEXT(output_path)},
	{"verbose", 'v', NULL,
	 "the timeline of every probe: application, socket and wire, and its SYN's path over this host's devices; -vv: also "
	 "the first outcome of a probe that was asked again because evidence was missing",
	 SPECIAL},
	{"quiet", 'q', NULL, "summaries only", FLAG(is_quiet)},
	{"timestamp", 'D', "FORMAT", "put the time before each line: unix (default), iso, or rel", SPECIAL, .values = VALUES_TIMESTAMP,
	 .argp_flags = OPTION_ARG_OPTIONAL},
	{"outstanding", 'O', NULL, "say when a probe has no verdict yet and the next one is due", FLAG(is_reporting_outstanding)},
	{"changes", OPTION_CHANGES, NULL, "only probes whose status or reason differs from the one before", FLAG(is_changes_only)},
	{"failures", OPTION_FAILURES, NULL, "only probes without the expected status", FLAG(is_failures_only)},
	{"open", OPTION_OPEN, NULL, "only probes with the status open", FLAG(is_open_only)},
	{"audible", 'a', NULL, "ring the bell for every probe with the expected status", FLAG(is_audible)},
	{"hist", OPTION_HISTOGRAM, NULL, "a histogram of the round-trip times in each summary", FLAG(has_histogram)},
	{"report-every", OPTION_REPORT_EVERY, "S", "summaries so far, again and again", TIME(report_every_ns, 10 * MILLISECOND_NS, DAY_NS)},
	{"explain", OPTION_EXPLAIN, NULL, "say why for everything but plain open (the default on a terminal)", FLAG(is_explaining)},

	{NULL, 0, NULL, "About the program:", HEADING, .argp_group = -1},
	{"help", 'h', "TOPIC", "this list; verdicts: what each status and reason means, and what proves it", SPECIAL,
	 .values = VALUES_TOPIC, .argp_flags = OPTION_ARG_OPTIONAL},
	{"usage", OPTION_USAGE, NULL, "all options in a few lines", SPECIAL},
	{"version", 'V', NULL, "name and version", SPECIAL},

	{NULL, '?', NULL, NULL, SPECIAL, HIDDEN},
	{NULL, 't', "?", NULL, SPECIAL, .argp_flags = OPTION_HIDDEN | OPTION_ARG_OPTIONAL},
	{"trace-text", OPTION_TRACE_TEXT, "FILE", NULL, TEXT(trace_path), HIDDEN},
	{"ring-bytes", OPTION_RING_BYTES, "N", NULL, SPECIAL, .min = 1, .max = 1u << 30, HIDDEN},
};
/* clang-format on */

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

const char options_words_text[] = "HOST [PORT]\nHOST:PORT...\n[V6]:PORT...\n-p LIST HOST...\n-f FILE [HOST:PORT...]";

const char options_help_text[] =
	"Is that TCP port really open, how far away is it, and if not, why? "
	"Connects while the kernel's own tracepoints record what really happens.\v"
	"Exactly two words are HOST PORT (a number or a service name); the port defaults to 80.\n"
	"\n"
	"A probe is a real TCP connect (never ICMP echo or UDP), half-open: SYN, SYN-ACK, RST, and the service never "
	"accepts it. With --hold the handshake is completed: the service accepts, and reads ECONNRESET when the hold "
	"is over. "
	"Needs root, or CAP_BPF and CAP_PERFMON. `ktcping doctor' tells what this host lacks.\n"
	"\n"
	"`ktcping watch' shows the connects of other programs, and what those were told of them; see its own "
	"--help.\n"
	"\n"
	"Statuses: open, closed, filtered, unreachable, blocked (by this very host), intercepted (answered by "
	"this very host), self-connect, "
	"invalid, aborted, incomplete. `ktcping --help verdicts' says what they mean.\n"
	"\n"
	"Exit status: 0 every target gave the expected status at least once; 1 some did not (--strict: some probe "
	"did not); 2 a name did not "
	"resolve; 3 usage; 4 the kernel could not be observed, evidence was lost, or the output could not be "
	"written. The first of 3, 4, 2, 1, "
	"0 that applies.";

const struct option_row *option_row_find(int key)
{
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].kind != OPTION_IS_HEADING && option_rows[i].key == key)
			return &option_rows[i];
	}
	return NULL;
}
