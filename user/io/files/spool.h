/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A temporary file without a name, for what cannot be read twice. It goes with its descriptor. */
#ifndef IO_SPOOL_H
#define IO_SPOOL_H

#include <stddef.h>

struct error;

/* In $TMPDIR, or /tmp. A descriptor for reading and writing, or -errno with the sentence. */
int spool_open(struct error *ret_error);

/* All of it, where the descriptor stands. Returns 0, or -errno with the sentence. */
int spool_write(int fd, const char *bytes, size_t length, struct error *ret_error);

#endif
