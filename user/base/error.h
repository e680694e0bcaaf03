/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A sentence for a person, where a number cannot say enough. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

struct error {
	char text[512];
};

/*
 * Set the sentence, cut to what fits, control characters other than newline and tab shown as '?'
 * (it may quote anything). Returns `result`, so that a failing path is one statement: return
 * error_set(e, -EPERM, "...", ...); e may be NULL.
 */
int error_set(struct error *error, int result, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Put "prefix: " before what is there; returns `result`. */
int error_prefix(struct error *error, int result, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "ECONNREFUSED" for 111; NULL for 0 or an unknown number. */
const char *error_name(int number);

#endif
