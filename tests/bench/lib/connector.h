/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a scan costs when nothing is recorded: an epoll loop that makes a non-blocking socket,
 * connects, waits, asks SO_ERROR, closes. It keeps no time of a connect, remembers no name, prints
 * nothing. The yardstick for ktcping's scans.
 */
#ifndef BENCH_CONNECTOR_H
#define BENCH_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/lab/lab.h"

/* Every port of the first address, then of the next. */
struct connector_job {
	const char *address; /* the first one */
	uint16_t first_port;
	unsigned addresses, ports;
	unsigned inflight; /* of all processes together */
	unsigned timeout_ms;
	/* each on a processor of its own, and each with its part of the targets */
	unsigned processes;
	unsigned per_second; /* no more starts than that, by each process; 0: as many as go */
};

struct connector_run {
	uint64_t open, closed, silent;
	uint64_t failed;  /* with any other error */
	double elapsed_s; /* from the first connect to the last close */
	double wall_s;	  /* with fork() and exit() */
	double cpu_s;	  /* user and system, all processes */
	double peak_mib;  /* the same */
};

/* Run it in the lab's client until it is done. Returns 0, or -errno with the sentence. */
int connector_measure(struct lab *lab, const struct connector_job *job,
		      struct connector_run *ret_run, struct error *ret_error);

/* In this very process and its namespace, as the only one. Returns false when it could not. */
bool connector_run_here(const struct connector_job *job, struct connector_run *ret_run);

/*
 * Again and again, in one process on any processor, until child_stop(). Returns its pid, or -errno
 * with the sentence.
 */
pid_t connector_start_endless(struct lab *lab, const struct connector_job *job,
			      struct error *ret_error);

#endif
