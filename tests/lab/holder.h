/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The process in which a lab host's network namespace lives. */
#ifndef LAB_HOLDER_H
#define LAB_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/*
 * Make a network namespace with loopback not yet up and the lab's kernel settings, in a process
 * called "ktcping-<owner's pid in hex><initial>". It ends at SIGTERM or with the calling thread,
 * and kills what else lives in the namespace then. Returns its pid, or
 * -errno with the sentence.
 */
pid_t holder_start(const char *host_name, bool is_router, struct error *ret_error);

#endif
