/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Running the program for what it prints, how it ends and what it leaves behind. */
#ifndef SCENARIOS_CLI_H
#define SCENARIOS_CLI_H

#include "tests/scenarios/scenario.h"

/* A bound for what hangs, however busy the machine is; not an expectation. */
#define CLI_TIMEOUT_MS SCENARIO_TIMEOUT_MS

const char *cli_program(void);

/*
 * Run it in the client, or here when lab is NULL; fails the test when it cannot be run or does not
 * end. The result is never freed. It is run again, twice at most, when it says that evidence was
 * lost (a probe that was asked again has two SYNs): now and then a kernel under load runs no
 * tracing program for an instant.
 */
#define cli(lab, ...)                                                                              \
	cli_run(lab, (const char *const[]){cli_program() __VA_OPT__(, ) __VA_ARGS__, NULL})
struct command_result cli_run(struct lab *lab, const char *const *argv);
/* Once only, for what is meant to lose evidence. */
#define cli_once(lab, ...)                                                                         \
	cli_run_once(lab, (const char *const[]){cli_program(), __VA_ARGS__, NULL})
struct command_result cli_run_once(struct lab *lab, const char *const *argv);
/* Any other command line, by sh; $0 is the program. */
struct command_result cli_shell(struct lab *lab, const char *line);

/* Start it in the client. */
#define cli_start(lab, ...)                                                                        \
	cli_start_run(lab, (const char *const[]){cli_program(), __VA_ARGS__, NULL})
struct command_process cli_start_run(struct lab *lab, const char *const *argv);
/*
 * Until so many lines of its output have the word: the sign of how far it is. Fails the test when
 * it ends before.
 */
void cli_await(struct command_process *process, const char *word, size_t count);
/* The same of what it writes to stderr. */
void cli_await_errors(struct command_process *process, const char *word, size_t count);
/* All that it printed, the part that was awaited included. */
struct command_result cli_finish(struct command_process *process);

/* Each line of the text as JSON; without a claim on how many there are. */
json_t *cli_json(const char *text);
/* How many records have that type and, unless NULL, that text at the path. */
size_t cli_count(const json_t *lines, const char *type, const char *path, const char *text);
/* How many lines of the text contain the word. */
size_t cli_lines_with(const char *text, const char *word);
/* Evidence of one of the probes in these records was lost, so that it was made again. */
bool cli_is_asked_again(const char *records);

#define expect_status(result, wanted)                                                              \
	do {                                                                                       \
		struct command_result judged = (result);                                           \
		cr_assert_eq(judged.status, wanted,                                                \
			     "status %d, wanted %d; output:\n%s\nerrors:\n%s", judged.status,      \
			     wanted, judged.output.bytes, judged.errors.bytes);                    \
	} while (0)
#define expect_said(text, word)	    cr_assert(strstr(text, word), "'%s' is missing in:\n%s", word, text)
#define expect_not_said(text, word) cr_assert(!strstr(text, word), "'%s' is in:\n%s", word, text)

#endif
