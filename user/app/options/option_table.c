// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one table of options. */
#include "user/app/options/option_table.h"

#include <argp.h>
#include <assert.h>
#include <sys/socket.h>

#include "user/app/options/options.h"
#include "user/base/time.h"

#define YEAR_NS (365 * DAY_NS)

/* Values that fping -C would take; each is a cell of one line. */
#define ROW_PROBES_MAX 100000

#define FIELD(name)                                                                                \
	.offset = offsetof(struct options, name), .size = sizeof(((struct options *)NULL)->name)
#define WITHIN(least, most) .min = (least), .max = (most)
#define ON(bit)		    (1u << COMMAND_##bit)
#define PROBE		    .commands = ON(PROBE)
#define WATCH		    .commands = ON(WATCH)
#define BOTH		    .commands = (ON(PROBE) | ON(WATCH))
#define ALL		    .commands = (ON(PROBE) | ON(WATCH) | ON(DOCTOR))

#define HEADING		     .kind = KIND_HEADING
#define HIDDEN		     .argp_flags = OPTION_HIDDEN
#define OPTIONAL	     .argp_flags = OPTION_ARG_OPTIONAL
#define FLAG(name)	     .kind = KIND_FLAG, FIELD(name)
#define CHOICE(name, choice) .kind = KIND_CHOICE, FIELD(name), .value = (choice)
#define STEP(name)	     .kind = KIND_STEP, FIELD(name)
#define TEXT(name)	     .kind = KIND_TEXT, FIELD(name)
#define PATH(name)	     TEXT(name), .values = VALUES_FILE
#define STATUS(name)	     .kind = KIND_STATUS, FIELD(name), .values = VALUES_STATUS
#define STAMP(name, style)                                                                         \
	.kind = KIND_TIMESTAMP, FIELD(name), .value = (style), .values = VALUES_TIMESTAMP, OPTIONAL
#define NUMBER(name, least, most) .kind = KIND_NUMBER, FIELD(name), WITHIN(least, most)
#define BITS(name, most)	  .kind = KIND_BITS, FIELD(name), .max = (most)
#define TIME(name, least, most)	  .kind = KIND_DURATION, FIELD(name), WITHIN(least, most)

static const struct option_row rows[] = {
	{NULL, 0, NULL, "What to probe:", HEADING, PROBE},
	{"ports", 'p', "LIST", "every word is a host, probed on these ports: 22,80,8000-8010",
	 .kind = KIND_PORTS, FIELD(ports),
	 .hint = "the list is empty; write it like 22,80,8000-8010", PROBE},
	{"file", 'f', "FILE",
	 "more targets, one a line: HOST, HOST:PORT or HOST LIST; - is standard input", PATH(file),
	 PROBE,
	 .twice = "-f is there twice, and one file is read; for several: cat FILE FILE | ktcping "
		  "-f -"},
	{"skip-bad", 0, NULL,
	 "skip bad lines of the file, instead of refusing all of it; makes it a scan",
	 FLAG(is_skipping_bad), PROBE},
	{"yes", 0, NULL, "allow more than 65536 targets, with a network among them",
	 FLAG(is_confirmed), PROBE},
	{"ipv4", '4', NULL, "IPv4 only", CHOICE(family, AF_INET), PROBE},
	{"ipv6", '6', NULL, "IPv6 only", CHOICE(family, AF_INET6), PROBE},
	{"all-addrs", 0, NULL, "probe every address of a name, not only the first",
	 FLAG(is_all_addresses), PROBE},
	{"numeric", 'n', NULL, "call targets by their addresses", .kind = KIND_NUMERIC,
	 FIELD(is_numeric), PROBE},
	{"resolve-every", 0, "N", "resolve names again after every N probes of a target",
	 NUMBER(resolve_every, 1, UINT32_MAX), PROBE},

	{NULL, 0, NULL, "Who is watched (of several, all have to be met):", HEADING, WATCH},
	{"pid", 'p', "PID,...", "these processes, with all their threads", .kind = KIND_PIDS,
	 WATCH},
	{"children", 0, NULL, "... and their children; those of a command are watched in any case",
	 FLAG(follows_children), WATCH},
	{"comm", 0, "NAME",
	 "processes and threads of this name, as ps -o comm has it (15 characters)", TEXT(comm),
	 WATCH},
	{"cgroup", 0, "PATH", "what runs in this control group or below it (cgroup2)", PATH(cgroup),
	 WATCH},
	{"netns", 'N', "NETNS", "sockets of this network namespace: a name, a PID or a path",
	 TEXT(netns), .values = VALUES_NETNS, WATCH},
	{"all", 0, NULL, "every program", FLAG(is_all), WATCH},

	{NULL, 0, NULL, "From where:", HEADING, PROBE},
	{"interface", 'I', "X",
	 "interface or VRF to send from; an address is taken as -S, V6%INTERFACE as both",
	 .kind = KIND_INTERFACE, .values = VALUES_INTERFACE, PROBE},
	{"source", 'S', "A", "address to send from; may be given once for each family",
	 .kind = KIND_SOURCE, PROBE},
	{"sport", 0, "N|A-B", "source port, or a range to take them from", .kind = KIND_PORT_RANGE,
	 PROBE},
	{"ttl", 0, "N", "time to live or hop limit, 1 to 255", NUMBER(ttl, 1, UINT8_MAX), PROBE},
	{"tos", 'Q', "N",
	 "type of service or traffic class, 0 to 252, without ECN bits; also 0x hex",
	 .kind = KIND_TOS, FIELD(source.tos), .max = UINT8_MAX, PROBE},
	{"fwmark", 'm', "N", "firewall mark of the packets, 32 bit; also 0x hex",
	 BITS(source.mark, UINT32_MAX), .flag = offsetof(struct options, source.has_mark), PROBE},
	{"netns", 'N', "NETNS",
	 "network namespace to probe from: a name, a PID or a path; may be repeated",
	 .kind = KIND_NAMESPACES, .values = VALUES_NETNS, PROBE},

	{NULL, 0, NULL, "How often and how long:", HEADING, PROBE},
	{"count", 'c', "N",
	 "probes a target (4, or 1 where a list, a range or a network is asked for: -p 1-1024, "
	 "10.0.0.0/24, -f; 0: until ^C)",
	 NUMBER(count, 0, UINT32_MAX), PROBE},
	{"interval", 'i', "S", "between two probes of a target (1s; also 200ms, 500us)",
	 TIME(interval_ns, 0, DAY_NS), PROBE},
	{"timeout", 'W', "S", "how long a probe waits for its answer (4s)",
	 TIME(timeout_ns, MICROSECOND_NS, DAY_NS), PROBE,
	 .hint = "every answer takes some time; -w S ends the whole run"},
	{"deadline", 'w', "S", "end the run after this time",
	 TIME(deadline_ns, MICROSECOND_NS, YEAR_NS), PROBE,
	 .hint = "leave -w out for a run without a deadline"},
	{"hold", 0, "S",
	 "complete the handshake, and keep the connection so long, silent, before it is reset "
	 "(default: it is not completed)",
	 TIME(hold_ns, 0, DAY_NS), PROBE},
	{"until", 0, "STATUS",
	 "probe each target until it shows STATUS; implies -c 0 and --expect STATUS", STATUS(until),
	 PROBE},
	{"give-up", 0, "N", "give a target up after N unexpected probes in a row",
	 NUMBER(give_up_after, 1, UINT32_MAX), PROBE},
	{"rate", 0, "PPS",
	 "probes a second, of all targets together (0: no limit; 5000 in a scan for what is behind "
	 "a "
	 "gateway, because firewalls and small routers on the way keep a state for each)",
	 NUMBER(rate, 0, 100000000), PROBE},
	{"inflight", 0, "N",
	 "connects at once, at most (as many as file descriptors and memory allow)",
	 NUMBER(inflight, 1, 1000000), PROBE},
	{"shuffle", 0, NULL, "targets in a random order; as a list, one probe of each",
	 FLAG(is_shuffled), PROBE},

	{NULL, 0, NULL, "What counts as success:", HEADING, PROBE},
	{"expect", 0, "STATUS", "the status every target has to show at least once (open)",
	 STATUS(expected), PROBE},
	{"strict", 0, NULL, "... in every single probe", FLAG(is_strict), PROBE},

	{NULL, 0, NULL, "Output:", HEADING, ALL},
	/* here stands a row for each format */
	{.kind = KIND_FORMAT, WITHIN(1, ROW_PROBES_MAX), ALL},
	{"output", 'o', "FILE", "write the data to FILE instead of standard output",
	 PATH(output_path), PROBE},
	{"output", 'o', "FILE",
	 "write to FILE instead of standard output, or, with a command, standard error",
	 PATH(output_path), WATCH},
	{"record", 0, "FILE",
	 "also write all that is observed into FILE, as pcapng: packets, and between them what the "
	 "kernel and the application did, for Wireshark and as evidence (- for standard output)",
	 TEXT(record_path), BOTH},
	{"force", 0, NULL, "--record may replace FILE", FLAG(is_forced), BOTH},
	{"verbose", 'v', NULL,
	 "the timeline of every probe: application, socket and wire, and its SYN's path over this "
	 "host's "
	 "devices; -vv: also the first outcome of a probe that was asked again because evidence "
	 "was missing",
	 STEP(verbosity), PROBE},
	{"verbose", 'v', NULL, "the timeline of every connect: system calls, socket and wire",
	 STEP(verbosity), WATCH},
	{"quiet", 'q', NULL, "summaries only", FLAG(is_quiet), BOTH},
	{"timestamp", 'D', "FORMAT", "put the time before each line: unix (default), iso, or rel",
	 STAMP(timestamp, TIMESTAMP_UNIX), PROBE},
	{"timestamp", 'D', "FORMAT", "the time before each line: unix, iso (default), or rel",
	 STAMP(timestamp, TIMESTAMP_ISO), WATCH},
	{"outstanding", 'O', NULL, "say when a probe has no verdict yet and the next one is due",
	 FLAG(is_reporting_outstanding), PROBE},
	{"changes", 0, NULL, "only probes whose status or reason differs from the one before",
	 FLAG(is_changes_only), PROBE},
	{"failures", 0, NULL, "only probes without the expected status", FLAG(is_failures_only),
	 PROBE},
	{"open", 0, NULL, "only probes with the status open", FLAG(is_open_only), PROBE},
	{"audible", 'a', NULL, "ring the bell for every probe with the expected status",
	 FLAG(is_audible), PROBE},
	{"hist", 0, NULL, "a histogram of the round-trip times in each summary",
	 FLAG(has_histogram), PROBE},
	{"report-every", 0, "S", "summaries so far, again and again",
	 TIME(report_every_ns, 10 * MILLISECOND_NS, DAY_NS), PROBE},
	{"explain", 0, NULL, "say why for everything but plain open (the default on a terminal)",
	 FLAG(is_explaining), BOTH},
	{"check", 0, NULL,
	 "with a command: exit status 1 for a contradiction and 4 for lost evidence, instead of "
	 "its own",
	 FLAG(is_checking), WATCH},

	{NULL, 0, NULL, "About the program:", HEADING, .argp_group = -1, ALL},
	{"help", 'h', "TOPIC",
	 "this list; verdicts: what each status and reason means, and what proves it",
	 .kind = KIND_HELP, .values = VALUES_TOPIC, OPTIONAL, PROBE},
	{"help", 'h', NULL, "this list", .kind = KIND_HELP, .commands = ON(WATCH) | ON(DOCTOR)},
	{"usage", 0, NULL, "all options in a few lines", .kind = KIND_USAGE, ALL},
	{"version", 'V', NULL, "name and version", .kind = KIND_VERSION, ALL},

	{NULL, '?', NULL, NULL, .kind = KIND_HELP, HIDDEN, ALL},
	{NULL, 't', "?", NULL, .kind = KIND_REFUSED,
	 .argp_flags = OPTION_HIDDEN | OPTION_ARG_OPTIONAL, PROBE,
	 .hint = "-t means TTL, 'for ever' and 'timeout' in different tools, and nothing here: "
		 "use --ttl, -c 0 to go on until ^C, or -W for the timeout of a probe"},
	{"trace-text", 0, "FILE", NULL, TEXT(trace_path), HIDDEN, BOTH},
	{"ring-bytes", 0, "N", NULL, NUMBER(ring_bytes, 1, 1u << 30), HIDDEN, BOTH},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool writes(enum command command, const struct format *format)
{
	static const unsigned needed[COMMAND_COUNT] = {
		[COMMAND_PROBE] = 0,
		[COMMAND_WATCH] = FORMAT_HAS_PROGRAMS,
		[COMMAND_DOCTOR] = FORMAT_HAS_DOCTOR,
	};

	return (format->traits & needed[command]) == needed[command];
}

/* The format of no option is the one that is written without any. */
static size_t add_formats(enum command command, struct option_row row, struct option_row *ret_rows)
{
	size_t count = 0;

	for (size_t i = 0; i < format_count; i++) {
		row.format = &formats[i];
		row.name = row.format->name;
		row.key = row.format->letter;
		row.argument = row.format->argument;
		row.description = row.format->description;
		if (row.description && writes(command, row.format))
			ret_rows[count++] = row;
	}
	return count;
}

size_t option_rows(enum command command, struct option_row ret_rows[OPTION_ROWS_MAX])
{
	size_t count = 0;

	assert(ROW_COUNT + format_count <= OPTION_ROWS_MAX);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (!(rows[i].commands & 1u << command))
			continue;
		if (rows[i].kind == KIND_FORMAT)
			count += add_formats(command, rows[i], ret_rows + count);
		else
			ret_rows[count++] = rows[i];
	}
	for (size_t i = 0; i < count; i++)
		if (!ret_rows[i].key && ret_rows[i].kind != KIND_HEADING)
			ret_rows[i].key = OPTION_KEY_WITHOUT_LETTER + (int)i;
	return count;
}
