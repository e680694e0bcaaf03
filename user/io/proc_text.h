/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Short texts of /proc and /sys: a file's first line, and a field of /proc/self/status. */
#ifndef IO_PROC_TEXT_H
#define IO_PROC_TEXT_H

#include <stddef.h>

/* The first line without its '\n', cut to fit. Returns 0, or -errno with text untouched. */
int proc_read_line(const char *path, char *text, size_t size);

/*
 * The value behind "Name:" and blanks in a file of such lines: /proc/self/status, /proc/meminfo.
 * Returns 0, or -errno (-ENOENT: no such field) with text untouched.
 */
int proc_read_field(const char *path, const char *name, char *text, size_t size);

#endif
