/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program run in the lab's client from exec to exit, and what it took. */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include "tests/lab/lab.h"

struct tool_run {
	double wall_s; /* from before fork() until its end was seen */
	double cpu_s;  /* user and system */
	double peak_mib;
	struct command_result result;
};

/* Can it be found where lab_run() looks? */
bool tool_is_installed(const char *name);

/* The ktcping under measurement. */
const char *tool_ktcping(void);

/*
 * Run it on the processor (see processors_use()), at most timeout_ms. Returns 0 when it ended by
 * itself, whatever its status; else -errno with the sentence, and nothing to release.
 */
int tool_measure(struct lab *lab, int processor, const char *const *argv, unsigned timeout_ms,
		 struct tool_run *ret_run, struct error *ret_error);
void tool_run_release(struct tool_run *run);

/* How often the word is in the text. */
unsigned tool_count(const char *text, const char *word);
/* The number that follows the first such word; 0 when there is none. */
double tool_number_after(const char *text, const char *word);

#endif
