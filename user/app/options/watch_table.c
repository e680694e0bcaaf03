// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of the options of `watch`. */
#include <argp.h>

#include "user/app/options/options_table.h"
#include "user/app/options/watch_options.h"

#define HEADING	    .kind = OPTION_IS_HEADING
#define SPECIAL	    .kind = OPTION_IS_SPECIAL
#define HIDDEN	    .argp_flags = OPTION_HIDDEN
#define FLAG(field) .kind = OPTION_IS_FLAG, .offset = offsetof(struct watch_options, field)
#define TEXT(field) .kind = OPTION_IS_TEXT, .offset = offsetof(struct watch_options, field)

#define TEXT_OF(number)	 TEXT_OF_(number)
#define TEXT_OF_(number) #number

/* clang-format off: a row is a line, or two when it has more to say */
const struct option_row watch_rows[] = {
	{NULL, 0, NULL, "Who is watched (of several, all have to be met):", HEADING},
	{"pid", 'p', "PID,...", "these processes, with all their threads", SPECIAL},
	{"children", OPTION_CHILDREN, NULL, "... and their children; those of a command are watched in any case", FLAG(follows_children)},
	{"comm", OPTION_COMM, "NAME", "processes and threads of this name, as ps -o comm has it (15 characters)", TEXT(comm)},
	{"cgroup", OPTION_CGROUP, "PATH", "what runs in this control group or below it (cgroup2)", TEXT(cgroup), .values = VALUES_FILE},
	{"netns", 'N', "NETNS", "sockets of this network namespace: a name, a PID or a path", TEXT(netns), .values = VALUES_NETNS},
	{"all", OPTION_ALL, NULL, "everybody", FLAG(is_all)},

	{NULL, 0, NULL, "Output:", HEADING},
	{"json", 'j', NULL, "one JSON object a line", FLAG(is_json)},
	{"output", 'o', "FILE", "write to FILE instead of standard output, or, with a command, standard error", TEXT(output_path),
	 .values = VALUES_FILE},
	{"verbose", 'v', NULL, "the timeline of every connect: system calls, socket and wire", SPECIAL},
	{"quiet", 'q', NULL, "summaries only", FLAG(is_quiet)},
	{"timestamp", 'D', "FORMAT", "the time before each line: unix, iso (default), or rel", SPECIAL, .values = VALUES_TIMESTAMP,
	 .argp_flags = OPTION_ARG_OPTIONAL},
	{"explain", OPTION_EXPLAIN, NULL, "say why for everything but plain open (the default on a terminal)", FLAG(is_explaining)},
	{"check", OPTION_CHECK, NULL, "with a command: exit status 1 for a contradiction and 4 for lost evidence, instead of its own",
	 FLAG(is_checking)},

	{NULL, 0, NULL, "About the program:", HEADING, .argp_group = -1},
	{"help", 'h', NULL, "this list", SPECIAL},
	{"usage", OPTION_USAGE, NULL, "all options in a few lines", SPECIAL},
	{"version", 'V', NULL, "name and version", SPECIAL},

	{NULL, '?', NULL, NULL, SPECIAL, HIDDEN},
	{"trace-text", OPTION_TRACE_TEXT, "FILE", NULL, TEXT(trace_path), HIDDEN},
	{"ring-bytes", OPTION_RING_BYTES, "N", NULL, SPECIAL, .min = 1, .max = 1u << 30, HIDDEN},
};
/* clang-format on */

const size_t watch_row_count = sizeof(watch_rows) / sizeof(watch_rows[0]);

const char watch_words_text[] = "-- COMMAND [ARG...]\n-p PID[,PID...]\n--comm NAME\n--cgroup PATH\n--netns NETNS\n--all";

const char watch_help_text[] =
	"What was another program told of its connects, what did kernel and wire do, and do the two agree?\v"
	"Writes a line for each TCP connect when its verdict falls and the program has been told of it (2 s are waited for that): who "
	"connected where, status and reason as for a probe, the round-trip time, and what the program was told by which system call, when. "
	"A "
	"contradiction is only what its system calls prove: that it never asked, that it was told \"connected\" without a connection. "
	"Addresses and results are looked at, never data.\n"
	"\n"
	"A command is watched from before its first instruction on, and ktcping writes to standard error: its output stays its own. ^C is "
	"for "
	"the command first; the watch ends with it and all that it leaves behind. kill -QUIT, to ktcping alone, shows a summary so far; "
	"^\\ on a terminal goes to the "
	"command as well, and ends it.\n"
	"\n"
	"For connects under way there are " TEXT_OF(
		WATCH_TABLE_MIB) " MiB, taken as they come: more than 100,000, of one process half. What finds no room is not "
				 "followed, and counts as events lost.\n"
				 "\n"
				 "Sends nothing, and changes nothing of what is watched. Calls of 32-bit programs, requests of io_uring "
				 "other than connect, and "
				 "what "
				 "signals (SIGIO) and libaio tell are not seen: then only the kernel's side is told. Needs root, or "
				 "CAP_BPF, CAP_PERFMON and "
				 "CAP_SYS_PTRACE, and Linux 5.12 or newer.\n"
				 "\n"
				 "Exit status: the command's own (128 + signal; 126 it cannot be run, 127 it is not there). Without a "
				 "command, or with --check: 0; "
				 "1 "
				 "something contradicted; 4 evidence was lost. 3 usage; 4 the kernel could not be observed, or the output "
				 "could not be written.";
