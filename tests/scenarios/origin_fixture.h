/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What scenarios about origins share. A failure fails the test. */
#ifndef SCENARIOS_ORIGIN_FIXTURE_H
#define SCENARIOS_ORIGIN_FIXTURE_H

#include "tests/scenarios/scenario.h"
#include "user/io/net/origin_socket.h"

struct address address_of(const char *text, uint16_t port);

/* As the kernel does by itself. */
struct source any_source(void);

/*
 * The client, called by the PID of the process that holds it. text has 64 bytes and lives as long
 * as the origin.
 */
struct origin *client_origin(struct lab *lab, const struct source *source, char *text);

#endif
