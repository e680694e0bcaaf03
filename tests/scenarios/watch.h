/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `ktcping watch` at programs in the lab's client, and what it says of their connects.
 *
 *	json_t *record = watch_one(lab, "--", liar("select-check"), LAB_PEER4, "7001");
 *
 * The programs are those of tests/lab/liars, in $LIARS, else where make puts them.
 */
#ifndef SCENARIOS_WATCH_H
#define SCENARIOS_WATCH_H

#include "tests/scenarios/cli.h"

/* Never freed. */
const char *liar(const char *name);
/* Skips the test when the program cannot be found. */
void need_program(const char *name);
/* "7000"; never freed. */
const char *port_text(unsigned port);

struct watched {
	int status;
	json_t *lines;
	const char *said; /* all that was written to stdout and stderr, by whomever */
};

/*
 * Runs it with -j and the arguments until it ends: three times at most, as cli() does when evidence
 * was lost.
 */
#define watch(lab, ...) watch_run(lab, (const char *const[]){__VA_ARGS__, NULL})
struct watched watch_run(struct lab *lab, const char *const *arguments);

/* The same, begun and ended apart. */
struct watching {
	struct command_process process;
};

#define watch_start(lab, ...) watch_start_run(lab, (const char *const[]){__VA_ARGS__, NULL})
struct watching watch_start_run(struct lab *lab, const char *const *arguments);
/* Until it has a program attached; from then on it ends as it should when it is interrupted. */
void watch_await_attached(const struct watching *watching);
/* Until so many records have the word in them. */
void watch_await(struct watching *watching, const char *word, size_t count);
struct watched watch_finish(struct watching *watching);
struct watched watch_finish_within(struct watching *watching, unsigned timeout_ms);
/* By SIGINT, to the command, too: as ^C on a terminal. */
struct watched watch_interrupt(struct watching *watching);

/*
 * The only connect that it saw, after claiming that the record has all fields. Runs it again when
 * evidence was lost: a busy kernel's fault.
 */
#define watch_one(lab, ...) watch_one_run(lab, (const char *const[]){__VA_ARGS__, NULL})
json_t *watch_one_run(struct lab *lab, const char *const *arguments);

/* The beginning of all the records, for a message. */
const char *watch_text(const struct watched *watched);

/* The records of type "connect", as an array. */
json_t *watch_connects(const struct watched *watched);
/* That to the port; fails the test when there is none, or a second one. */
json_t *watch_connect_to(const struct watched *watched, unsigned port);

/* What it was told agrees with the kernel, and it asked. */
bool is_accused(const json_t *record);
void expect_not_accused(const json_t *record);
/* The note, and the contradiction that it is. */
void expect_accused(const json_t *record, const char *note);

/* Some call told it that: the errno and the event, each unless NULL. */
bool was_told(const json_t *record, const char *call, const char *error, const char *event);
void expect_told_by(const json_t *record, const char *call, const char *error, const char *event);

#endif
