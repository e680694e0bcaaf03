/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The loaded programs at their tracepoints, attached one by one. */
#ifndef IO_ATTACHMENT_H
#define IO_ATTACHMENT_H

#include <stdbool.h>

struct attachment;
struct ktcping_bpf;
struct misses;

/*
 * Attaches all that are loaded; the skeleton stays the caller's. One that is refused costs only its
 * own evidence, unless it cannot be done without: then NULL with errno and its hook. may_detach:
 * attachment_detach() will be wanted, which costs a descriptor a program.
 */
struct attachment *attachment_new(struct ktcping_bpf *skeleton, bool may_detach,
				  const char **ret_missing);
void attachment_free(struct attachment *attachment);

/*
 * All of them off, and on again. Attaching returns -errno when one that was attached cannot be any
 * more, and its hook.
 */
void attachment_detach(struct attachment *attachment);
int attachment_attach(struct attachment *attachment, const char **ret_missing);

struct misses *attachment_misses(const struct attachment *attachment);
/* "all hooks", or "without tcp_bad_csum, icmp_send". */
const char *attachment_hooks(const struct attachment *attachment);

#endif
