/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Events into a pcapng file, so that others can check what was observed, and `ktcping replay` can
 * judge it again.
 *
 * Each event becomes one block, and has in it the line that trace.h would write of it. A packet
 * that was on the wire is an Enhanced Packet Block: its first comment says in plain words what it
 * is, its second one is "ktcping RUN/SEQ LINE". All else is a systemd Journal Export Block:
 * MESSAGE, PRIORITY, CODE_FUNC, ERRNO, _PID and _COMM where they fit, KTCPING_RUN, KTCPING_SEQ,
 * KTCPING_TIME_NS and KTCPING_EVENT, which is that line. RUN tells one run from another, SEQ counts
 * the events of a run from 1 on: readers order by them, for a journal block's time has microseconds
 * only.
 *
 * Of several EVENT_DRAINED in a row only the last one is kept.
 *
 * A file that is cut anywhere is a valid one up to its last whole block.
 */
#ifndef IO_RECORDER_H
#define IO_RECORDER_H

#include <stdbool.h>

#include "user/base/error.h"
#include "user/core/event.h"

struct recorder;

/* As syslog's (RFC 5424, section 6.2.1). */
enum recorder_priority {
	RECORDER_ERROR = 3,
	RECORDER_WARNING = 4,
	RECORDER_INFO = 6,
};

struct recorder_config {
	const char *path;	 /* "-": standard output */
	bool may_replace;	 /* a file that is there already */
	const char *application; /* "ktcping 1.0" */
	const char *os;		 /* "Linux 6.1.0" */
	const char *command_line;
};

/*
 * A new file is the owner's alone (0600); what stands at its place already is an error unless it
 * may be replaced, and a symbolic link always is. NULL with the sentence.
 */
struct recorder *recorder_new(const struct recorder_config *config, struct error *ret_error);

/*
 * Of any thread. message: what it is, in words for a person. EVENT_RUN tells the wall clock, and
 * comes first. What is due to be written is written at once when it is much.
 */
void recorder_take(struct recorder *recorder, const struct event *event, const char *message,
		   enum recorder_priority priority);

/* All of it to the file. 0, or -errno of the first write that failed. */
int recorder_flush(struct recorder *recorder);
void recorder_free(struct recorder *recorder);

#endif
