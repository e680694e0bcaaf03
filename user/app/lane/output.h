/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where lines go: into each lane's own outbox, whole, and from there to the output that all share;
 * sentences to stderr.
 */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include <pthread.h>

#include "user/app/options/options.h"
#include "user/base/error.h"

/* Zeroed: not open. */
struct output {
	const char *path; /* -o; NULL: a standard stream */
	const struct renderer *renderer;
	struct render_style style;
	FILE *file; /* NULL: not open */
	/* where it is written: the file, or what the caller puts before it, who closes that */
	FILE *out;
	bool is_by_line;	   /* a line is a write: others write there as well */
	FILE *trace;		   /* --trace-text; NULL: none */
	struct recorder *recorder; /* --record; NULL: none */
	const char *record_path;
	pthread_mutex_t lock;
	int error; /* errno of the write that failed; 0: none did */
	bool has_live_line;
};

/* Lines on their way. Zeroed but for output and delay_ns. */
struct outbox {
	struct output *output;
	uint64_t delay_ns; /* so long a line may wait for others to be written with it */
	char *text;
	size_t bytes;
	FILE *stream;
	uint64_t flush_ns; /* when they are due, if there are any */
};

/*
 * The options' file, or `standard`, which is not closed; and the trace. Returns 0, or -errno with
 * the sentence; output_close() is due in either case.
 */
int output_open(struct output *output, const struct options *options, FILE *standard,
		struct error *ret_error);
void output_close(struct output *output);

/*
 * What is not written by an outbox is written between these two. The first clears the live line.
 */
FILE *output_lock(struct output *output);
void output_unlock(struct output *output);
/* It cannot be written to any more. */
bool output_has_failed(const struct output *output);
/*
 * At the end: what was to be written is not all there, which is said. A reader who has seen enough
 * closes the pipe: that is no error.
 */
bool output_is_lost(const struct output *output);

/* To write whole lines to. */
FILE *outbox_stream(struct outbox *outbox);
/* What has been written so far; that, when it is due, or much. */
void outbox_flush(struct outbox *outbox);
void outbox_flush_if_due(struct outbox *outbox, uint64_t now_ns);
/* When that is; UINT64_MAX: there is nothing. */
uint64_t outbox_due_ns(const struct outbox *outbox);

/* A sentence on stderr, behind what has been written. */
void outbox_say(struct outbox *outbox, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
