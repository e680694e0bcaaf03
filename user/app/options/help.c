// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What --help says around the options of each command. */
#include "user/app/options/help.h"

#include "user/app/options/options.h"

#define TEXT_OF(number)	 TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define TABLE_MIB_TEXT	 TEXT_OF(WATCH_TABLE_MIB)

/* Not const, for it takes the place of argv[0]. */
static char probe_program[] = "ktcping"; /* not its path: getopt's messages would begin with it */
static char watch_program[] = "ktcping watch";
static char doctor_program[] = "ktcping doctor";

static const char probe_words[] = "HOST [PORT]\n"
				  "HOST:PORT...\n"
				  "[V6]:PORT...\n"
				  "-p LIST HOST...\n"
				  "-f FILE [HOST:PORT...]";

static const char probe_text[] =
	"Is that TCP port really open, how far away is it, and if not, why? Connects while "
	"the kernel's own tracepoints record what really happens.\vExactly two words are "
	"HOST PORT (a number or a service name); the port defaults to 80.\n\n"
	"A probe is a real TCP connect (never ICMP echo or UDP), half-open: SYN, SYN-ACK, "
	"RST, and the service never accepts it. With --hold the handshake is completed: the "
	"service accepts, and reads ECONNRESET when the hold is over. Needs root, or "
	"CAP_BPF and CAP_PERFMON. `ktcping doctor' tells what this host lacks.\n\n"
	"`ktcping watch' shows the connects of other programs, and what those were told of "
	"them; see its own --help.\n\n"
	"Statuses: open, closed, filtered, unreachable, blocked (by this very host), "
	"intercepted (answered by this very host), self-connect, invalid, aborted, "
	"incomplete. `ktcping --help verdicts' says what they mean.\n\n"
	"Exit status: 0 every target gave the expected status at least once; 1 some did not "
	"(--strict: some probe did not); 2 a name did not resolve; 3 usage; 4 the kernel "
	"could not be observed, evidence was lost, or the output could not be written. The "
	"first of 3, 4, 2, 1, 0 that applies.";

static const char watch_words[] = "-- COMMAND [ARG...]\n"
				  "-p PID[,PID...]\n"
				  "--comm NAME\n"
				  "--cgroup PATH\n"
				  "--netns NETNS\n"
				  "--all";

static const char watch_text[] =
	"What was another program told of its connects, what did kernel and wire do, and do "
	"the two agree?\vWrites a line for each TCP connect when its verdict falls and the "
	"program has been told of it (2 s are waited for that): who connected where, "
	"status and reason as for a probe, the round-trip time, and what the program was "
	"told by which system call, when. A contradiction is only what its system calls "
	"prove: that it never asked, that it was told \"connected\" without a connection. "
	"Addresses and results are looked at, never data.\n\n"
	"A command is watched from before its first instruction on, and ktcping writes to "
	"standard error: its output stays its own. ^C is for the command first; the watch "
	"ends with it and all that it leaves behind. kill -QUIT, to ktcping alone, shows a "
	"summary so far; ^\\ on a terminal goes to the command as well, and ends it.\n\n"
	"For connects under way there are " TABLE_MIB_TEXT
	" MiB, taken as they come: more than 100,000, of "
	"one process half. What finds no room is not followed, and counts as events lost.\n\n"
	"Sends nothing, and changes nothing of what is watched. Calls of 32-bit programs, "
	"requests of io_uring other than connect, and what signals (SIGIO) and libaio tell "
	"are not seen: then only the kernel's side is told. Needs root, or CAP_BPF, "
	"CAP_PERFMON and CAP_SYS_PTRACE, and Linux 5.12 or newer.\n\n"
	"Exit status: the command's own (128 + signal; 126 it cannot be run, 127 it is not "
	"there). Without a command, or with --check: 0; 1 something contradicted; 4 "
	"evidence was lost. 3 usage; 4 the kernel could not be observed, or the output "
	"could not be written.";

static const char doctor_text[] =
	"What do this kernel and these privileges allow, and which verdicts suffer from "
	"what they do not?\vPrints facts about the host and this process, then one line a "
	"hook or facility of the kernel: loaded (it works), fallback (something that can do "
	"less does its work) or missing, why, what it is for, which statuses, reasons and "
	"figures rest on it, and how it was tested. Each is tested by making it, by itself: "
	"loaded and attached, or created, and removed again. The last line says whether "
	"probing would work.\n\n"
	"With -j these are objects of type \"fact\" (name, value, note), \"facility\" "
	"(name, what, required, test, result, reason, affects) and, last, \"doctor\" (ok, "
	"explain).\n\n"
	"Sends nothing, connects to nothing, leaves nothing behind. Without root it tells "
	"what is missing.\n\n"
	"Exit status: 0 probing would work; 3 usage; 4 it would not, or the output could "
	"not be written.";

const struct command_help command_helps[COMMAND_COUNT] = {
	[COMMAND_PROBE] = {probe_program, probe_words, probe_text},
	[COMMAND_WATCH] = {watch_program, watch_words, watch_text},
	[COMMAND_DOCTOR] = {doctor_program, NULL, doctor_text},
};
