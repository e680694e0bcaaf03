/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Run a program in a network namespace and keep what it says. */
#ifndef LAB_COMMAND_H
#define LAB_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct error;

struct command {
	const char *const *argv; /* ends with NULL; argv[0] is sought in PATH, then in /usr/sbin */
	const char *input;	 /* what the program reads from stdin; NULL: nothing */
	int netns_fd;		 /* the namespace to run in; -1: this one */
	const char *procs;	 /* the cgroup.procs file of the cgroup to run in; NULL: this one */
};

struct command_text {
	char *bytes; /* NUL-terminated, never NULL */
	size_t length;
};

struct command_result {
	/* what exit() was given; 128 + signal; 127 when the program could not be started */
	int status;
	bool has_timed_out;  /* it was killed by us */
	struct rusage usage; /* the program's own and that of the children it waited for */
	struct command_text output, errors;
};

/*
 * A program under way. It leads a process group of its own, which is killed with it, and dies with
 * the calling thread.
 */
struct command_process {
	pid_t pid;
	int pid_fd, output_fd, errors_fd;   /* a stream that has ended is -1 */
	struct command_text output, errors; /* so far: what command_read() has read */
};

/* Returns 0, or -errno with the sentence. */
int command_start(const struct command *command, struct command_process *ret_process,
		  struct error *ret_error);

/*
 * Wait until it prints something, and read that. Returns false when it has ended, everything having
 * been read, and when it is silent for timeout_ms. What was read so far is part of what
 * command_finish() returns.
 */
bool command_read(struct command_process *process, unsigned timeout_ms);

/* Wait for its end, at most timeout_ms, then kill it. The result is the caller's to release. */
void command_finish(struct command_process *process, unsigned timeout_ms,
		    struct command_result *ret_result);

/* Both. Returns 0 when the program ran, whatever its status. */
int command_run(const struct command *command, unsigned timeout_ms,
		struct command_result *ret_result, struct error *ret_error);

void command_result_release(struct command_result *result);

#endif
