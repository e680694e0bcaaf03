/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why sockets cannot be made as asked for, in a sentence for the person who asked. */
#ifndef IO_ORIGIN_CHECK_H
#define IO_ORIGIN_CHECK_H

#include "user/io/net/origin.h"

/*
 * Can sockets of this family be made here as asked for (the device is there, the address is ours
 * …)? Returns 0, or -errno with the sentence, which names option, value and namespace, and what to
 * do. A source port in use is no failure.
 */
int origin_check(const struct origin *origin, int family, struct error *ret_error);

#endif
