/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One name through getaddrinfo(): blocks for as long as that does. What the resolver's threads run. */
#ifndef IO_LOOKUP_H
#define IO_LOOKUP_H

#include "user/io/net/resolver.h"

/* Fills everything but the id of an answer that is zeroed otherwise. Needs no more than the stack that the resolver's threads have. */
void lookup_run(const char *name, int family, struct resolver_answer *answer);

#endif
