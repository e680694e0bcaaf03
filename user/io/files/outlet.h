/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A stream to a reader who may take nothing for as long as he likes (a pager, a full pipe, a
 * terminal that was stopped): meanwhile the writer can be told to stop waiting. stdio's own streams
 * wait in write(), and signals that are blocked do not end that.
 */
#ifndef IO_OUTLET_H
#define IO_OUTLET_H

#include <stdbool.h>
#include <stdio.h>

/* The caller's, who may set it as it likes; it must outlive the stream. */
struct outlet {
	int fd;	     /* where it writes; stays open */
	int wake_fd; /* readable while may_wait is to be asked; -1: never */
	/* false: all that was not written yet fails, and whatever comes, with ECANCELED */
	bool (*may_wait)(void *context);
	void *context;
	/* its own */
	int open_fd;
	size_t bytes_at_once;
	bool is_given_up;
};

/*
 * The file, emptied. Each write goes to its end, so that who empties it meanwhile (copytruncate of
 * logrotate) finds no hole in it. NULL and errno on failure.
 */
FILE *outlet_open_file(const char *path);

/* Fully buffered. NULL and errno on failure. */
FILE *outlet_open(struct outlet *outlet);

#endif
