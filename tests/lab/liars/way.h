/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ways of connecting that a watcher has to understand, each a function, by name; see ways.c. */
#ifndef LIARS_WAY_H
#define LIARS_WAY_H

#include "tests/lab/liars/target.h"

/*
 * Connects, and returns what it learned: 0 for connected, else an errno. Its own patience over,
 * that is ETIMEDOUT.
 */
typedef int (*way_function)(const struct target *target);

struct way {
	const char *name;
	way_function go;
	const char *what;
};

/* Each ends with a row without a name. */
extern const struct way asking_ways[];	/* how it asks for the outcome */
extern const struct way option_ways[];	/* what it asks of the socket before */
extern const struct way sharing_ways[]; /* who else has the socket */
extern const struct way ending_ways[];	/* how it gives up, or begins anew */
extern const struct way ring_ways[];	/* io_uring */

/* How long a way waits that has to wait by itself. */
extern int way_patience_ms;

/* Waits with poll() and asks SO_ERROR: 0, or the error, or ETIMEDOUT. */
int way_poll(int fd);
/* SO_ERROR, which asking clears. */
int way_error(int fd);
/* A non-blocking socket whose connect has begun. */
int way_begin(const struct target *target);

#endif
