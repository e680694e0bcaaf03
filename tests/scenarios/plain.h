/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Plain sockets against the lab: what an application without the program is told. */
#ifndef SCENARIOS_PLAIN_H
#define SCENARIOS_PLAIN_H

#include "tests/scenarios/scenario.h"

#define PLAIN_PATIENCE_MS SCENARIO_TIMEOUT_MS

/*
 * Start a connect from the client. Returns the non-blocking socket, and errno as connect() left it,
 * 0 for success.
 */
int plain_connect(struct lab *lab, const char *host, uint16_t port);
/*
 * Connect from another host of the lab; fails the test when that is refused. Returns the connected
 * socket.
 */
int plain_connected(struct lab *lab, enum lab_host from, const char *host, uint16_t port);

/*
 * What it is told within timeout_ms must be `wanted`: 0, an errno, or EINPROGRESS when it is told
 * nothing.
 */
void expect_told(struct lab *lab, const char *host, uint16_t port, int timeout_ms, int wanted);

#endif
