/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Libraries that stand between a program and its connect(): LD_PRELOAD and its like. The kernel
 * never hears of what they answer by themselves.
 */
#ifndef IO_PRELOAD_H
#define IO_PRELOAD_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The path of a library in the process that defines connect() and is not the C library. Returns
 * text, or NULL when there is none, or the process has ended. Reads which files are mapped, and the
 * symbols of these files.
 */
char *preload_of_process(pid_t pid, char *text, size_t size);

/*
 * For who has ended before it could be looked at: a library that defines connect() and that a
 * command line or this process's own environment asks for ("LD_PRELOAD=..."), or a program known to
 * set one. Returns text, or NULL.
 */
char *preload_of_command(char *const *argv, char *text, size_t size);

#endif
