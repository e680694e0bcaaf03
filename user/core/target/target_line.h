/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One line of a file: a word as on the command line, or HOST LIST, with LIST as of -p. */
#ifndef CORE_TARGET_LINE_H
#define CORE_TARGET_LINE_H

#include "user/core/target/host.h"

/*
 * One line of a file, without its end; it may contain anything, NULs too. "#" begins a comment, at
 * the line's begin or after a space; spaces and tabs around words do not count. ports: for lines
 * that name none; NULL: the default port. Returns 1 with a host, 0 for a line without one, -EINVAL,
 * -ERANGE or -ENOMEM.
 */
int host_parse_line(const char *line, size_t length, const struct port_list *ports,
		    target_service_lookup lookup, struct host *ret_host, struct error *ret_error);

#endif
