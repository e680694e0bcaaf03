/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The program on a terminal: a pseudo-terminal whose other end is the test. */
#ifndef SCENARIOS_TERMINAL_H
#define SCENARIOS_TERMINAL_H

#include "tests/scenarios/cli.h"

struct terminal {
	pid_t pid;
	int fd;
	char said[65536];
};

/* NAME=VALUE is put into its environment, unless NULL. */
void terminal_start(struct lab *lab, const char *const *argv, const char *environment,
		    struct terminal *ret_terminal);

/* Read until it has said the word. */
void terminal_await(struct terminal *terminal, const char *word);
void terminal_type(struct terminal *terminal, const char *keys);
/* Read until it ends; its exit status, or 128 + signal. */
int terminal_finish(struct terminal *terminal);

#endif
