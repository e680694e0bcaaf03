// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One table of options: argp parses by it and prints --help from it. */
#include "user/app/options.h"

#include <argp.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/base/number.h"

#define SECOND_NS 1000000000ull
#define DAY_NS	  (86400 * SECOND_NS)
/* Longer than the kernel's neighbour failure (3.06 s), and long enough for the fourth SYN. */
#define DEFAULT_TIMEOUT_NS (4 * SECOND_NS)
/* A server that has not accepted repeats its SYN-ACK after 1 s. */
#define DEFAULT_HOLD_NS (1200000000ull)
/* Beyond this many targets it is a scan, and nothing is held. */
#define HOLD_TARGETS_MAX 64

enum long_only {
	OPTION_HOLD = 256,
	OPTION_EXPECT,
	OPTION_STRICT,
	OPTION_EXPLAIN,
	OPTION_TRACE_TEXT,
	OPTION_RING_BYTES,
};

static const struct argp_option table[] = {
	{NULL, 0, NULL, 0, "What to probe:", 1},
	{"ports", 'p', "LIST", 0, "every word is a host, probed on these ports: 22,80,8000-8010", 0},
	{"ipv4", '4', NULL, 0, "IPv4 only", 0},
	{"ipv6", '6', NULL, 0, "IPv6 only", 0},
	{NULL, 0, NULL, 0, "How often and how long:", 2},
	{"count", 'c', "N", 0, "probes a target (4; 0: until ^C)", 0},
	{"interval", 'i', "S", 0, "between two probes of a target (1s; also 200ms, 500us)", 0},
	{"timeout", 'W', "S", 0, "how long a probe waits for its answer (4s)", 0},
	{"hold", OPTION_HOLD, "S", 0, "how long an open connection is kept, silent, before it is reset (1.2s; 0 for more than 64 targets)",
	 0},
	{NULL, 0, NULL, 0, "What counts as success:", 3},
	{"expect", OPTION_EXPECT, "STATUS", 0, "the status every target has to show at least once (open)", 0},
	{"strict", OPTION_STRICT, NULL, 0, "... in every single probe", 0},
	{NULL, 0, NULL, 0, "Output:", 4},
	{"json", 'j', NULL, 0, "one JSON object a line", 0},
	{"verbose", 'v', NULL, 0, "the timeline of every probe: application, socket and wire", 0},
	{"quiet", 'q', NULL, 0, "summaries only", 0},
	{"timestamp", 'D', "FORMAT", OPTION_ARG_OPTIONAL, "put the time before each line: unix (default), iso, or rel", 0},
	{"explain", OPTION_EXPLAIN, NULL, 0, "say why for everything but plain open (the default on a terminal)", 0},
	{NULL, 'h', NULL, 0, "this list (also -?)", -1},
	{NULL, 't', "?", OPTION_HIDDEN | OPTION_ARG_OPTIONAL, NULL, 0},
	{NULL, 'n', "?", OPTION_HIDDEN | OPTION_ARG_OPTIONAL, NULL, 0},
	{"trace-text", OPTION_TRACE_TEXT, "FILE", OPTION_HIDDEN, "write all events to FILE, one a line", 0},
	{"ring-bytes", OPTION_RING_BYTES, "N", OPTION_HIDDEN, "size of the ring buffer", 0},
	{0},
};

static const char help_text[] = "Is that TCP port really open, how far away is it, and if not, why? "
				"Connects while the kernel's own tracepoints record what really happens.\v"
				"Exactly two words are HOST PORT (a number or a service name); the port defaults to 80.\n"
				"\n"
				"A probe is a real connection: the server accepts it, and then reads ECONNRESET when the hold is over. "
				"Needs root (CAP_BPF, CAP_PERFMON, "
				"CAP_NET_ADMIN).\n"
				"\n"
				"Statuses: open, closed, filtered, unreachable, blocked (by this very host), intercepted (answered by this "
				"very host), self-connect, invalid, "
				"aborted, incomplete.\n"
				"\n"
				"Exit status: 0 every target gave the expected status at least once; 1 some did not (--strict: some probe "
				"did not); 2 a name did not resolve; "
				"3 usage; 4 the kernel could not be observed, evidence was lost, or the output could not be written. The "
				"first of 3, 4, 2, 1, 0 that applies.";

/* While parsing: words and -p are put together only when all is known. */
struct parse {
	struct options *options;
	const char *ports;
	bool has_hold;
	const char **words;
	size_t word_count;
};

static int find_service(const char *name)
{
	const struct servent *service = getservbyname(name, "tcp");

	return service ? ntohs((uint16_t)service->s_port) : -ENOENT;
}

static void set_family(struct argp_state *state, struct options *options, int family)
{
	if (options->family != AF_UNSPEC && options->family != family)
		argp_error(state, "-4 and -6 contradict each other; leave both out for either");
	options->family = family;
}

static uint64_t parse_duration(struct argp_state *state, const char *text, const char *what, uint64_t min_ns)
{
	struct error error;
	uint64_t ns = 0;

	if (duration_parse(text, what, min_ns, DAY_NS, &ns, &error) < 0)
		argp_error(state, "%s", error.text);
	return ns;
}

static uint64_t parse_number(struct argp_state *state, const char *text, const char *what, uint64_t min, uint64_t max)
{
	struct error error;
	uint64_t number = 0;

	if (number_parse(text, what, min, max, &number, &error) < 0)
		argp_error(state, "%s", error.text);
	return number;
}

static enum status parse_status(struct argp_state *state, const char *text)
{
	int status = status_parse(text);

	if (status < 0)
		argp_error(state,
			   "--expect: '%s' is no status; it is one of open, closed, filtered, unreachable, blocked, intercepted, "
			   "self-connect, invalid, aborted, incomplete",
			   text);
	return (enum status)status;
}

static enum timestamp_style parse_timestamp(struct argp_state *state, const char *text)
{
	if (!text || !strcmp(text, "unix"))
		return TIMESTAMP_UNIX;
	if (!strcmp(text, "iso"))
		return TIMESTAMP_ISO;
	if (strcmp(text, "rel") != 0)
		argp_error(state, "-D: '%s' is no time format; it is unix, iso or rel, as in -Diso", text);
	return TIMESTAMP_RELATIVE;
}

static void check_family(struct argp_state *state, const struct options *options)
{
	for (size_t i = 0; i < options->targets.count; i++) {
		const struct target *target = &options->targets.targets[i];

		if (address_is_set(&target->literal) && options->family != AF_UNSPEC && target->literal.family != options->family)
			argp_error(state, "-%d and the IPv%d address %s contradict each other", options->family == AF_INET ? 4 : 6,
				   target->literal.family == AF_INET ? 4 : 6, target->name);
	}
}

static void finish(struct argp_state *state, struct parse *parse)
{
	struct options *options = parse->options;
	struct port_list ports = {0};
	struct error error;

	if (!parse->word_count)
		argp_error(state, "no target; as in: ktcping example.com 443");
	if (parse->ports && port_list_parse(parse->ports, find_service, &ports, &error) < 0)
		argp_error(state, "%s", error.text);
	if (target_list_parse(parse->words, parse->word_count, parse->ports ? &ports : NULL, find_service, &options->targets, &error) < 0)
		argp_error(state, "%s", error.text);
	port_list_release(&ports);
	check_family(state, options);
	if (!parse->has_hold)
		options->hold_ns = options->targets.count <= HOLD_TARGETS_MAX ? DEFAULT_HOLD_NS : 0;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	struct options *options = parse->options;

	switch (key) {
	case 'p':
		parse->ports = text;
		break;
	case '4':
		set_family(state, options, AF_INET);
		break;
	case '6':
		set_family(state, options, AF_INET6);
		break;
	case 'c':
		options->count = parse_number(state, text, "-c (count)", 0, UINT32_MAX);
		break;
	case 'i':
		options->interval_ns = parse_duration(state, text, "-i (interval)", 0);
		break;
	case 'W':
		options->timeout_ns = parse_duration(state, text, "-W (timeout)", 1000);
		break;
	case OPTION_HOLD:
		options->hold_ns = parse_duration(state, text, "--hold", 0);
		parse->has_hold = true;
		break;
	case OPTION_EXPECT:
		options->expected = parse_status(state, text);
		break;
	case OPTION_STRICT:
		options->is_strict = true;
		break;
	case 'j':
		options->is_json = true;
		break;
	case 'v':
		options->verbosity++;
		break;
	case 'q':
		options->is_quiet = true;
		break;
	case 'D':
		options->timestamp = parse_timestamp(state, text);
		break;
	case OPTION_EXPLAIN:
		options->is_explaining = true;
		break;
	case OPTION_TRACE_TEXT:
		options->trace_path = text;
		break;
	case OPTION_RING_BYTES:
		options->ring_bytes = parse_number(state, text, "--ring-bytes", 1, 1u << 30);
		break;
	case 't':
		argp_error(state, "-t means TTL, 'for ever' and 'timeout' in different tools, and nothing here: "
				  "use -c 0 to go on until ^C, or -W for the timeout of a probe");
		break;
	case 'n':
		argp_error(state, "-n: the number of probes is -c here, as in: -c 4");
		break;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		break;
	case ARGP_KEY_ARG:
		parse->words[parse->word_count++] = text;
		break;
	case ARGP_KEY_END:
		finish(state, parse);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

void options_parse(int argc, char **argv, struct options *ret_options)
{
	static const struct argp argp = {
		.options = table,
		.parser = parse_option,
		.args_doc = "HOST [PORT]\nHOST:PORT...\n[V6]:PORT...\n-p LIST HOST...",
		.doc = help_text,
	};
	struct options options = {
		.count = 4,
		.interval_ns = SECOND_NS,
		.timeout_ns = DEFAULT_TIMEOUT_NS,
		.hold_ns = DEFAULT_HOLD_NS,
		.family = AF_UNSPEC,
		.expected = STATUS_OPEN,
	};
	struct parse parse = {.options = &options};

	argp_err_exit_status = EXIT_USAGE;
	parse.words = calloc((size_t)argc + 1, sizeof(*parse.words));
	if (!parse.words)
		exit(EXIT_USAGE);
	if (argp_parse(&argp, argc, argv, 0, NULL, &parse))
		exit(EXIT_USAGE);
	free(parse.words);
	*ret_options = options;
}

void options_release(struct options *options)
{
	target_list_release(&options->targets);
}
