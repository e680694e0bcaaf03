/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The case that it all began with: a tool says "Port is open", and the server's firewall drops
 * every SYN.
 */
#ifndef DEMO_MYSTERY_H
#define DEMO_MYSTERY_H

#include <stddef.h>
#include <stdio.h>

#include "tests/demo/style.h"

/* In a lab of its own. Returns 0 when it could be shown. */
int mystery_show(FILE *out, const struct style *style, size_t number);

#endif
