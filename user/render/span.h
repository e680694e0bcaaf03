/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A length of time for a person: "0 s", "3.2 ms", "3.0 s", "59 m 57.0 s", "1 d 0 h 0 m 7.5 s". */
#ifndef RENDER_SPAN_H
#define RENDER_SPAN_H

#include <stdint.h>

/* Fits every one, with its NUL. */
#define SPAN_MAX 48

/* One decimal, rounded; below a second in milliseconds. text has SPAN_MAX bytes; returns text. */
char *span_format(uint64_t span_ns, char *text);

#endif
