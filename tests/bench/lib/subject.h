/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The program under measurement: run in the lab's client with -j, its lines stamped as they come
 * out of the pipe.
 */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/lab.h"

/* Of one probe record. */
struct subject_sample {
	uint16_t client_port, port;
	double rtt_us;	 /* below 0: it claims none */
	int64_t read_ns; /* when the line was read from the pipe (CLOCK_REALTIME) */
	bool is_open;
};

struct subject_run {
	int64_t began_ns; /* before fork() and exec() (CLOCK_REALTIME) */
	long peak_kib;	  /* VmHWM, read when its first line came */
	int status;	  /* as exited */
	struct subject_sample *samples;
	size_t count;
	double events_lost; /* by its own summaries */
};

/*
 * Run it with the arguments (after -j), until it ends; after time_ms it gets a SIGINT. Returns 0,
 * or -errno with the sentence.
 */
int subject_measure(struct lab *lab, const char *const *arguments, unsigned time_ms,
		    struct subject_run *ret_run, struct error *ret_error);
void subject_run_release(struct subject_run *run);

#endif
